import { setImmediate } from 'node:timers/promises';
import type { ProvisionerStore } from '../store/phone-ports.ts';
import type { JournalEntry } from '../store/terms.ts';
import type { Underway } from './underway.ts';

/** Entries are read in pages of so many. */
const PAGE = 1000;

/** One read, with all that it tells, may take so long: thousands of phones are rendered in a second. */
const READ_MS = 120_000;

export interface JournalFeedDeps {
  readonly store: Pick<ProvisionerStore, 'entriesAfter' | 'watch'>;
  readonly underway: Underway;
  /** Entries after this one are told. */
  readonly cursor: number;
  readonly onNews: (news: PhoneNews) => Promise<void>;
  /** A read failed, or what it told; the next change of the store tries again. */
  readonly onFailure: (error: unknown) => void;
}

/** What one read of the journal has for us: whose files changed, and whether there is work. */
export interface PhoneNews {
  readonly macs: readonly string[];
  readonly extensions: readonly string[];
  /** A rotation, a key for one, a cancel. */
  readonly isRotation: boolean;
  /** A validate or a resync. */
  readonly isWork: boolean;
}

/** Tells what others wrote to the journal about phones, page by page and in turn. */
export class JournalFeed {
  readonly #deps: JournalFeedDeps;
  #cursor: number;
  #reading: Promise<void> = Promise.resolve();
  #next: Promise<void> | null = null;

  constructor(deps: JournalFeedDeps) {
    this.#deps = deps;
    this.#cursor = deps.cursor;
  }

  /** Looks every so many ms whether there is news, until the signal fires. */
  async follow(everyMs: number, signal: AbortSignal): Promise<void> {
    const watching = this.#deps.store.watch(everyMs, signal, () => void this.catchUp());
    // What was committed before the watch began is no news to it.
    void this.catchUp();
    await watching;
  }

  /**
   * Resolves when everything that was committed before the call has been told: a phone that comes with a token a
   * moment after it was given is not sent away. Never rejects. Calls of one turn of the event loop, and those that wait
   * for a read under way, share one read: thousands of phones that boot ask for files that nobody has.
   */
  catchUp(): Promise<void> {
    // The one under way may have looked before what the caller means was committed.
    this.#next ??= Promise.all([this.#reading, setImmediate()]).then(() => {
      this.#next = null;
      this.#reading = this.#deps.underway.watchPart('news', READ_MS, () => this.#read()).catch(this.#deps.onFailure);
      return this.#reading;
    });
    return this.#next;
  }

  async #read(): Promise<void> {
    const { store, onNews } = this.#deps;
    for (;;) {
      const entries = await store.entriesAfter(this.#cursor, PAGE);
      const news = newsIn(entries);
      if (news !== null) await onNews(news);
      this.#cursor = entries.at(-1)?.seq ?? this.#cursor;
      if (entries.length < PAGE) return;
    }
  }
}

/** Our own reports (steps, fetches, verified operations) are no news to us. */
function newsIn(entries: readonly JournalEntry[]): PhoneNews | null {
  const macs = new Set<string>();
  const extensions = new Set<string>();
  let isRotation = false;
  let isWork = false;
  for (const { type, subject } of entries) {
    const [noun = '', id = ''] = subject.split('/');
    if (type === 'phone.changed' || type === 'phone.enrolled') macs.add(id);
    if (type === 'extension.changed') extensions.add(id);
    if (type === 'rotation.key' || type === 'rotation.cancel-asked') isRotation = true;
    if (type === 'operation.received' && noun === 'rotation') isRotation = true;
    if (type === 'operation.received' && (noun === 'phone' || noun === 'extension')) isWork = true;
  }
  if (macs.size + extensions.size === 0 && !isRotation && !isWork) return null;
  return { macs: [...macs], extensions: [...extensions], isRotation, isWork };
}
