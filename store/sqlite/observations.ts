import type { ObservedSubscriber, RouterPlan, RouterStatus } from '../../schemas/router.ts';
import type { LastSeen, SeenRow } from '../ports.ts';
import { brakedNews, forgetBraked, joinTogether, newsCount, writeBraked, type BrakedList } from './braked-record.ts';
import type { Connection } from './connection.ts';
import { canonicalJson, readObserved, readRouterPlan, readRouterStatus } from './documents.ts';
import { doctorReports } from './doctors.ts';
import { endDeparture } from './departures.ts';
import { heldNews, heldPlan, writeHeldPlan } from './held-plans.ts';
import { appendJournal } from './journal.ts';
import { integer, text, textOrNull } from './rows.ts';
import { livingEpoch } from './state.ts';

/**
 * Keeps what was seen of subscribers. `at` is when it was first seen so: a pass that sees the same again writes nothing.
 */
export async function recordObserved(
  connection: Connection,
  router: string,
  observed: ReadonlyMap<string, ObservedSubscriber>,
): Promise<void> {
  const known = await connection.read(() => bodiesOf(connection, router));
  const news = [...observed].flatMap(([subscriber, { at, ...seen }]) => {
    const body = canonicalJson(seen);
    return known.get(subscriber) === body ? [] : [{ subscriber, at, body, trace: leavesTrace(seen) ? 1 : 0 }];
  });
  await connection.writeSlices(news, ({ subscriber, at, body, trace }) => {
    connection.run(
      'INSERT OR REPLACE INTO observed (router, subscriber, at, trace, body) VALUES (?, ?, ?, ?, ?)',
      router,
      subscriber,
      at,
      trace,
      body,
    );
  });
}

export function readObservedOf(connection: Connection, router: string, subscriber: string): ObservedSubscriber | null {
  const row = connection.get('SELECT at, body FROM observed WHERE router = ? AND subscriber = ?', router, subscriber);
  return row === null ? null : { ...readObserved(text(row, 'body')), at: text(row, 'at') };
}

/** How the last passes saw this router and its subscribers. */
export function lastSeen(connection: Connection, router: string): LastSeen {
  const addresses = new Map<string, readonly string[]>();
  const rows: SeenRow[] = [];
  for (const [subscriber, body] of bodiesOf(connection, router)) {
    const seen = readObserved(body);
    for (const { menu, address } of seen.rows) rows.push({ subscriber, menu, address });
    if (seen.addresses === undefined) continue;
    addresses.set(
      subscriber,
      seen.addresses.map(({ address }) => address),
    );
  }
  // A router that is away is converged no more, but its last plan stays.
  const plan = routerPlan(connection, router);
  return { addresses, rows, settledAt: plan !== null && isSettled(plan) ? Date.parse(plan.at) : null };
}

/** Nothing of ours is left on the router for these: the departure ends, and what was observed is past. */
export async function finishDepartures(
  connection: Connection,
  router: string,
  subscribers: readonly string[],
): Promise<void> {
  await connection.writeSlices(subscribers, (subscriber) => {
    endDeparture(connection, router, subscriber);
    connection.run(
      `DELETE FROM observed WHERE router = ? AND subscriber = ? AND NOT EXISTS (
         SELECT 1 FROM subscribers s
         WHERE s.epoch = (SELECT epoch FROM state) AND s.id = observed.subscriber AND s.router = observed.router)`,
      router,
      subscriber,
    );
  });
}

/** So many names that the brake holds are written in the transaction of their plan; of more others would wait too long. */
const AT_ONCE = 500;

/**
 * Keeps a router's status, and its plan if there is a new one; tells the journal when what matters has changed. What costs
 * time is laid out before the write lock is taken. Where many names come and go, those who left are let go first and those
 * who join come last, in slices: whoever reads in between is shown too few versions, and never one that binds more than
 * the plan beside it says (I8). A crash in between is mended by the next pass, which starts from what is stored.
 */
export async function recordRouter(
  connection: Connection,
  status: RouterStatus,
  plan: RouterPlan | null,
): Promise<void> {
  if (plan === null)
    return connection.write(() => {
      recordStatus(connection, status, null);
    });
  const { id: router } = status;
  const [held, news] = await connection.read(() => [
    heldNews(connection, router, plan.heldOperations ?? []),
    brakedNews(connection, router, brakedOf(plan)),
  ]);
  const { gone, left, joins } = news;
  const told = { plan, body: planOnly(plan) };
  const version = joinTogether(connection);
  const forget = (name: string): void => {
    forgetBraked(connection, router, name);
  };
  const write = (list: BrakedList): void => {
    writeBraked(connection, router, list, version);
  };
  const isAtOnce = newsCount(news) <= AT_ONCE;
  if (!isAtOnce) {
    await connection.writeSlices(gone, forget);
    await connection.writeSlices(left, write);
  }
  await connection.write(() => {
    if (held !== null) writeHeldPlan(connection, router, held);
    if (isAtOnce) {
      gone.forEach(forget);
      [...left, ...joins].forEach(write);
    }
    recordStatus(connection, status, told);
  });
  if (!isAtOnce) await connection.writeSlices(joins, write);
}

/** A plan, and what of it is stored beside the status. */
interface ToldPlan {
  readonly plan: RouterPlan;
  readonly body: string;
}

