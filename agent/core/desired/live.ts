import { canonicalMac } from '../../../schemas/ids.ts';
import { truncate, type Address } from '../../../schemas/address.ts';
import type { BrakeLimit } from '../../../schemas/held-operation.ts';
import type { OperationReason } from '../../../schemas/operation.ts';
import {
  NOTICE_KINDS,
  type Cutoff,
  type Notice,
  type NoticeKind,
  type Subscriber,
} from '../../../schemas/subscriber.ts';
import { effectiveAddresses, type Effective, type LiveAddress } from '../sessions/effective.ts';
import { describeUser, hasIdentity, namedSubscribers, type FindNamed } from '../sessions/identity.ts';
import { ownPage } from './own-page.ts';
import { refusalsOf, type RefuseOnRouter, type RouterGround } from '../sessions/refused.ts';
import type { RouterUsage } from '../sessions/usage.ts';

/** One subscriber's wish as the core sees it (the store's document, times already in ms). */
export interface Wish {
  readonly id: string;
  readonly subscriber: Subscriber;
  readonly cutoff: {
    readonly value: Cutoff;
    readonly operation: string;
    readonly since: number;
    readonly notBefore: number | null;
    readonly notAfter: number | null;
  } | null;
  /** When anything of this was changed last, ms; left out by who does not know it. */
  readonly changedAt?: number;
  readonly notices: readonly {
    readonly kind: NoticeKind;
    readonly value: Notice;
    readonly operation: string;
    /** When it was given, ms; left out by who does not know it: then it counts as given now. */
    readonly since?: number;
    readonly start: number | null;
    readonly end: number | null;
  }[];
}

/** Why a wish is not put on the router now. */
export interface Hold {
  readonly subscriber: string;
  readonly facet: 'cutoff' | NoticeKind;
  readonly operation: string;
  readonly reason: OperationReason;
  readonly detail: string;
  /** Of the brake: the limit that it would pass. */
  readonly limit?: BrakeLimit;
}

/** How one wish of one subscriber is found: a generation asks for many by one operation. */
export function wishKey({ operation, subscriber, facet }: Pick<Hold, 'operation' | 'subscriber' | 'facet'>): string {
  return `${operation}/${subscriber}/${facet}`;
}

/** A subscriber as it should stand on the router at this moment. */
export interface LiveSubscriber {
  readonly id: string;
  /** Where he is now, as far as nobody else is there. */
  readonly addresses: readonly LiveAddress[];
  /** Would be his, but the router shows somebody else at them: no row of his may stand there. */
  readonly foreign: readonly Address[];
  /** Known by a PPP name or a MAC: his rows follow him. */
  readonly hasIdentity: boolean;
  readonly cut: { readonly url: string | null; readonly operation: string; readonly since: number } | null;
  /** Notices in force, the one shown first; a cut outranks them all. */
  readonly notices: readonly {
    readonly kind: NoticeKind;
    readonly url: string | null;
    readonly once: boolean;
    readonly operation: string;
  }[];
}

export interface LiveState {
  readonly subscribers: readonly LiveSubscriber[];
  readonly holds: readonly Hold[];
  /** Cut-offs whose `notAfter` passed before they began: they end as failed, never late. */
  readonly expired: readonly { readonly subscriber: string; readonly operation: string }[];
  /** Subscribers whose own page had a login token that has died: they are shown the template's. */
  readonly expiredLinks: ReadonlySet<string>;
  /** Wishes that wait for their time, by `wishKey`. */
  readonly waiting: ReadonlySet<string>;
  /** The next moment (ms) at which time alone changes something, or null. */
  readonly nextChange: number | null;
}

/** What a router says of its subscribers. */
export interface RouterScene extends RouterGround {
  readonly usage: RouterUsage;
  /** True for a subscriber with cut-off rows of ours: his is no new cut. */
  readonly isStanding: (subscriber: string) => boolean;
}

