import { expect, test } from 'vitest';
import { parseAddress } from '../../schemas/address.ts';
import type { PortalAddress } from '../../schemas/portal.ts';
import { decide } from './decide.ts';
import type { Decision, DecisionInput } from './decision.ts';
import type { Wish } from './desired/live.ts';
import { NOTHING_AROUND } from './adopt/state.ts';
import { inForce } from './in-force.ts';
import type { RouterSettings } from './settings.ts';
import type { ObservedRouter } from './observed.ts';
import { stepsOf } from './plan/plan.ts';
import { progress } from './progress.ts';
import type { OpenPart } from './progress/terms.ts';
import type { Menu, Row } from './row.ts';
import { observedReport, statusReport } from '../report.ts';
import { verdicts } from './verdict.ts';

const FOLLOWING_NOTHING = { follows: 'nothing', overruled: [], heldUnder: [] } as const;

const LIST = '/ip/firewall/address-list';
const LISTS = { cutoff: 'Moroso', notice: 'Aviso', portal: 'P', always: 'A', once: 'O', seen: 'S' };
const PORTAL: readonly PortalAddress[] = [
  { address: '198.51.100.10', host: 'config', use: 'portal', firstSeen: 0, lastSeen: 0 },
];

function wish(at: number, over: Partial<Wish> = {}): Wish {
  const id = `s${at}`;
  return {
    id,
    subscriber: { name: id, router: 'r0', addresses: [`10.${at >> 16}.${(at >> 8) & 255}.${at & 255}`] },
    cutoff: { value: { reason: 'x' }, operation: `cut-${id}`, since: 0, notBefore: null, notAfter: null },
    notices: [],
    ...over,
  };
}

function many(number: number, over: (at: number) => Partial<Wish> = () => ({})): readonly Wish[] {
  return Array.from({ length: number }, (_, at) => wish(at + 256, over(at)));
}

function router(
  rows: Readonly<Partial<Record<Menu, readonly Readonly<Record<string, string>>[]>>> = {},
): ObservedRouter {
  const tables = new Map<Menu, readonly Row[]>();
  for (const menu of [LIST, '/ip/proxy/access', '/ip/proxy', '/ppp/active'] as const)
    tables.set(
      menu,
      (rows[menu] ?? []).map((row, at) => new Map(Object.entries({ '.id': `*${at}`, ...row }))),
    );
  return {
    tables,
    missing: new Set(),
    version: '7.24',
    dialect: 'action-data',
    deviceMode: null,
    ownAddresses: [],
  };
}

const SETTINGS: RouterSettings = {
  router: 'r0',
  mode: 'manage',
  lists: LISTS,
  backend: { kind: 'web-proxy' },
  port: 999,
  url: 'https://{domain}/{kind}/{subscriber}',
  seenMinutes: 5,
  redirect: 'auto',
};

function inputOf(wishes: readonly Wish[], observed: ObservedRouter, over: Partial<DecisionInput> = {}): DecisionInput {
  return {
    wishes,
    departures: [],
    portal: { domain: 'p.example', cnameTargets: [], addresses: [], walledGarden: [] },
    portalAddresses: PORTAL,
    operations: new Map(),
    admitted: new Set(),
    admittedBefore: { own: [], others: 0 },
    claims: new Set(),
    restored: new Set(),
    dropped: new Set(),
    observed,
    settings: inForce(SETTINGS, { observed, adoption: null, around: NOTHING_AROUND, redirect: null }),
    limits: { percent: 100, count: 1e6, floor: 10, siteCount: 1e6, windowMinutes: 60 },
    now: 0,
    ...over,
  };
}

const own = (id: string, address: string): Readonly<Record<string, string>> => ({
  list: 'Moroso',
  address,
  comment: `wisp-edge:cutoff:${id}`,
});
const removals = (decision: Decision): readonly string[] =>
  stepsOf(decision.plan)
    .filter(({ kind }) => kind === 'remove')
    .map(({ key }) => key.key);

