import { setImmediate } from 'node:timers/promises';
import { AppError } from '../../schemas/app-error.ts';
import { movePart, supersedePart } from './advances.ts';
import type { Connection } from './connection.ts';
import { AnnouncedCuts } from './announced-cuts.ts';
import { journalHead, namedSince, nextRevision } from './journal.ts';
import { supersede } from './operations.ts';
import { noteDeparture, operationChanges, type OperationChanges } from './placing.ts';
import { unitedIds } from './stages.ts';
import { claimBuild, readDesiredState, switchEpoch } from './state.ts';
import { readDocument, removeDocument, writeDocument, type Document } from './subscribers.ts';
import type { Stamp } from './merge.ts';

/** How a generation decides about one subscriber. */
export interface BuildPolicy {
  readonly stage: string;
  readonly at: number;
  readonly operation: string;
  /** The document after the change; called again when an instruction by name has come in between. */
  decide(id: string, current: Document | null, stamp: Omit<Stamp, 'isNamed'>): Document | null;
  /** True when the generation names the subscriber, so that his leaving is no mere absence. */
  names(id: string): boolean;
  /** How many new cuts its sender announced for the whole site, or null. */
  readonly expectedCuts: number | null;
}

const CHUNK_IDS = 100;
const CHUNK_MS = 8;
/** So many subscribers instructed meanwhile are merged in the switch itself; more are caught up with before. */
const DIRTY_AT_SWITCH = 20;

/**
 * Builds the next epoch beside the living one in short transactions, while single instructions go on, and switches to it
 * as one row. Only one build at a time; what an unfinished one left is swept first.
 */
export class EpochBuild {
  readonly #connection: Connection;
  readonly #policy: BuildPolicy;
  readonly #name: string;
  readonly #changedRouters = new Map<string, readonly string[]>();
  readonly #operationChanges = new Map<string, OperationChanges & { readonly router: string | null }>();
  readonly #announced: AnnouncedCuts;
  #living = 0;
  #epoch = 0;
  #revision = 0;
  #seen = 0;

  constructor(connection: Connection, policy: BuildPolicy, name: string) {
    this.#connection = connection;
    this.#policy = policy;
    this.#name = name;
    this.#announced = new AnnouncedCuts(policy.operation, policy.expectedCuts);
  }

