import { canonicalAddress } from '../canonical.ts';
import type { Menu } from '../row.ts';
import { idOf } from './diff-order.ts';
import type { ProxyDiff } from './diff-proxy.ts';
import type { SetDiff } from './diff-set.ts';
import type { Lane, Step } from './step.ts';

/** Per-subscriber steps, by the lane of the most urgent one. */
export interface SubscriberSequences {
  readonly restore: readonly (readonly Step[])[];
  readonly cut: readonly { readonly mode: 'window' | 'serial'; readonly sequences: readonly (readonly Step[])[] }[];
  readonly notice: readonly (readonly Step[])[];
  /** For whose page is gone from the proxy: a browser's kept-alive connection there would meet the final deny. */
  readonly leave: readonly Step[];
}

/** After so many cuts their connections are removed in one go: each removal costs a walk over the whole table. */
const CUT_BATCH = 2000;

/** Where a step stands in its subscriber's sequence. */
const RANK = { openList: 0, openConnections: 1, proxy: 2, once: 3, list: 4, closeNotice: 6, dropProxy: 7 } as const;

interface Ranked {
  readonly rank: number;
  readonly step: Step;
  readonly address: string | null;
}

/** What else decides about a subscriber's steps. */
interface Surroundings {
  /** True for an address at which he is no more. */
  readonly hasLeft: (address: string, subscriber: string) => boolean;
  /** The proxy's port: connections into it are all that ends with a notice. */
  readonly port: number;
}

/**
 * Orders each subscriber's steps so that every prefix is harmless. Restore = list row, connections, proxy row. Cut =
 * proxy row, list row, then the open connections, those of the `owed` with them. Who gets an address unblocked and
 * another blocked (it changed) has both, the first at once and the second in its turn. What stands at an address that he
 * has left goes with the first: it may be another's by now, who would see the wrong notice (complaint 20 of the field).
 */
export function subscriberSequences(
  lists: readonly (SetDiff & { readonly menu: Menu })[],
  proxy: ProxyDiff,
  owed: readonly Closed[],
  { hasLeft, port }: Surroundings,
): SubscriberSequences {
  const bySubscriber = new Map<string, Ranked[]>();
  const put = (subscriber: string, rank: number, step: Step, address: string | null = null): void => {
    const steps = bySubscriber.get(subscriber);
    if (steps === undefined) bySubscriber.set(subscriber, [{ rank, step, address }]);
    else steps.push({ rank, step, address });
  };
  for (const diff of lists) putListSteps(diff, put);
  putProxySteps(proxy, put);

  const restore: (readonly Step[])[] = [];
  const cut: (Closed & { steps: readonly Step[] })[] = owed.map((one) => ({ ...one, steps: [] }));
  const notice: (readonly Step[])[] = [];
  const leaving: Closed[] = [];
  for (const [subscriber, ranked] of bySubscriber) {
    const opened = ranked.filter(({ rank }) => rank === RANK.openList).flatMap(({ address }) => address ?? []);
    const closed = ranked
      .filter(({ step }) => step.kind === 'add' && step.lane === 'cut')
      .flatMap(({ address }) => address ?? []);
    if (opened.length > 0) {
      const drop = dropConnections([subscriber], opened, 'restore');
      ranked.push({ rank: RANK.openConnections, step: drop, address: null });
    } else {
      const left = ranked.filter(({ rank }) => rank === RANK.dropProxy).flatMap(({ address }) => address ?? []);
      if (left.length > 0) leaving.push({ subscriber, addresses: left });
    }
    ranked.sort((a, b) => a.rank - b.rank);
    const isCut = ranked.some(({ step }) => step.lane === 'cut');
    const isFirst = ({ rank, step, address }: Ranked): boolean =>
      (opened.length > 0 && (!isCut || rank <= RANK.openConnections)) ||
      (step.kind === 'remove' && address !== null && hasLeft(canonicalAddress(address), subscriber));
    const first = ranked.filter(isFirst).map(({ step }) => step);
    const rest = ranked.filter((one) => !isFirst(one)).map(({ step }) => step);
    if (first.length > 0) restore.push(first);
    if (isCut) cut.push({ subscriber, steps: rest, addresses: closed });
    else if (rest.length > 0) notice.push(rest);
  }
  return { restore, cut: cutBatches(cut), notice, leave: leaveSteps(leaving, port) };
}

/** A subscriber with addresses that are newly blocked. */
interface Closed {
  readonly subscriber: string;
  readonly addresses: readonly string[];
}

type Put = (subscriber: string, rank: number, step: Step, address?: string | null) => void;

