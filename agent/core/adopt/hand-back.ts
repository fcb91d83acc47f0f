import type { LiveSubscriber } from '../desired/live.ts';
import type { ListAddress } from '../desired/rows.ts';
import { rowsOf, type ObservedRouter } from '../observed.ts';
import { ownerOf } from '../ownership.ts';
import { idOf } from '../plan/diff-order.ts';
import { placeOf } from '../plan/diff-set.ts';
import { stepsOf, type Plan, type Stage } from '../plan/plan.ts';
import type { Step } from '../plan/step.ts';
import { isTrue, type Menu, type Row } from '../row.ts';
import type { RouterSettings } from '../settings.ts';
import { openingStages } from './allowed.ts';
import { comeBack } from './come-back.ts';
import { holders, lift } from './rows.ts';
import type { TakenRow } from './state.ts';
import { leftRows, ownRowsOff } from './take-off.ts';

export interface HandBack {
  /** What is to be written now: the rest waits for a read that found this done. */
  readonly stages: readonly Stage[];
  /** All that is left of it, as far as this read tells. */
  readonly ahead: readonly Stage[];
  /** Portal rows that are left, unmarked as ours, for the router may have nothing else at their address (I4). */
  readonly kept: readonly { readonly menu: Menu; readonly row: Row }[];
  /** Rows that do not come back: they would cut, or keep from browsing, somebody who is to be open now (I2). */
  readonly withheld: readonly TakenRow[];
  /** Subscribers whose cut-off WispHub never had: it ends with our row. */
  readonly opened: readonly string[];
}

export interface HandBackInput {
  readonly observed: ObservedRouter;
  readonly settings: Pick<RouterSettings, 'lists'>;
  readonly taken: readonly TakenRow[];
  readonly live: readonly LiveSubscriber[];
  /** Of these nothing is certain: what was cut is given back cut. */
  readonly frozen: ReadonlySet<string>;
  readonly restored: ReadonlySet<string>;
  readonly portalAddresses: readonly ListAddress[];
  /** What is left to write of ours: who is to be open is opened as it says. */
  readonly plan: Pick<Plan, 'stages'>;
}

const LISTS_V4: Menu = '/ip/firewall/address-list';
const LISTS_V6: Menu = '/ipv6/firewall/address-list';
const LISTS: readonly Menu[] = [LISTS_V4, LISTS_V6];

/**
 * What is left to do until the router is as it was: first who is to be open is opened, also where his row came back before
 * he paid (I1); then all that was taken comes back while ours still stand, read
 * back; then ours go. Rows that were changed in place get their values back, rows that are gone come back with comment
 * and values, before the next row of theirs that stands.
 */
export function handBack(input: HandBackInput): HandBack {
  const { observed, settings, taken, live, frozen, restored, plan, portalAddresses } = input;
  const holdersOf = holders(live);
  const isWithheld = (row: TakenRow): boolean => {
    if (!LISTS.includes(row.menu) || isTrue(row.values['disabled'])) return false;
    const there = (holdersOf(new Map(Object.entries(row.values))) ?? []).filter(({ id }) => !frozen.has(id));
    if (row.values['list'] === settings.lists.cutoff) return there.some(({ cut }) => cut === null);
    return there.some(({ cut, notices }) => cut === null && notices.length === 0);
  };
  const withheld = taken.filter(isWithheld);
  const stay = new Set(withheld);
  const coming = taken.filter((row) => !stay.has(row));
  const back = comeBack(coming, observed);
  const given = new Map(
    coming.filter(({ menu }) => LISTS.includes(menu)).map((row) => [`${row.menu} ${placeOf(row.values)}`, row]),
  );
  const foreignPlaces = new Set(
    LISTS.flatMap((menu) =>
      rowsOf(observed, menu)
        .filter((row) => ownerOf(row) === null && !isTrue(row.get('disabled')))
        .map((row) => `${menu} ${placeOf({ list: row.get('list') ?? '', address: row.get('address') ?? '' })}`),
    ),
  );
  const isGiven = (menu: Menu, row: Row): TakenRow | undefined =>
    given.get(`${menu} ${placeOf({ list: row.get('list') ?? '', address: row.get('address') ?? '' })}`);
  const isCutByOthers = (menu: Menu, address: string): boolean => {
    const place = placeOf({ list: settings.lists.cutoff, address });
    return given.has(`${menu} ${place}`) || foreignPlaces.has(`${menu} ${place}`);
  };
  const opened = live.filter(
    ({ cut, addresses }) =>
      cut !== null && addresses.some(({ family, text }) => !isCutByOthers(family === 4 ? LISTS_V4 : LISTS_V6, text)),
  );
  const open = live.filter(({ id, cut }) => cut === null && !frozen.has(id)).map(({ id }) => id);
  const opening = [
    ...openingStages(plan, new Set([...open, ...restored])),
    ...returned(withheld, input),
    ...noticesDown(coming, isGiven, input),
  ];
  const off = ownRowsOff(observed, coming, isGiven, portalAddresses);
  const stages = opening.length > 0 ? opening : back.length > 0 ? back : off;
  return {
    stages,
    ahead: [...opening, ...back, ...withoutTouched(off, opening)],
    kept: leftRows(observed),
    withheld,
    opened: opened.map(({ id }) => id),
  };
}

