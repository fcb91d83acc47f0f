import type { NoticeKind, SubscriberState } from '../../schemas/subscriber.ts';
import { overlap } from './places.ts';
import { identityOf, isSame, placesOf, type Identity, type Online, type Places } from './whereabouts.ts';

/** From when to when, wall clock in ms; null: without end. */
export interface Span {
  readonly from: number | null;
  readonly until: number | null;
}

export interface Wanted {
  readonly router: string;
  /** As they were declared. */
  readonly addresses: readonly string[];
  readonly identity: Identity | null;
  readonly mayCut: boolean;
  readonly cut: (Span & { readonly ownPage: boolean }) | null;
  readonly notices: ReadonlyMap<NoticeKind, Span>;
}

/** What one sees of a subscriber's service; `either` where the promises leave it open. */
export type Service = 'open' | 'cut' | 'either';

type Facet = 'subscriber' | 'cut' | NoticeKind;
const RANKED: readonly NoticeKind[] = ['maintenance', 'payment-due', 'custom'];
const FOREVER: Span = { from: null, until: null };

/**
 * What should be wanted, told by the instructions alone: plain maps and the sentences of the design, nothing of the
 * product. It judges the product, so it must stay small enough to be judged by reading.
 */
export class Model {
  domain: string;
  readonly wanted = new Map<string, Wanted>();
  readonly #instructedAt = new Map<string, number>();
  #latestWall = 0;
  /** Reckoned when asked for, forgotten with every change. */
  #doubtful: ReadonlySet<string> | null = null;
  readonly #places = new Map<string, Places>();
  readonly #online: Online;
  #revision = -1;

  constructor(domain: string, online: Online = { revision: 0, at: () => [] }) {
    this.domain = domain;
    this.#online = online;
  }

  put(id: string, row: SubscriberState, at: number): void {
    const known = this.wanted.get(id);
    const wishes = { cut: known?.cut ?? null, notices: known?.notices ?? new Map<NoticeKind, Span>() };
    const { router, addresses, autoCut } = row;
    this.#set(id, { router, addresses, identity: identityOf(row), mayCut: autoCut !== false, ...wishes });
    this.#instruct(id, 'subscriber', at);
  }

  remove(id: string, at: number): void {
    this.#set(id, null);
    for (const facet of ['subscriber', 'cut', ...RANKED] as const) this.#instruct(id, facet, at);
  }

  cut(id: string, span: Span, ownPage: boolean, at: number): void {
    this.#change(id, { cut: { ...span, ownPage } });
    this.#instruct(id, 'cut', at);
  }

  restore(id: string, at: number): void {
    this.#change(id, { cut: null });
    this.#instruct(id, 'cut', at);
  }

  notice(id: string, kind: NoticeKind, span: Span | null, at: number): void {
    const notices = new Map(this.wanted.get(id)?.notices);
    if (span === null) notices.delete(kind);
    else notices.set(kind, span);
    this.#change(id, { notices });
    this.#instruct(id, kind, at);
  }

  /** A snapshot is the whole truth, but for what was instructed by name after it was taken. */
  snapshot(rows: readonly SubscriberState[], takenAt: number): void {
    const told = new Map(rows.map((row) => [row.id, row]));
    for (const id of new Set([...told.keys(), ...this.wanted.keys()])) this.#merge(id, told.get(id) ?? null, takenAt);
  }

  /** A delta is the whole truth about those it names. */
  delta(put: readonly SubscriberState[], remove: readonly string[]): void {
    for (const id of remove) this.#set(id, null);
    for (const row of put) this.#merge(row.id, row, Number.POSITIVE_INFINITY);
  }

