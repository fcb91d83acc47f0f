import { parseAddress } from '../schemas/address.ts';
import { maskUrl } from '../schemas/mask-url.ts';
import type { Finding, ObservedSubscriber, PlanStep, RouterPlan, RouterStatus } from '../schemas/router.ts';
import type { RouterMode } from '../schemas/router.ts';
import type { AppError } from '../schemas/app-error.ts';
import { inSpanish } from '../schemas/told-es.ts';
import type { Decision } from './core/decision.ts';
import type { OpenPart } from './core/progress/terms.ts';
import type { Wish } from './core/desired/live.ts';
import { finding } from './core/findings/table.ts';
import { heldOperations, type Waiting } from './core/held.ts';
import type { PageRival } from './core/notice-pages.ts';
import type { ObservedRouter } from './core/observed.ts';
import { rivalFindings } from './core/page-rivals.ts';
import { printKey } from './core/ownership.ts';
import { printStep, STEP_ACTION, type Step } from './core/plan/step.ts';
import { stepsOf } from './core/plan/plan.ts';
import type { Row } from './core/row.ts';
import type { Verdict } from './core/verdict.ts';

/** One finished look at a router, as the reports tell it. */
export interface PassView {
  readonly router: string;
  readonly mode: RouterMode;
  readonly at: number;
  readonly observed: ObservedRouter;
  readonly decision: Decision;
  readonly verdicts: ReadonlyMap<string, Verdict>;
  /** Whose pages the page server withholds; left out by who cannot know. */
  readonly rivals?: readonly PageRival[];
  /** What would be decided if all that waits for somebody were let through; null where nothing does. */
  readonly letThrough: Decision | null;
  /** Those that the store knows; left out by who needs no names. */
  readonly wishes?: ReadonlyMap<string, Pick<Wish, 'subscriber'>>;
  /** The open operations of the view. */
  readonly operations: readonly OpenPart[];
  readonly pendingOperations: number;
  /** Of the configuration. */
  readonly fingerprint?: string | undefined;
}

/**
 * What an apply would send now: its first `limit` steps as an engineer would type them, tokens masked (I9); apart from it,
 * what the router's mode leaves out.
 */
export function planReport(view: PassView, limit: number, heldLimit = limit): RouterPlan {
  const sent = stepsOf(view.decision.allowed);
  const notSent = notSentOf(view);
  const known = new Set(view.decision.live.subscribers.map(({ id }) => id));
  return {
    router: view.router,
    at: new Date(view.at).toISOString(),
    ...(view.fingerprint === undefined ? {} : { configuration: view.fingerprint }),
    mode: view.mode,
    ...shown(sent, limit),
    ...(notSent.length > 0 ? { notSent: shown(notSent, limit) } : {}),
    held: [
      ...view.decision.holds.map((hold) => ({
        subject: subjectOf(hold.subscriber, known),
        reason: hold.reason,
        detail: hold.detail,
        operations: [hold.operation],
      })),
      ...foreignHolds(view),
    ],
    heldOperations: [
      ...heldOperations({
        decision: view.decision,
        letThrough: view.letThrough,
        waiting: waitingOf(view),
        kinds: new Map(view.operations.map(({ id, kind }) => [id, kind])),
        nameOf: (id) => view.wishes?.get(id)?.subscriber.name,
        at: new Date(view.at).toISOString(),
        mask: maskUrl,
        maxCommands: heldLimit,
      }),
    ],
    findings: findingsOf(view),
  };
}

function shown(steps: readonly Step[], limit: number): Pick<RouterPlan, 'steps' | 'omitted'> {
  const omitted = steps.length - limit;
  return { steps: steps.slice(0, limit).map(planStep), ...(omitted > 0 ? { omitted } : {}) };
}

/** A row that stands at an address of nobody is named by that. */
function subjectOf(subscriber: string, known: ReadonlySet<string>): string {
  const isAddress = !known.has(subscriber) && parseAddress(subscriber) !== null;
  return `${isAddress ? 'address' : 'subscriber'}/${subscriber}`;
}

function findingsOf({ router, decision, rivals = [] }: PassView): Finding[] {
  return [...decision.findings, ...rivalFindings(router, rivals)];
}

/** What waits: by the decision, and by foreign rows, whose operation is the one that is open about the subscriber. */
function waitingOf({ decision, verdicts, operations }: PassView): readonly Waiting[] {
  const asked = new Map(
    operations.filter(({ kind }) => FOREIGN_HELD.has(kind)).map(({ id, subject }) => [subject, id]),
  );
  const held = new Set(decision.holds.map(({ subscriber }) => subscriber));
  const foreign = [...verdicts].flatMap(([id, { foreignRow }]): readonly Waiting[] => {
    if (foreignRow === null || held.has(id)) return [];
    const operation = asked.get(`subscriber/${id}`) ?? null;
    return [{ subscriber: id, facet: 'cutoff', reason: 'foreign-row', detail: describeForeign(foreignRow), operation }];
  });
  return [...decision.holds, ...foreign];
}

const FOREIGN_HELD: ReadonlySet<string> = new Set(['cutoff', 'restore']);

function describeForeign(row: Row): string {
  return `row ${row.get('.id') ?? ''} of list ${row.get('list') ?? ''} holds ${row.get('address') ?? ''} and is not ours`;
}

