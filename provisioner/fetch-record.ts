import { AppError, describeError } from '../schemas/app-error.ts';
import type { PhoneFetch, ProvisionerStore } from '../store/phone-ports.ts';
import type { Clock } from './ports.ts';

export interface FetchRecordDeps {
  readonly store: Pick<ProvisionerStore, 'recordFetches'>;
  readonly clock: Clock;
  /** 0 ≤ x < 1, for the jitter of the back-off. */
  readonly random: () => number;
  readonly log: { error(fields: object, message: string): void; warn(fields: object, message: string): void };
}

/** What comes within this time is written together. */
const GATHER_MS = 20;
/** Between two batches the phones have the process for so many times what the batch took: the store is never in a hurry. */
const REST_PER_WRITE = 9;
/** The same bytes taken again by the same phone are noted so often at most: one that asks on and on cannot fill the disk. */
const REPEAT_MS = 1_000;
/** One transaction holds no more, so that it stays under 20 ms. */
const BATCH = 250;
/** A site of 5 000 phones that boot twice while the store is busy. */
const MOST_WAITING = 20_000;
const FIRST_RETRY_MS = 50;
const LAST_RETRY_MS = 5_000;
/** Once closing, it is tried no more than this often: a shutdown must end. */
const TRIES_WHEN_CLOSING = 4;
const CLOSING_REST_MS = 50;

/**
 * Takes word of fetches at once and writes them in batches: the phone's answer never waits for the disk. The same bytes
 * taken again by the same phone are one entry, the latest. A fetch that cannot be written is logged, never lost silently.
 */
export class FetchRecord {
  readonly #deps: FetchRecordDeps;
  readonly #waiting = new Map<string, PhoneFetch>();
  /** Written since `#since`; the same again goes to `#repeated` until `REPEAT_MS` have passed. */
  readonly #written = new Set<string>();
  readonly #repeated = new Map<string, PhoneFetch>();
  #since = Number.NEGATIVE_INFINITY;
  readonly #closing = new AbortController();
  #running: Promise<void> | null = null;

  constructor(deps: FetchRecordDeps) {
    this.#deps = deps;
  }

  /** Fetches that are not written yet. */
  get waiting(): number {
    return this.#waiting.size + this.#repeated.size;
  }

  note(fetch: PhoneFetch): void {
    // A token is one phone's, and a hash one file's.
    const key = `${fetch.tokenHash} ${fetch.sha256} ${fetch.isWhole} ${fetch.revision ?? ''}`;
    // Keeps its place in the queue: a phone that asks on and on is written all the same.
    (this.#written.has(key) ? this.#repeated : this.#waiting).set(key, fetch);
    if (this.waiting > MOST_WAITING) this.#makeRoom();
    this.#running ??= this.#run();
  }

  /** Writes what waits, and ends. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { clock } = this.#deps;
    for (let rest = GATHER_MS; this.waiting > 0;) {
      await this.#sleep(rest);
      this.#takeRepeated();
      const batch = [...firstOf(this.#waiting, BATCH)];
      for (const [key] of batch) {
        this.#waiting.delete(key);
        this.#written.add(key);
      }
      const from = clock.monotonic();
      if (batch.length > 0) await this.#write(batch.map(([, fetch]) => fetch));
      rest = Math.max(GATHER_MS, REST_PER_WRITE * (clock.monotonic() - from));
    }
    this.#running = null;
  }

  #takeRepeated(): void {
    const now = this.#deps.clock.monotonic();
    if (now - this.#since < REPEAT_MS && !this.#closing.signal.aborted) return;
    this.#since = now;
    this.#written.clear();
    for (const [key, fetch] of this.#repeated) this.#waiting.set(key, fetch);
    this.#repeated.clear();
  }

  async #write(batch: readonly PhoneFetch[]): Promise<void> {
    const { store, random, log } = this.#deps;
    let triesWhenClosing = 0;
    for (let wait = FIRST_RETRY_MS; ; wait = Math.min(wait * 2, LAST_RETRY_MS)) {
      try {
        await store.recordFetches(batch);
        return;
      } catch (error) {
        if (this.#closing.signal.aborted) triesWhenClosing += 1;
        const isHopeless = error instanceof AppError && !error.retryable;
        if (isHopeless || triesWhenClosing >= TRIES_WHEN_CLOSING) {
          this.#lost(batch, describeError(error));
          return;
        }
        log.warn({ fetches: batch.length, error: describeError(error) }, 'fetches not written yet');
        await this.#sleep(wait * (0.5 + random()));
      }
    }
  }

  /** Once closing, only as long as a store that is busy needs; ends early, without a word, when closing begins. */
  async #sleep(ms: number): Promise<void> {
    const { clock } = this.#deps;
    const { signal } = this.#closing;
    if (signal.aborted) {
      await clock.sleep(Math.min(ms, CLOSING_REST_MS));
      return;
    }
    try {
      await clock.sleep(ms, signal);
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'aborted') throw error;
    }
  }

  /** Drops what matters least: a repetition, the oldest that held no keys, else the oldest. */
  #makeRoom(): void {
    const [repetition] = this.#repeated.keys();
    if (repetition !== undefined) {
      this.#repeated.delete(repetition);
      return;
    }
    const [oldest] = this.#waiting;
    const least = oldestWithoutKeys(this.#waiting) ?? oldest;
    if (least === undefined) return;
    this.#waiting.delete(least[0]);
    if (least[1].isWhole) this.#lost([least[1]], 'too many wait');
  }

  #lost(fetches: readonly PhoneFetch[], error: string): void {
    const whole = fetches.filter(({ isWhole }) => isWhole);
    this.#deps.log.error(
      { lost: fetches.length, whole: whole.length, macs: whole.slice(0, 20).map(({ mac }) => mac), error },
      'fetches lost',
    );
  }
}

function* firstOf<T>(items: Iterable<T>, count: number): Generator<T> {
  let left = count;
  for (const item of items) {
    if (left === 0) return;
    left -= 1;
    yield item;
  }
}

function oldestWithoutKeys(waiting: ReadonlyMap<string, PhoneFetch>): readonly [string, PhoneFetch] | null {
  for (const entry of waiting) if (!entry[1].isWhole) return entry;
  return null;
}
