import { truncate, type Address } from '../../../schemas/address.ts';

/** Finds what stands at a host address or in a prefix without looking at all of it. */
export interface AddressIndex<Item> {
  at(address: Address): readonly Item[];
  /** What `at` finds, and the prefixes around the address. */
  touching(address: Address): readonly Item[];
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
  const byText = new Map<string, Item[]>();
  const lengths: Record<4 | 6, Set<number>> = { 4: new Set(), 6: new Set() };
  const exactly = ({ text }: Address): readonly Item[] => {
    if (byText.size > 0) return byText.get(text) ?? [];
    for (const item of items) {
      const address = addressOf(item);
      lengths[address.family].add(address.length);
      const found = byText.get(address.text);
      if (found === undefined) byText.set(address.text, [item]);
      else found.push(item);
    }
    return byText.get(text) ?? [];
  };
  const at = (address: Address): readonly Item[] =>
    items.length === 0 ? [] : (indexOf(address).get(address.text) ?? []);
  const around = (address: Address): readonly Item[] => {
    exactly(address);
    const shorter = [...lengths[address.family]].filter((length) => length < address.length);
    return shorter.flatMap((length) => exactly(truncate(address, length)));
  };
  return { at, touching: (address) => [...at(address), ...around(address)] };
}
