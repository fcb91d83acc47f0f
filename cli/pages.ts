import type { Page } from '../store/ports.ts';

/** Every item of a list that is read page by page. */
export async function everyPage<Item>(read: (after: string | null) => Promise<Page<Item>>): Promise<readonly Item[]> {
  const items: Item[] = [];
  let after: string | null = null;
  do {
    const page: Page<Item> = await read(after);
    items.push(...page.items);
    after = page.next;
  } while (after !== null);
  return items;
}
