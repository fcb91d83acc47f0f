import { AppError, describeError } from '../schemas/app-error.ts';
import type { OpenRotation, ProvisionerStore, RotatingExtension } from '../store/phone-ports.ts';
import { admitted } from './core/rotation/batch.ts';
import { nextAction } from './core/rotation/next-action.ts';
import { record } from './core/rotation/record.ts';
import type { Observation, Obstacle, SagaSettings } from './core/rotation/state.ts';
import type { Registrar } from './core/registrar.ts';
import { probedAt } from './registrars.ts';
import { fetchedPhones, perform, type Fetched, type StepDeps } from './rotation-steps.ts';
import { advanceOf, moved, stateOf } from './rotation-view.ts';
import type { Underway } from './underway.ts';
import { Wake } from './wake.ts';

export interface RotationsDeps extends StepDeps {
  readonly store: Pick<ProvisionerStore, 'fetchesSince' | 'recordRegistrations' | 'openRotations' | 'advanceRotation'>;
  /** As they are now: both may change while a rotation runs. */
  readonly settings: () => SagaSettings;
  readonly registrars: () => ReadonlyMap<string, Registrar>;
  readonly underway: Underway;
  /** One step may take so long, with all that waits for its turn at the registrar, ms; so may a read. */
  readonly stepMs: () => number;
  readonly signal: AbortSignal;
  readonly log: { info(fields: object, message: string): void; error(fields: object, message: string): void };
}

/** After a failure of ours (the store was busy) a step is tried again so late. */
const AGAIN_MS = 1_000;

interface Task {
  readonly wake: Wake;
  readonly done: Promise<void>;
}

/** Ended, or to be looked at again then (null: when it is woken), or at once (null). */
type Rest = 'ended' | { readonly until: number | null } | null;

/**
 * Runs the sagas: one task for each admitted extension of every open rotation. Everything that matters is in the store,
 * each move one transaction; after a crash the same tasks begin where they were.
 */
export class Rotations {
  readonly #deps: RotationsDeps;
  readonly #open = new Map<string, OpenRotation>();
  readonly #tasks = new Map<string, Task>();
  /** Moves of one rotation follow one another: each tells how the whole of it stands. */
  readonly #moving = new Map<string, Promise<unknown>>();
  #reading: Promise<void> = Promise.resolve();

  constructor(deps: RotationsDeps) {
    this.#deps = deps;
  }