/** A step as an engineer would type it, tokens masked (I9); of a row that is not ours, with what it was. */
export function planStep(step: Step): PlanStep {
  return {
    action: STEP_ACTION[step.kind],
    menu: step.menu,
    row: printKey(step.key),
    command: printStep(step, maskUrl),
    lane: step.lane,
    ...(step.foreign === undefined ? {} : { foreign: { was: { ...step.foreign.was } } }),
  };
}

function foreignHolds(view: PassView): RouterPlan['held'] {
  return [...view.verdicts].flatMap(([id, verdict]) => {
    const row = verdict.foreignRow;
    if (row === null) return [];
    return [{ subject: `subscriber/${id}`, reason: 'foreign-row', detail: describeForeign(row), operations: [] }];
  });
}

/** What is missing and is not written to a router in this mode. */
function notSentOf({ decision: { plan, allowed } }: PassView): readonly Step[] {
  const sent = new Set(stepsOf(allowed));
  return stepsOf(plan).filter((step) => !sent.has(step));
}

export function statusReport(view: PassView): RouterStatus {
  const verdicts = [...view.verdicts.values()];
  const notSent = notSentOf(view).length;
  return {
    id: view.router,
    mode: view.mode,
    connection: 'up',
    converged: stepsOf(view.decision.plan).length === 0 && !isPageServerDown(view),
    version: view.observed.version,
    dialect: view.observed.dialect,
    lastSeen: new Date(view.at).toISOString(),
    lastPass: new Date(view.at).toISOString(),
    lastError: null,
    counts: {
      subscribers: view.verdicts.size,
      cut: verdicts.filter((verdict) => verdict.service === 'cut').length,
      notices: verdicts.filter((verdict) => verdict.notice !== null && verdict.notice !== 'cutoff').length,
      pending: view.pendingOperations,
      held: view.decision.holds.length,
      paidButCut: paidButCut(view),
    },
    heldBy: countBy(waitingOf(view).map(({ reason }) => reason)),
    ...(notSent > 0 ? { notSent } : {}),
    findings: findingsOf(view),
  };
}

function countBy(words: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1;
  return counts;
}

/** With nothing left to write the router is not as desired yet: its page is not where it is wanted. */
function isPageServerDown({ decision }: PassView): boolean {
  return decision.findings.some(({ code }) => code === 'notice-server-down');
}

/** Subscribers who should be open and are cut, whatever the reason: the number that must be 0. */
function paidButCut(view: PassView): number {
  const wantsCut = new Set(
    view.decision.subscribers.filter((subscriber) => subscriber.cut !== null).map(({ id }) => id),
  );
  // What the brake holds of an adoption is no cut of theirs: they are to be open.
  const lifts = new Set(view.decision.adoption.heldLifts.map(({ candidate }) => candidate.subscriber));
  return [...view.verdicts].filter(
    ([id, { hold, service }]) => !wantsCut.has(id) && (hold?.facet !== 'cutoff' || lifts.has(id)) && service !== 'open',
  ).length;
}

/** The status of a router that could not be reached or failed in the middle; what was known of it stays. */
export function downReport(
  router: string,
  mode: RouterMode,
  last: RouterStatus | null,
  error: AppError,
  at: number,
  connection: 'up' | 'down',
): RouterStatus {
  const none = { subscribers: 0, cut: 0, notices: 0, pending: 0, held: 0, paidButCut: 0 };
  return {
    id: router,
    mode,
    connection,
    converged: false,
    version: last?.version ?? null,
    dialect: last?.dialect ?? null,
    lastSeen: last?.lastSeen ?? null,
    lastPass: last?.lastPass ?? null,
    lastError: lastErrorOf(error),
    counts: last?.counts ?? none,
    // What another mode kept back is not what this one does.
    ...(last?.notSent === undefined || last.mode !== mode ? {} : { notSent: last.notSent }),
    findings: [finding('router-error', { code: error.code, at: new Date(at).toISOString(), remedy: error.remedy })],
  };
}

function lastErrorOf({ code, message, remedy }: AppError): RouterStatus['lastError'] {
  const es = { message: inSpanish(message), remedy: remedy === null ? null : inSpanish(remedy) };
  return { code, message, remedy, es };
}

function heldBy({ foreignRow, otherRow }: Verdict): 'foreign-row' | 'duplicate-address' | null {
  if (foreignRow !== null) return 'foreign-row';
  return otherRow !== null && !otherRow.isGoing ? 'duplicate-address' : null;
}

/** What is stored of each subscriber: evidence that `GET /v1/subscribers/{id}` shows. */
export function observedReport(view: PassView): ReadonlyMap<string, ObservedSubscriber> {
  const at = new Date(view.at).toISOString();
  const observed = new Map<string, ObservedSubscriber>();
  for (const [id, verdict] of view.verdicts) {
    observed.set(id, {
      service: verdict.service,
      notice: verdict.notice,
      verified: verdict.isVerified && verdict.pageRival === null,
      held: verdict.hold?.reason ?? heldBy(verdict),
      at,
      rows: verdict.rows.map((row) => ({ ...row })),
      addresses: verdict.addresses.map(({ text, from }) => ({ address: text, from })),
    });
  }
  return observed;
}
