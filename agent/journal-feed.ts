import type { AgentStore, JournalEntry } from '../store/ports.ts';

/** Entries are read in pages of so many. */
const PAGE = 1000;

export interface JournalFeed {
  readonly store: AgentStore;
  /** Entries after this one are told. */
  readonly cursor: number;
  readonly everyMs: number;
  readonly signal: AbortSignal;
  readonly onNews: (entry: JournalEntry) => void;
  /** A read failed; the next change of the store tries again. */
  readonly onFailure: (error: unknown) => void;
}

/** Tells every journal entry that may give a worker something to do, in order, until the signal fires. */
export async function followJournal({ store, cursor, everyMs, signal, onNews, onFailure }: JournalFeed): Promise<void> {
  const state = { cursor, isBusy: false, isDue: false };
  const read = async (): Promise<void> => {
    state.isDue = true;
    if (state.isBusy) return;
    state.isBusy = true;
    try {
      while (state.isDue) {
        state.isDue = false;
        const entries = await store.entriesAfter(state.cursor, PAGE);
        state.cursor = entries.at(-1)?.seq ?? state.cursor;
        for (const entry of newsIn(entries)) onNews(entry);
        if (entries.length === PAGE) state.isDue = true;
      }
    } finally {
      state.isBusy = false;
    }
  };
  const look = (): void => {
    void read().catch(onFailure);
  };
  const watching = store.watch(everyMs, signal, look);
  // What was committed before the watch began is no news to it.
  look();
  await watching;
}

/**
 * Entries that may give a worker something to do; our own reports of progress do not. What a restore changed in the
 * subscriber's document is the restore lane's business and needs no full pass.
 */
function newsIn(entries: readonly JournalEntry[]): readonly JournalEntry[] {
  const restored = new Set(
    entries
      .filter((entry) => entry.type === 'operation.received' && entry.data['kind'] === 'restore')
      .map((entry) => entry.subject),
  );
  return entries.filter(
    (entry) =>
      entry.type === 'operation.received' ||
      entry.type === 'portal.changed' ||
      entry.type === 'desired-state.changed' ||
      // A silence of the central platform begins to count, or ends.
      entry.type.startsWith('central.') ||
      (entry.type === 'subscriber.changed' && !restored.has(entry.subject)),
  );
}