/**
 * What is in force at `now`. `hasBegun` tells of cut-offs that are on the router already: their `notAfter` no longer
 * matters. Nobody is cut at an address of the router's, or where the router shows somebody else. Doubt never cuts (I2).
 */
export function liveState(
  wishes: readonly Wish[],
  now: number,
  hasBegun: (operation: string, subscriber: string) => boolean,
  scene: RouterScene,
): LiveState {
  const holds: Hold[] = [];
  const expired: { subscriber: string; operation: string }[] = [];
  const waiting = new Set<string>();
  const changes: number[] = [];
  const expiredLinks = new Set<string>();
  const find = namedSubscribers(wishes);
  const placed = wishes.map((wish) => ({ wish, ...effectiveAddresses(wish.subscriber, scene.usage, find) }));
  const shared = sharedAddresses(placed);
  const byId = new Map(wishes.map((wish) => [wish.id, wish.subscriber]));
  const refuse = refusalsOf(scene);
  const subscribers = placed.map(({ wish, addresses, foreign }): LiveSubscriber => {
    const doubt = addressDoubt(wish, { addresses, foreign }, sharing(wish, shared.get(wish.id), byId), refuse);
    const absence = absenceOf({ addresses, foreign }, find);
    const hold = (facet: Hold['facet'], operation: string, reason: OperationReason, detail: string): void => {
      holds.push({ subscriber: wish.id, facet, operation, reason, detail });
    };
    const waitFor = (facet: Hold['facet'], operation: string): void => {
      waiting.add(wishKey({ operation, subscriber: wish.id, facet }));
    };
    const shown = (kind: Hold['facet'], url: string | undefined, since: number): string | null => {
      const page = ownPage(url, { kind, subscriber: wish.id }, since, now, changes);
      if (page.hasExpired) expiredLinks.add(wish.id);
      return page.url;
    };
    let cut: LiveSubscriber['cut'] = null;
    const wanted = wish.cutoff;
    if (wanted !== null) {
      const timing = hasBegun(wanted.operation, wish.id)
        ? 'now'
        : timingOf(wanted.notBefore, wanted.notAfter, now, changes);
      if (timing === 'over') expired.push({ subscriber: wish.id, operation: wanted.operation });
      else if (timing === 'later') waitFor('cutoff', wanted.operation);
      else if (doubt !== null) hold('cutoff', wanted.operation, doubt.reason, doubt.detail);
      else if (wish.subscriber.autoCut === false)
        hold('cutoff', wanted.operation, 'auto-cut-off', 'the subscriber is marked autoCut: false');
      else if (absence !== null && (addresses.length === 0 || !scene.isStanding(wish.id)))
        hold('cutoff', wanted.operation, absence.reason, absence.detail);
      else
        cut = {
          url: shown('cutoff', wanted.value.url, wanted.since),
          operation: wanted.operation,
          since: wanted.since,
        };
    }
    const notices: LiveSubscriber['notices'][number][] = [];
    for (const kind of NOTICE_KINDS) {
      const notice = wish.notices.find((candidate) => candidate.kind === kind);
      if (notice === undefined) continue;
      const timing = timingOf(notice.start, notice.end, now, changes);
      if (timing === 'over') continue;
      if (timing === 'later') waitFor(kind, notice.operation);
      else if (doubt !== null) hold(kind, notice.operation, doubt.reason, doubt.detail);
      else if (wish.subscriber.autoNotice === false)
        hold(kind, notice.operation, 'auto-notice-off', 'the subscriber is marked autoNotice: false');
      else if (absence !== null && addresses.length === 0) hold(kind, notice.operation, absence.reason, absence.detail);
      else if (!addresses.some((address) => address.family === 4))
        hold(kind, notice.operation, 'no-ipv4', 'an on-screen notice needs an IPv4 address');
      else
        notices.push({
          kind,
          url: shown(kind, notice.value.url, notice.since ?? now),
          once: notice.value.once ?? false,
          operation: notice.operation,
        });
    }
    return {
      id: wish.id,
      addresses,
      foreign: foreign.map(({ address }) => address),
      hasIdentity: hasIdentity(wish.subscriber),
      cut,
      notices,
    };
  });
  return {
    subscribers,
    holds,
    expired,
    expiredLinks,
    waiting,
    nextChange: changes.length === 0 ? null : Math.min(...changes),
  };
}

