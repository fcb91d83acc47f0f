import { expect, test } from 'vitest';
import { foldOperations } from './operations.js';

const at = (seq: number): string => new Date(seq * 1000).toISOString();

function event(seq: number, type: string, operation: string, more: Readonly<Record<string, unknown>> = {}) {
  return { seq, at: at(seq), type, subject: 'subscriber/s5', data: { operation, kind: 'cutoff', ...more } };
}

test('an operation is one row with its newest state, newest change first', () => {
  const rows = foldOperations(
    [],
    [
      event(1, 'operation.received', 'a', { actor: 'central' }),
      event(2, 'operation.received', 'b', { actor: 'noc' }),
      event(3, 'operation.held', 'a', { reason: 'brake' }),
    ],
  );
  expect(rows.map(({ id, state, reason, actor }) => [id, state, reason, actor])).toEqual([
    ['a', 'held', 'brake', 'central'],
    ['b', 'received', null, 'noc'],
  ]);
});

test('a state that is told once for each router is entered once', () => {
  const first = foldOperations([], [event(1, 'operation.applied', 'a')]);
  const [row] = foldOperations(first, [event(2, 'operation.applied', 'a')]);
  expect(row).toMatchObject({ at: at(1), seq: 2 });
});

test('events that were seen already, and those of other things, change nothing', () => {
  const rows = foldOperations([], [event(5, 'operation.verified', 'a')]);
  const again = [
    event(4, 'operation.received', 'a'),
    { ...event(6, 'router.changed', 'c') },
    event(5, 'operation.failed', 'a'),
  ];
  expect(foldOperations(rows, again)).toEqual(rows);
});

test('no more rows are kept than somebody looks at', () => {
  const events = Array.from({ length: 500 }, (_, seq) => event(seq, 'operation.received', `op-${String(seq)}`));
  const rows = foldOperations([], events);
  expect([rows.length, rows[0]?.id]).toEqual([100, 'op-499']);
});
