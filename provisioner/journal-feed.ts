import type { ProvisionerStore } from '../store/phone-ports.ts';
import type { JournalEntry } from '../store/terms.ts';

/** Entries are read in pages of so many. */
const PAGE = 1000;

export interface JournalFeed {
  readonly store: ProvisionerStore;
  /** Entries after this one are told. */
  readonly cursor: number;
  readonly everyMs: number;
  readonly signal: AbortSignal;
  readonly onNews: (news: PhoneNews) => void;
  /** A read failed; the next change of the store tries again. */
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

/** Tells what others wrote to the journal about phones, page by page, until the signal fires. */
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
        const news = newsIn(entries);
        if (news !== null) onNews(news);
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
