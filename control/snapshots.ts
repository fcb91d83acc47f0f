import { createHash } from 'node:crypto';
import type { Operation } from '../schemas/operation.ts';
import type { SubscriberState } from '../schemas/subscriber.ts';
import type { ControlStore, GenerationResult, IntentContext } from '../store/ports.ts';
import type { Clock } from './clock.ts';
import { canonicalJson } from '../schemas/canonical-json.ts';
import { snapshotFrame } from './core/generation.ts';
import { parseInstant } from './core/instant.ts';
import type { Answer, RequestHead } from './http/exchange.ts';
import { invalidRequest, ProblemError } from './http/problems.ts';
import type { Intents } from './intents.ts';
import type { KeysInProgress } from './keys-in-progress.ts';
import type { PrefixesOf } from './core/check-subscriber.ts';
import { checkedChunks } from './snapshot-rows.ts';

/** A snapshot whose rows were not looked at yet. */
export interface UncheckedSnapshot {
  readonly generation: number;
  readonly takenAt: string;
  readonly expectedCuts?: number;
  readonly subscribers: readonly unknown[];
}

/** A delta whose rows were not looked at yet. */
export interface UncheckedDelta {
  readonly baseGeneration: number;
  readonly generation: number;
  readonly put?: readonly unknown[];
  readonly remove?: readonly string[];
}

export interface SnapshotDeps {
  readonly store: ControlStore;
  readonly clock: Clock;
  readonly newId: () => string;
  readonly intents: Intents;
  readonly keys: KeysInProgress;
  readonly onCommit: () => void;
  /** Those that the configuration calls a router's subscribers', as it is now. */
  readonly prefixes: () => PrefixesOf;
}

/** Takes in generations of the desired state: whole ones staged in chunks and switched at once, and deltas. */
export class Snapshots {
  readonly #deps: SnapshotDeps;

  constructor(deps: SnapshotDeps) {
    this.#deps = deps;
  }

  /** PUT /v1/desired-state */
  async replace(head: RequestHead, body: UncheckedSnapshot): Promise<Answer> {
    const { store, clock, prefixes } = this.#deps;
    const takenAt = parseInstant(body.takenAt);
    if (takenAt === null) throw invalidRequest([{ pointer: '/takenAt', detail: 'no such day or time' }]);
    const stage = this.#deps.newId();
    const { before, after } = snapshotFrame(body);
    const hash = createHash('sha256').update(before);
    const accept = async (): Promise<Operation> => {
      let separator = '';
      for await (const rows of checkedChunks(body.subscribers, '/subscribers', clock.now(), prefixes())) {
        hash.update(separator + rows.map(canonicalJson).join(','));
        separator = ',';
        await store.stageSnapshot(stage, rows);
      }
      const { generation, expectedCuts = null } = body;
      const snapshot = { generation, takenAt, expectedCuts, hash: hash.update(after).digest('hex') };
      return this.#accept(head, snapshot.hash, (context) => store.switchSnapshot(stage, snapshot, context));
    };
    const operation = await accept().catch(async (error: unknown) => {
      // What was accepted belongs to the store, even while it is held; what was refused is nobody's.
      await store.discardStage(stage);
      throw error;
    });
    return this.#deps.intents.answerOperation(head, operation);
  }

  /** PATCH /v1/desired-state */
  async amend(head: RequestHead, body: UncheckedDelta): Promise<Answer> {
    const put: SubscriberState[] = [];
    const { clock, prefixes } = this.#deps;
    for await (const rows of checkedChunks(body.put ?? [], '/put', clock.now(), prefixes())) put.push(...rows);
    const ids = new Set(put.map((row) => row.id));
    const both = (body.remove ?? []).findIndex((id) => ids.has(id));
    if (both >= 0) throw invalidRequest([{ pointer: `/remove/${String(both)}`, detail: 'is in put too' }]);
    const delta = {
      baseGeneration: body.baseGeneration,
      generation: body.generation,
      put,
      remove: [...(body.remove ?? [])],
    };
    const hash = createHash('sha256').update(canonicalJson(delta)).digest('hex');
    const operation = await this.#accept(head, hash, (context) => this.#deps.store.applyDelta(delta, hash, context));
    return this.#deps.intents.answerOperation(head, operation);
  }

  async #accept(
    head: RequestHead,
    hash: string,
    work: (context: IntentContext) => Promise<GenerationResult>,
  ): Promise<Operation> {
    const { intents, keys, onCommit } = this.#deps;
    const idempotency = intents.idempotencyOf(head, hash);
    const context = await intents.contextOf(head, idempotency);
    const result = await keys.during(idempotency, () => work(context));
    onCommit();
    switch (result.outcome) {
      case 'accepted':
      case 'replayed':
        return result.operation;
      case 'key-reused':
        throw new ProblemError('key-reused');
      case 'generation-mismatch':
        throw new ProblemError('generation-mismatch', {
          detail: `the generation last accepted is ${String(result.lastGeneration)}`,
        });
    }
  }
}