function recordStatus(connection: Connection, status: RouterStatus, told: ToldPlan | null): void {
  const row = connection.get('SELECT status, plan FROM routers WHERE id = ?', status.id);
  const before = row === null ? null : readRouterStatus(text(row, 'status'));
  const convergedSince = status.converged ? (before?.convergedSince ?? status.lastPass) : null;
  const body = canonicalJson({ ...status, convergedSince });
  const planBody = told === null ? (row === null ? null : textOrNull(row, 'plan')) : told.body;
  connection.run('INSERT OR REPLACE INTO routers (id, status, plan) VALUES (?, ?, ?)', status.id, body, planBody);
  const changed = before === null ? [] : changedOf(headline(before), headline(status));
  if (before !== null && changed.length === 0) return;
  const { connection: link, converged, counts, lastError } = status;
  appendJournal(connection, {
    at: connection.now(),
    type: 'router.changed',
    subject: `router/${status.id}`,
    router: status.id,
    data: {
      connection: link,
      converged,
      held: counts.held,
      paidButCut: counts.paidButCut,
      error: lastError?.code ?? null,
      ...(before === null
        ? {}
        : { changed, before: Object.fromEntries(changed.map((name) => [name, headline(before)[name]])) }),
      ...leftOf(told?.plan ?? null),
    },
  });
}

export function routerStatuses(connection: Connection): readonly RouterStatus[] {
  const doctors = doctorReports(connection);
  return connection.all('SELECT status FROM routers ORDER BY id').map((row) => {
    const told = readRouterStatus(text(row, 'status'));
    const status =
      told.connection === 'up'
        ? told
        : { ...told, counts: { ...told.counts, paidButCut: paidAway(connection, told.id) } };
    const doctor = doctors.get(status.id);
    return doctor === undefined ? status : { ...status, doctor };
  });
}

/**
 * Who is wanted open on a router that is not reached, and was seen cut there last: whoever paid since then is cut until
 * it is back, and no pass counts him (I1).
 */
function paidAway(connection: Connection, router: string): number {
  const row = connection.get(
    // From what was seen: of a router that never was there is nothing, however many subscribers it has.
    `SELECT count(*) AS paid FROM observed o CROSS JOIN subscribers s ON s.epoch = ? AND s.id = o.subscriber
     WHERE o.router = ? AND json_extract(o.body, '$.service') IN ('cut', 'partial') AND s.router = o.router AND s.cut = 0`,
    livingEpoch(connection),
    router,
  );
  return row === null ? 0 : integer(row, 'paid');
}

export function routerPlan(connection: Connection, router: string): RouterPlan | null {
  const plan = connection.get('SELECT plan FROM routers WHERE id = ?', router)?.['plan'];
  if (typeof plan !== 'string') return null;
  const held = heldPlan(connection, router);
  return held === null ? readRouterPlan(plan) : { ...readRouterPlan(plan), heldOperations: [...held] };
}

/** True when nothing is left to write: neither what is sent, nor what the router's mode keeps back. */
function isSettled({ steps, notSent }: RouterPlan): boolean {
  return steps.length === 0 && notSent === undefined;
}

/** Whom the brake holds, by operation. */
function brakedOf({ held }: RouterPlan): ReadonlyMap<string, readonly string[]> {
  const braked = new Map<string, string[]>();
  for (const { subject, reason, operations } of held) {
    if (reason !== 'brake') continue;
    const subscriber = subject.slice(subject.indexOf('/') + 1);
    for (const operation of operations) {
      const those = braked.get(operation);
      if (those === undefined) braked.set(operation, [subscriber]);
      else those.push(subscriber);
    }
  }
  return braked;
}

/** A plan without what is kept apart from it. */
function planOnly(plan: RouterPlan): string {
  return canonicalJson({ ...plan, heldOperations: undefined });
}

function bodiesOf(connection: Connection, router: string): ReadonlyMap<string, string> {
  const rows = connection.all('SELECT subscriber, body FROM observed WHERE router = ?', router);
  return new Map(rows.map((row) => [text(row, 'subscriber'), text(row, 'body')]));
}

/** True when rows of ours were seen, or a state that they make. */
function leavesTrace({ service, notice, rows }: Omit<ObservedSubscriber, 'at'>): boolean {
  return service === 'cut' || service === 'partial' || notice !== null || rows.some(({ foreign }) => !foreign);
}

/** What of a router's state is told when it changes: what a person would want to be told of. */
interface Headline {
  readonly connection: RouterStatus['connection'];
  readonly converged: boolean;
  readonly held: number;
  readonly paidButCut: number;
}

function headline({ connection, converged, counts: { held, paidButCut } }: RouterStatus): Headline {
  return { connection, converged, held, paidButCut };
}

const TOLD = ['connection', 'converged', 'held', 'paidButCut'] as const satisfies readonly (keyof Headline)[];

function changedOf(before: Headline, now: Headline): readonly (keyof Headline)[] {
  return TOLD.filter((name) => before[name] !== now[name]);
}

/** So many rows are named in an event. */
const NAMED = 10;

/** What is left to write, by the rows it is for; nothing where no plan was made or nothing is left. */
function leftOf(plan: RouterPlan | null): Readonly<Record<string, unknown>> {
  if (plan === null || plan.steps.length === 0) return {};
  const rows = plan.steps.slice(0, NAMED).map(({ menu, row }) => `${menu} ${row}`);
  return { steps: plan.steps.length + (plan.omitted ?? 0), rows: [...new Set(rows)] };
}
