import { once } from 'node:events';
import type { Writable } from 'node:stream';
import type { JournalReader } from '../store/ports.ts';
import { HEARTBEAT, RETRY, serverSentEvent } from './core/server-sent-event.ts';
import { ProblemError } from './http/problems.ts';
import { eventOf } from './journal.ts';

const BATCH = 200;

export interface StreamLimits {
  readonly maxStreams: number;
  readonly heartbeatMs: number;
  /** A reader that has not taken what it was sent by then is dropped; it comes back with Last-Event-ID. */
  readonly drainMs: number;
}

export const STREAM_LIMITS: StreamLimits = { maxStreams: 64, heartbeatMs: 15_000, drainMs: 30_000 };

interface Stream {
  readonly out: Writable;
  readonly mayRead: () => boolean;
  cursor: number;
  isPumping: boolean;
  isStale: boolean;
}

/**
 * Readers of the journal as it grows. Each has its own cursor and pulls from the store, so nothing is kept for a slow one
 * but one batch in its socket; one that does not drain in time is dropped and loses nothing, for it resumes by its cursor.
 */
export class EventStreams {
  readonly #journal: JournalReader;
  readonly #limits: StreamLimits;
  readonly #streams = new Set<Stream>();

  constructor(journal: JournalReader, limits: StreamLimits = STREAM_LIMITS) {
    this.#journal = journal;
    this.#limits = limits;
  }

  get size(): number {
    return this.#streams.size;
  }

  /** Throws when there are too many; to be asked before a stream is promised. */
  admit(): void {
    if (this.#streams.size >= this.#limits.maxStreams) {
      throw new ProblemError('too-many-streams', { headers: { 'retry-after': '10' } });
    }
  }

  /**
   * Writes every entry after the cursor to `out`, now and from now on, until either side ends, or its reader may no longer
   * read: a token that was taken away must not go on listening.
   */
  open(out: Writable, after: number, mayRead: () => boolean): void {
    const stream: Stream = { out, mayRead, cursor: after, isPumping: false, isStale: false };
    this.#streams.add(stream);
    const heartbeat = setInterval(() => {
      if (!mayRead()) out.end();
      else if (!out.writableNeedDrain) out.write(HEARTBEAT);
    }, this.#limits.heartbeatMs);
    const forget = (): void => {
      clearInterval(heartbeat);
      this.#streams.delete(stream);
    };
    out.once('close', forget);
    out.once('error', forget);
    out.write(RETRY);
    void this.#pump(stream);
  }

  /** Tells every stream that the journal has grown. */
  wake(): void {
    for (const stream of this.#streams) void this.#pump(stream);
  }

  close(): void {
    for (const stream of this.#streams) stream.out.end();
  }

  async #pump(stream: Stream): Promise<void> {
    stream.isStale = true;
    if (stream.isPumping) return;
    stream.isPumping = true;
    try {
      while (stream.isStale && stream.out.writable) {
        stream.isStale = false;
        await this.#send(stream);
      }
    } catch {
      // The reader was too slow, or the store did not answer: the reader comes again and resumes.
      stream.out.destroy();
    } finally {
      stream.isPumping = false;
    }
  }

  async #send(stream: Stream): Promise<void> {
    for (;;) {
      const entries = await this.#journal.entriesAfter(stream.cursor, BATCH);
      if (entries.length === 0 || !stream.out.writable) return;
      if (!stream.mayRead()) {
        stream.out.end();
        return;
      }
      const isTaken = stream.out.write(entries.map((entry) => serverSentEvent(eventOf(entry))).join(''));
      stream.cursor = entries.at(-1)?.seq ?? stream.cursor;
      if (!isTaken) await once(stream.out, 'drain', { signal: AbortSignal.timeout(this.#limits.drainMs) });
    }
  }
}
