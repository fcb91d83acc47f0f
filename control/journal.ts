import type { Event } from '../schemas/event.ts';
import type { AuditEntry } from '../schemas/lists.ts';
import type { JournalEntry, JournalReader } from '../store/ports.ts';
import { PROVISIONER } from '../store/terms.ts';
import { auditEntry } from './core/audit-entry.ts';
import { maskFields } from './core/mask-answers.ts';
import { json, type Answer } from './http/exchange.ts';
import { invalidRequest } from './http/problems.ts';
import { pageOf, positionOf } from './http/query.ts';

/** Entries read at once when a list picks some of them, and how often it reads before it gives what it has. */
const SCAN_ROWS = 500;
const SCANS = 20;

/** The journal entry as the outside sees it, and no field more. */
export function eventOf(entry: JournalEntry): Event {
  const { seq, at, type, subject, router } = entry;
  return {
    seq,
    at,
    type,
    subject,
    ...(router === null || router === PROVISIONER ? {} : { router }),
    data: maskFields(entry.data),
  };
}

/** GET /v1/events: `after` is a sequence number, for every event shows its own. */
export async function listEvents(journal: JournalReader, after: string | undefined, limit: number): Promise<Answer> {
  const entries = await journal.entriesAfter(sequenceOf(after, 'query'), limit);
  const last = entries.at(-1);
  const isMore = last !== undefined && entries.length === limit && last.seq < (await journal.head());
  return json(200, { items: entries.map(eventOf), next: isMore ? String(last.seq) : null });
}

/** GET /v1/audit: the entries that somebody caused. */
export async function listAudit(journal: JournalReader, after: string | undefined, limit: number): Promise<Answer> {
  const items: AuditEntry[] = [];
  let seq = Number(positionOf('audit', after) ?? '0');
  for (let scan = 0; scan < SCANS; scan += 1) {
    const entries = await journal.entriesAfter(seq, SCAN_ROWS);
    for (const entry of entries) {
      seq = entry.seq;
      const found = auditEntry(eventOf(entry));
      if (found !== null) items.push(found);
      if (items.length === limit) break;
    }
    if (items.length === limit || entries.length < SCAN_ROWS) break;
  }
  return json(200, pageOf('audit', items, seq < (await journal.head()) ? String(seq) : null));
}

/** A journal position as a client names it: 0 without one. */
export function sequenceOf(text: string | undefined, place: 'query' | 'header'): number {
  if (text === undefined) return 0;
  if (/^\d{1,15}$/.test(text)) return Number(text);
  const pointer = place === 'query' ? '/after' : '/Last-Event-ID';
  throw invalidRequest([{ pointer, detail: 'must be the seq of an event', in: place }]);
}