function putListSteps(diff: SetDiff & { readonly menu: Menu }, put: Put): void {
  for (const row of diff.add) {
    if (row.subscriber === null) continue;
    const lane: Lane = row.key.kind === 'cutoff' ? 'cut' : 'notice';
    const rank = row.key.kind === 'once' ? RANK.once : RANK.list;
    put(
      row.subscriber,
      rank,
      {
        kind: 'add',
        menu: diff.menu,
        key: row.key,
        lane,
        subscriber: row.subscriber,
        values: row.values,
        before: null,
      },
      row.values['address'] ?? null,
    );
  }
  for (const { row, desired, values } of diff.set) {
    if (desired.subscriber === null) continue;
    const lane: Lane = desired.key.kind === 'cutoff' ? 'cut' : 'notice';
    put(desired.subscriber, RANK.list, {
      kind: 'set',
      menu: diff.menu,
      key: desired.key,
      lane,
      subscriber: desired.subscriber,
      id: idOf(row),
      values,
    });
  }
  for (const { row, key } of diff.remove) {
    const base = { kind: 'remove', menu: diff.menu, key, subscriber: key.key, id: idOf(row) } as const;
    if (key.kind === 'cutoff') put(key.key, RANK.openList, { ...base, lane: 'restore' }, row.get('address') ?? null);
    else if (key.kind === 'notice' || key.kind === 'once')
      put(key.key, RANK.closeNotice, { ...base, lane: 'notice' }, row.get('address') ?? null);
  }
}

function putProxySteps(proxy: ProxyDiff, put: Put): void {
  const menu = '/ip/proxy/access' as const;
  const laneOf = (kind: string): Lane => (kind === 'cutoff' ? 'cut' : 'notice');
  for (const { desired, before } of proxy.add) {
    const subscriber = desired.subscriber ?? '';
    put(subscriber, RANK.proxy, {
      kind: 'add',
      menu,
      key: desired.key,
      lane: laneOf(desired.key.kind),
      subscriber,
      values: desired.values,
      before,
    });
  }
  for (const { row, desired, before } of proxy.move) {
    const subscriber = desired.subscriber ?? '';
    put(subscriber, RANK.proxy, {
      kind: 'move',
      menu,
      key: desired.key,
      lane: laneOf(desired.key.kind),
      subscriber,
      id: idOf(row),
      before,
    });
  }
  for (const { row, desired, values } of proxy.set) {
    const subscriber = desired.subscriber ?? '';
    put(subscriber, RANK.proxy, {
      kind: 'set',
      menu,
      key: desired.key,
      lane: laneOf(desired.key.kind),
      subscriber,
      id: idOf(row),
      values,
    });
  }
  for (const { row, key } of proxy.remove) {
    const step = { kind: 'remove', menu, key, lane: 'notice', subscriber: key.key, id: idOf(row) } as const;
    put(key.key, RANK.dropProxy, step, row.get('src-address') ?? null);
  }
}

function cutBatches(cuts: readonly (Closed & { readonly steps: readonly Step[] })[]): SubscriberSequences['cut'] {
  const batches: SubscriberSequences['cut'][number][] = [];
  for (let at = 0; at < cuts.length; at += CUT_BATCH) {
    const batch = cuts.slice(at, at + CUT_BATCH);
    const sequences = batch.map(({ steps }) => steps).filter((steps) => steps.length > 0);
    if (sequences.length > 0) batches.push({ mode: 'window', sequences });
    const closed = batch.filter((one) => one.addresses.length > 0);
    const addresses = closed.flatMap((one) => one.addresses);
    const subscribers = closed.map((one) => one.subscriber);
    if (closed.length > 0)
      batches.push({ mode: 'serial', sequences: [[dropConnections(subscribers, addresses, 'cut')]] });
  }
  return batches;
}

function leaveSteps(leaving: readonly Closed[], port: number): readonly Step[] {
  const steps: Step[] = [];
  for (let at = 0; at < leaving.length; at += CUT_BATCH) {
    const batch = leaving.slice(at, at + CUT_BATCH);
    const addresses = batch.flatMap((one) => one.addresses);
    const subscribers = batch.map((one) => one.subscriber);
    steps.push(dropConnections(subscribers, addresses, 'notice', port));
  }
  return steps;
}

function dropConnections(
  subscribers: readonly string[],
  addresses: readonly string[],
  lane: 'restore' | 'cut' | 'notice',
  intoPort: number | null = null,
): Step {
  const [only] = subscribers;
  // A restore's is skipped with the rest of its sequence when the restore lane takes the subscriber over.
  const subscriber = lane === 'restore' && only !== undefined ? only : null;
  return {
    kind: 'drop-connections',
    menu: '/ip/firewall/connection',
    key: { kind: lane === 'notice' ? 'notice' : 'cutoff', key: subscriber ?? 'batch' },
    lane,
    subscriber,
    addresses,
    subscribers,
    intoPort,
  };
}
