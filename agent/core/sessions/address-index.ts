import { truncate, type Address } from '../../../schemas/address.ts';

/** Finds what stands at a host address or in a prefix without looking at all of it. */
export interface AddressIndex<Item> {
  at(address: Address): readonly Item[];
}

/**
 * Indexes items by their host addresses. For prefixes each item is put under its prefix of that length when one of that
 * length is first asked for: few lengths are in use, so the cost grows with the items and the questions, not their product.
 */
export function addressIndex<Item>(items: readonly Item[], addressOf: (item: Item) => Address): AddressIndex<Item> {
  const byLength = new Map<string, ReadonlyMap<string, readonly Item[]>>();
  const indexOf = ({ family, length }: Address): ReadonlyMap<string, readonly Item[]> => {
    const key = `${family}/${length}`;
    const known = byLength.get(key);
    if (known !== undefined) return known;
    const index = new Map<string, Item[]>();
    for (const item of items) {
      const address = addressOf(item);
      if (address.family !== family) continue;
      const { text } = truncate(address, length);
      const found = index.get(text);
      if (found === undefined) index.set(text, [item]);
      else found.push(item);
    }
    byLength.set(key, index);
    return index;
  };
  return { at: (address) => (items.length === 0 ? [] : (indexOf(address).get(address.text) ?? [])) };
}
