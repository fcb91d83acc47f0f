import type { AcceptResult, IntentContext } from '../ports.ts';
import { releasePart } from './advances.ts';
import { recordClaims } from './claims.ts';
import type { Connection } from './connection.ts';
import { insertOperation, type NewOperation } from './operations.ts';
import { openRoutersOf } from './parts.ts';
import { brakedOn, releaseShown } from './releases.ts';

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
 * Lets those through whom the brake holds under these names on one router now. Done as soon as it is written; its result
 * says which names it found: `unknown` are those that wait for no release here, an empty snapshot among them: it is the
 * whole site's.
 */
export function acceptRelease(
  connection: Connection,
  router: string,
  operations: readonly string[],
  context: IntentContext,
): AcceptResult {
  const released: string[] = [];
  const unknown: string[] = [];
  for (const operation of new Set(operations)) {
    (releaseOn(connection, operation, router, context) ? released : unknown).push(operation);
  }
  const result = { released, unknown };
  const fresh = { ...common(router, context), concerns: router, names: operations, result };
  return accept(connection, { ...fresh, kind: 'release', routers: [] });
}

/**
 * Lets held operations through on every router that has an open part in them, or on those named. One transaction: a
 * person who releases a snapshot for the site releases all of it, or nothing.
 */
export function acceptReleaseEverywhere(
  connection: Connection,
  { operations, routers }: { readonly operations: readonly string[]; readonly routers: readonly string[] | null },
  context: IntentContext,
  switchHeld: SwitchHeld,
): AcceptResult {
  const released: string[] = [];
  const unknown: string[] = [];
  const on = new Set<string>();
  for (const operation of new Set(operations)) {
    // A snapshot is the desired state of the site: no router alone can have it.
    const isSwitched = routers === null && switchHeld(operation, context);
    const candidates = [...new Set([...openRoutersOf(connection, operation), ...brakedOn(connection, operation)])];
    const named = candidates.filter((router) => routers?.includes(router) ?? true);
    const places = isSwitched ? named : named.filter((router) => releaseOn(connection, operation, router, context));
    for (const router of places) on.add(router);
    (places.length > 0 || isSwitched ? released : unknown).push(operation);
  }
  const { operation: id, at, actor, routers: known } = context;
  return accept(connection, {
    ...{ id, at, actor, known, kind: 'release', subject: `site/${connection.site}`, routers: [], names: operations },
    result: { released, unknown, routers: [...on].sort() },
  });
}

/**
 * A release names what a person was shown: whom the brake holds now. What the same name brings later (somebody who comes
 * online) is another matter. False where the brake holds nobody under it here, whatever else it waits for: then nothing was
 * shown, and a word about nothing would be one about all that comes.
 */
function releaseOn(connection: Connection, name: string, router: string, context: IntentContext): boolean {
  const isShown = releaseShown(connection, router, name, context);
  if (isShown && openRoutersOf(connection, name).includes(router)) releasePart(connection, context.at, name, router);
  return isShown;
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
