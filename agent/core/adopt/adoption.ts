import type { OperationReason } from '../../../schemas/operation.ts';
import type { Finding } from '../../../schemas/router.ts';
import type { Brake } from '../../../schemas/config/agent.ts';
import { brake, type BrakeCandidate, type AdmittedBefore, type BrakeOperation } from '../brake.ts';
import type { DesiredRouter } from '../desired/desired.ts';
import type { LiveSubscriber } from '../desired/live.ts';
import { rowsOf, type ObservedRouter } from '../observed.ts';
import { stepsOf, type Plan } from '../plan/plan.ts';
import type { Menu } from '../row.ts';
import type { RouterSettings } from '../settings.ts';
import { adoptFindings, spelling } from './findings.ts';
import { handBack, type HandBack } from './hand-back.ts';
import { wisphubRows, type WisphubRow } from './parts.ts';
import { valuesOf, type AdoptionState, type AroundWisphub, type TakenRow } from './state.ts';
import { takeOver, type TakeOver } from './take-over.ts';

export interface AdoptionInput {
  readonly adoption: AdoptionState | null;
  readonly around: AroundWisphub;
  readonly observed: ObservedRouter;
  /** Its mode is the one that is in force. */
  readonly settings: RouterSettings;
  readonly desired: DesiredRouter;
  readonly live: readonly LiveSubscriber[];
  readonly frozen: ReadonlySet<string>;
  /** What is left to write of ours. */
  readonly plan: Plan;
  /** All that ours depend on was read back in this pass. */
  readonly isSound: boolean;
  /** Somebody is known: else every row of WispHub's would be nobody's. */
  readonly isAnybodyKnown: boolean;
  readonly operations: ReadonlyMap<string, BrakeOperation>;
  /** The brake let this through before. */
  readonly isAdmitted: (operation: string, subscriber: string) => boolean;
  readonly admittedBefore: AdmittedBefore;
  readonly limits: Brake;
  readonly now: number;
}

/** Why a step waits. */
export interface AdoptionHold {
  readonly reason: OperationReason;
  readonly detail: string;
}

export interface AdoptionDecision {
  readonly adoption: AdoptionState | null;
  readonly rows: readonly WisphubRow[];
  /** What is left to write of ours alone, and what is to be written in its place. */
  readonly ours: Plan;
  readonly plan: Plan;
  /** Read back: nothing of the step is left. */
  readonly isDone: boolean;
  readonly hold: AdoptionHold | null;
  /** Rows that the plan changes and that are not on record: they are, before it is written. */
  readonly toRecord: readonly TakenRow[];
  readonly newlyAdmitted: readonly BrakeCandidate[];
  readonly takeOver: TakeOver;
  readonly handBack: HandBack;
  readonly findings: readonly Finding[];
  /** Why `manage` does not begin. */
  readonly refusal: AdoptionHold | null;
}

/**
 * Why an assisted router is not managed yet, or null: somebody else writes there too, or what WispHub lets through is
 * not the list that we fill, so that ours would leave a cut subscriber without portal. What has begun goes on.
 */
export function refusalOf(
  adoption: AdoptionState | null,
  around: AroundWisphub,
  observed: ObservedRouter,
  settings: Pick<RouterSettings, 'lists' | 'port'>,
): AdoptionHold | null {
  if (adoption?.step !== 'manage' || adoption.isBegun || adoption.isSettled) return null;
  const told = ({ detail, remedy = '' }: Finding): string => `${detail}. ${remedy}`;
  const [write] = around.writes;
  if (write !== undefined) return { reason: 'wisphub-writes', detail: told(write) };
  const [other] = spelling(wisphubRows(observed, settings), settings);
  return other === undefined ? null : { reason: 'portal-unknown', detail: told(other) };
}

const NOTHING_OVER: TakeOver = { stages: [], lifts: [], left: [] };
const NOTHING_BACK: HandBack = { stages: [], withheld: [], opened: [] };

/**
 * Joins the steps of an adoption to what a pass would write of ours. What is WispHub's is touched only for a router that
 * was handed over (I3), only after a read that found all of ours in place and sound, and only if the brake lets its
 * restores through (I8); before that the plan is that of ours alone.
 */
