import type { Address } from '../../../schemas/address.ts';

/** Addresses and networks by their length: whether one of thousands holds an address costs one look for each length there is. */
export class AddressIndex {
  readonly #byLength = new Map<
    string,
    { readonly family: 4 | 6; readonly length: number; readonly networks: Set<string> }
  >();

  constructor(ranges: Iterable<Address>) {
    for (const { family, length, bytes } of ranges) {
      const name = `${family}/${length}`;
      const known = this.#byLength.get(name) ?? { family, length, networks: new Set<string>() };
      known.networks.add(networkOf(bytes, length));
      this.#byLength.set(name, known);
    }
  }

  /** True when one of them holds the whole of it. */
  holds(address: Address): boolean {
    for (const { family, length, networks } of this.#byLength.values())
      if (family === address.family && length <= address.length && networks.has(networkOf(address.bytes, length)))
        return true;
    return false;
  }
}

function networkOf(bytes: readonly number[], length: number): string {
  return bytes.map((byte, at) => byte & (0xff00 >> Math.min(8, Math.max(0, length - at * 8))) & 0xff).join('.');
}
