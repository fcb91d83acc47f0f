import type { AdoptStep } from '../../../schemas/adoption.ts';
import type { OperationReason } from '../../../schemas/operation.ts';
import type { Finding, RouterMode } from '../../../schemas/router.ts';
import { MENUS, type Menu, type Row, type RowId } from '../row.ts';

/** A row of somebody else's as it was before a step of an adoption changed it. */
export interface TakenRow {
  readonly menu: Menu;
  /** Empty for the settings of a menu without rows. */
  readonly id: RowId;
  /** Where it stood in its menu: rows of one menu keep this order when they come back. */
  readonly place: number;
  readonly values: Readonly<Record<string, string>>;
}

/** What else was seen around WispHub's rows; read only where there are any. */
export interface AroundWisphub {
  /** Interface lists with a member; null where they could not be read. */
  readonly filledLists: ReadonlySet<string> | null;
  /** Why the step `manage` is refused, as findings: WispHub still writes. */
  readonly writes: readonly Finding[];
}

export const NOTHING_AROUND: AroundWisphub = { filledLists: null, writes: [] };

/** Why a step waits. */
export interface AdoptionHold {
  readonly reason: OperationReason;
  readonly detail: string;
}

/** How far a router is on its way from WispHub to us, or back. */
export interface AdoptionState {
  readonly step: AdoptStep;
  /** Who asked for this step. */
  readonly operation: string;
  /** A row was written for the step `manage`: it is not refused any more. */
  readonly isBegun: boolean;
  /** Read back: nothing of the step was left to do. */
  readonly isSettled: boolean;
  readonly taken: readonly TakenRow[];
}

/**
 * How a router is kept: the configuration says it until a person asks for a step. `manage` makes an assisted router a
 * managed one, as long as nothing holds it; a router that was handed back is written to no more, whatever the
 * configuration says. `observe` stays what it is: nothing is written there.
 */
export function modeOf(configured: RouterMode, adoption: AdoptionState | null, isRefused: boolean): RouterMode {
  switch (adoption?.step) {
    case undefined:
    case 'claim':
      return configured;
    case 'manage':
      return configured === 'assist' && !isRefused ? 'manage' : configured;
    case 'hand-back':
      return 'observe';
  }
}

const KNOWN: ReadonlyMap<string, Menu> = new Map(MENUS.map((menu) => [menu, menu]));

/** A stored row; null for one of a menu that this version does not know. */
export function takenRow(stored: Omit<TakenRow, 'menu'> & { readonly menu: string }): TakenRow | null {
  const menu = KNOWN.get(stored.menu);
  return menu === undefined ? null : { ...stored, menu };
}

/** What of a row decides what it does, and what a person reads of it. */
export function valuesOf(row: Row): Readonly<Record<string, string>> {
  const volatile = new Set(['.id', 'dynamic', 'invalid', 'inactive']);
  return Object.fromEntries([...row].filter(([name]) => !volatile.has(name)));
}

/**
 * Whether a row says what it said when it was put on record, on or off: ids are given anew when a router is set up again,
 * and a person may have made another row of it.
 */
export function isAsRecorded({ values }: Pick<TakenRow, 'values'>, now: TakenRow['values']): boolean {
  const names = new Set([...Object.keys(values), ...Object.keys(now)]);
  names.delete('disabled');
  return [...names].every((name) => (values[name] ?? '') === (now[name] ?? ''));
}
