import type { GenerationResult, IntentContext, SnapshotHead } from '../ports.ts';
import type { Delta } from '../../schemas/subscriber.ts';
import type { Connection } from './connection.ts';
import { changeInPlace } from './delta.ts';
import { EpochBuild, sweepEpochs } from './epoch-build.ts';
import { endFollowers, overruledOn, owingRouters } from './followers.ts';
import { deltaPolicy, snapshotPolicy } from './generation-policies.ts';
import { findAnswer, recordAnswer } from './idempotency.ts';
import { journalHead } from './journal.ts';
import { insertOperation, readOperationRow, settle, supersede, type NewOperation } from './operations.ts';
import { insertReleasedParts } from './parts.ts';
import { movePart } from './advances.ts';
import { releaseWhole } from './releases.ts';
import { deltaStage, discardStage, isStageEmpty, openStage, stageRows } from './stages.ts';
import {
  livingEpoch,
  readDesiredState,
  recordGeneration,
  recordHeld,
  type Generation,
  type HeldGeneration,
} from './state.ts';
import { Turns } from './turns.ts';
import { journalGeneration } from './subscriber-events.ts';

/** A delta of so few rows is written in place, as one short transaction; a larger one builds an epoch. */
const SMALL_DELTA = 100;

/** The journal entry after which a delta was received, and the stage that says so until it is done; none if it waits for nothing. */
interface Received {
  readonly after: number;
  readonly stage: string | null;
}

/** Snapshots and deltas: whole generations of the desired state, one after the other. */
export class Generations {
  readonly #connection: Connection;
  readonly #turns = new Turns();

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  switchSnapshot(stage: string, head: SnapshotHead, context: IntentContext): Promise<GenerationResult> {
    return this.#turns.take(() => this.#switchSnapshot(stage, head, context));
  }

  applyDelta(delta: Delta, hash: string, context: IntentContext): Promise<GenerationResult> {
    const isAtOnce = isSmall(delta) && this.#turns.isIdle;
    const receiving = this.#receive(isAtOnce ? null : deltaStage(context.operation));
    // Its failure is told when the turn comes.
    receiving.catch(() => undefined);
    return this.#turns.take(async () => this.#applyDelta(delta, hash, context, await receiving));
  }

  /** Before it waits for anything: what is instructed from here on is newer, and is to say so while the stage stands. */
  async #receive(stage: string | null): Promise<Received> {
    const after = (): number => journalHead(this.#connection);
    if (stage === null) return { after: await this.#connection.read(after), stage };
    return this.#connection.write(() => {
      openStage(this.#connection, stage);
      return { after: after(), stage };
    });
  }

  /**
   * Runs `accept` (a write that releases operations) with the held empty snapshot, if it is among them, built and ready
   * to be switched to within that same write.
   */
  release<Result>(
    operations: readonly string[],
    at: number,
    accept: (switchHeld: (operation: string, context: IntentContext) => boolean) => Promise<Result>,
  ): Promise<Result> {
    return this.#turns.take(async () => {
      const { held } = await this.#connection.read(() => readDesiredState(this.#connection));
      if (held === null || !operations.includes(held.operation)) return accept(() => false);
      const build = new EpochBuild(
        this.#connection,
        snapshotPolicy(this.#connection, held, held.stage, at),
        held.operation,
      );
      await build.run();
      const result = await accept((operation, context) => {
        const isHeld = readDesiredState(this.#connection).held?.operation === operation;
        if (isHeld && operation === held.operation) this.#switchHeld(held, build, context);
        return isHeld;
      });
      await this.#tidy(held.stage);
      return result;
    });
  }

