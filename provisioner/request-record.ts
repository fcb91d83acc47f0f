import { AppError, describeError } from '../schemas/app-error.ts';
import type { PhoneRequest, ProvisionerStore } from '../store/phone-ports.ts';
import type { Clock } from './ports.ts';

export interface RequestRecordDeps {
  readonly store: Pick<ProvisionerStore, 'recordRequests'>;
  readonly clock: Clock;
  readonly log: { warn(fields: object, message: string): void };
}

/** What comes within this time is written together: a person who looks may wait so long, and a phone's start is one batch. */
const GATHER_MS = 500;
/** Between two batches the others have the store for so many times what the batch took. */
const REST_PER_WRITE = 9;
/** One transaction holds no more, so that it stays under 20 ms. */
const BATCH = 250;
/** Two starts of 5 000 phones, while the store is busy. */
const MOST_WAITING = 30_000;
/** Those that only name a phone, or nobody's: they must not use up the room of what phones did themselves. */
const MOST_OF_OTHERS = 2_000;

/**
 * Takes word of requests at once and writes them in batches, for the person who asks why a phone got nothing. No phone waits
 * for it, and nothing rests on it: what has no room, or cannot be written, is dropped and counted in the log.
 */
export class RequestRecord {
  readonly #deps: RequestRecordDeps;
  /** By what they have in common, the ones that waited longest first. */
  readonly #waiting = new Map<string, PhoneRequest>();
  readonly #closing = new AbortController();
  #ofOthers = 0;
  #dropped = 0;
  #running: Promise<void> | null = null;

  constructor(deps: RequestRecordDeps) {
    this.#deps = deps;
  }

  /** How many rows are not written yet. */
  get waiting(): number {
    return this.#waiting.size;
  }

  note(request: PhoneRequest): void {
    const { mac, origin, method, file, status, address, userAgent, why, detail } = request;
    const key = JSON.stringify([mac, origin, method, file, status, address, userAgent, why, detail]);
    const known = this.#waiting.get(key);
    if (known !== undefined) {
      this.#waiting.set(key, { ...known, at: request.at, times: known.times + request.times });
      return;
    }
    if (this.#waiting.size >= MOST_WAITING || (origin !== 'own' && this.#ofOthers >= MOST_OF_OTHERS)) {
      this.#dropped += 1;
      return;
    }
    if (origin !== 'own') this.#ofOthers += 1;
    this.#waiting.set(key, request);
    this.#running ??= this.#run();
  }

  /** Writes what waits, and ends. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { clock, log } = this.#deps;
    for (let rest = GATHER_MS; this.#waiting.size > 0;) {
      await this.#sleep(rest);
      const from = clock.monotonic();
      await this.#write(this.#take());
      rest = Math.max(GATHER_MS, REST_PER_WRITE * (clock.monotonic() - from));
    }
    if (this.#dropped > 0) log.warn({ dropped: this.#dropped }, 'requests of phones not noted');
    this.#dropped = 0;
    this.#running = null;
  }

  #take(): readonly PhoneRequest[] {
    const batch: PhoneRequest[] = [];
    for (const [key, request] of this.#waiting) {
      if (batch.length === BATCH) break;
      this.#waiting.delete(key);
      if (request.origin !== 'own') this.#ofOthers -= 1;
      batch.push(request);
    }
    return batch;
  }

  async #write(batch: readonly PhoneRequest[]): Promise<void> {
    const { store, log } = this.#deps;
    try {
      await store.recordRequests(batch);
    } catch (error) {
      this.#dropped += batch.length;
      log.warn({ error: describeError(error) }, 'requests of phones not written');
    }
  }

  /** Not at all once closing begins. */
  async #sleep(ms: number): Promise<void> {
    const { signal } = this.#closing;
    if (signal.aborted) return;
    try {
      await this.#deps.clock.sleep(ms, signal);
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'aborted') throw error;
    }
  }
}
