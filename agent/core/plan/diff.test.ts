import { expect, test } from 'vitest';
import { ownerOf } from '../ownership.ts';
import type { Row } from '../row.ts';
import { sharedListRows } from '../desired/lists.ts';
import type { DesiredRow } from '../desired/rows.ts';
import { diffOrder } from './diff-order.ts';
import { diffProxy } from './diff-proxy.ts';
import { diffJump } from './diff-rules.ts';
import { diffSet } from './diff-set.ts';

const LIST = '/ip/firewall/address-list';
const row = (id: string, values: Readonly<Record<string, string>>): Row =>
  new Map(Object.entries({ '.id': id, ...values }));
const cut = (id: string, address: string): DesiredRow => ({
  menu: LIST,
  key: { kind: 'cutoff', key: id },
  values: { list: 'Moroso', address },
  subscriber: id,
});
const rule = (key: string, values: Readonly<Record<string, string>> = {}): DesiredRow => ({
  menu: '/ip/firewall/filter',
  key: { kind: 'rule', key },
  values: { chain: 'c', action: 'drop', ...values },
  subscriber: null,
});
const standing = (id: string, key: string, over: Readonly<Record<string, string>> = {}): Row =>
  row(id, { chain: 'c', action: 'drop', comment: `wisp-edge:rule:${key}`, ...over });
const kinds = (changes: readonly { readonly kind: string }[]): string => changes.map(({ kind }) => kind).join(' ');

test('diff-set: a missing row is added, a stale one removed, a disabled one enabled, a foreign one covers or blocks', () => {
  const observed = [
    row('*1', { list: 'Moroso', address: '10.0.0.1', comment: 'wisp-edge:cutoff:s1', disabled: 'true' }),
    row('*2', { list: 'Moroso', address: '10.0.0.2', comment: 'wisp-edge:cutoff:gone' }),
    row('*3', { list: 'Moroso', address: '10.0.0.3', comment: 'hers' }),
    row('*4', { list: 'Moroso', address: '10.0.0.4', disabled: 'true' }),
  ];
  const wanted = [cut('s1', '10.0.0.1'), cut('s3', '10.0.0.3'), cut('s4', '10.0.0.4'), cut('s5', '10.0.0.5')];
  const diff = diffSet(LIST, observed, wanted, ownerOf);
  expect(diff.add.map(({ subscriber }) => subscriber)).toEqual(['s5']);
  expect(diff.set.map(({ row: at, values }) => [at.get('.id'), values])).toEqual([['*1', { disabled: 'no' }]]);
  expect(diff.remove.map(({ row: at }) => at.get('.id'))).toEqual(['*2']);
  expect(diff.covered.map(({ row: at }) => at.get('.id'))).toEqual(['*3']);
  expect(diff.blocked.map(({ row: at }) => at.get('.id'))).toEqual(['*4']);
});

test('diff-set: a shared row keeps the name of any host that wants it, and has another’s once nobody of its own does', () => {
  const observed = [row('*1', { list: 'portal', address: '10.0.0.1', comment: 'wisp-edge:portal:z.example' })];
  const hosts = ['a.example', 'z.example'].map((host) => ({ address: '10.0.0.1', host, use: 'portal' as const }));
  const wanted = (some: typeof hosts): readonly DesiredRow[] =>
    sharedListRows(some, {
      lists: { cutoff: 'c', notice: 'n', portal: 'portal', always: 'a', once: 'o', seen: 's' },
      alsoPortal: [],
    });
  expect(diffSet(LIST, observed, wanted(hosts), ownerOf).set).toEqual([]);
  expect(diffSet(LIST, observed, wanted(hosts.slice(0, 1)), ownerOf).set).toMatchObject([
    { values: { comment: 'wisp-edge:portal:a.example' } },
  ]);
});

test('diff-order: the fewest rows move, top first, and nothing is done twice', () => {
  const desired = ['a', 'b', 'c', 'd'].map((key) => rule(key));
  expect(
    diffOrder(
      ['a', 'b', 'c', 'd'].map((key) => standing(key, key)),
      desired,
    ),
  ).toEqual([]);
  const moved = diffOrder(
    ['d', 'a', 'b', 'c'].map((key) => standing(key, key)),
    desired,
  );
  expect(moved).toEqual([expect.objectContaining({ kind: 'move', id: 'd', before: { by: 'end' } })]);
});

test('diff-order: a rule with a foreign matcher is replaced, the right one first; doubles go last', () => {
  const changes = diffOrder(
    [standing('*1', 'a', { 'src-address': '10.9.9.9' }), standing('*2', 'b'), standing('*3', 'b')],
    [rule('a'), rule('b')],
  );
  expect(kinds(changes)).toBe('add remove remove');
  expect(changes[0]).toMatchObject({ before: { by: 'id', id: '*1' } });
});

