import { parseAddress, type Address } from '../../schemas/address.ts';
import type { NoticeKind } from '../../schemas/subscriber.ts';
import { noticeUrl } from '../core/desired/notice-url.ts';
import type { NoticePage } from '../core/notice-pages.ts';

/** Everything the pages of one router's subscribers are made of. */
export interface RouterPages {
  /** Journal head of the view they were made from: a restore after it is not in them. */
  readonly seq: number;
  readonly template: string;
  readonly domain: string | null;
  readonly pages: readonly NoticePage[];
  /** The places that the router leads subscribers to; left out by who has not read it. */
  readonly leadsTo?: readonly string[];
}

export interface FoundPage {
  readonly subscriber: string;
  readonly kind: 'cutoff' | NoticeKind;
  readonly url: string;
}

interface RouterBook extends Omit<RouterPages, 'pages' | 'leadsTo'> {
  /** By prefix length, then by the prefix as a number. */
  readonly lengths: ReadonlyMap<number, ReadonlyMap<number, NoticePage>>;
  /** Subscribers restored after `seq`, by the journal entry that says so. */
  readonly restored: Map<string, number>;
}

/** Who is to see which page, by source address. In memory: made of the store at start, and of every pass since. */
export class NoticeBook {
  readonly #routers = new Map<string, RouterBook>();

  /** Replaces the pages of one router. Whoever was restored since they were made stays out. */
  publish(router: string, { pages, seq, template, domain }: RouterPages): void {
    const rest = { seq, template, domain };
    const known = this.#routers.get(router)?.restored ?? new Map<string, number>();
    const restored = new Map([...known].filter(([, seq]) => seq > rest.seq));
    const lengths = new Map<number, Map<number, NoticePage>>();
    for (const page of pages) {
      if (page.address.family !== 4 || restored.has(page.subscriber)) continue;
      const { length } = page.address;
      const group = lengths.get(length) ?? new Map<number, NoticePage>();
      group.set(numberOf(page.address), page);
      lengths.set(length, group);
    }
    const longestFirst = [...lengths].toSorted(([a], [b]) => b - a);
    this.#routers.set(router, { ...rest, lengths: new Map(longestFirst), restored });
  }

  /** Takes a subscriber out at once: the journal says at `seq` that he was restored. */
  restore(subscriber: string, seq: number): void {
    for (const book of this.#routers.values()) if (seq > book.seq) book.restored.set(subscriber, seq);
  }

  /** A router that is configured no more. */
  forget(router: string): void {
    this.#routers.delete(router);
  }

  get routers(): readonly string[] {
    return [...this.#routers.keys()];
  }

  /** The page for this source address, by the longest prefix that holds it; null when there is none for it. */
  find(source: string): FoundPage | null {
    const address = parseAddress(source);
    if (address?.family !== 4 || address.length !== 32) return null;
    let found: { readonly page: NoticePage; readonly book: RouterBook } | null = null;
    for (const book of this.#routers.values()) {
      const page = longestMatch(book, numberOf(address));
      if (page !== null && (found === null || page.address.length > found.page.address.length)) found = { page, book };
    }
    if (found === null) return null;
    const { subscriber, kind, url: own } = found.page;
    const url = noticeUrl(found.book.template, found.book.domain, kind, subscriber, own);
    return url === null ? null : { subscriber, kind, url };
  }
}

function longestMatch({ lengths, restored }: RouterBook, address: number): NoticePage | null {
  for (const [length, group] of lengths) {
    const page = group.get(length === 0 ? 0 : address - (address % 2 ** (32 - length)));
    if (page !== undefined && !restored.has(page.subscriber)) return page;
  }
  return null;
}

function numberOf({ bytes }: Address): number {
  return bytes.reduce((sum, byte) => sum * 256 + byte, 0);
}
