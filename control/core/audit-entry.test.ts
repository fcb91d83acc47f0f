import { expect, test } from 'vitest';
import { auditEntry } from './audit-entry.ts';

const event = { seq: 3, at: '', type: 'operation.received', subject: 'subscriber/s5' };

test('an entry with an actor is one of the audit, another is not', () => {
  expect(auditEntry({ ...event, data: { actor: 'central', via: 'api', kind: 'cutoff' } })).toEqual({
    seq: 3,
    at: '',
    actor: { name: 'central', via: 'api' },
    action: 'operation.received',
    subject: 'subscriber/s5',
    data: { kind: 'cutoff' },
  });
  expect(auditEntry({ ...event, data: {} })).toBeNull();
});
