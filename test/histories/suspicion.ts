import { overlap } from './places.ts';

/** Who may be cut by what was instructed, and where rows of his may stand. */
export class Suspicion {
  /** Whom an instruction allowed to be cut, until his restore is verified or all is at rest. */
  readonly #accused = new Set<string>();
  /** Addresses where they were since, by whom: whoever comes there next finds their rows. */
  readonly #addresses = new Map<string, Set<string>>();

  get accused(): Iterable<string> {
    return this.#accused;
  }

  isAccused(subscriber: string): boolean {
    return this.#accused.has(subscriber);
  }

  /** Some instruction explains a cut at this address, or of a host in it. */
  covers(address: string): boolean {
    return [...this.#addresses].some(([where, by]) => by.size > 0 && overlap(where, address));
  }

  accuse(subscriber: string): void {
    this.#accused.add(subscriber);
  }

  note(subscriber: string, addresses: readonly string[]): void {
    for (const address of addresses)
      this.#addresses.set(address, (this.#addresses.get(address) ?? new Set()).add(subscriber));
  }

  acquit(subscriber: string): void {
    this.#accused.delete(subscriber);
    for (const by of this.#addresses.values()) by.delete(subscriber);
  }

  acquitAll(): void {
    this.#accused.clear();
    this.#addresses.clear();
  }
}