export function adopt(input: AdoptionInput): AdoptionDecision {
  const { adoption, around, observed, settings, desired, live, frozen, plan } = input;
  const rows = wisphubRows(observed, settings);
  const over = rows.length === 0 ? NOTHING_OVER : takeOver({ rows, desired, live, frozen });
  const back = adoption === null ? NOTHING_BACK : handBack({ observed, settings, taken: adoption.taken, live, frozen });
  const base = {
    adoption,
    ours: plan,
    rows,
    takeOver: over,
    handBack: back,
    findings: [
      ...adoptFindings({ rows, over, observed, settings, live, filledLists: around.filledLists }),
      ...around.writes,
    ],
    refusal: refusalOf(adoption, around, observed, settings),
    newlyAdmitted: [],
    toRecord: adoption === null ? [] : recordOf(touchedBy(plan, rows), adoption),
    hold: null,
  };
  switch (adoption?.step) {
    case undefined:
    case 'claim':
      return { ...base, plan, isDone: true };
    case 'hand-back': {
      const stages = adoption.isSettled ? [] : back.stages;
      return { ...base, plan: { ...plan, stages }, isDone: stages.length === 0 };
    }
    case 'manage':
      break;
  }
  if (adoption.isSettled) return { ...base, plan, isDone: true };
  if (settings.mode !== 'manage') return { ...base, plan, isDone: false };
  if (plan.stages.length > 0 || !input.isSound) {
    const toRecord = [...base.toRecord, ...recordOf(settingsRows(plan, observed), adoption)];
    return { ...base, plan, isDone: false, toRecord };
  }
  if (!input.isAnybodyKnown) {
    const detail = 'the store knows no subscriber of this router: every row of WispHub would be nobody’s';
    return { ...base, plan, isDone: false, hold: { reason: 'empty-snapshot', detail } };
  }
  const { held, admitted } = judgeLifts(over, adoption.operation, input);
  if (held !== null) return { ...base, plan, isDone: false, hold: { reason: 'brake', detail: held } };
  return {
    ...base,
    plan: { ...plan, stages: over.stages },
    isDone: over.stages.length === 0,
    toRecord: recordOf([...touchedBy(over, rows), ...ordered(rows)], adoption),
    newlyAdmitted: admitted,
  };
}

/** One step asked for by one person: its restores pass together, or wait together. */
function judgeLifts(
  { lifts }: TakeOver,
  operation: string,
  { operations, isAdmitted, admittedBefore, live, now, limits }: AdoptionInput,
): { readonly held: string | null; readonly admitted: readonly BrakeCandidate[] } {
  const candidates = lifts
    .filter(({ subscriber }) => !isAdmitted(operation, subscriber))
    .map(({ subscriber }): BrakeCandidate => ({ subscriber, operation, kind: 'implied-restore', since: now }));
  const decision = brake(candidates, operations, admittedBefore, { subscribers: live.length, now }, limits);
  return { held: decision.held[0]?.detail ?? null, admitted: decision.admitted };
}

/** WispHub's rows that steps change, each with its place among all of its menu: also those of a claim of one subscriber. */
function touchedBy({ stages }: Pick<Plan, 'stages'>, rows: readonly WisphubRow[]): readonly TakenRow[] {
  const steps = stages.flatMap(({ sequences }) => sequences.flat());
  const touched = new Set(steps.flatMap((step) => ('id' in step ? [`${step.menu} ${step.id}`] : [])));
  return rows.flatMap(({ menu, row, place }) => {
    const id = row.get('.id') ?? '';
    return touched.has(`${menu} ${id}`) ? [{ menu, id, place, values: valuesOf(row) }] : [];
  });
}

/** Every row whose place means something: one that comes back finds its place by those that did not go. */
function ordered(rows: readonly WisphubRow[]): readonly TakenRow[] {
  return rows
    .filter(({ menu }) => menu === '/ip/firewall/nat' || menu === '/ip/proxy/access')
    .map(({ menu, row, place }) => ({ menu, id: row.get('.id') ?? '', place, values: valuesOf(row) }));
}

/** What `/ip/proxy` was set to, where the plan changes it. */
function settingsRows(plan: Plan, observed: ObservedRouter): readonly TakenRow[] {
  const menu: Menu = '/ip/proxy';
  const row = rowsOf(observed, menu)[0];
  return row !== undefined && stepsOf(plan).some(({ kind }) => kind === 'settings')
    ? [{ menu, id: '', place: 0, values: valuesOf(row) }]
    : [];
}

/** A row keeps what it was when it was first changed. */
function recordOf(rows: readonly TakenRow[], { taken }: AdoptionState): readonly TakenRow[] {
  const known = new Set(taken.map(({ menu, id }) => `${menu} ${id}`));
  return rows.filter(({ menu, id }) => !known.has(`${menu} ${id}`));
}