test('diff-rules: a jump that stands in another chain is moved before it comes alive', () => {
  const jump = {
    ...rule('x', { chain: 'input', action: 'jump', 'jump-target': 'c' }),
    key: { kind: 'jump', key: 'x' },
  } as const;
  const observed = [
    row('*1', { chain: 'input', action: 'accept' }),
    row('*2', { chain: 'output', action: 'jump', 'jump-target': 'c', comment: 'wisp-edge:jump:x' }),
  ];
  expect(kinds(diffJump(observed, jump))).toBe('move set');
});

test('diff-rules: the double of a jump goes after the other is whole', () => {
  const jump = {
    ...rule('x', { chain: 'input', action: 'jump', 'jump-target': 'c' }),
    key: { kind: 'jump', key: 'x' },
  } as const;
  const whole = { chain: 'input', action: 'jump', 'jump-target': 'c', comment: 'wisp-edge:jump:x' };
  expect(kinds(diffJump([row('*1', { ...whole, disabled: 'true' }), row('*2', whole)], jump))).toBe('set remove');
});

test('diff-rules: dynamic, disabled and passing rules above a jump do not make it sink', () => {
  const jump = {
    ...rule('x', { chain: 'input', action: 'jump', 'jump-target': 'c' }),
    key: { kind: 'jump', key: 'x' },
  } as const;
  const observed = [
    row('*1', { chain: 'input', action: 'accept', dynamic: 'true' }),
    row('*2', { chain: 'input', action: 'drop', disabled: 'true' }),
    row('*3', { chain: 'input', action: 'log' }),
    row('*4', { chain: 'input', action: 'jump', 'jump-target': 'c', comment: 'wisp-edge:jump:x' }),
  ];
  expect(diffJump(observed, jump)).toEqual([]);
});

const ACCESS = '/ip/proxy/access';
const DENY: DesiredRow = {
  menu: ACCESS,
  key: { kind: 'rule', key: 'proxy-deny' },
  values: { 'local-port': '999', action: 'deny' },
  subscriber: null,
};
const page = (id: string, address: string): DesiredRow => ({
  menu: ACCESS,
  key: { kind: 'cutoff', key: id },
  values: { 'src-address': address, 'local-port': '999', action: 'redirect', 'action-data': `https://p/${id}` },
  subscriber: id,
});
const denies = row('*d', { 'local-port': '999', action: 'deny', comment: 'wisp-edge:rule:proxy-deny' });

test('diff-proxy: a row goes before the deny, and before a foreign row for the same address', () => {
  const foreign = row('*f', { 'src-address': '10.0.0.2', action: 'allow' });
  const { add, deny } = diffProxy([foreign, denies], [page('s1', '10.0.0.1'), page('s2', '10.0.0.2')], DENY, ownerOf);
  expect(deny).toEqual({ kind: 'keep' });
  expect(add.map(({ before }) => before)).toEqual([
    { by: 'key', menu: ACCESS, key: DENY.key },
    { by: 'id', id: '*f' },
  ]);
});

test.each(['', '10.0.0.0/8', '10.0.0.1-10.0.0.9', '!10.0.0.1'])(
  'diff-proxy: our deny stands above a foreign row for many (%s), and our rows above the deny',
  (source) => {
    const general = row('*g', { action: 'allow', ...(source === '' ? {} : { 'src-address': source }) });
    const { add, deny } = diffProxy([general, denies], [page('s1', '10.0.0.1')], DENY, ownerOf);
    expect(deny).toMatchObject({ kind: 'move', before: { by: 'id', id: '*g' } });
    expect(add[0]?.before).toEqual({ by: 'key', menu: ACCESS, key: DENY.key });
  },
);

test('I4: our deny stays below a held row of ours for a prefix, or the cut household would see an error page', () => {
  const held = row('*h', { 'src-address': '10.0.0.0/29', action: 'redirect', comment: 'wisp-edge:cutoff:s9' });
  const owner: typeof ownerOf = (one) => (one === held ? null : ownerOf(one));
  expect(diffProxy([held, denies], [page('s1', '10.0.0.99')], DENY, owner).deny).toEqual({ kind: 'keep' });
});

test('diff-proxy: a deny that a person narrowed is replaced', () => {
  const narrowed = row('*d', {
    'local-port': '999',
    action: 'deny',
    'dst-host': 'x',
    comment: 'wisp-edge:rule:proxy-deny',
  });
  expect(diffProxy([narrowed], [], DENY, ownerOf).deny.kind).toBe('replace');
});

test('diff-proxy: rows for other ports do not concern us, ranges and negations that hold ours do', () => {
  const above = (port: string): string =>
    diffProxy([row('*g', { action: 'allow', 'local-port': port }), denies], [], DENY, ownerOf).deny.kind;
  expect([above('8080'), above('!999')]).toEqual(['keep', 'keep']);
  expect([above('900-1000'), above('8080,999'), above('!8080'), above('')]).toEqual(['move', 'move', 'move', 'move']);
});
