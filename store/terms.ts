import type { Event } from '../schemas/event.ts';
import type { Evidence, OperationReason, OperationState } from '../schemas/operation.ts';

/** What every port of the store speaks of. Stands apart so that no two ports need import one another. */

/**
 * Whom the operations and journal entries of phones are for, where others name a router. An id cannot hold `@`, so no
 * router is ever called so; the agent's workers pass over such entries, and the outside sees none of it.
 */
export const PROVISIONER = '@provisioner';

/** Who caused a change, for the journal and the audit: a token's name, `cli`, `central`, or a daemon. */
export interface Actor {
  readonly name: string;
  readonly via: 'api' | 'cli' | 'central' | 'daemon';
}

/** Conditions and bookkeeping of one request, checked in the same transaction as the change. */
export interface IntentContext {
  readonly actor: Actor;
  readonly at: number;
  /** A fresh operation id, made by the caller (time and chance come in). */
  readonly operation: string;
  /** `If-Match`: the revision the document must have; `any` = it must exist (`*`). */
  readonly ifMatch?: number | 'any';
  /** Routers of the configuration: an operation for a router that is not there is held, `unknown-router`. */
  readonly routers: readonly string[];
  /** Stored with the change, so that a replay gets the same answer even after a crash. */
  readonly idempotency?: IdempotencyKey;
}

export interface IdempotencyKey {
  readonly key: string;
  /** Scope of the key: the token's name. */
  readonly owner: string;
  /** Keyed hash (HMAC) of method, path and body. */
  readonly fingerprint: string;
}

export interface Page<Item> {
  readonly items: readonly Item[];
  readonly next: string | null;
}

export interface JournalEntry extends Omit<Event, 'router'> {
  /** The router this entry concerns, `PROVISIONER`, or null: an agent worker reads only what is its own. */
  readonly router: string | null;
}

/** What both sides need. */
export interface JournalReader {
  /** Sequence number of the newest journal entry; 0 for none. */
  head(): Promise<number>;
  entriesAfter(seq: number, limit: number): Promise<readonly JournalEntry[]>;
  /**
   * Calls back (with the newest sequence number) after other connections committed; polls every `everyMs` until the
   * signal fires. Errors of the callback end the watch and reject.
   */
  watch(everyMs: number, signal: AbortSignal, onChange: (head: number) => void): Promise<void>;
}

export interface NewEvent {
  readonly at: number;
  readonly type: string;
  readonly subject: string;
  readonly router: string | null;
  readonly data: Readonly<Record<string, unknown>>;
}

export interface OperationAdvance {
  readonly id: string;
  readonly router: string;
  readonly state: OperationState;
  readonly reason?: OperationReason;
  readonly evidence?: Evidence;
  readonly result?: Evidence;
  /** All that it changed itself stands: it waits for what earlier operations asked for alone. */
  readonly follows?: 'alone';
  /** The operations under which the cuts are held that it waits for; left out where all are its own. */
  readonly heldUnder?: readonly string[];
}
