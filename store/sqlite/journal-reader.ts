import type { JournalReader } from '../ports.ts';
import type { Connection } from './connection.ts';
import { journalAfter, journalHead, watchJournal } from './journal.ts';

/** What both sides read the journal with. */
export function journalReader(connection: Connection): JournalReader {
  return {
    head: () => connection.read(() => journalHead(connection)),
    entriesAfter: (seq, limit) => connection.read(() => journalAfter(connection, seq, limit)),
    watch: (everyMs, signal, onChange) => watchJournal(connection, everyMs, signal, onChange),
  };
}
