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
/** Between two batches the others have the store, and the phones the process, for so many times what the batch took. */
const REST_PER_WRITE = 19;
/** One transaction holds no more, so that it stays under 20 ms. */
const BATCH = 250;
/** Two starts of 5 000 phones, while the store is busy. */
const MOST_WAITING = 30_000;
/** Of one phone: more than the store keeps of it. */
const MOST_OF_ONE = 64;
/** Those that only name a phone, or nobody's: they must not use up the room of what phones did themselves. */
const MOST_OF_OTHERS = 2_000;

type Waiting = { -readonly [Key in keyof PhoneRequest]: PhoneRequest[Key] };

/**
 * Takes word of requests at once and writes them in batches, for the person who asks why a phone got nothing. No phone waits
 * for it, and nothing rests on it: what has no room, or cannot be written, is dropped and counted in the log.
 */
export class RequestRecord {
  readonly #deps: RequestRecordDeps;
  /** By phone, who waited longest first: each of its rows says something else. Counted in place, not made anew. */
  readonly #waiting = new Map<string, Waiting[]>();
  readonly #closing = new AbortController();
  #rows = 0;
  #ofOthers = 0;
  #dropped = 0;
  #running: Promise<void> | null = null;

  constructor(deps: RequestRecordDeps) {
    this.#deps = deps;
  }

  /** How many rows are not written yet. */
  get waiting(): number {
    return this.#rows;
  }

  note(request: PhoneRequest): void {
    const ofPhone = this.#waiting.get(request.mac);
    const known = ofPhone?.find((waiting) => saysTheSame(waiting, request));
    if (known !== undefined) {
      known.at = request.at;
      known.times += request.times;
      return;
    }
    const isOfOthers = request.origin !== 'own';
    const isFull = this.#rows >= MOST_WAITING || (ofPhone?.length ?? 0) >= MOST_OF_ONE;
    if (isFull || (isOfOthers && this.#ofOthers >= MOST_OF_OTHERS)) {
      this.#dropped += 1;
      return;
    }
    if (isOfOthers) this.#ofOthers += 1;
    this.#rows += 1;
    const waiting = { ...request };
    if (ofPhone === undefined) this.#waiting.set(request.mac, [waiting]);
    else ofPhone.push(waiting);
    this.#running ??= this.#run();
  }

  /** Writes what waits, and ends. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { clock, log } = this.#deps;
    for (let rest = GATHER_MS; this.#rows > 0;) {
      await this.#sleep(rest);
      const from = clock.monotonic();
      await this.#write(this.#take());
      rest = Math.max(GATHER_MS, REST_PER_WRITE * (clock.monotonic() - from));
    }
    if (this.#dropped > 0) log.warn({ dropped: this.#dropped }, 'requests of phones not noted');
    this.#dropped = 0;
    this.#running = null;
  }

  /** All of a phone together: what it did at one start is read as one. */
  #take(): readonly PhoneRequest[] {
    const batch: PhoneRequest[] = [];
    for (const [mac, rows] of this.#waiting) {
      if (batch.length > 0 && batch.length + rows.length > BATCH) break;
      const taken = rows.splice(0, BATCH);
      if (rows.length === 0) this.#waiting.delete(mac);
      batch.push(...taken);
    }
    this.#rows -= batch.length;
    this.#ofOthers -= batch.filter(({ origin }) => origin !== 'own').length;
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

function saysTheSame(one: PhoneRequest, other: PhoneRequest): boolean {
  return (
    one.origin === other.origin &&
    one.method === other.method &&
    one.file === other.file &&
    one.status === other.status &&
    one.address === other.address &&
    one.userAgent === other.userAgent &&
    one.why === other.why &&
    one.detail === other.detail
  );
}
