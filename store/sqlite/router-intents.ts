import type { HeldLater } from '../../schemas/router-actions.ts';
import type { AcceptResult, Intent, IntentContext, ShownVersion } from '../ports.ts';
import { releasePart } from './advances.ts';
import { brakedOn } from './braked.ts';
import { recordClaims } from './claims.ts';
import type { Connection } from './connection.ts';
import { insertOperation, type NewOperation } from './operations.ts';
import { openRoutersOf } from './parts.ts';
import { releaseShown } from './releases.ts';

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
  { router, operations, shown }: Extract<Intent, { kind: 'release' }>,
  context: IntentContext,
): AcceptResult {
  const word = new ReleaseWord(connection, shown, context);
  const released: string[] = [];
  const unknown: string[] = [];
  for (const operation of new Set(operations)) (word.release(operation, router) ? released : unknown).push(operation);
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
  { operations, routers, shown }: Extract<Intent, { kind: 'release-everywhere' }>,
  context: IntentContext,
  switchHeld: SwitchHeld,
): AcceptResult {
  const word = new ReleaseWord(connection, shown, context);
  const released: string[] = [];
  const unknown: string[] = [];
  const on = new Set<string>();
  for (const operation of new Set(operations)) {
    // A snapshot is the desired state of the site: no router alone can have it.
    const isSwitched = routers === null && switchHeld(operation, context);
    const candidates = [...new Set([...openRoutersOf(connection, operation), ...brakedOn(connection, operation)])];
    const named = candidates.filter((router) => routers?.includes(router) ?? true);
    const places = isSwitched ? named : named.filter((router) => word.release(operation, router));
    for (const router of places) on.add(router);
    (places.length > 0 || isSwitched ? released : unknown).push(operation);
  }
  const { operation: id, at, actor, routers: known } = context;
  return accept(connection, {
    ...{ id, at, actor, known, kind: 'release', subject: `site/${connection.site}`, routers: [], names: operations },
    result: { released, unknown, routers: [...on].sort(), ...word.laterResult() },
  });
}

/** By no version anybody was held. */
const NOBODY = 0;

/** One word of a person about what the brake holds: what it lets through, and where it leaves whom he was not shown. */
class ReleaseWord {
  readonly #connection: Connection;
  readonly #context: IntentContext;
  /** What he was shown, by router and operation; null where he does not say. */
  readonly #shown: ReadonlyMap<string, number> | null;
  readonly #later: HeldLater[] = [];

  constructor(connection: Connection, shown: readonly ShownVersion[] | undefined, context: IntentContext) {
    this.#connection = connection;
    this.#context = context;
    this.#shown =
      shown === undefined
        ? null
        : new Map(shown.map(({ router, operation, version }) => [placeKey(router, operation), version]));
  }

  /**
   * A release names what a person was shown. What the same name brings later (somebody who comes online) is another matter.
   * False where nobody was let through: where the brake holds nobody, whatever else the name waits for, nothing was shown,
   * and a word about nothing would be one about all that comes.
   */
  release(name: string, router: string): boolean {
    const version = this.#shown === null ? null : (this.#shown.get(placeKey(router, name)) ?? NOBODY);
    const { isAny, later } = releaseShown(this.#connection, router, name, version, this.#context);
    if (later > 0) this.#later.push({ router, operation: name, count: later });
    if (isAny && openRoutersOf(this.#connection, name).includes(router))
      releasePart(this.#connection, this.#context.at, name, router);
    return isAny;
  }

  laterResult(): { readonly later?: readonly HeldLater[] } {
    return this.#later.length === 0 ? {} : { later: this.#later };
  }
}

function placeKey(router: string, operation: string): string {
  return `${router} ${operation}`;
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
