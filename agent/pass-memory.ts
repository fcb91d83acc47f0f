import type { Admission, DesiredSubscriber } from '../store/ports.ts';
import type { Decided } from './core/decide-again.ts';
import { decideAsIfLetThrough } from './core/held-as-if.ts';
import { admissionKey, type Decision } from './core/decision.ts';
import type { Wish } from './core/desired/live.ts';
import { hasIdentity } from './core/sessions/identity.ts';
import { wishOf, type WishBook } from './wishes.ts';

/** The wishes of a router's subscribers, made of one read of the store. */
export interface WishList {
  readonly all: readonly Wish[];
  readonly byId: ReadonlyMap<string, Wish>;
  /** Some subscriber is known by a PPP name or a MAC. */
  readonly hasNamed: boolean;
}

/** What the brake let through on one router; keys are `operation/subscriber`. */
export interface AdmissionBook {
  readonly admitted: ReadonlySet<string>;
  readonly begun: ReadonlySet<string>;
}

/** A row that a router refused is tried again after so long. */
const REFUSED_FOR_MS = 3_600_000;

/**
 * What a router's passes remember of one another, so that one that finds nothing new costs little. All of it is made of
 * what the store and the router say, and made anew as soon as they say something else: losing it changes nothing.
 */
export class PassMemory {
  #refusal: { readonly at: number; readonly why: string } | null = null;
  /** The last decision, with all that it was made of. */
  decided: Decided | null = null;
  readonly #book: WishBook = new WeakMap();
  readonly #recorded = new Map<string, string>();
  #isTold: Decided | null = null;
  #letThrough: { readonly of: Decided; readonly decision: Decision | null } | null = null;
  #wishes: { readonly of: readonly DesiredSubscriber[]; readonly list: WishList } | null = null;
  #admissions: { readonly of: readonly Admission[]; readonly book: AdmissionBook } | null = null;

  /** The router did not take a row of its DNS: it is given none for an hour, and everything else goes on. */
  noteForwardRefusal(at: number, why: string): void {
    this.#refusal = { at, why };
  }

  forwardRefusal(now: number): string | null {
    const isOver = this.#refusal === null || now - this.#refusal.at >= REFUSED_FOR_MS || now < this.#refusal.at;
    return isOver ? null : (this.#refusal?.why ?? null);
  }

  wishes(subscribers: readonly DesiredSubscriber[]): WishList {
    if (this.#wishes?.of === subscribers) return this.#wishes.list;
    const all = subscribers.map((record) => wishOf(record, this.#book));
    const byId = new Map(all.map((wish) => [wish.id, wish]));
    const list = { all, byId, hasNamed: all.some(({ subscriber }) => hasIdentity(subscriber)) };
    this.#wishes = { of: subscribers, list };
    return list;
  }

  /** `own` are the router's own admissions. */
  admissions(own: readonly Admission[]): AdmissionBook {
    if (this.#admissions?.of === own) return this.#admissions.book;
    const keysOf = (isMeant: (one: Admission) => boolean): ReadonlySet<string> =>
      new Set(own.filter(isMeant).map(({ operation, subscriber }) => admissionKey(operation, subscriber)));
    const book = { admitted: keysOf(({ kind }) => kind !== 'begun'), begun: keysOf(({ kind }) => kind === 'begun') };
    this.#admissions = { of: own, book };
    return book;
  }

  /** What a decision would be if all that waits for somebody were let through; null where nothing does. */
  letThrough(decided: Decided): Decision | null {
    if (this.#letThrough?.of !== decided) this.#letThrough = { of: decided, decision: decideAsIfLetThrough(decided) };
    return this.#letThrough.decision;
  }

  /** What the store was told of each subscriber; only what differs is written again. */
  get recorded(): Map<string, string> {
    return this.#recorded;
  }

  /** Tells the store what a decision says of subscribers, unless it was told of this very one. */
  async tell(decided: Decided, tell: () => Promise<void>): Promise<void> {
    if (this.#isTold === decided) return;
    // Before it is done: a subscriber who is forgotten meanwhile is told of again.
    this.#isTold = decided;
    try {
      await tell();
    } catch (error) {
      this.#isTold = null;
      throw error;
    }
  }

  /** The store was told of this subscriber by somebody else: the next pass tells it again. */
  forgetRecord(subscriber: string): void {
    this.#recorded.delete(subscriber);
    this.#isTold = null;
  }
}
