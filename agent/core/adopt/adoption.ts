import type { Finding } from '../../../schemas/router.ts';
import type { Brake } from '../../../schemas/config/agent.ts';
import { brake, type AdmittedBefore, type BrakeCandidate, type BrakeDecision, type BrakeOperation } from '../brake.ts';
import type { DesiredRouter } from '../desired/desired.ts';
import type { LiveSubscriber } from '../desired/live.ts';
import type { ListAddress } from '../desired/rows.ts';
import { rowsOf, type ObservedRouter } from '../observed.ts';
import { stepsOf, type Plan } from '../plan/plan.ts';
import type { Menu } from '../row.ts';
import type { SettingsInForce } from '../in-force.ts';
import { adoptFindings } from './findings.ts';
import { handBack, type HandBack } from './hand-back.ts';
import { namedLifts, type NamedLifts } from './named-lifts.ts';
import { wisphubRows, type WisphubRow } from './parts.ts';
import {
  isAsRecorded,
  valuesOf,
  type AdoptionHold,
  type AdoptionState,
  type AroundWisphub,
  type TakenRow,
} from './state.ts';
import { takeOver, type TakeOver } from './take-over.ts';

export interface AdoptionInput {
  readonly adoption: AdoptionState | null;
  readonly around: AroundWisphub;
  readonly observed: ObservedRouter;
  readonly settings: SettingsInForce;
  readonly desired: DesiredRouter;
  readonly live: readonly LiveSubscriber[];
  readonly frozen: ReadonlySet<string>;
  /** Of the portal, the walled garden and what is always reachable. */
  readonly portalAddresses: readonly ListAddress[];
  /** Subscribers whose cut is wanted, and waits: what cuts them already stays. */
  readonly heldCuts: ReadonlySet<string>;
  /** Subscribers whom an open operation restores by name. */
  readonly restored: ReadonlySet<string>;
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

export interface AdoptionDecision {
  readonly adoption: AdoptionState | null;
  readonly rows: readonly WisphubRow[];
  /** What is left to write of ours alone, and what is to be written in its place. */
  readonly ours: Plan;
  readonly plan: Plan;
  /** Read back: nothing of the step is left. */
  readonly isDone: boolean;
  readonly hold: AdoptionHold | null;
  /** Whom the brake keeps cut until a person lets the step through. */
  readonly heldLifts: BrakeDecision['held'];
  /** The first write of it begins the step `manage`: from then on it is not refused. */
  readonly begins: boolean;
  /** What the restore lane may lift beside it; null where nothing of WispHub's is ours to lift. */
  readonly namedLifts: NamedLifts | null;
  /** Rows that the plan changes and that are not on record: they are, before it is written. */
  readonly toRecord: readonly TakenRow[];
  readonly newlyAdmitted: readonly BrakeCandidate[];
  readonly takeOver: TakeOver;
  readonly handBack: HandBack;
  readonly findings: readonly Finding[];
  /** Why `manage` does not begin. */
  readonly refusal: AdoptionHold | null;
}

const NOTHING_OVER: TakeOver = { stages: [], byName: [], byNameOnceOurs: [], lifts: [], left: [] };
const NOTHING_BACK: HandBack = { stages: [], ahead: [], kept: [], withheld: [], opened: [] };

/**
 * Joins the steps of an adoption to what a pass would write of ours. What is WispHub's is touched only for a router that
 * was handed over (I3), only after a read that found all of ours in place and sound, and only if the brake lets its
 * restores through (I8); before that the plan is that of ours alone, and of those who were restored by name (I1).
 */
export function adopt(input: AdoptionInput): AdoptionDecision {
  const { adoption, around, observed, settings, desired, live, frozen, restored, plan } = input;
  const rows = wisphubRows(observed, settings);
  const over =
    rows.length === 0
      ? NOTHING_OVER
      : takeOver({ rows, desired, live, held: new Set([...frozen, ...input.heldCuts]), restored });
  const back = adoption === null ? NOTHING_BACK : handBack({ ...input, taken: adoption.taken });
  const base = {
    adoption,
    ours: plan,
    rows,
    takeOver: over,
    handBack: back,
    findings: [
      ...adoptFindings({
        taken: adoption?.taken ?? [],
        rows,
        over,
        observed,
        settings,
        live,
        filledLists: around.filledLists,
      }),
      ...around.writes,
    ],
    refusal: settings.refusal,
    newlyAdmitted: [],
    toRecord: adoption === null ? [] : recordOf(touchedBy(plan, rows), adoption),
    hold: null,
    heldLifts: [],
    begins: false,
    namedLifts: null,
  };
  switch (adoption?.step) {
    case undefined:
    case 'claim':
      return { ...base, plan, isDone: true };
    case 'hand-back': {
      const isDone = adoption.isSettled || back.stages.length === 0;
      // Once it is over, what is wanted is told as for any router that is only observed, and not written (`allowedOf`).
      return { ...base, plan: isDone ? plan : { ...plan, stages: back.stages }, isDone };
    }
    case 'manage':
      break;
  }
  if (adoption.isSettled) return { ...base, plan, isDone: true };
  const { refusal } = settings;
  // A router that the configuration manages goes on so; what is WispHub's waits.
  if (settings.mode !== 'manage' || refusal !== null) return { ...base, plan, isDone: false, hold: refusal };
  const begun = {
    ...base,
    begins: !adoption.isBegun,
    namedLifts: { operation: adoption.operation, rows: namedLifts(rows, live, frozen) },
    isDone: false,
  };
  if (!input.isAnybodyKnown) {
    const detail = 'the store knows no subscriber of this router: every row of WispHub would be nobody’s';
    const hold = plan.stages.length > 0 || !input.isSound ? null : ({ reason: 'empty-snapshot', detail } as const);
    return { ...begun, plan, hold };
  }
  // Nobody who was restored by name waits for the rest, nor for a person.
  const first = { ...plan, stages: [...over.byName, ...plan.stages] };
  const toRecord = (written: Pick<Plan, 'stages'>, others: readonly TakenRow[]): readonly TakenRow[] =>
    recordOf([...touchedBy(written, rows), ...others], adoption);
  if (plan.stages.length > 0 || !input.isSound)
    return { ...begun, plan: first, toRecord: toRecord(first, settingsRows(plan, observed)) };
  const { held, admitted } = judgeLifts(over, adoption.operation, input);
  const [one] = held;
  if (one !== undefined) {
    const hold = { reason: 'brake', detail: one.detail } as const;
    const named = { ...first, stages: [...first.stages, ...over.byNameOnceOurs] };
    return { ...begun, plan: named, toRecord: toRecord(named, []), hold, heldLifts: held };
  }
  return {
    ...begun,
    plan: { ...plan, stages: over.stages },
    isDone: over.stages.length === 0,
    toRecord: toRecord(over, ordered(rows)),
    newlyAdmitted: admitted,
  };
}

/** One step asked for by one person: its restores pass together, or wait together. One asked for by name is never held. */
function judgeLifts(
  { lifts }: TakeOver,
  operation: string,
  { operations, isAdmitted, admittedBefore, restored, live, now, limits }: AdoptionInput,
): BrakeDecision {
  const candidates = [...new Set(lifts.map(({ subscriber }) => subscriber))]
    .filter((subscriber) => !restored.has(subscriber) && !isAdmitted(operation, subscriber))
    .map((subscriber): BrakeCandidate => ({ subscriber, operation, kind: 'implied-restore', since: now }));
  return brake(candidates, operations, admittedBefore, { subscribers: live.length, now }, limits);
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

/**
 * A row keeps what it was when it was first changed; one of which somebody else has made another since is put on record
 * anew, as it is now. A rule that we switched off was on before.
 */
function recordOf(rows: readonly TakenRow[], { taken }: AdoptionState): readonly TakenRow[] {
  const known = new Map(taken.map((row) => [`${row.menu} ${row.id}`, row]));
  return rows.flatMap((row): readonly TakenRow[] => {
    const before = known.get(`${row.menu} ${row.id}`);
    if (before === undefined) return [row];
    if (row.id === '' || isAsRecorded(before, row.values)) return [];
    const { disabled } = before.values;
    const isRule = !row.menu.endsWith('/address-list');
    return [isRule && disabled !== undefined ? { ...row, values: { ...row.values, disabled } } : row];
  });
}
