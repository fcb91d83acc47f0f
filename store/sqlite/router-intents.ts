import type { AcceptResult, Intent, IntentContext } from '../ports.ts';
import { recordClaims } from './claims.ts';
import type { Connection } from './connection.ts';
import { insertOperation, type NewOperation } from './operations.ts';
import { openRoutersOf } from './parts.ts';
import type { ReleaseWord } from './release-word.ts';

/** Makes a held empty snapshot the desired state, if the named operation is one that is ready; false if it is none. */
export type SwitchHeld = (operation: string, context: IntentContext) => boolean;

export function acceptReconcile(connection: Connection, router: string, context: IntentContext): AcceptResult {
  return accept(connection, { ...common(router, context), kind: 'reconcile', routers: [router] });
}

/** Asks for a look over one router; its own agent makes it, beside its passes. */
export function acceptDoctor(
  connection: Connection,
  router: string,
  selfTest: boolean,
  context: IntentContext,
): AcceptResult {
  const names = selfTest ? ['self-test'] : [];
  return accept(connection, { ...common(router, context), kind: 'doctor', routers: [router], names });
}

/**
 * Lets those through whom the brake holds under these names on one router, as far as they were shown. Done as soon as it is
 * written; its result says under which names it let somebody through, and where it left whom nobody was shown: `unknown`
 * are those of which nobody was let through, an empty snapshot among them: it is the whole site's.
 */
export function acceptRelease(
  connection: Connection,
  { router, operations }: Extract<Intent, { kind: 'release' }>,
  word: ReleaseWord,
  context: IntentContext,
): AcceptResult {
  const released: string[] = [];
  const unknown: string[] = [];
  for (const operation of new Set(operations)) (word.release(operation, router) ? released : unknown).push(operation);
  word.accept();
  const result = { released, unknown, ...word.laterResult() };
  const fresh = { ...common(router, context), concerns: router, names: operations, result };
  return accept(connection, { ...fresh, kind: 'release', routers: [] });
}

/**
 * Lets held operations through on every router that has an open part in them, or on those named. One transaction: a
 * person who releases a snapshot for the site releases all of it, or nothing.
 */
export function acceptReleaseEverywhere(
  connection: Connection,
  { operations, routers }: Extract<Intent, { kind: 'release-everywhere' }>,
  word: ReleaseWord,
  context: IntentContext,
  switchHeld: SwitchHeld,
): AcceptResult {
  const released: string[] = [];
  const unknown: string[] = [];
  const on = new Set<string>();
  for (const operation of new Set(operations)) {
    // A snapshot is the desired state of the site: no router alone can have it.
    const isSwitched = routers === null && switchHeld(operation, context);
    const candidates = [...(isSwitched ? openRoutersOf(connection, operation) : word.routersOf(operation))];
    const named = candidates.filter((router) => routers?.includes(router) ?? true);
    const places = isSwitched ? named : named.filter((router) => word.release(operation, router));
    for (const router of places) on.add(router);
    (places.length > 0 || isSwitched ? released : unknown).push(operation);
  }
  word.accept();
  const { operation: id, at, actor, routers: known } = context;
  return accept(connection, {
    ...{ id, at, actor, known, kind: 'release', subject: `site/${connection.site}`, routers: [], names: operations },
    result: { released, unknown, routers: [...on].sort(), ...word.laterResult() },
  });
}

/** Lets the agent take over the foreign rows of these subscribers. */
export function acceptClaim(
  connection: Connection,
  router: string,
  subscribers: readonly string[],
  context: IntentContext,
): AcceptResult {
  recordClaims(connection, router, subscribers, context.operation, context.at);
  return accept(connection, { ...common(router, context), kind: 'claim', routers: [router], names: subscribers });
}

function common(router: string, { operation: id, at, actor, routers: known }: IntentContext) {
  return { id, subject: `router/${router}`, at, actor, known };
}

function accept(connection: Connection, fresh: NewOperation): AcceptResult {
  const { operation, seq } = insertOperation(connection, fresh);
  return { outcome: 'accepted', created: false, operation, record: null, seq };
}
