import type { Brake } from '../schemas/config/agent.ts';
import type { OperationKind } from '../schemas/operation.ts';
import type { DesiredView } from '../store/ports.ts';
import { modeOf } from './core/adopt/state.ts';
import { refusalOf } from './core/adopt/adoption.ts';
import type { CentralWatch } from './central-watch.ts';
import type { BrakeOperation } from './core/brake.ts';
import { decided } from './core/decided.ts';
import type { Decision } from './core/decision.ts';
import type { Ground } from './core/ground.ts';
import { decideAsIfLetThrough } from './core/held-as-if.ts';
import { listAddresses } from './core/portal-reach.ts';
import { withRedirect } from './core/settings.ts';
import type { PassDeps } from './pass-deps.ts';
import { admissionBook } from './admission-book.ts';
import type { Look } from './record.ts';
import type { Sight } from './sight.ts';
import { wishesOf } from './wishes.ts';

/** Operations of these kinds never bring a cut, nor a departure: a decision has no use for them. */
const CUTTING_NOBODY: ReadonlySet<OperationKind> = new Set(['reconcile', 'doctor', 'portal', 'reissue']);

/**
 * Decides what one pass has seen. Writes nothing but, where asked to (`isAdmitting`), what the brake lets through.
 */
export function lookAt(sight: Sight, deps: PassDeps, isAdmitting: boolean): Promise<Look> {
  const { view, observed, at } = sight;
  return deps.desk.alone(async () => {
    const ground = await groundOf(sight, deps);
    const wishes = wishesOf(view.subscribers);
    const made = decided({ ...ground, wishes });
    const { mode } = ground.settings;
    const { decision, verdicts } = made;
    if (isAdmitting && mode === 'manage') await admit(decision, deps);
    const byId = new Map(wishes.map((wish) => [wish.id, wish]));
    return {
      view,
      wishes: byId,
      observed,
      ground,
      decision,
      letThrough: decideAsIfLetThrough(made),
      verdicts,
      rivals: [],
      at,
      mode,
    };
  });
}

/** All that a decision looks at but the wishes. */
export async function groundOf({ view, observed, at, adoption, around, cuts }: Sight, deps: PassDeps): Promise<Ground> {
  const { settings, limits } = deps;
  const mode = modeOf(settings.mode, adoption, refusalOf(adoption, around, observed, settings) !== null);
  const since = at - limits.windowMinutes * 60_000;
  const { own, others } = await deps.store.admissionsFor(settings.router, since);
  const { admitted, begun, times } = admissionBook(own);
  return {
    departures: view.departures,
    portal: view.portal ?? deps.portal,
    portalAddresses: listAddresses(view.portalAddresses),
    portalLead: view.portalLead,
    forwardRefusal: deps.memory.forwardRefusal(at),
    refusedWrites: deps.memory.refusedWrites,
    operations: new Map([
      ...view.operations
        .filter(({ kind }) => !CUTTING_NOBODY.has(kind))
        .map(({ id, released, expectedCuts }) => [id, { released, expectedCuts, cuts: cuts.get(id) ?? 0 }] as const),
      ...releasesInForce(view, at, limits),
    ]),
    admitted,
    begun,
    admittedBefore: { own: times, others },
    claims: new Set(view.claims),
    dropped: new Set(deps.dropped),
    observed,
    settings: withRedirect({ ...settings, mode }, view.redirect),
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