function timingOf(from: number | null, until: number | null, now: number, changes: number[]): 'later' | 'now' | 'over' {
  if (until !== null && now >= until) return 'over';
  if (from !== null && now < from) {
    // One that ends before it begins is over at its end.
    changes.push(Math.min(from, until ?? from));
    return 'later';
  }
  if (until !== null) changes.push(until);
  return 'now';
}

interface Doubt {
  readonly reason: OperationReason;
  readonly detail: string;
}

/** What two subscribers have in common: by one name or MAC the router shows both at one address. */
function sharing(
  { subscriber }: Wish,
  other: string | undefined,
  all: ReadonlyMap<string, Wish['subscriber']>,
): string | null {
  if (other === undefined) return null;
  const { ppp, mac } = all.get(other) ?? {};
  if (ppp !== undefined && ppp === subscriber.ppp) return `has the same ppp name as ${other}: ${ppp}`;
  if (mac !== undefined && subscriber.mac !== undefined && canonicalMac(mac) === canonicalMac(subscriber.mac))
    return `has the same mac as ${other}: ${mac}`;
  return `shares an address with ${other}`;
}

function addressDoubt(
  { subscriber }: Wish,
  { addresses, foreign }: Effective,
  shared: string | null,
  refuse: RefuseOnRouter,
): Doubt | null {
  if (shared !== null) return { reason: 'duplicate-address', detail: shared };
  if (addresses.length + foreign.length === 0 && !hasIdentity(subscriber))
    return { reason: 'address-refused', detail: 'no usable address' };
  for (const address of [...addresses, ...foreign.map((one) => one.address)]) {
    const refusal = refuse(address);
    if (refusal !== null) return { reason: 'address-refused', detail: `${address.text}: ${refusal}` };
  }
  return null;
}

/** Why a subscriber is not (wholly) where his rows could be: somebody else is there, or he is nowhere. */
function absenceOf({ addresses, foreign }: Effective, find: FindNamed): Doubt | null {
  const [taken] = foreign;
  if (taken !== undefined)
    return {
      reason: 'address-in-use',
      detail: `${taken.address.text} is in use by ${describeUser(taken.user, find)}`,
    };
  return addresses.length === 0
    ? { reason: 'not-online', detail: 'no address is declared, and the router shows no session and no bound lease' }
    : null;
}

/**
 * Subscribers that share an address with another one: both are held. Prefixes are found by cutting each address to the
 * prefix lengths in use, so the cost grows with the subscribers and not with their square.
 */
function sharedAddresses(all: readonly { wish: Wish; addresses: readonly Address[] }[]): ReadonlyMap<string, string> {
  const shared = new Map<string, string>();
  const holders = new Map<string, string>();
  const lengths = new Map<string, { family: 4 | 6; length: number }>();
  const mark = (a: string, b: string): void => {
    if (a === b) return;
    shared.set(a, b);
    shared.set(b, a);
  };
  for (const { wish, addresses } of all) {
    for (const address of addresses) {
      const holder = holders.get(address.text);
      if (holder === undefined) holders.set(address.text, wish.id);
      else mark(holder, wish.id);
      if (address.length < (address.family === 4 ? 32 : 128))
        lengths.set(`${address.family}/${address.length}`, { family: address.family, length: address.length });
    }
  }
  for (const { family, length } of lengths.values()) {
    for (const { wish, addresses } of all) {
      for (const address of addresses) {
        if (address.family !== family || address.length <= length) continue;
        const holder = holders.get(truncate(address, length).text);
        if (holder !== undefined) mark(holder, wish.id);
      }
    }
  }
  return shared;
}