test('I2: an empty store freezes every row of ours', () => {
  const observed = router({
    [LIST]: [own('s1', '10.0.0.1'), { list: 'Aviso', address: '10.0.0.2', comment: 'wisp-edge:notice:s2' }],
  });
  const decision = decide(inputOf([], observed));
  expect(removals(decision)).toEqual([]);
  const told = ({ findings }: Decision) => findings.find(({ code }) => code === 'rows-of-nobody-yet');
  expect(told(decision)?.detail).toContain('rows of ours of 2 subscribers, and no subscriber of it is known');
  expect(told(decide(inputOf([wish(3)], observed)))).toBeUndefined();
});

test('I1: a frozen cut keeps its row, but not at an address that is a paying subscriber’s by now', () => {
  const held = wish(1, { subscriber: { name: 'a', router: 'r0', addresses: ['10.0.0.1'], autoCut: false } });
  const observed = router({ [LIST]: [own('s1', '10.0.0.1'), own('s1', '10.0.0.2')] });
  expect(removals(decide(inputOf([held], observed)))).toEqual([]);
  const paid = wish(2, { cutoff: null, subscriber: { name: 'b', router: 'r0', addresses: ['10.0.0.2'] } });
  expect(removals(decide(inputOf([held, paid], observed)))).toEqual(['s1']);
});

function at(number: number, addresses: readonly string[], over: Partial<Wish> = {}): Wish {
  const { subscriber, ...rest } = wish(number, over);
  return { ...rest, subscriber: { ...subscriber, addresses: [...addresses] } };
}

test('I1: a row frozen by a shared address goes when the other one is surely open, and stays while both are cut', () => {
  const cut = at(1, ['10.0.0.5']);
  const other = at(2, ['10.0.0.5']);
  const observed = router({ [LIST]: [own('s1', '10.0.0.5')] });
  expect(removals(decide(inputOf([cut, other], observed)))).toEqual([]);
  const paid = [cut, { ...other, cutoff: null }];
  const decision = decide(inputOf(paid, observed));
  expect(removals(decision)).toEqual(['s1']);
  const verdict = verdicts(paid, [], decision, observed).get('s2');
  expect(verdict).toMatchObject({ service: 'cut', isVerified: false, otherRow: { owner: 's1', isGoing: true } });
});

test.each([
  ['10.0.0.5', '10.0.0.4/30'],
  ['10.0.0.4/30', '10.0.0.5'],
])('I1: a frozen row at %s goes for a paying subscriber at %s', (row, place) => {
  const wishes = [at(1, ['10.0.0.99'], {}), at(2, [place], { cutoff: null })].map((one) =>
    one.id === 's1' ? { ...one, subscriber: { ...one.subscriber, autoCut: false } } : one,
  );
  const observed = router({ [LIST]: [own('s1', row)] });
  expect(removals(decide(inputOf(wishes, observed)))).toEqual(['s1']);
});

test.each([
  ['is still to come', { notBefore: 5 }, {}],
  ['is held', {}, { autoCut: false }],
])('I2: a frozen row at an address of another goes while his own cut %s', (_, when, marks) => {
  const left = wish(1, { subscriber: { name: 'a', router: 'r0', addresses: ['10.0.0.1'], autoCut: false } });
  const next = at(2, ['10.0.0.2']);
  const cutoff = next.cutoff === null ? null : { ...next.cutoff, ...when };
  const wishes = [left, { ...next, cutoff, subscriber: { ...next.subscriber, ...marks } }];
  expect(removals(decide(inputOf(wishes, router({ [LIST]: [own('s1', '10.0.0.2')] }))))).toEqual(['s1']);
});