  service(id: string, wall: number): Service {
    this.#latestWall = Math.max(this.#latestWall, wall);
    const { cut, mayCut } = this.wanted.get(id) ?? { cut: null, mayCut: true };
    if (this.isDoubtful(id)) return 'either';
    if (cut === null) return 'open';
    if (!mayCut || this.places(id).isTaken) return 'either';
    // Begun before its end it stays; not begun, it never does. A clock that went back may have let it begin.
    if (cut.until !== null && cut.until <= this.#latestWall) return 'either';
    if (cut.from === null || cut.from <= wall) return 'cut';
    return cut.from <= this.#latestWall ? 'either' : 'open';
  }

  /** The notice to be seen while the subscriber is not cut, or null. */
  notice4(id: string, wall: number): NoticeKind | null {
    const notices = this.wanted.get(id)?.notices;
    const isLive = ({ from, until }: Span): boolean =>
      (from === null || from <= wall) && (until === null || wall < until);
    return RANKED.find((kind) => isLive(notices?.get(kind) ?? { from: null, until: 0 })) ?? null;
  }

  /** After this moment (wall clock, ms) time alone changes nothing any more. */
  get lastTerm(): number {
    return Math.max(0, ...this.#terms());
  }

  /** Between these two moments, the later one included, time alone changed something. */
  hasTerm(after: number, upTo: number): boolean {
    return this.#terms().some((term) => after < term && term <= upTo);
  }

  /** Where he is now. */
  places(id: string): Places {
    this.#forgetOld();
    const known = this.#places.get(id);
    const wanted = this.wanted.get(id);
    if (known !== undefined) return known;
    if (wanted === undefined) return { own: [], isTaken: false };
    const { router, addresses, identity } = wanted;
    const isKnown = (by: Identity): boolean =>
      [...this.wanted.values()].some(
        (one) => one.router === router && one.identity !== null && isSame(one.identity, by),
      );
    const places = placesOf(addresses, identity, this.#online.at(router), isKnown);
    this.#places.set(id, places);
    return places;
  }

  /** He shares an address with somebody else on his router: neither is touched. */
  isDoubtful(id: string): boolean {
    this.#forgetOld();
    this.#doubtful ??= this.#sharers();
    return this.#doubtful.has(id);
  }

  /** The subscribers as a snapshot would tell them now, terms left out. */
  rows(): readonly SubscriberState[] {
    return [...this.wanted].map(([id, { router, addresses, identity, mayCut, cut, notices }]) => ({
      id,
      name: `Sub ${id}`,
      router,
      addresses: [...addresses],
      ...(identity === null ? {} : { [identity.kind]: identity.value }),
      ...(mayCut ? {} : { autoCut: false }),
      ...(cut === null ? {} : { cutoff: { reason: 'unpaid' } }),
      ...(notices.size === 0
        ? {}
        : { notices: Object.fromEntries([...notices.keys()].map((kind) => [kind, { text: 'x' }])) }),
    }));
  }

  #terms(): readonly number[] {
    const spans = [...this.wanted.values()].flatMap(({ cut, notices }) => [
      ...(cut === null ? [] : [cut]),
      ...notices.values(),
    ]);
    return spans.flatMap(({ from, until }) => [from ?? 0, until ?? 0]);
  }

  #merge(id: string, row: SubscriberState | null, takenAt: number): void {
    const known = this.wanted.get(id);
    const isLater = (facet: Facet): boolean => (this.#instructedAt.get(`${id} ${facet}`) ?? -1) > takenAt;
    const wasWished =
      (isLater('cut') && (known?.cut ?? null) !== null) ||
      RANKED.some((kind) => isLater(kind) && known?.notices.has(kind) === true);
    const keeps = isLater('subscriber') || (row === null && wasWished);
    const base = keeps ? known : row;
    if (base === undefined || base === null) {
      this.#set(id, null);
      return;
    }
    const notices = new Map<NoticeKind, Span>();
    for (const kind of RANKED) {
      const span = isLater(kind) ? known?.notices.get(kind) : row?.notices?.[kind] === undefined ? undefined : FOREVER;
      if (span !== undefined) notices.set(kind, span);
    }
    const told = row?.cutoff === undefined || row.cutoff === null ? null : { ...FOREVER, ownPage: false };
    this.#set(id, {
      router: base.router,
      addresses: base.addresses,
      identity: 'identity' in base ? base.identity : identityOf(base),
      mayCut: 'mayCut' in base ? base.mayCut : base.autoCut !== false,
      cut: isLater('cut') ? (known?.cut ?? null) : told,
      notices,
    });
  }

  #sharers(): ReadonlySet<string> {
    const all = [...this.wanted].flatMap(([id, { router }]) =>
      this.places(id).own.map((address) => ({ id, router, address })),
    );
    const shares = (one: (typeof all)[number]): boolean =>
      all.some(({ id, router, address }) => id !== one.id && router === one.router && overlap(address, one.address));
    return new Set(all.filter(shares).map(({ id }) => id));
  }

  #set(id: string, wanted: Wanted | null): void {
    if (wanted === null) this.wanted.delete(id);
    else this.wanted.set(id, wanted);
    this.#forget();
  }

  #forgetOld(): void {
    const { revision } = this.#online;
    if (revision === this.#revision) return;
    this.#revision = revision;
    this.#forget();
  }

  #forget(): void {
    this.#doubtful = null;
    this.#places.clear();
  }

  #change(id: string, change: Partial<Wanted>): void {
    const known = this.wanted.get(id);
    if (known !== undefined) this.#set(id, { ...known, ...change });
  }

  #instruct(id: string, facet: Facet, at: number): void {
    this.#instructedAt.set(`${id} ${facet}`, Math.max(at, this.#instructedAt.get(`${id} ${facet}`) ?? 0));
  }
}

/** Who is wanted otherwise than before. */
export function differing(before: Model['wanted'], after: Model['wanted']): readonly string[] {
  const tell = (wanted: Wanted | undefined): string =>
    JSON.stringify({ ...wanted, notices: [...(wanted?.notices ?? [])] });
  return [...after.keys()].filter((id) => tell(before.get(id)) !== tell(after.get(id)));
}
