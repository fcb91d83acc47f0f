import type { WisphubPart } from '../../../schemas/adoption.ts';
import type { DesiredRouter } from '../desired/desired.ts';
import type { LiveSubscriber } from '../desired/live.ts';
import type { DesiredRow } from '../desired/rows.ts';
import { ownComment } from '../ownership.ts';
import { placeOf } from '../plan/diff-set.ts';
import type { Stage } from '../plan/plan.ts';
import type { Step } from '../plan/step.ts';
import { isTrue } from '../row.ts';
import { goesByName, isCutting } from './named-lifts.ts';
import type { WisphubRow } from './parts.ts';
import { holders, lift, setForeign, switchOff } from './rows.ts';

/** A foreign row of the cut-off list whose removal opens an address: it counts like any restore that nobody named. */
export interface Lift {
  /** Whom it opens: a subscriber, or the address itself where nobody is known there. */
  readonly subscriber: string;
  readonly found: WisphubRow;
}

export interface TakeOver {
  readonly stages: readonly Stage[];
  /** Of `stages`, what goes by the word of those who were restored by name, before ours stand. */
  readonly byName: readonly Stage[];
  /** And what does once ours stand: whoever else is at such a row is cut by ours then. */
  readonly byNameOnceOurs: readonly Stage[];
  /** One for each whom a row opens: a prefix may hold hundreds. */
  readonly lifts: readonly Lift[];
  /** Rows that stay as they are: their subscriber is held, or their address is none. */
  readonly left: readonly WisphubRow[];
}

export interface TakeOverInput {
  readonly rows: readonly WisphubRow[];
  readonly desired: Pick<DesiredRouter, 'subscriberLists'>;
  readonly live: readonly LiveSubscriber[];
  /** Subscribers whose cut waits, or of whom nothing is certain: no row that cuts them goes. */
  readonly held: ReadonlySet<string>;
  /** Subscribers whom an open operation restores by name. */
  readonly restored: ReadonlySet<string>;
}

/**
 * What is left to do with WispHub's rows once all of ours stand: who should be open is opened; list rows that we want too
 * become ours where they stand, so that there is no moment without one; then its pages, its redirects, and last its
 * accepts go off: an accept that went before a redirect would leave the portal to that redirect (I4). Rows for addresses
 * of nobody go last of all. What works on lists of a subscriber who is held stays.
 */
export function takeOver({ rows, desired, live, held, restored }: TakeOverInput): TakeOver {
  const wanted = new Map(desired.subscriberLists.map((row) => [`${row.menu} ${placeOf(row.values)}`, row]));
  const holdersOf = holders(live);
  const opened: (readonly Step[])[] = [];
  const openedByName: (readonly Step[])[] = [];
  const sharedByName: (readonly Step[])[] = [];
  const taken: (readonly Step[])[] = [];
  const orphaned: (readonly Step[])[] = [];
  const lifts: Lift[] = [];
  const left: WisphubRow[] = [];
  for (const found of of(rows, 'cutoff-list', 'notice-list')) {
    const { menu, row } = found;
    const place = placeOf({ list: row.get('list') ?? '', address: row.get('address') ?? '' });
    const match = wanted.get(`${menu} ${place}`);
    const there = holdersOf(row);
    if (there === null || there.some(({ id }) => held.has(id))) {
      left.push(found);
      continue;
    }
    if (match !== undefined) {
      taken.push([takeRow(found, match)]);
      continue;
    }
    const isCut = isCutting(found);
    // Who is to be cut has rows of ours by now: this one's going opens the others.
    const whom = isCut ? there.filter(({ cut }) => cut === null).map(({ id }) => id) : [];
    const named = there.length === 0 && isCut ? [row.get('address') ?? ''] : whom;
    for (const subscriber of named) lifts.push({ subscriber, found });
    const steps = lift(found, whom);
    if (there.length === 0) orphaned.push(steps);
    else if (goesByName(found, there, restored, held)) openedByName.push(steps);
    else if (whom.length > 0 && whom.every((id) => restored.has(id))) sharedByName.push(steps);
    else opened.push(steps);
  }
  const isLeft = new Set(left.map(({ row }) => row.get('address') ?? ''));
  const pages = of(rows, 'cutoff-page', 'notice-page').filter(({ row }) => {
    const isHeld = holdersOf(row)?.some(({ id }) => held.has(id)) ?? true;
    return !isTrue(row.get('disabled')) && !isHeld && !isLeft.has(row.get('src-address') ?? '');
  });
  const rules = [...of(rows, 'cutoff-redirect', 'notice-redirect'), ...of(rows, 'portal-accept')];
  const [byName = [], byNameOnceOurs = []] = [openedByName, sharedByName].map((sequences) =>
    sequences.length === 0 ? [] : [stage('window', sequences)],
  );
  return {
    lifts,
    left,
    byName,
    byNameOnceOurs,
    stages: [
      ...byName,
      ...byNameOnceOurs,
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
