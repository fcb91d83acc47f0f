import { overlap, rangeOf } from './places.ts';

const MENUS: ReadonlySet<string> = new Set([
  '/ip/firewall/address-list',
  '/ipv6/firewall/address-list',
  '/ip/proxy/access',
]);
const LISTS: ReadonlySet<string> = new Set(['Moroso', 'Aviso', 'wisp-edge-once']);

/** Rows of somebody else's that a person handed over, by the subscribers at whose addresses they stand. */
export class Claims {
  readonly #subscribers = new Set<string>();
  readonly #addresses = new Set<string>();

  get subscribers(): Iterable<string> {
    return this.#subscribers;
  }

  add(subscribers: readonly string[]): void {
    for (const one of subscribers) this.#subscribers.add(one);
  }

  /** Where one of them is, or was since. */
  note(address: string): void {
    this.#addresses.add(address);
  }

  /** This row may be made ours, or go: it stands at just such an address, and lives by itself. */
  covers(menu: string, row: Readonly<Record<string, string>>): boolean {
    if (!MENUS.has(menu) || row['dynamic'] === 'true') return false;
    if (row['list'] !== undefined && !LISTS.has(row['list'])) return false;
    const address = row['address'] ?? row['src-address'] ?? '';
    return [...this.#addresses].some((one) => isEqual(one, address));
  }
}

function isEqual(a: string, b: string): boolean {
  return overlap(a, b) && rangeOf(a)?.first === rangeOf(b)?.first && rangeOf(a)?.last === rangeOf(b)?.last;
}