  /** Merges everybody; afterwards only `switch` is left to do. */
  async run(): Promise<void> {
    const { epoch } = await this.#connection.read(() => readDesiredState(this.#connection));
    await sweepEpochs(this.#connection, epoch);
    await this.#connection.write(() => {
      claimBuild(this.#connection, this.#name);
      this.#living = readDesiredState(this.#connection).epoch;
      this.#epoch = this.#living + 1;
      this.#revision = nextRevision(this.#connection);
      this.#seen = journalHead(this.#connection);
      this.#announced.learn(this.#connection);
    });
    let after: string | null = '';
    while (after !== null) {
      const from: string = after;
      after = await this.#connection.write(() => this.#mergeAfter(from));
      await setImmediate();
    }
    const held = this.#announced.takeOver();
    for (let from = 0; from < held.length; from += CHUNK_IDS) {
      await this.#connection.write(() => {
        this.#assertMine();
        for (const id of held.slice(from, from + CHUNK_IDS)) this.#mergeOne(id, true);
      });
      await setImmediate();
    }
    while (await this.#connection.write(() => this.#catchUp(CHUNK_IDS) > DIRTY_AT_SWITCH)) await setImmediate();
  }

  /** Makes the built epoch the living one, inside the caller's transaction. Gives the routers with changed subscribers. */
  switch(): ReadonlyMap<string, number> {
    this.#assertMine();
    while (this.#catchUp(CHUNK_IDS) > 0);
    switchEpoch(this.#connection, this.#epoch);
    const routers = new Map<string, number>();
    for (const changed of this.#changedRouters.values()) {
      for (const router of changed) routers.set(router, (routers.get(router) ?? 0) + 1);
    }
    return routers;
  }

  /** Ends or moves the operations that the generation contradicts; after `switch`, in the same transaction. */
  settleOperations(known: readonly string[]): void {
    const { at, operation } = this.#policy;
    for (const emptied of this.#announced.emptied())
      supersedePart(this.#connection, at, emptied.operation, emptied.router, operation);
    for (const { superseded, moved, router } of this.#operationChanges.values()) {
      for (const id of superseded) supersede(this.#connection, id, at, operation);
      if (router === null) continue;
      for (const id of moved) movePart(this.#connection, at, id, router, known.includes(router));
    }
  }

  #mergeAfter(after: string): string | null {
    this.#assertMine();
    const until = this.#connection.monotonic() + CHUNK_MS;
    let last = after;
    const ids = unitedIds(this.#connection, this.#policy.stage, this.#living, after, CHUNK_IDS);
    for (const id of ids) {
      this.#mergeOne(id, false);
      last = id;
      if (this.#connection.monotonic() >= until) return last;
    }
    return ids.length < CHUNK_IDS ? null : last;
  }

  /** Merges again whoever was instructed by name since the last look; gives how many there were. */
  #catchUp(limit: number): number {
    const { subscribers, seq } = namedSince(this.#connection, this.#seen, limit);
    this.#seen = seq;
    for (const id of subscribers) this.#mergeOne(id, true);
    return subscribers.size;
  }

  #mergeOne(id: string, isAgain: boolean): void {
    const { at, operation } = this.#policy;
    const revision = isAgain ? nextRevision(this.#connection) : this.#revision;
    const current = readDocument(this.#connection, this.#living, id);
    const stamp = { at, operation, revision };
    const merged = this.#announced.merged(this.#policy.decide(id, current, stamp), stamp);
    if (isAgain) this.#forget(id);
    if (merged !== null) writeDocument(this.#connection, this.#epoch, merged, null);
    const placing = { id, current, merged, at, operation, named: this.#policy.names(id) };
    noteDeparture(this.#connection, this.#epoch, placing);
    if (merged === current) return;
    const routers = [current?.subscriber.router, merged?.subscriber.router].filter((router) => router !== undefined);
    this.#changedRouters.set(id, [...new Set(routers)]);
    const changes = operationChanges(this.#connection, placing);
    if (changes.superseded.length + changes.moved.length > 0) {
      this.#operationChanges.set(id, { ...changes, router: merged?.subscriber.router ?? null });
    }
  }

  /** Takes back what an earlier merge of this subscriber did. */
  #forget(id: string): void {
    const earlier = readDocument(this.#connection, this.#epoch, id);
    if (earlier !== null) removeDocument(this.#connection, this.#epoch, earlier);
    this.#connection.run('DELETE FROM departures WHERE subscriber = ? AND epoch = ?', id, this.#epoch);
    this.#changedRouters.delete(id);
    this.#operationChanges.delete(id);
  }

  #assertMine(): void {
    const { build, epoch } = readDesiredState(this.#connection);
    if (build === this.#name && epoch === this.#living) return;
    throw new AppError('store-busy', 'another process is changing the desired state as a whole', {
      remedy: 'Send the snapshot or delta again; let only one control daemon use this database.',
    });
  }
}

/** Deletes, in chunks, every epoch but the living one, and departures that ended by a return. */
export async function sweepEpochs(connection: Connection, living: number): Promise<void> {
  const sweeps = [
    `DELETE FROM subscribers WHERE (epoch, id) IN (SELECT epoch, id FROM subscribers WHERE epoch < ? LIMIT 300)`,
    // An epoch above the living one may be built again: its revisions must go on to grow.
    `DELETE FROM revisions WHERE epoch < ? AND what = 'subscribers'`,
    `DELETE FROM subscribers WHERE (epoch, id) IN (SELECT epoch, id FROM subscribers WHERE epoch > ? LIMIT 300)`,
    `DELETE FROM addresses WHERE (epoch, router, first, length, subscriber) IN
       (SELECT epoch, router, first, length, subscriber FROM addresses WHERE epoch < ? LIMIT 500)`,
    `DELETE FROM addresses WHERE (epoch, router, first, length, subscriber) IN
       (SELECT epoch, router, first, length, subscriber FROM addresses WHERE epoch > ? LIMIT 500)`,
    `DELETE FROM departures WHERE (router, subscriber, epoch) IN
       (SELECT router, subscriber, epoch FROM departures WHERE epoch > ? LIMIT 500)`,
    `DELETE FROM departures WHERE (router, subscriber, epoch) IN
       (SELECT d.router, d.subscriber, d.epoch FROM departures d JOIN subscribers s
        ON s.epoch = ? AND s.id = d.subscriber AND s.router = d.router LIMIT 500)`,
  ];
  for (const sweep of sweeps) {
    await connection.writeWhile(() => {
      const { epoch } = readDesiredState(connection);
      return epoch === living && connection.run(sweep, living) > 0;
    });
  }
}