test('I6: a restore is held, not verified, while a row of ours for another that nothing removes is at the address', () => {
  const paid = [at(2, ['10.0.0.5'], { cutoff: null })];
  const observed = router({ [LIST]: [own('s1', '10.0.0.5')] });
  const decided = decide(inputOf(paid, observed));
  const decision = { ...decided, plan: { ...decided.plan, stages: [] } };
  const found = verdicts(paid, [], decision, observed);
  expect(found.get('s2')).toMatchObject({ service: 'cut', isVerified: false, otherRow: { isGoing: false } });
  const restore: OpenPart = {
    ...FOLLOWING_NOTHING,
    id: 'r',
    kind: 'restore',
    subject: 'subscriber/s2',
    state: 'planned',
    reason: null,
    seq: 1,
    acceptedAt: 0,
  };
  const moved = progress({
    operations: [restore],
    wishes: new Map(paid.map((one) => [one.id, one])),
    decision,
    verdicts: found,
    mode: 'manage',
    seq: 1,
    phase: 'read',
    now: 0,
    seen: {},
  });
  expect(moved).toMatchObject([
    { state: 'held', reason: 'duplicate-address', evidence: { detail: 'row *0 for s1 holds 10.0.0.5' } },
  ]);
  const view = {
    router: 'r0',
    mode: 'manage',
    at: 0,
    observed,
    decision,
    verdicts: found,
    letThrough: null,
    operations: [restore],
    pendingOperations: 1,
  } as const;
  expect(statusReport(view).counts.paidButCut).toBe(1);
  expect(observedReport(view).get('s2')).toMatchObject({ service: 'cut', held: 'duplicate-address' });
});

test('I2: a cut that was let through and never written is not written past its notAfter', () => {
  const late = wish(1);
  const cutoff = late.cutoff === null ? null : { ...late.cutoff, notAfter: 5 };
  const input = inputOf([{ ...late, cutoff }], router(), { now: 6, admitted: new Set(['cut-s1/s1']) });
  expect(decide(input).live.expired).toHaveLength(1);
  const written = router({ [LIST]: [own('s1', '10.0.0.1')] });
  expect(decide({ ...input, observed: written }).live.expired).toEqual([]);
});

test('I4: who gets another address is unblocked at the old one first and blocked at the new one behind the guard', () => {
  const observed = router({ [LIST]: [own('s1', '10.0.0.77')] });
  const stages = decide(inputOf([wish(1)], observed)).plan.stages.map(
    ({ name, sequences }) =>
      `${name} ${sequences
        .flat()
        .map(({ kind }) => kind)
        .join(',')}`,
  );
  expect(stages.find((stage) => stage.startsWith('restore'))).toBe('restore remove,drop-connections');
  expect(stages.filter((stage) => stage.startsWith('cut'))).toEqual(['cut add,add', 'cut drop-connections']);
});

const ana = { name: 'ana', router: 'r0', addresses: [], ppp: 'ana' };

test('I4: whose session moved has no row left at the old address before the first is blocked at the new one', () => {
  const proxy = { 'src-address': '10.0.0.77', 'local-port': '999', comment: 'wisp-edge:cutoff:s1' };
  const observed = router({
    [LIST]: [own('s1', '10.0.0.77')],
    '/ip/proxy/access': [proxy],
    '/ppp/active': [{ name: 'ana', address: '10.0.0.9' }],
  });
  const { stages } = decide(inputOf([wish(1, { subscriber: ana })], observed)).plan;
  const steps = stages
    .filter(({ name }) => name === 'restore' || name === 'cut')
    .map(
      ({ name, sequences }) =>
        `${name} ${sequences.map((all) => all.map(({ kind, menu }) => `${kind} ${menu}`).join(', ')).join('; ')}`,
    );
  expect(steps).toEqual([
    'restore remove /ip/firewall/address-list, drop-connections /ip/firewall/connection, remove /ip/proxy/access',
    'cut add /ip/proxy/access, add /ip/firewall/address-list',
    'cut drop-connections /ip/firewall/connection',
  ]);
});

test('I2: a cut that has begun is made again after its notAfter when its subscriber is back, no other is', () => {
  const late = wish(1, { subscriber: ana });
  const cutoff = late.cutoff === null ? null : { ...late.cutoff, notAfter: 5 };
  const standing = router({ [LIST]: [own('s1', '10.0.0.5')], '/ppp/active': [{ name: 'ana', address: '10.0.0.5' }] });
  const input = inputOf([{ ...late, cutoff }], standing, { now: 4, admitted: new Set(['cut-s1/s1']) });
  expect(decide(input).newlyBegun).toEqual([{ subscriber: 's1', operation: 'cut-s1' }]);
  const back = { ...input, now: 6, observed: router({ '/ppp/active': [{ name: 'ana', address: '10.0.0.9' }] }) };
  expect(decide({ ...back, begun: new Set(['cut-s1/s1']) }).subscribers[0]?.cut).not.toBeNull();
  expect(decide(back).subscribers[0]?.cut).toBeNull();
});

