import type { Brake } from '../schemas/config/agent.ts';
import type { OperationKind } from '../schemas/operation.ts';
import type { DesiredView, Release } from '../store/ports.ts';
import type { CentralWatch } from './central-watch.ts';
import { NOBODY_RELEASED, type Released } from './core/brake.ts';
import { decided } from './core/decided.ts';
import type { Decision, DecisionInput } from './core/decision.ts';
import type { Ground } from './core/ground.ts';
import { decideAsIfLetThrough } from './core/held-as-if.ts';
import { inForce } from './core/in-force.ts';
import { listAddresses } from './core/portal-reach.ts';
import type { PassDeps } from './pass-deps.ts';
import type { Look } from './record.ts';
import type { Sight } from './sight.ts';
import { wishesOf } from './wishes.ts';

/** Operations of these kinds never bring a cut, nor a departure: a decision has no use for them. */
const CUTTING_NOBODY: ReadonlySet<OperationKind> = new Set(['reconcile', 'doctor', 'portal', 'reissue']);

/**
 * Decides what one pass has seen. Writes nothing but, where asked to (`isAdmitting`, in a turn at the desk only), what the
 * brake lets through.
 */
export async function lookAt(sight: Sight, deps: PassDeps, isAdmitting: boolean): Promise<Look> {
  const { view, observed, at } = sight;
  const ground = await groundOf(sight, deps);
  const wishes = wishesOf(view.subscribers);
  const made = decided({ ...ground, wishes });
  const { decision, verdicts } = made;
  if (isAdmitting && ground.settings.mode === 'manage') await admit(decision, deps);
  const byId = new Map(wishes.map((wish) => [wish.id, wish]));
  const letThrough = decideAsIfLetThrough(made);
  return { view, wishes: byId, observed, ground, decision, letThrough, verdicts, rivals: [], at };
}

/** All that a decision looks at but the wishes. */
export async function groundOf({ view, observed, at, adoption, around, cuts }: Sight, deps: PassDeps): Promise<Ground> {
  const { settings, limits } = deps;
  const since = at - limits.windowMinutes * 60_000;
  const { own, others } = await deps.store.admissionsFor(settings.router, since);
  const { admitted, begun, times } = deps.memory.admissions(own);
  return {
    departures: view.departures,
    portal: view.portal ?? deps.portal,
    portalAddresses: listAddresses(view.portalAddresses),
    portalLead: view.portalLead,
    forwardRefusal: deps.memory.extraRefusal('garden', at),
    phoneDhcpRefusal: deps.memory.extraRefusal('phones', at),
    refusedWrites: deps.memory.refusedWrites,
    ...brakeOperations(view, cuts, at, limits),
    admitted,
    begun,
    admittedBefore: { own: times, others },
    claims: new Set(view.claims),
    restored: restoredByName(view),
    dropped: new Set(deps.dropped),
    observed,
    settings: inForce(settings, { observed, adoption, around, redirect: view.redirect }),
    ...(deps.notices === undefined
      ? {}
      : { listener: deps.notices.listener(), strangeSources: deps.notices.strangeSources() }),
    limits,
    ...(deps.central === undefined ? {} : { central: standingOf(view.centralContactAt, deps.central) }),
    now: at,
    adoption,
    around,
  };
}

function restoredByName({ operations, departures }: DesiredView): ReadonlySet<string> {
  const prefix = 'subscriber/';
  return new Set([
    ...operations
      .filter(({ kind, subject }) => kind === 'restore' && subject.startsWith(prefix))
      .map(({ subject }) => subject.slice(prefix.length)),
    ...departures.filter(({ named }) => named).map(({ subscriber }) => subscriber),
  ]);
}

function standingOf(contactAt: number | null, central: Pick<CentralWatch, 'stateOf'>) {
  const heardAt = contactAt === null ? null : new Date(contactAt).toISOString();
  return { state: central.stateOf(contactAt), heardAt };
}

/**
 * What the brake knows of the open operations, and of what is none and was released by name. The word about an operation
 * holds as long as that is open, however long the router is away (I10): nobody can be added to those it was about. About
 * what is no operation it holds for as long as the brake looks back, for the same name may be lost again.
 */
function brakeOperations(
  { operations, releases }: DesiredView,
  cuts: ReadonlyMap<string, number>,
  now: number,
  { windowMinutes }: Brake,
): Required<Pick<DecisionInput, 'operations' | 'releases'>> {
  const open = new Set(operations.map(({ id }) => id));
  const since = now - windowMinutes * 60_000;
  const released = byName(releases.filter(({ name, at }) => open.has(name) || at > since));
  return {
    operations: new Map(
      operations
        .filter(({ kind }) => !CUTTING_NOBODY.has(kind))
        .map(({ id, expectedCuts }) => [
          id,
          { released: released.get(id) ?? NOBODY_RELEASED, expectedCuts, cuts: cuts.get(id) ?? 0 },
        ]),
    ),
    releases: new Map(
      [...released]
        .filter(([name]) => !open.has(name))
        .map(([name, whom]) => [name, { released: whom, expectedCuts: null, cuts: 0 }]),
    ),
  };
}

/** All who were let through under a name, in however many words. */
function byName(releases: readonly Release[]): ReadonlyMap<string, Released> {
  const names = new Map<string, Released>();
  for (const { name, subscribers } of releases) {
    const before = names.get(name) ?? NOBODY_RELEASED;
    names.set(name, before === 'all' || subscribers === null ? 'all' : new Set([...before, ...subscribers]));
  }
  return names;
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