/**
 * Notices of ours that WispHub never had, where its redirect of all TCP comes back: it would cut off whoever is in the list
 * still (I2).
 */
function noticesDown(
  coming: readonly TakenRow[],
  isGiven: (menu: Menu, row: Row) => TakenRow | undefined,
  { observed, settings }: HandBackInput,
): readonly Stage[] {
  const isComing = coming.some(
    ({ menu, values }) =>
      menu === '/ip/firewall/nat' &&
      values['src-address-list'] === settings.lists.notice &&
      values['action'] === 'redirect' &&
      !isTrue(values['disabled']),
  );
  const rows = isComing ? rowsOf(observed, LISTS_V4) : [];
  const sequences = rows.flatMap((row): readonly (readonly Step[])[] => {
    const key = ownerOf(row);
    if (key === null || row.get('list') !== settings.lists.notice || isGiven(LISTS_V4, row) !== undefined) return [];
    return [[{ kind: 'remove', menu: LISTS_V4, key, lane: 'bulk', subscriber: null, id: idOf(row) }]];
  });
  return sequences.length === 0 ? [] : [{ name: 'adopt', mode: 'window', sequences }];
}

/** Steps for rows that earlier ones do not touch: a row that opened somebody is gone by then. */
function withoutTouched(stages: readonly Stage[], earlier: readonly Stage[]): readonly Stage[] {
  const idsOf = (steps: readonly Step[]): readonly string[] =>
    steps.flatMap((step) => ('id' in step ? [`${step.menu} ${step.id}`] : []));
  const touched = new Set(idsOf(stepsOf({ stages: earlier })));
  return stages.map((stage) => ({
    ...stage,
    sequences: stage.sequences.filter((sequence) => !idsOf(sequence).some((id) => touched.has(id))),
  }));
}

/** Withheld rows that stand all the same: they came back before their subscriber was to be open. */
function returned(withheld: readonly TakenRow[], { observed, settings, live }: HandBackInput): readonly Stage[] {
  const holdersOf = holders(live);
  const places = new Set(withheld.map(({ menu, values }) => `${menu} ${placeOf(values)}`));
  const sequences = LISTS.flatMap((menu) =>
    rowsOf(observed, menu).flatMap((row, place): readonly (readonly Step[])[] => {
      const list = row.get('list') ?? '';
      const isMeant = places.has(`${menu} ${placeOf({ list, address: row.get('address') ?? '' })}`);
      if (!isMeant || ownerOf(row) !== null || isTrue(row.get('disabled')) || isTrue(row.get('dynamic'))) return [];
      const part = list === settings.lists.cutoff ? 'cutoff-list' : 'notice-list';
      const whom = (holdersOf(row) ?? []).filter(({ cut }) => cut === null).map(({ id }) => id);
      return [lift({ part, menu, row, place }, whom)];
    }),
  );
  return sequences.length === 0 ? [] : [{ name: 'adopt', mode: 'window', sequences }];
}