  /** Reads what is open, starts what may go on and wakes what waits. */
  refresh(): Promise<void> {
    this.#reading = this.#reading
      .catch(() => undefined)
      .then(async () => {
        const { store, underway, stepMs } = this.#deps;
        const rotations = await underway.watchPart('open rotations', stepMs(), () => store.openRotations());
        this.#open.clear();
        for (const id of this.#moving.keys()) if (!rotations.some((one) => one.id === id)) this.#moving.delete(id);
        for (const rotation of rotations) this.#open.set(rotation.id, rotation);
        for (const rotation of rotations) this.#admit(rotation);
        this.wake();
      });
    return this.#reading;
  }

  /** Everybody looks again: a phone fetched, the configuration changed. */
  wake(): void {
    for (const { wake } of this.#tasks.values()) wake.now();
  }

  get isBusy(): boolean {
    return this.#open.size > 0;
  }

  /** True while an extension is in an open rotation. */
  isRotating(number: string): boolean {
    return [...this.#open.values()].some(({ extensions }) =>
      extensions.some((one) => one.number === number && one.end === null),
    );
  }

  /** Resolves when every task has ended, after the signal fired. */
  async ended(): Promise<void> {
    await this.#reading.catch(() => undefined);
    await Promise.all([...this.#tasks.values()].map(({ done }) => done));
  }

  #admit(rotation: OpenRotation): void {
    const { signal, clock } = this.#deps;
    if (signal.aborted) return;
    for (const number of admitted(rotation.extensions, rotation.batch).numbers) {
      const name = `${rotation.id}/${number}`;
      if (this.#tasks.has(name)) continue;
      const wake = new Wake(clock, signal);
      const done = this.#run(rotation.id, number, wake).finally(() => this.#tasks.delete(name));
      this.#tasks.set(name, { wake, done });
    }
  }

  async #run(rotation: string, number: string, wake: Wake): Promise<void> {
    const { signal, clock, log } = this.#deps;
    const isEnding = (): boolean => signal.aborted;
    for (;;) {
      try {
        const step = (): Promise<Rest> => this.#step(rotation, number);
        const rest = await this.#deps.underway.watch(`rotation ${rotation}/${number}`, this.#deps.stepMs(), step);
        if (rest === 'ended') return;
        if (rest !== null) await wake.wait(rest.until);
      } catch (error) {
        if (isEnding()) return;
        log.error({ rotation, number, error: describeError(error) }, 'rotation step failed, tried again');
        try {
          await clock.sleep(AGAIN_MS, signal);
          await this.refresh();
        } catch (again) {
          if (isEnding()) return;
          log.error({ rotation, number, error: describeError(again) }, 'rotations not read');
        }
      }
    }
  }

  /** One look, one action, one move; then it rests, or goes on at once (null). */
  async #step(id: string, number: string): Promise<Rest> {
    const { clock, signal } = this.#deps;
    const found = this.#find(id, number);
    if (found === null || found.rotating.end !== null) return 'ended';
    const { rotation, rotating } = found;
    const { registrar, obstacle } = this.#probedAt(rotating);
    const fetched = await fetchedPhones(this.#deps, rotating);
    const state = stateOf(rotation, rotating, obstacle, fetched);
    const action = nextAction(state, this.#deps.settings(), clock.now());
    if (action.kind === 'none') return 'ended';
    if (action.kind === 'wait' || action.kind === 'await-fetch') return { until: action.until };
    const observation = await perform(this.#deps, action, { rotation, rotating, registrar, fetched, signal });
    if (observation === null) return { until: clock.now() + AGAIN_MS };
    await this.#move(id, rotating, observation, obstacle, fetched);
    return null;
  }

  /** Stores a move. One that somebody overtook (a key arrived, a cancel) is forgotten, and everything read anew. */
  async #move(
    id: string,
    rotating: RotatingExtension,
    observation: Observation,
    obstacle: Obstacle | null,
    fetched: Fetched,
  ): Promise<void> {
    const { number, revision } = rotating;
    const { clock, store, settings, log } = this.#deps;
    const isStale = await this.#inTurn(id, async () => {
      const now = this.#find(id, number);
      if (now === null || now.rotating.revision !== revision) return true;
      const at = clock.now();
      const move = record(stateOf(now.rotation, now.rotating, obstacle, fetched), observation, settings(), at);
      const advance = advanceOf(now.rotation, now.rotating, move, at);
      if ((await store.advanceRotation(advance)) === 'stale') return true;
      const rotation = moved(this.#open.get(id) ?? now.rotation, advance);
      this.#open.set(id, rotation);
      if (move.step !== rotating.step || move.end !== null) {
        log.info({ rotation: id, number, step: move.step, end: move.end }, 'rotation moved');
      }
      if (move.end !== null) this.#admit(rotation);
      if (rotation.extensions.every(({ end }) => end !== null)) this.#open.delete(id);
      return false;
    });
    if (isStale) await this.refresh();
  }

  #inTurn<Result>(id: string, work: () => Promise<Result>): Promise<Result> {
    const mine = (this.#moving.get(id) ?? Promise.resolve()).catch(() => undefined).then(work);
    this.#moving.set(id, mine);
    return mine;
  }

  #find(id: string, number: string): { readonly rotation: OpenRotation; readonly rotating: RotatingExtension } | null {
    const rotation = this.#open.get(id);
    const rotating = rotation?.extensions.find((one) => one.number === number);
    return rotation === undefined || rotating === undefined ? null : { rotation, rotating };
  }

  #probedAt({ number, extension }: RotatingExtension): {
    readonly registrar: Registrar | null;
    readonly obstacle: Obstacle | null;
  } {
    if (extension === null) throw new AppError('internal', `extension ${number} is gone while its key rotates`);
    const place = probedAt(this.#deps.registrars(), extension);
    return 'registrar' in place ? { ...place, obstacle: null } : { ...place, registrar: null };
  }
}
