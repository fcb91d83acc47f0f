import { parseAddress, type Address } from '../../schemas/address.ts';
import type { NoticeKind } from '../../schemas/subscriber.ts';
import { noticeUrl, type PageDomains } from '../core/desired/notice-url.ts';
import type { LedPlace, NoticePage } from '../core/notice-pages.ts';

/** Everything the pages of one router's subscribers are made of. */
export interface RouterPages extends PageDomains {
  /** Journal head of the view they were made from: a restore after it is not in them. */
  readonly seq: number;
  /**
   * The router leads its subscribers to us, now or by what is about to be written; or nobody can tell, before it was read.
   * Nothing is asked of the pages of one that does not.
   */
  readonly isLeading: boolean;
  readonly template: string;
  readonly pages: readonly NoticePage[];
  /** The places that the router leads subscribers to; left out by who has not read it. */
  readonly leadsTo?: readonly string[];
  /** Rows that stand, and so lead to us, page or not: a row outlives its page until it is removed. */
  readonly led: readonly LedPlace[];
}

export interface FoundPage {
  readonly subscriber: string;
  readonly kind: 'cutoff' | NoticeKind;
  readonly url: string;
}

/** By prefix length, longest first, then by the prefix as a number. */
type Prefixes<T> = ReadonlyMap<number, ReadonlyMap<number, T>>;

interface RouterBook extends Omit<RouterPages, 'pages' | 'led' | 'leadsTo'> {
  readonly pages: Prefixes<NoticePage>;
  readonly led: Prefixes<LedPlace>;
  /** Subscribers restored after `seq`, by the journal entry that says so. */
  readonly restored: Map<string, number>;
}

interface Match {
  /** Whoever is there; null: nobody knows. */
  readonly subscriber: string | null;
  /** Null where a row alone leads here. */
  readonly page: NoticePage | null;
  readonly book: RouterBook;
}

/** Who is to see which page, by source address. In memory: made of the store at start, and of every pass since. */
export class NoticeBook {
  readonly #routers = new Map<string, RouterBook>();

  /** Replaces the pages of one router. Whoever was restored since they were made stays out. */
  publish(router: string, { pages, led, seq, isLeading, template, domain, awaited }: RouterPages): void {
    const restored = restoredAfter(seq, this.#routers.get(router));
    this.#routers.set(router, {
      ...{ seq, isLeading, template, domain, awaited },
      pages: prefixes(pages),
      led: prefixes(led),
      restored,
    });
  }

  /** The pages of one router are as they were, and made of what stood at this journal head. */
  confirm(router: string, seq: number): void {
    const book = this.#routers.get(router);
    if (book !== undefined) this.#routers.set(router, { ...book, seq, restored: restoredAfter(seq, book) });
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

  /**
   * The page for this source address; within a router by the longest prefix that holds it. Null when there is none, and
   * when he may be either of two subscribers: a page may hold what only its subscriber shall know (I9). So it is where
   * two routers lead the same address here, be it by the row of somebody who has no page any more.
   */
  find(source: string): FoundPage | null {
    const address = parseAddress(source);
    if (address?.family !== 4 || address.length !== 32) return null;
    let found: Match | null = null;
    for (const book of this.#routers.values()) {
      const match = book.isLeading ? matchIn(book, address) : null;
      if (match === null) continue;
      if (found !== null && (found.subscriber === null || found.subscriber !== match.subscriber)) return null;
      if (found === null || isBetter(match, found)) found = match;
    }
    if (found === null || found.page === null || found.book.restored.has(found.page.subscriber)) return null;
    const { subscriber, kind, url: own } = found.page;
    const url = noticeUrl(found.book.template, found.book, kind, subscriber, own);
    return url === null ? null : { subscriber, kind, url };
  }
}

function restoredAfter(seq: number, book: RouterBook | undefined): Map<string, number> {
  return new Map([...(book?.restored ?? [])].filter(([, at]) => at > seq));
}

function matchIn(book: RouterBook, address: Address): Match | null {
  const page = longestMatch(book.pages, address);
  const there = page ?? longestMatch(book.led, address);
  return there === null ? null : { subscriber: there.subscriber, page, book };
}

/** Of two routers that know the same subscriber, for he was moved: the later view knows where to, and of his restore. */
function isBetter({ page, book }: Match, than: Match): boolean {
  if ((page === null) !== (than.page === null)) return page !== null;
  return book.seq > than.book.seq;
}

function prefixes<T extends { readonly address: Address }>(entries: readonly T[]): Prefixes<T> {
  const lengths = new Map<number, Map<number, T>>();
  for (const entry of entries) {
    const { address } = entry;
    if (address.family !== 4) continue;
    const group = lengths.get(address.length) ?? new Map<number, T>();
    group.set(numberOf(address), entry);
    lengths.set(address.length, group);
  }
  return new Map([...lengths].toSorted(([a], [b]) => b - a));
}

function longestMatch<T>(lengths: Prefixes<T>, address: Address): T | null {
  const number = numberOf(address);
  for (const [length, group] of lengths) {
    const entry = group.get(length === 0 ? 0 : number - (number % 2 ** (32 - length)));
    if (entry !== undefined) return entry;
  }
  return null;
}

function numberOf({ bytes }: Address): number {
  return bytes.reduce((sum, byte) => sum * 256 + byte, 0);
}
