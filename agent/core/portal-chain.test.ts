import { expect, test } from 'vitest';
import type { ResolverAnswer } from '../../schemas/portal-round.ts';
import { isSiteAddress, judgeChain, type ChainRules } from './portal-chain.ts';

const DOMAIN = 'clientes.example.net';
const TARGET = 'portal.wisphub.net';
const RULES: ChainRules = { domain: DOMAIN, cnameTargets: [TARGET], adminHosts: ['sistema.wisphub.net'] };

const answer = (resolver: string, names: readonly string[], addresses = ['192.0.2.1']): ResolverAnswer => ({
  resolver,
  outcome: 'answer',
  chain: [DOMAIN, ...names],
  addresses,
  detail: null,
});
const failure = (resolver: string, outcome: ResolverAnswer['outcome']): ResolverAnswer => ({
  resolver,
  outcome,
  chain: [DOMAIN],
  addresses: [],
  detail: null,
});
const judge = (
  seen: readonly ResolverAnswer[],
  rules: Partial<ChainRules> = {},
): readonly [boolean | null, ...string[]] => {
  const { isGood, findings } = judgeChain(seen, { ...RULES, ...rules });
  return [isGood, ...findings.map(({ code }) => code)];
};

test('a chain that reaches a target is good, whatever a CDN does behind it', () => {
  expect(
    judge([answer('a', [TARGET, 'x.cdn.example']), answer('b', [TARGET, 'y.cdn.example'], ['192.0.2.2'])]),
  ).toEqual([true]);
});

test('a chain that leaves the targets is an alarm; without targets it may lead anywhere', () => {
  const seen = [answer('a', ['parking.example'])];
  expect(judge(seen)).toEqual([false, 'portal-chain-outside']);
  expect(judge(seen, { cnameTargets: [] })).toEqual([true]);
});

test('a chain through a host of the staff is an alarm, unless that host is named as a target', () => {
  const seen = [answer('a', ['sistema.wisphub.net'])];
  expect(judge(seen, { cnameTargets: [] })).toEqual([false, 'portal-admin-host']);
  expect(judge(seen, { cnameTargets: ['sistema.wisphub.net'] })).toEqual([true]);
  const own = { ...answer('a', []), chain: ['sistema.wisphub.net'] };
  expect(judge([own], { domain: 'sistema.wisphub.net', cnameTargets: [] })).toEqual([false, 'portal-admin-host']);
});

test('a record without alias shows no way: that is said, and no alarm', () => {
  expect(judge([answer('a', [])])).toEqual([true, 'portal-no-alias']);
  expect(judge([answer('a', [])], { cnameTargets: [] })).toEqual([true]);
});

test('where a switch hangs on it, a record without alias is good only with an address that a target has', () => {
  const [wild, own] = [answer('a', [], ['203.0.113.80']), answer('b', [], ['192.0.2.1', '192.0.2.7'])];
  const targetAddresses = ['192.0.2.1'];
  expect(judge([own], { targetAddresses })).toEqual([true, 'portal-no-alias']);
  expect(judge([wild], { targetAddresses })).toEqual([false, 'portal-no-alias']);
  expect(judgeChain([wild], { ...RULES, targetAddresses }).findings[0]?.severity).toBe('warning');
  expect(judge([wild], { targetAddresses: [] })).toEqual([false, 'portal-no-alias']);
  expect(judge([wild], { targetAddresses, cnameTargets: [] })).toEqual([true]);
});

test('resolvers disagree by different aliases, by addresses without one in common, or where one knows no such name', () => {
  const broken = failure('b', 'no-such-name');
  const loose = { cnameTargets: [] };
  expect(judge([answer('a', ['one.example']), answer('b', ['two.example'])], loose)).toEqual([
    false,
    'portal-resolvers-disagree',
  ]);
  expect(judge([answer('a', [], ['192.0.2.1']), answer('b', [], ['192.0.2.2'])], loose)).toEqual([
    false,
    'portal-resolvers-disagree',
  ]);
  expect(judge([answer('a', [], ['192.0.2.1', '192.0.2.3']), answer('b', [], ['192.0.2.3'])], loose)).toEqual([true]);
  expect(judge([answer('a', [TARGET]), broken])).toEqual([false, 'portal-resolvers-disagree']);
  expect(judge([broken, answer('a', [TARGET])])).toEqual([false, 'portal-resolvers-disagree']);
});

test('silence and SERVFAIL say nothing of a chain; nobody to answer says nothing at all', () => {
  expect(judge([answer('a', [TARGET]), failure('b', 'timeout'), failure('c', 'server-failure')])).toEqual([true]);
  expect(judge([failure('a', 'timeout'), failure('b', 'server-failure')])).toEqual([null, 'portal-resolvers-silent']);
  expect(judge([])).toEqual([null]);
});

test.each(['no-such-name', 'no-data', 'invalid'] as const)('a chain that ends in %s is broken', (outcome) => {
  expect(judge([failure('a', outcome), failure('b', outcome)])).toEqual([false, 'portal-chain-broken']);
});

test.each(['0.0.0.0', '127.0.0.1', '169.254.1.1', '224.0.0.1', '::', '::1', 'fe80::1', 'x'])(
  '%s is no address of a site',
  (address) => {
    expect(isSiteAddress(address)).toBe(false);
  },
);

test.each(['10.0.0.1', '168.0.0.1', '192.0.2.1', '2001:db8::1'])('%s may be one', (address) => {
  expect(isSiteAddress(address)).toBe(true);
});
