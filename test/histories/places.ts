import { parseRange, type IpRange } from '../../lab/routeros/address.ts';

/** Where a subscriber surfs to. */
export const INTERNET = { 4: '93.184.216.34', 6: '2606:2800:220:1::1' } as const;
export const ROUTER = '203.0.113.2';
export const STRANGER = '198.51.100.77';
/** An address in the subscribers' network that nobody ever has. */
export const NEIGHBOUR = '100.64.99.9';

/** Domains a portal may have, and where each stands at first and after it moved. */
export const PORTALS: ReadonlyMap<string, readonly (readonly string[])[]> = new Map([
  [
    'clientes.example.net',
    [
      ['198.51.100.10', '2001:db8:51::10'],
      ['198.51.100.11', '2001:db8:51::11'],
    ],
  ],
  [
    'pagos.example.net',
    [
      ['198.51.100.20', '2001:db8:51::20'],
      ['198.51.100.21', '2001:db8:51::21'],
    ],
  ],
]);
export const FIRST_DOMAIN = 'clientes.example.net';

/** Texts read before: histories use few, and ask often. */
const READ = new Map<string, IpRange | null>();

/** The addresses a text names, or null when it is no address. */
export function rangeOf(text: string): IpRange | null {
  const known = READ.get(text);
  if (known !== undefined) return known;
  const range = parseRange(text);
  READ.set(text, range);
  return range;
}

export function overlap(a: string, b: string): boolean {
  const [one, other] = [rangeOf(a), rangeOf(b)];
  if (one === null || other === null) return false;
  return one.family === other.family && one.first <= other.last && other.first <= one.last;
}

/** A host inside of an address or prefix as a subscriber has it. */
export function hostIn(text: string): string {
  const [address = '', length] = text.split('/');
  if (length === undefined) return address;
  return address.includes(':') ? `${address.replace(/::$/, '::')}7` : address.replace(/\.\d+$/, '.3');
}
