import type { Event } from '../../schemas/event.ts';
import type { AuditEntry } from '../../schemas/lists.ts';

/** The audit's view of a journal entry, or null when nobody in particular caused it. */
export function auditEntry(event: Event): AuditEntry | null {
  const { actor, via, ...data } = event.data;
  if (typeof actor !== 'string') return null;
  const { seq, at, type, subject } = event;
  return {
    seq,
    at,
    actor: { name: actor, via: typeof via === 'string' ? via : 'daemon' },
    action: type,
    subject,
    data,
  };
}
