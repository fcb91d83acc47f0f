import type pino from 'pino';
import { maskUrl } from '../../schemas/mask-url.ts';
import type { PageRival } from '../core/notice-pages.ts';
import { placeOf, type ListenerState } from '../core/settings.ts';
import type { Clock, NoticeDesk } from '../ports.ts';
import { NoticeBook, type RouterPages } from './book.ts';
import { KeptListener, type ListenAt } from './kept-listener.ts';
import { openNoticeListener, type ListenerOptions } from './listener.ts';

/** Sources without a page that are remembered, and for how long: one of them may be a router that masks subscribers. */
const STRANGERS = 64;
const STRANGER_MS = 600_000;

const NOT_CONFIGURED: ListenerState = { kind: 'down', detail: 'agent.notices.server is not configured' };

export interface DeskDeps {
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: pino.Logger;
  readonly addressOf?: ListenerOptions['addressOf'];
  /** What opens the listener; left out: a real socket. */
  readonly open?: typeof openNoticeListener;
  /** Told when the listener comes up or goes down. */
  readonly onTurn?: () => void;
}

/**
 * The page server of one agent: the book of pages, and a listener. When that is wanted elsewhere, the earlier one goes on
 * until the new one listens and no router leads to the old place any more.
 */
export class NoticeServer implements NoticeDesk {
  readonly book = new NoticeBook();
  readonly #deps: DeskDeps;
  readonly #strangers = new Map<string, number>();
  /** The places each router leads to, as far as it was read. */
  readonly #leads = new Map<string, ReadonlySet<string>>();
  #wanted: KeptListener | null = null;
  /** The oldest first. */
  #earlier: readonly KeptListener[] = [];

  constructor(deps: DeskDeps) {
    this.#deps = deps;
  }

  /** Listens there from now on, or nowhere (null). Resolves after the first try, well or not. */
  async listen(at: ListenAt | null): Promise<void> {
    const before = this.#wanted;
    if (before !== null && at !== null && isSame(before.at, at)) {
      before.ledToAt(at.address);
      return;
    }
    if (at === null) {
      this.#wanted = null;
      await this.#keep(before);
    } else {
      const back = this.#earlier.find((one) => isSame(one.at, at));
      this.#earlier = this.#earlier.filter((one) => one !== back);
      back?.ledToAt(at.address);
      this.#wanted = back ?? this.#make(at);
      await this.#keep(before);
      if (back === undefined) await this.#wanted.start();
    }
    this.#settle();
  }

  /** The port it listens on, or null. */
  get port(): number | null {
    return this.#wanted?.port ?? null;
  }

  /** True while subscribers are met anywhere, or are to be. */
  get isOpen(): boolean {
    return this.#wanted !== null || this.#earlier.length > 0;
  }

  listener(): ListenerState {
    const state = this.#wanted?.state ?? NOT_CONFIGURED;
    const standing = this.#earlier.findLast((one) => one.state.kind === 'listening');
    return state.kind !== 'down' || standing === undefined ? state : { ...state, standing: standing.place };
  }

  publish(router: string, pages: RouterPages): void {
    this.book.publish(router, pages);
    if (pages.leadsTo === undefined) return;
    this.#leads.set(router, new Set(pages.leadsTo));
    this.#settle();
  }

  confirm(router: string, seq: number): void {
    this.book.confirm(router, seq);
  }

  rivals(router: string): readonly PageRival[] {
    return this.book.rivals(router);
  }

  /** A router that is configured no more. */
  forget(router: string): void {
    this.book.forget(router);
    this.#leads.delete(router);
    this.#settle();
  }

  strangeSources(): readonly string[] {
    const since = this.#deps.clock.monotonic() - STRANGER_MS;
    for (const [source, at] of this.#strangers) if (at < since) this.#strangers.delete(source);
    return [...this.#strangers.keys()];
  }

  async close(): Promise<void> {
    const open = [...(this.#wanted === null ? [] : [this.#wanted]), ...this.#earlier];
    this.#wanted = null;
    this.#earlier = [];
    await Promise.all(open.map((one) => one.stop()));
  }

  /**
   * Ends the earlier listeners on this port for the moment of a try, for one port of two hosts may not be had twice
   * (0.0.0.0 has all of them). Null where there are none; else what opens them again if the try failed.
   */
  async #makeRoom(port: number): Promise<(() => Promise<void>) | null> {
    const inTheWay = this.#earlier.filter((one) => one.at.port === port);
    if (inTheWay.length === 0) return null;
    this.#earlier = this.#earlier.filter((one) => one.at.port !== port);
    await Promise.all(inTheWay.map((one) => one.stop()));
    return async () => {
      const again = inTheWay.map(({ at, place }) => this.#make({ ...at, address: place.address }));
      await Promise.all(again.map((one) => one.start()));
      this.#earlier = [...this.#earlier, ...again];
    };
  }

  /** One that listens goes on for those who are led to it; one that does not is of no use to anybody. */
  async #keep(before: KeptListener | null): Promise<void> {
    if (before?.state.kind === 'listening') this.#earlier = [...this.#earlier, before];
    else await before?.stop();
  }

  /** Ends the earlier ones as soon as nobody needs them: every router was read since, and none leads there. */
  #settle(): void {
    const wanted = this.#wanted;
    if (wanted !== null && wanted.state.kind !== 'listening') return;
    const isNeeded = (one: KeptListener): boolean =>
      (wanted === null || placeOf(wanted.place) !== placeOf(one.place)) &&
      this.book.routers.some((router) => {
        const places = this.#leads.get(router);
        return places === undefined || one.isLedToBy(places);
      });
    const over = this.#earlier.filter((one) => !isNeeded(one));
    this.#earlier = this.#earlier.filter(isNeeded);
    for (const one of over) void one.stop();
  }

  #make(at: ListenAt): KeptListener {
    const { clock, random, log, addressOf, open = openNoticeListener } = this.#deps;
    return new KeptListener(at, {
      open,
      clock,
      random,
      log,
      find: (source) => this.book.find(source),
      onAnswer: (source, url) => {
        this.#note(source, url);
      },
      ...(addressOf === undefined ? {} : { addressOf }),
      makeRoom: () => this.#makeRoom(at.port),
      onTurn: () => {
        this.#settle();
        this.#deps.onTurn?.();
      },
    });
  }

  #note(source: string, url: string | null): void {
    this.#deps.log.debug({ source, url: url === null ? null : maskUrl(url) }, 'notice page asked for');
    if (url !== null) return;
    this.#strangers.delete(source);
    this.#strangers.set(source, this.#deps.clock.monotonic());
    const [oldest] = this.#strangers.keys();
    if (this.#strangers.size > STRANGERS && oldest !== undefined) this.#strangers.delete(oldest);
  }
}

function isSame(one: ListenAt, other: ListenAt): boolean {
  return one.host === other.host && one.port === other.port;
}