  async #switchSnapshot(stage: string, head: SnapshotHead, context: IntentContext): Promise<GenerationResult> {
    const early = await this.#connection.read(() => this.#known(head, null, context));
    if (early !== null) return this.#dropping(stage, early);
    const generation = { ...head, operation: context.operation };
    if (await this.#connection.read(() => isStageEmpty(this.#connection, stage))) {
      return this.#connection.write(
        () => this.#known(head, null, context) ?? this.#hold({ ...generation, stage }, context),
      );
    }
    const build = new EpochBuild(
      this.#connection,
      snapshotPolicy(this.#connection, generation, stage, context.at, head.expectedCuts),
      context.operation,
    );
    await build.run();
    const result = await this.#connection.write(
      () =>
        this.#known(head, null, context) ??
        this.#finish(build, generation, { expectedCuts: head.expectedCuts, isWhole: true }, context),
    );
    return this.#dropping(stage, result);
  }

  async #applyDelta(delta: Delta, hash: string, context: IntentContext, received: Received): Promise<GenerationResult> {
    const { generation, baseGeneration, put = [] } = delta;
    const head = { generation, hash };
    const next = { ...head, takenAt: context.at, operation: context.operation };
    const { after, stage } = received;
    if (stage === null || isSmall(delta)) {
      const small = await this.#connection.write(
        () => this.#known(head, baseGeneration, context) ?? this.#applyInPlace(delta, next, context, after),
      );
      return stage === null ? small : this.#dropping(stage, small);
    }
    const early = await this.#connection.read(() => this.#known(head, baseGeneration, context));
    if (early !== null) return this.#dropping(stage, early);
    await stageRows(this.#connection, stage, put);
    const build = new EpochBuild(
      this.#connection,
      deltaPolicy(this.#connection, delta, stage, context, after),
      context.operation,
    );
    await build.run();
    const result = await this.#connection.write(
      () =>
        this.#known(head, baseGeneration, context) ??
        this.#finish(build, next, { expectedCuts: null, isWhole: false }, context),
    );
    return this.#dropping(stage, result);
  }

  /** The answer to a generation that is known, out of turn or repeated; null for one that may go on. */
  #known(
    { generation, hash }: Pick<Generation, 'generation' | 'hash'>,
    base: number | null,
    context: IntentContext,
  ): GenerationResult | null {
    const answer = findAnswer(this.#connection, context.idempotency);
    if (answer === 'key-reused') return { outcome: 'key-reused' };
    if (answer?.operation != null) return { outcome: 'replayed', operation: answer.operation };
    const state = readDesiredState(this.#connection);
    for (const accepted of [state.generation, state.held]) {
      if (accepted?.generation !== generation || accepted.hash !== hash) continue;
      const row = readOperationRow(this.#connection, accepted.operation);
      if (row !== null) return { outcome: 'replayed', operation: row.operation };
    }
    const living = state.generation?.generation ?? null;
    const newest = Math.max(living ?? -1, state.held?.generation ?? -1);
    const isBased = base === null || base === (living ?? 0);
    if (generation > newest && isBased) return null;
    return { outcome: 'generation-mismatch', lastGeneration: isBased ? newest : (living ?? 0) };
  }

  #hold(held: HeldGeneration & Pick<SnapshotHead, 'expectedCuts'>, context: IntentContext): GenerationResult {
    this.#dropHeld(context);
    recordHeld(this.#connection, held);
    const { operation, seq } = insertOperation(this.#connection, {
      ...this.#operationOf(context),
      routers: [],
      expectedCuts: held.expectedCuts,
      holds: 'empty-snapshot',
    });
    return this.#accepted(operation, seq, context);
  }

  /** Switches to what was built. A snapshot (`isWhole`) asks for everything, and is the newest that does. */
  #finish(
    build: EpochBuild,
    generation: Generation,
    { expectedCuts, isWhole }: { readonly expectedCuts: number | null; readonly isWhole: boolean },
    context: IntentContext,
  ): GenerationResult {
    const routers = build.switch();
    const { takenAt } = generation;
    const owing = isWhole ? owingRouters(this.#connection, { takenAt, known: context.routers }) : new Set<string>();
    this.#dropHeld(context);
    recordGeneration(this.#connection, generation);
    const inserted = insertOperation(this.#connection, {
      ...this.#operationOf(context),
      routers: [...new Set([...routers.keys(), ...owing])].sort(),
      follows: new Map([...owing].map((router) => [router, routers.has(router) ? 'beside' : 'alone'])),
      overruled: owing.size > 0 ? overruledOn(this.#connection, takenAt) : new Map(),
      expectedCuts,
    });
    build.settleOperations(context.routers);
    if (isWhole) endFollowers(this.#connection, context.at, context.operation);
    const seq = journalGeneration(this.#connection, routers, generation, context) ?? inserted.seq;
    return this.#accepted(inserted.operation, seq, context);
  }

  /** A person has read the plan of the empty snapshot: it counts, on every router it concerns. */
  #switchHeld(held: HeldGeneration, build: EpochBuild, context: IntentContext): void {
    const routers = build.switch();
    recordHeld(this.#connection, null);
    recordGeneration(this.#connection, held);
    const on = [...routers.keys()].sort();
    insertReleasedParts(this.#connection, held.operation, on, context.routers);
    for (const router of on) releaseWhole(this.#connection, router, held.operation, context);
    settle(this.#connection, held.operation, context.at);
    build.settleOperations(context.routers);
    journalGeneration(this.#connection, routers, held, context);
  }

  #applyInPlace(delta: Delta, generation: Generation, context: IntentContext, receivedAfter: number): GenerationResult {
    const { at, operation } = context;
    const { routers, superseded, moved } = changeInPlace(this.#connection, delta, context, receivedAfter);
    this.#dropHeld(context);
    recordGeneration(this.#connection, generation);
    const inserted = insertOperation(this.#connection, { ...this.#operationOf(context), routers });
    for (const id of superseded) supersede(this.#connection, id, at, operation);
    for (const [id, router] of moved) movePart(this.#connection, at, id, router, context.routers.includes(router));
    return this.#accepted(inserted.operation, inserted.seq, context);
  }

  #accepted(
    operation: NonNullable<ReturnType<typeof readOperationRow>>['operation'],
    seq: number,
    context: IntentContext,
  ): GenerationResult {
    recordAnswer(this.#connection, context.idempotency, 'generation', context.at, {
      created: false,
      operation,
      record: null,
    });
    return { outcome: 'accepted', operation, seq };
  }

  #operationOf({ operation: id, at, actor, routers: known }: IntentContext) {
    return {
      id,
      kind: 'desired-state',
      subject: `site/${this.#connection.site}`,
      at,
      actor,
      known,
    } satisfies Partial<NewOperation>;
  }

  #dropHeld({ at, operation }: IntentContext): void {
    const { held } = readDesiredState(this.#connection);
    if (held === null) return;
    supersede(this.#connection, held.operation, at, operation);
    recordHeld(this.#connection, null);
  }

  async #dropping(stage: string, result: GenerationResult): Promise<GenerationResult> {
    await this.#tidy(stage);
    return result;
  }

  /** Sweeping may wait: what is left is swept before the next build, so a failure here does not undo the acceptance. */
  async #tidy(stage: string): Promise<void> {
    try {
      await discardStage(this.#connection, stage);
      await sweepEpochs(this.#connection, await this.#connection.read(() => livingEpoch(this.#connection)));
    } catch {
      return;
    }
  }
}

function isSmall({ put = [], remove = [] }: Delta): boolean {
  return put.length + remove.length <= SMALL_DELTA;
}
