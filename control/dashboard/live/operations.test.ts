import { expect, test } from 'vitest';
import { addOlder, foldOperations } from './operations.js';

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

test('what is held long since stays in the list, after what is new', () => {
  const history = [
    { state: 'received' as const, at: at(1) },
    { state: 'held' as const, at: at(2) },
  ];
  const old = { id: 'old', kind: 'cutoff', subject: 'subscriber/s1', state: 'held', reason: 'brake', history } as const;
  const rows = addOlder([], [{ ...old, history }]);
  expect(rows).toMatchObject([{ id: 'old', reason: 'brake', at: at(2) }]);
  const events = Array.from({ length: 200 }, (_, seq) => event(seq + 10, 'operation.verified', `op-${String(seq)}`));
  const later = foldOperations(rows, events);
  expect([later.length, later.at(-1)?.id]).toEqual([101, 'old']);
  const [moved] = foldOperations(later, [event(500, 'operation.verified', 'old')]);
  expect(moved).toMatchObject({ id: 'old', state: 'verified', reason: null });
  expect(addOlder(later, [{ ...old, history }])).toEqual(later);
});

test('where the brake holds what an operation waits for is known by its event, and by its document', () => {
  const held = { reason: 'brake', heldUnder: ['op-1'] };
  const [row] = foldOperations([], [event(1, 'operation.held', 'a', held)]);
  expect(row).toMatchObject({ heldUnder: ['op-1'] });
  expect(foldOperations(row === undefined ? [] : [row], [event(2, 'operation.verified', 'a')])).toMatchObject([
    { heldUnder: [] },
  ]);
  const base = { kind: 'desired-state', subject: 'site/x', state: 'held', reason: 'brake' } as const;
  const told = (evidence: Readonly<Record<string, unknown>>) => [{ state: 'held' as const, at: at(1), evidence }];
  const routers = { r0: { heldUnder: ['op-2'] }, r1: { heldUnder: ['op-1', 'op-2'] }, r2: { router: 'r2' } };
  const rows = addOlder(
    [],
    [
      { ...base, id: 'b', history: told({ router: 'r0', heldUnder: ['op-1'] }) },
      { ...base, id: 'c', history: told({ routers }) },
      { ...base, id: 'd', history: told({}) },
    ],
  );
  expect(new Map(rows.map(({ id, heldUnder }) => [id, heldUnder]))).toEqual(
    new Map([
      ['b', ['op-1']],
      ['c', ['op-1', 'op-2']],
      ['d', []],
    ]),
  );
});
