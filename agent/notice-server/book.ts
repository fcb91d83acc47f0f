import { parseAddress, type Address } from '../../schemas/address.ts';
import type { NoticeKind } from '../../schemas/subscriber.ts';
import { noticeUrl, type PageDomains } from '../core/desired/notice-url.ts';
import type { NoticePage } from '../core/notice-pages.ts';

/** Everything the pages of one router's subscribers are made of. */
export interface RouterPages extends PageDomains {
  /** Journal head of the view they were made from: a restore after it is not in them. */
  readonly seq: number;
  /** The router leads its subscribers to us, now or by what is about to be written. */
  readonly isLeading: boolean;
  readonly template: string;
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

interface Match {
  readonly page: NoticePage;
  readonly book: RouterBook;
}

/** Who is to see which page, by source address. In memory: made of the store at start, and of every pass since. */
export class NoticeBook {
  readonly #routers = new Map<string, RouterBook>();

  /** Replaces the pages of one router. Whoever was restored since they were made stays out. */
  publish(router: string, { pages, seq, isLeading, template, domain, awaited }: RouterPages): void {
    const rest = { seq, isLeading, template, domain, awaited };
    const known = this.#routers.get(router)?.restored ?? new Map<string, number>();
    const restored = new Map([...known].filter(([, seq]) => seq > rest.seq));
    const lengths = new Map<number, Map<number, NoticePage>>();
    for (const page of pages) {
      if (page.address.family !== 4) continue;
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

  /**
   * The page for this source address, by the longest prefix that holds it; null when there is none for it. Who comes was
   * led here: a router that leads nobody here may use the same addresses once more, and its pages are asked for only
   * where no other has one (it may be about to turn to us).
   */
  find(source: string): FoundPage | null {
    const address = parseAddress(source);
    if (address?.family !== 4 || address.length !== 32) return null;
    let found: Match | null = null;
    for (const book of this.#routers.values()) {
      const page = longestMatch(book, numberOf(address));
      if (page !== null && (found === null || isBetter({ page, book }, found))) found = { page, book };
    }
    // Who was restored sees no page, least of all that of another at the same address of a router that leads nobody here.
    if (found === null || found.book.restored.has(found.page.subscriber)) return null;
    const { subscriber, kind, url: own } = found.page;
    const url = noticeUrl(found.book.template, found.book, kind, subscriber, own);
    return url === null ? null : { subscriber, kind, url };
  }
}

function isBetter(one: Match, than: Match): boolean {
  const [rank, other] = [rankOf(one), rankOf(than)];
  return rank === other ? one.page.address.length > than.page.address.length : rank > other;
}

function rankOf({ book, page }: Match): number {
  return (book.isLeading ? 2 : 0) - (book.restored.has(page.subscriber) ? 1 : 0);
}

function longestMatch({ lengths }: RouterBook, address: number): NoticePage | null {
  for (const [length, group] of lengths) {
    const page = group.get(length === 0 ? 0 : address - (address % 2 ** (32 - length)));
    if (page !== undefined) return page;
  }
  return null;
}

function numberOf({ bytes }: Address): number {
  return bytes.reduce((sum, byte) => sum * 256 + byte, 0);
}