test('I1: a restored subscriber’s address that a frozen cut still names is his by his session', () => {
  const held = wish(1, { subscriber: { name: 'a', router: 'r0', addresses: ['10.0.0.1'], autoCut: false } });
  const paid = wish(2, { cutoff: null, subscriber: ana });
  const observed = router({ [LIST]: [own('s1', '10.0.0.1')], '/ppp/active': [{ name: 'ana', address: '10.0.0.1' }] });
  expect(removals(decide(inputOf([held, paid], observed)))).toEqual(['s1']);
});

test('I7: a cut whose rows stand and whose operation is open still owes the removal of connections', () => {
  const operations = new Map([['cut-s1', { released: new Set<string>(), expectedCuts: null, cuts: 0 }]]);
  const observed = router({ [LIST]: [own('s1', '10.0.0.1')] });
  const drops = (dropped: readonly string[]): number =>
    stepsOf(decide(inputOf([wish(1)], observed, { operations, dropped: new Set(dropped) })).plan).filter(
      ({ kind }) => kind === 'drop-connections',
    ).length;
  expect([drops([]), drops(['cut-s1/s1'])]).toEqual([1, 0]);
});

test('a portal row that a disabled foreign row bars is told, and nobody is newly cut behind it', () => {
  const observed = router({ [LIST]: [{ list: 'P', address: '198.51.100.10', disabled: 'true' }] });
  const decision = decide(inputOf([wish(1)], observed));
  expect(decision.holds).toMatchObject([{ reason: 'portal-unknown' }]);
  expect(decision.findings.map(({ code }) => code)).toContain('row-blocked');
});

test('I4: nobody is newly cut to a page of his own on the portal’s new domain before its addresses are known', () => {
  const own = (host: string): Wish => {
    const cutoff = { value: { reason: 'x', url: `https://${host}/own?t=1` }, operation: 'c', since: 0 };
    return wish(1, { cutoff: { ...cutoff, notBefore: null, notAfter: null } });
  };
  const before: PortalAddress = {
    use: 'portal',
    firstSeen: 0,
    lastSeen: 0,
    address: '198.51.100.10',
    host: 'old.example',
  };
  const after: PortalAddress = { ...before, address: '198.51.100.20', host: 'p.example' };
  const told = (host: string, portalAddresses: readonly PortalAddress[]): unknown => {
    const { plan, holds } = decide(inputOf([own(host)], router(), { portalAddresses }));
    return { cuts: plan.stages.some(({ name }) => name === 'cut'), held: holds.map(({ reason }) => reason) };
  };
  expect(told('P.example', [before])).toEqual({ cuts: false, held: ['portal-unknown'] });
  expect(told('P.example', [before, after])).toEqual({ cuts: true, held: [] });
  expect(told('elsewhere.example', [before])).toEqual({ cuts: true, held: [] });
});

test('a notice of a subscriber who is left alone while his cut is held is held with it, and never merely applied', () => {
  const notice = { kind: 'custom' as const, value: {}, operation: 'n1', start: null, end: null };
  const exempt = { name: 's1', router: 'r0', addresses: ['10.0.0.1'], autoCut: false };
  const wishes = [wish(1, { subscriber: exempt, notices: [notice] })];
  const observed = router();
  const decision = decide(inputOf(wishes, observed));
  const part: OpenPart = {
    ...FOLLOWING_NOTHING,
    id: 'n1',
    kind: 'notice',
    subject: 'subscriber/s1',
    state: 'received',
    reason: null,
    seq: 1,
    acceptedAt: 0,
  };
  const moved = progress({
    operations: [part],
    wishes: new Map(wishes.map((one) => [one.id, one])),
    decision,
    verdicts: verdicts(wishes, [], decision, observed),
    mode: 'manage',
    seq: 1,
    phase: 'read',
    now: 0,
    seen: {},
  });
  expect(moved).toMatchObject([{ state: 'held', reason: 'auto-cut-off' }]);
});

