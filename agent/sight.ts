import type { DesiredView } from '../store/ports.ts';
import { adoptionState } from './adoption.ts';
import type { AdoptionState, AroundWisphub } from './core/adopt/state.ts';
import { wantedForwards } from './core/garden-forward.ts';
import { keepTables } from './core/kept-tables.ts';
import { rowsOf, type RouterReading } from './core/observed.ts';
import { ownerOf } from './core/ownership.ts';
import { hasIdentity } from './core/sessions/identity.ts';
import { lookAround } from './look-around.ts';
import { hasPhoneOptions } from './core/phone-dhcp.ts';
import { observe } from './observe.ts';
import type { PassDeps } from './pass-deps.ts';

/** What one pass has read: first what is wanted, then the router. Nothing is decided of it yet. */
export interface Sight {
  readonly view: DesiredView;
  /** Cuts over the whole site, by operation whose sender announced how many there would be. */
  readonly cuts: ReadonlyMap<string, number>;
  readonly observed: RouterReading;
  /** How long the router took to be read, ms. */
  readonly readMs: number;
  /** When the router had been read, ms. */
  readonly at: number;
  readonly adoption: AdoptionState | null;
  readonly around: AroundWisphub;
}

/** Reads store and router. Writes nothing, but, of the agent's own looks (`isKept`), since when unmarked rows are known. */
export async function see(deps: PassDeps, isKept: boolean): Promise<Sight> {
  deps.locks.releaseAll();
  const { view, cuts } = await deps.desk.run(deps.signal, async () => {
    const wanted = await deps.store.desiredFor(deps.settings.router);
    return { view: wanted, cuts: await cutsAskedFor(wanted, deps) };
  });
  const last = deps.image.observed;
  const from = deps.clock.monotonic();
  const read = await observe(deps.session, {
    settings: deps.settings,
    commandTimeoutMs: deps.commandTimeoutMs,
    expectedRows: last === null ? null : deps.image.tableRows,
    dialect: deps.dialect,
    readsSessions: view.subscribers.some(({ subscriber }) => hasIdentity(subscriber)),
    forwards: wantedForwards({ portal: view.portal ?? deps.portal, settings: deps.settings }),
    hadForwards: last === null || rowsOf(last, '/ip/dns/static').some((row) => ownerOf(row) !== null),
    hasDnsLists: last?.hasDnsLists ?? null,
    wantsPhoneDhcp: deps.settings.phoneDhcp !== undefined,
    hadPhoneDhcp: last === null || hasPhoneOptions(last),
    routes: last?.tables.get('/ip/route') ?? null,
    clock: deps.clock,
    signal: deps.signal,
  });
  const readMs = deps.clock.monotonic() - from;
  const observed = keepTables(read, deps.memory.observed);
  deps.memory.observed = observed;
  deps.image.replace(observed);
  deps.onRead?.();
  const at = deps.clock.now();
  const adoption = adoptionState(view);
  const around = await lookAround(observed, adoption, deps, isKept);
  return { view, cuts, observed, readMs, at, adoption, around };
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
