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
}

/** After so many cuts their connections are removed in one go: each removal costs a walk over the whole table. */
const CUT_BATCH = 1000;

/** Where a step stands in its subscriber's sequence. */
const RANK = { openList: 0, openConnections: 1, proxy: 2, once: 3, list: 4, closeNotice: 6, dropProxy: 7 } as const;

interface Ranked {
  readonly rank: number;
  readonly step: Step;
  readonly address: string | null;
}

/**
 * Orders each subscriber's steps so that every prefix is harmless. Restore = list row, connections, proxy row. Cut =
 * proxy row, list row, then the open connections.
 */
export function subscriberSequences(
  lists: readonly (SetDiff & { readonly menu: Menu })[],
  proxy: ProxyDiff,
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
  const cut: { steps: readonly Step[]; addresses: readonly string[] }[] = [];
  const notice: (readonly Step[])[] = [];
  for (const [subscriber, ranked] of bySubscriber) {
    const opened = ranked.filter(({ rank }) => rank === RANK.openList).flatMap(({ address }) => address ?? []);
    const closed = ranked
      .filter(({ step }) => step.kind === 'add' && step.lane === 'cut')
      .flatMap(({ address }) => address ?? []);
    if (opened.length > 0)
      ranked.push({ rank: RANK.openConnections, step: dropConnections(subscriber, opened, 'restore'), address: null });
    const steps = ranked.sort((a, b) => a.rank - b.rank).map(({ step }) => step);
    if (opened.length > 0) restore.push(steps);
    else if (steps.some((step) => step.lane === 'cut')) cut.push({ steps, addresses: closed });
    else notice.push(steps);
  }
  return { restore, cut: cutBatches(cut), notice };
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
    else if (key.kind === 'notice' || key.kind === 'once') put(key.key, RANK.closeNotice, { ...base, lane: 'notice' });
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
    put(key.key, RANK.dropProxy, { kind: 'remove', menu, key, lane: 'notice', subscriber: key.key, id: idOf(row) });
  }
}

function cutBatches(
  cuts: readonly { steps: readonly Step[]; addresses: readonly string[] }[],
): SubscriberSequences['cut'] {
  const batches: SubscriberSequences['cut'][number][] = [];
  for (let at = 0; at < cuts.length; at += CUT_BATCH) {
    const batch = cuts.slice(at, at + CUT_BATCH);
    batches.push({ mode: 'window', sequences: batch.map(({ steps }) => steps) });
    const addresses = batch.flatMap((one) => one.addresses);
    if (addresses.length > 0) batches.push({ mode: 'serial', sequences: [[dropConnections(null, addresses, 'cut')]] });
  }
  return batches;
}

function dropConnections(subscriber: string | null, addresses: readonly string[], lane: Lane): Step {
  return {
    kind: 'drop-connections',
    menu: '/ip/firewall/connection',
    key: { kind: 'cutoff', key: subscriber ?? 'batch' },
    lane,
    subscriber,
    addresses,
  };
}
