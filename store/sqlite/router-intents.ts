import type { AcceptResult, IntentContext } from '../ports.ts';
import { releasePart } from './advances.ts';
import { recordClaims } from './claims.ts';
import type { Connection } from './connection.ts';
import { insertOperation, type NewOperation } from './operations.ts';
import { openRoutersOf } from './parts.ts';
import { orphansOf, recordRelease } from './releases.ts';

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

/** Lets held operations through on one router; done as soon as it is written, its result says what it found. */
export function acceptRelease(
  connection: Connection,
  router: string,
  operations: readonly string[],
  context: IntentContext,
  switchHeld: SwitchHeld,
): AcceptResult {
  const released: string[] = [];
  const unknown: string[] = [];
  for (const operation of new Set(operations)) {
    const isSwitched = switchHeld(operation, context);
    const isReleased = releaseOn(connection, operation, router, context) || isSwitched;
    (isReleased ? released : unknown).push(operation);
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
    const isSwitched = switchHeld(operation, context);
    const places = openRoutersOf(connection, operation).filter((router) => routers?.includes(router) ?? true);
    for (const router of places) {
      releasePart(connection, context.at, operation, router);
      on.add(router);
    }
    (places.length > 0 || isSwitched ? released : unknown).push(operation);
  }
  const { operation: id, at, actor, routers: known } = context;
  return accept(connection, {
    ...{ id, at, actor, known, kind: 'release', subject: `site/${connection.site}`, routers: [], names: operations },
    result: { released, unknown, routers: [...on].sort() },
  });
}

function releaseOn(connection: Connection, name: string, router: string, { at }: IntentContext): boolean {
  if (name !== orphansOf(router)) return releasePart(connection, at, name, router);
  recordRelease(connection, router, name, at);
  return true;
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
