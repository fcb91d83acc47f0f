import type { WisphubPart } from '../../../schemas/adoption.ts';
import { parseAddress } from '../../../schemas/address.ts';
import type { DesiredRouter } from '../desired/desired.ts';
import type { LiveSubscriber } from '../desired/live.ts';
import type { DesiredRow } from '../desired/rows.ts';
import { ownComment } from '../ownership.ts';
import { idOf } from '../plan/diff-order.ts';
import { placeOf } from '../plan/diff-set.ts';
import type { Stage } from '../plan/plan.ts';
import type { Step } from '../plan/step.ts';
import { isTrue } from '../row.ts';
import type { WisphubRow } from './parts.ts';
import { holders, setForeign, switchOff } from './rows.ts';

/** A foreign row of the cut-off list whose removal opens an address: it counts like any restore that nobody named. */
export interface Lift {
  /** Whom it opens: a subscriber, or the address itself where nobody is known there. */
  readonly subscriber: string;
  readonly found: WisphubRow;
}

export interface TakeOver {
  readonly stages: readonly Stage[];
  readonly lifts: readonly Lift[];
  /** Rows that stay as they are: their subscriber is held, or their address is none. */
  readonly left: readonly WisphubRow[];
}

export interface TakeOverInput {
  readonly rows: readonly WisphubRow[];
  readonly desired: DesiredRouter;
  readonly live: readonly LiveSubscriber[];
  readonly frozen: ReadonlySet<string>;
}

/**
 * What is left to do with WispHub's rows once all of ours stand: who should be open is opened; list rows that we want too
 * become ours where they stand, so that there is no moment without one; then its pages, its redirects, and last its
 * accepts go off: an accept that went before a redirect would leave the portal to that redirect (I4). Rows for addresses
 * of nobody go last of all. What works on lists of a subscriber who is held stays.
 */
export function takeOver({ rows, desired, live, frozen }: TakeOverInput): TakeOver {
  const wanted = new Map(desired.subscriberLists.map((row) => [`${row.menu} ${placeOf(row.values)}`, row]));
  const holdersOf = holders(live);
  const opened: Step[][] = [];
  const taken: Step[][] = [];
  const orphaned: Step[][] = [];
  const lifts: Lift[] = [];
  const left: WisphubRow[] = [];
  for (const found of of(rows, 'cutoff-list', 'notice-list')) {
    const { menu, row } = found;
    const place = placeOf({ list: row.get('list') ?? '', address: row.get('address') ?? '' });
    const match = wanted.get(`${menu} ${place}`);
    const there = holdersOf(row);
    if (there === null || there.some(({ id }) => frozen.has(id))) {
      left.push(found);
      continue;
    }
    if (match !== undefined) {
      taken.push([takeRow(found, match)]);
      continue;
    }
    const isCut = found.part === 'cutoff-list' && !isTrue(row.get('disabled'));
    const [first] = there;
    if (isCut) lifts.push({ subscriber: first?.id ?? row.get('address') ?? '', found });
    (first === undefined ? orphaned : opened).push(liftRow(found, first?.id ?? null, isCut));
  }
  const isLeft = new Set(left.map(({ row }) => row.get('address') ?? ''));
  const pages = of(rows, 'cutoff-page', 'notice-page').filter(({ row }) => {
    const isHeld = holdersOf(row)?.some(({ id }) => frozen.has(id)) ?? true;
    return !isTrue(row.get('disabled')) && !isHeld && !isLeft.has(row.get('src-address') ?? '');
  });
  const rules = [...of(rows, 'cutoff-redirect', 'notice-redirect'), ...of(rows, 'portal-accept')];
  return {
    lifts,
    left,
    stages: [
      stage('window', opened),
      stage('window', taken),
      stage(
        'window',
        pages.map((found) => [switchOff(found)]),
      ),
      stage(
        'serial',
        rules.filter(({ row }) => !isTrue(row.get('disabled'))).map((found) => [switchOff(found)]),
      ),
      stage('window', orphaned),
    ].filter(({ sequences }) => sequences.length > 0),
  };
}

function of(rows: readonly WisphubRow[], ...parts: readonly WisphubPart[]): readonly WisphubRow[] {
  return rows.filter(({ part }) => parts.includes(part));
}

function stage(mode: Stage['mode'], sequences: Stage['sequences']): Stage {
  return { name: 'adopt', mode, sequences };
}

function takeRow(found: WisphubRow, { key, subscriber }: DesiredRow): Step {
  const isOff = isTrue(found.row.get('disabled'));
  const step = setForeign(found, { comment: ownComment(key), ...(isOff ? { disabled: 'no' } : {}) });
  return { ...step, key, lane: key.kind === 'cutoff' ? 'cut' : 'notice', subscriber };
}

function liftRow({ part, menu, row }: WisphubRow, subscriber: string | null, isCut: boolean): Step[] {
  const address = row.get('address') ?? '';
  const lane = isCut && subscriber !== null ? 'restore' : 'bulk';
  const was = Object.fromEntries(['list', 'address', 'comment'].map((name) => [name, row.get(name) ?? '']));
  const key = { kind: 'rule', key: `wisphub-${part}` } as const;
  const remove: Step = { kind: 'remove', menu, key, lane, subscriber, id: idOf(row), foreign: { was } };
  if (!isCut || subscriber === null || parseAddress(address) === null) return [remove];
  const drop: Step = {
    kind: 'drop-connections',
    menu: '/ip/firewall/connection',
    key: { kind: 'cutoff', key: subscriber },
    lane,
    subscriber,
    addresses: [address],
    subscribers: [subscriber],
    intoPort: null,
  };
  return [remove, drop];
}