test('a notice whose time went by unseen has failed, and is not called verified', () => {
  const notice = { kind: 'custom' as const, value: {}, operation: 'n1', start: null, end: 5 };
  const wishes = [wish(1, { cutoff: null, notices: [notice] })];
  const observed = router();
  const decision = decide(inputOf(wishes, observed, { now: 6 }));
  const part: OpenPart = {
    ...FOLLOWING_NOTHING,
    id: 'n1',
    kind: 'notice',
    subject: 'subscriber/s1',
    state: 'received',
    reason: null,
    seq: 1,
    acceptedAt: 0,
  };
  const moved = progress({
    operations: [part],
    wishes: new Map(wishes.map((one) => [one.id, one])),
    decision,
    verdicts: verdicts(wishes, [], decision, observed),
    mode: 'manage',
    seq: 1,
    phase: 'read',
    now: 6,
    seen: {},
  });
  expect(moved).toMatchObject([{ state: 'failed', reason: 'expired' }]);
});

/** Everything one pass decides, with an open operation for each wish; ms. */
function cost(number: number, make: (at: number) => Partial<Wish>): number {
  const wishes = many(number, make);
  const operations = wishes.map(({ id, notices }): OpenPart => {
    const notice = notices[0];
    const base = {
      subject: `subscriber/${id}`,
      state: 'received',
      reason: null,
      seq: 1,
      acceptedAt: 0,
      ...FOLLOWING_NOTHING,
    } as const;
    return notice === undefined
      ? { ...base, id: `cut-${id}`, kind: 'cutoff' }
      : { ...base, id: notice.operation, kind: 'notice' };
  });
  const foreign = Array.from({ length: number / 10 }, (_, at) => ({
    list: 'Moroso',
    address: `172.${16 + (at >> 8)}.${at & 255}.0/24`,
  }));
  const sessions = wishes.map(({ subscriber }, at) => ({
    name: subscriber.ppp ?? `stranger${at}`,
    address: `10.8.${at >> 8}.${at & 255}`,
  }));
  // A PPP server has an address of its own for each session.
  const ownAddresses = sessions
    .map(({ address }) => parseAddress(address.replace('10.8', '10.6')))
    .filter((own) => own !== null);
  const observed = { ...router({ [LIST]: foreign, '/ppp/active': sessions }), ownAddresses };
  const admitted = new Set(wishes.map(({ id }) => `cut-${id}/${id}`));
  const from = performance.now();
  const decision = decide(inputOf(wishes, observed, { admitted }));
  const judged = verdicts(wishes, [], decision, observed);
  const byId = new Map(wishes.map((one) => [one.id, one]));
  progress({
    operations,
    wishes: byId,
    decision,
    verdicts: judged,
    mode: 'manage',
    seq: 1,
    phase: 'read',
    now: 0,
    seen: {},
  });
  return performance.now() - from;
}

function best(number: number, make: (at: number) => Partial<Wish>): number {
  return Math.min(...Array.from({ length: 3 }, () => cost(number, make)));
}

test.each<[string, (at: number) => Partial<Wish>]>([
  ['cuts', () => ({})],
  [
    'cuts of PPP users with a prefix besides',
    (at) => ({
      subscriber: { name: 'x', router: 'r0', addresses: [`10.7.${at >> 5}.${(at & 31) << 3}/29`], ppp: `user${at}` },
    }),
  ],
  [
    'notices',
    (at) => ({ cutoff: null, notices: [{ kind: 'custom', value: {}, operation: `n${at}`, start: null, end: null }] }),
  ],
  [
    'held cuts',
    (at) => ({ subscriber: { name: 'x', router: 'r0', addresses: [`10.9.${at >> 8}.${at & 255}`], autoCut: false } }),
  ],
])(
  'four times as many %s cost about four times as much, not sixteen',
  // A busy machine may spoil one measurement; what is quadratic fails them all.
  { retry: 3, timeout: 60_000 },
  (_, make) => {
    best(500, make);
    expect(best(3000, make)).toBeLessThan(14 * best(750, make));
  },
);
