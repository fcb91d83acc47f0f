import { parseAddress, type Address } from '../../schemas/address.ts';
import type { NoticeKind } from '../../schemas/subscriber.ts';
import { noticeUrl, type PageDomains } from '../core/desired/notice-url.ts';
import type { LedPlace, NoticePage, PageRival } from '../core/notice-pages.ts';

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
  /** First and last address of all of them, as numbers: most routers' networks lie apart. */
  readonly span: readonly [number, number];
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
      span: spanOf([...pages, ...led]),
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
   * Whose page of a router's is withheld, from any of his addresses: where `find` would meet somebody else, or a row that
   * is nobody's, of another router that leads here too. The first other router of each place.
   */
  rivals(router: string): readonly PageRival[] {
    const own = this.#routers.get(router);
    if (own?.isLeading !== true) return [];
    const [first, last] = own.span;
    const others = [...this.#routers].filter(
      ([id, { isLeading, span }]) => id !== router && isLeading && span[0] <= last && span[1] >= first,
    );
    if (others.length === 0) return [];
    return [...own.pages.values()].flatMap((group) =>
      [...group.values()].flatMap(({ subscriber, address }): readonly PageRival[] => {
        for (const [id, book] of others) {
          const there = strangerIn(book, address, subscriber);
          if (there !== null) return [{ subscriber, address: address.text, router: id, rival: there.subscriber }];
        }
        return [];
      }),
    );
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

function spanOf(entries: readonly { readonly address: Address }[]): RouterBook['span'] {
  return entries.reduce<RouterBook['span']>(
    ([first, last], { address }) => {
      if (address.family !== 4) return [first, last];
      const from = numberOf(address);
      return [Math.min(first, from), Math.max(last, from + 2 ** (32 - address.length) - 1)];
    },
    [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
  );
}

/** Somebody else whom a router leads here from an address, or from any of a prefix. */
function strangerIn(book: RouterBook, address: Address, subscriber: string): LedPlace | null {
  const isStranger = (one: LedPlace): boolean => one.subscriber !== subscriber;
  const around = longestMatch(book.pages, address) ?? longestMatch(book.led, address);
  if (around !== null && isStranger(around)) return around;
  if (address.length === 32) return null;
  const first = numberOf(address);
  const inside = ({ address: one }: LedPlace): boolean =>
    one.length > address.length && numberOf(one) >= first && numberOf(one) < first + 2 ** (32 - address.length);
  const all = [...book.pages.values(), ...book.led.values()].flatMap((group): LedPlace[] => [...group.values()]);
  return all.find((one) => inside(one) && isStranger(one)) ?? null;
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
