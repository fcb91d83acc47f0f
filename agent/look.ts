import type { Brake } from '../schemas/config/agent.ts';
import type { OperationKind } from '../schemas/operation.ts';
import type { DesiredView } from '../store/ports.ts';
import { adoptionState } from './adoption.ts';
import type { CentralWatch } from './central-watch.ts';
import { refusalOf } from './core/adopt/adoption.ts';
import { modeOf } from './core/adopt/state.ts';
import type { BrakeEntry, BrakeOperation } from './core/brake.ts';
import { decideAgain } from './core/decide-again.ts';
import type { Decision, DecisionInput } from './core/decision.ts';
import { wantedForwards } from './core/garden-forward.ts';
import { keepTables } from './core/kept-tables.ts';
import { rowsOf } from './core/observed.ts';
import { ownerOf } from './core/ownership.ts';
import { withRedirect } from './core/settings.ts';
import { lookAround } from './look-around.ts';
import { observe } from './observe.ts';
import type { PassDeps } from './pass-deps.ts';
import type { Look } from './record.ts';

/** Operations of these kinds never bring a cut, nor a departure: a decision has no use for them. */
const CUTTING_NOBODY: ReadonlySet<OperationKind> = new Set(['reconcile', 'doctor', 'portal', 'reissue']);

/** Reads store and router, and decides. Writes nothing but, where asked to, what the brake lets through. */
export async function lookAt(deps: PassDeps, isAdmitting: boolean): Promise<Look> {
  deps.locks.releaseAll();
  const view = await deps.store.desiredFor(deps.settings.router);
  const cuts = await cutsAskedFor(view, deps);
  const wishes = deps.memory.wishes(view.subscribers);
  const portal = view.portal ?? deps.portal;
  const last = deps.image.observed;
  const from = deps.clock.monotonic();
  const read = await observe(deps.session, {
    settings: deps.settings,
    commandTimeoutMs: deps.commandTimeoutMs,
    expectedRows: last === null ? null : deps.image.tableRows,
    dialect: deps.dialect,
    readsSessions: wishes.hasNamed,
    forwards: wantedForwards({ portal, settings: deps.settings }),
    hadForwards: last === null || rowsOf(last, '/ip/dns/static').some((row) => ownerOf(row) !== null),
    hasDnsLists: last?.hasDnsLists ?? null,
    routes: last?.tables.get('/ip/route') ?? null,
    clock: deps.clock,
    signal: deps.signal,
  });
  const readMs = deps.clock.monotonic() - from;
  const observed = keepTables(read, deps.memory.decided?.input.observed ?? null);
  deps.image.replace(observed);
  deps.onRead?.();
  const at = deps.clock.now();
  const adoption = adoptionState(view);
  const around = await lookAround(observed, adoption, deps, isAdmitting);
  const mode = modeOf(deps.settings.mode, adoption, refusalOf(adoption, around, observed, deps.settings) !== null);
  const decided = await deps.gate.run(async () => {
    const since = at - deps.limits.windowMinutes * 60_000;
    const { own, others } = await deps.store.admissionsFor(deps.settings.router, since);
    const { admitted, begun } = deps.memory.admissions(own);
    const input: DecisionInput = {
      wishes: wishes.all,
      departures: view.departures,
      portal,
      portalAddresses: view.portalAddresses.map(({ address, host, use }) => ({ address, host, use })),
      portalLead: view.portalLead,
      forwardRefusal: deps.memory.forwardRefusal(at),
      operations: new Map([
        ...view.operations
          .filter(({ kind }) => !CUTTING_NOBODY.has(kind))
          .map(({ id, released, expectedCuts }) => [id, { released, expectedCuts, cuts: cuts.get(id) ?? 0 }] as const),
        ...releasesInForce(view, at, deps.limits),
      ]),
      admitted,
      begun,
      admissions: [...own.filter(({ kind }) => kind !== 'begun'), ...othersOf(others, at)],
      claims: new Set(view.claims),
      dropped: new Set(deps.dropped),
      observed,
      settings: withRedirect({ ...deps.settings, mode }, view.redirect),
      ...(deps.notices === undefined
        ? {}
        : { listener: deps.notices.listener(), strangeSources: deps.notices.strangeSources() }),
      limits: deps.limits,
      ...(deps.central === undefined ? {} : { central: standingOf(view.centralContactAt, deps.central) }),
      now: at,
      adoption,
      around,
    };
    const made = (deps.decide ?? decideAgain)(input, deps.memory.decided);
    if (isAdmitting && mode === 'manage') await admit(made.decision, deps);
    return made;
  });
  deps.memory.decided = decided;
  const letThrough = deps.memory.letThrough(decided);
  const { decision, verdicts } = decided;
  return { view, wishes: wishes.byId, observed, readMs, decided, decision, letThrough, verdicts, at, mode };
}

function standingOf(contactAt: number | null, central: Pick<CentralWatch, 'stateOf'>) {
  const heardAt = contactAt === null ? null : new Date(contactAt).toISOString();
  return { state: central.stateOf(contactAt), heardAt };
}

/** What a person let through that is no operation, for as long as the brake looks back: what comes later is another matter. */
function releasesInForce(
  { releases }: DesiredView,
  now: number,
  { windowMinutes }: Brake,
): readonly (readonly [string, BrakeOperation])[] {
  return releases
    .filter(({ at }) => at > now - windowMinutes * 60_000)
    .map(({ name }) => [name, { released: true, expectedCuts: null, cuts: 0 }]);
}

/** The brake counts those of other routers alike: which of them had one, and when within its window, decides nothing. */
function othersOf(count: number, at: number): readonly BrakeEntry[] {
  return Array.from({ length: count }, () => ({ router: '', at }));
}

/** New cuts that a snapshot asks for over the whole site; other operations announce nothing and need no count. */
async function cutsAskedFor(view: DesiredView, deps: PassDeps): Promise<ReadonlyMap<string, number>> {
  const announced = view.operations.filter((operation) => operation.expectedCuts !== null);
  const cuts = new Map(announced.map((operation) => [operation.id, 0]));
  if (announced.length === 0) return cuts;
  for (const router of new Set([deps.settings.router, ...deps.siteRouters])) {
    const { subscribers } = router === deps.settings.router ? view : await deps.store.desiredFor(router);
    for (const { cutoff } of subscribers) {
      const count = cutoff === null ? undefined : cuts.get(cutoff.operation);
      if (cutoff !== null && count !== undefined) cuts.set(cutoff.operation, count + 1);
    }
  }
  return cuts;
}

/** What the brake let through is on disk before the first row of it is on the router. */
async function admit(decision: Decision, deps: PassDeps): Promise<void> {
  const { router } = deps.settings;
  const admissions = [
    ...decision.newlyAdmitted.map((candidate) => ({ ...candidate, router, at: deps.clock.now() })),
    ...decision.standing.map((candidate) => ({ ...candidate, router, at: 0 })),
    ...decision.newlyBegun.map((one) => ({ ...one, kind: 'begun' as const, router, at: 0 })),
  ];
  if (admissions.length === 0) return;
  await deps.store.recordAdmissions(
    admissions.map(({ router: on, subscriber, operation, kind, at }) => ({
      router: on,
      subscriber,
      operation,
      kind,
      at,
    })),
  );
}
