import { NOTHING_AROUND } from '../adopt/state.ts';
import { inForce } from '../in-force.ts';
import type { RouterSettings } from '../settings.ts';
import { expect, test } from 'vitest';
import { NOBODY_RELEASED } from '../brake.ts';
import { decide } from '../decide.ts';
import type { DecisionInput } from '../decision.ts';
import type { Wish } from '../desired/live.ts';
import { progress } from '../progress.ts';
import type { ObservedRouter } from '../observed.ts';
import type { Menu, Row } from '../row.ts';
import { verdicts } from '../verdict.ts';
import type { OpenPart, PartProgress } from './terms.ts';

const LIST = '/ip/firewall/address-list';
const GENERATION = 'op-7';
const ACCEPTED = 1000;
const NOW = 2000;
const SETTINGS: RouterSettings = {
  router: 'r0',
  mode: 'manage',
  lists: { cutoff: 'Moroso', notice: 'Aviso', portal: 'P', always: 'A', once: 'O', seen: 'S' },
  backend: { kind: 'web-proxy' },
  port: 999,
  url: 'https://{domain}/{kind}/{subscriber}',
  seenMinutes: 5,
  redirect: 'auto',
};

function wish(id: string, last: number, over: Partial<Wish> = {}): Wish {
  return {
    id,
    subscriber: { name: id, router: 'r0', addresses: [`10.0.0.${last}`] },
    cutoff: null,
    notices: [],
    changedAt: ACCEPTED,
    ...over,
  };
}

function cut(operation = GENERATION, over: Partial<NonNullable<Wish['cutoff']>> = {}): Pick<Wish, 'cutoff'> {
  return { cutoff: { value: { reason: 'x' }, operation, since: 0, notBefore: null, notAfter: null, ...over } };
}

interface Scene extends Partial<DecisionInput> {
  readonly state?: OpenPart['state'];
  readonly reason?: OpenPart['reason'];
  readonly follows?: OpenPart['follows'];
  readonly overruled?: OpenPart['overruled'];
  readonly heldUnder?: OpenPart['heldUnder'];
  readonly lists?: readonly Readonly<Record<string, string>>[];
}

/** What a generation is told by a pass that finds nothing to write and everything sound. */
function told(
  wishes: readonly Wish[],
  {
    state = 'applied',
    reason = null,
    lists = [],
    follows = 'nothing',
    overruled = [],
    heldUnder = [],
    ...over
  }: Scene = {},
) {
  const rows = lists.map((row, at): Row => new Map(Object.entries({ '.id': `*${at}`, ...row })));
  const observed: ObservedRouter = {
    tables: new Map<Menu, readonly Row[]>([[LIST, rows]]),
    missing: new Set(),
    version: '7.24',
    dialect: 'action-data',
    deviceMode: null,
    ownAddresses: [],
  };
  const input: DecisionInput = {
    wishes,
    departures: [],
    portal: { domain: 'p.example', cnameTargets: [], addresses: [], walledGarden: [] },
    portalAddresses: [{ address: '198.51.100.10', host: 'config', use: 'portal' }],
    operations: new Map([[GENERATION, { released: NOBODY_RELEASED, expectedCuts: null, cuts: 0 }]]),
    admitted: new Set(),
    admittedBefore: { own: [], others: 0 },
    claims: new Set(),
    restored: new Set(),
    dropped: new Set(),
    observed,
    settings: inForce(SETTINGS, { observed, adoption: null, around: NOTHING_AROUND, redirect: null }),
    limits: { percent: 100, count: 1e6, floor: 10, siteCount: 1e6, windowMinutes: 60 },
    now: NOW,
    ...over,
  };
  const decided = decide(input);
  // Whose rows the plan would write is judged as if they stood: what is asked here is who is withheld beside them.
  const decision = {
    ...decided,
    plan: { ...decided.plan, stages: [] },
    soundness: { isSound: true, findings: [] },
  };
  const part: OpenPart = {
    ...{ id: GENERATION, kind: 'desired-state', subject: 'site/lab', state, reason },
    ...{ seq: 1, acceptedAt: ACCEPTED, follows, overruled, heldUnder },
  };
  const moved: readonly PartProgress[] = progress({
    operations: [part],
    wishes: new Map(wishes.map((one) => [one.id, one])),
    decision,
    verdicts: verdicts(wishes, [], decision, observed),
    mode: 'manage',
    seq: 1,
    phase: 'read',
    now: input.now,
    seen: { router: 'r0' },
  });
  return moved[0] ?? null;
}

test('I6: a generation is held, with whom and why, while a cut of it is withheld', () => {
  const exempt = { name: 's2', router: 'r0', addresses: ['10.0.0.2'], autoCut: false };
  const wishes = [wish('s1', 1, cut()), wish('s2', 2, { ...cut(), subscriber: exempt })];
  expect(told(wishes, { portalAddresses: [] })).toMatchObject({
    state: 'held',
    reason: 'portal-unknown',
    evidence: { withheld: { 'auto-cut-off': 1, 'portal-unknown': 1 }, subscribers: ['s1', 's2'] },
  });
  expect(told([wish('s1', 1, cut())])).toMatchObject({ state: 'verified' });
});

test('I6: a reason that a person can end is the one that is told', () => {
  const exempt = { name: 's2', router: 'r0', addresses: ['10.0.0.2'], autoCut: false };
  const limits = { percent: 0, count: 0, floor: 0, siteCount: 0, windowMinutes: 60 };
  const wishes = [wish('s2', 2, { ...cut(), subscriber: exempt }), wish('s1', 1, cut())];
  expect(told(wishes, { limits })).toMatchObject({ state: 'held', reason: 'brake' });
});

test('I6: a cut that an earlier operation asked for is the generation’s too where it changed the subscriber', () => {
  const before = cut('op-3');
  expect(told([wish('s1', 1, before)], { portalAddresses: [] })).toMatchObject({ state: 'held' });
  const unchanged = wish('s1', 1, { ...before, changedAt: ACCEPTED - 1 });
  expect(told([unchanged], { portalAddresses: [] })).toMatchObject({ state: 'verified', result: { held: 1 } });
});

test('I6: a generation that restores somebody whom a foreign row cuts is held, and names the row', () => {
  const lists = [{ list: 'Moroso', address: '10.0.0.1' }];
  expect(told([wish('s1', 1)], { lists })).toMatchObject({
    state: 'held',
    reason: 'foreign-row',
    evidence: { row: '*0', list: 'Moroso', address: '10.0.0.1', subscribers: ['s1'] },
  });
  expect(told([wish('s1', 1, { changedAt: ACCEPTED + 5 })], { lists })).toMatchObject({ state: 'held' });
  expect(told([wish('s1', 1, { changedAt: ACCEPTED - 1 })], { lists })).toMatchObject({ state: 'verified' });
});

test('a generation with a cut that has its time still to come is planned until then', () => {
  expect(told([wish('s1', 1, cut(GENERATION, { notBefore: NOW + 1 }))])).toMatchObject({ state: 'planned' });
  expect(told([wish('s1', 1, cut(GENERATION, { notBefore: NOW }))])).toMatchObject({ state: 'verified' });
});

test('a generation has failed when a cut of it ended before it could begin, once nothing else of it is withheld', () => {
  const late = wish('s1', 1, cut(GENERATION, { notAfter: NOW }));
  expect(told([late])).toMatchObject({ state: 'failed', reason: 'expired', evidence: { subscribers: ['s1'] } });
  const exempt = { name: 's2', router: 'r0', addresses: ['10.0.0.2'], autoCut: false };
  const wishes = [late, wish('s2', 2, { ...cut(), subscriber: exempt })];
  expect(told(wishes)).toMatchObject({ state: 'held', reason: 'auto-cut-off' });
});

test('a notice that a cut outranks, or whose time is over, does not keep a generation from being verified', () => {
  const notice = { kind: 'custom' as const, value: {}, operation: GENERATION, start: null, end: null };
  const outranked = wish('s1', 1, { ...cut(), notices: [notice] });
  const over = wish('s2', 2, { notices: [{ ...notice, end: NOW }] });
  expect(told([outranked, over])).toMatchObject({ state: 'verified' });
});

test('I6: a notice that cannot be shown holds the generation that asks for it', () => {
  const notice = { kind: 'custom' as const, value: {}, operation: GENERATION, start: null, end: null };
  const subscriber = { name: 's1', router: 'r0', addresses: ['2001:db8::5'] };
  expect(told([wish('s1', 1, { subscriber, notices: [notice] })])).toMatchObject({
    state: 'held',
    reason: 'no-ipv4',
  });
});

test('a generation whose held cuts were all withdrawn is superseded, and not called verified', () => {
  const held = { state: 'held', reason: 'portal-unknown' } as const;
  expect(told([wish('s1', 1)], held)).toMatchObject({ state: 'superseded' });
  expect(told([wish('s1', 1, cut())], held)).toMatchObject({ state: 'verified' });
});

test('I6: a restore that absence implies, and the brake withholds, holds the generation', () => {
  const limits = { percent: 0, count: 0, floor: 0, siteCount: 0, windowMinutes: 60 };
  const departures = [{ subscriber: 's9', operation: GENERATION, named: false, since: 0 }];
  const lists = [{ list: 'Moroso', address: '10.0.0.9', comment: 'wisp-edge:cutoff:s9' }];
  expect(told([wish('s1', 1)], { limits, departures, lists })).toMatchObject({
    state: 'held',
    reason: 'brake',
    evidence: { subscribers: ['s9'] },
  });
});

const SHUT = { percent: 0, count: 0, floor: 0, siteCount: 0, windowMinutes: 60 };
const EARLIER = { changedAt: ACCEPTED - 1 };

test('I6: a snapshot’s part that stands for earlier cuts is held while the brake holds them, and names where', () => {
  const wishes = [wish('s1', 1, { ...cut('op-3'), ...EARLIER }), wish('s2', 2, { ...cut('op-4'), ...EARLIER })];
  expect(told(wishes, { limits: SHUT, follows: 'alone' })).toMatchObject({
    state: 'held',
    reason: 'brake',
    follows: 'alone',
    heldUnder: ['op-3', 'op-4'],
    evidence: { withheld: { brake: 2 }, subscribers: ['s1', 's2'], heldUnder: ['op-3', 'op-4'] },
  });
  expect(told(wishes, { limits: SHUT })).toMatchObject({ state: 'verified' });
  expect(told(wishes, { follows: 'alone' })).toMatchObject({ state: 'verified' });
});

test('I6: a cut that was asked for by name after a snapshot was taken, or later than it, is no matter of its', () => {
  const later = wish('s1', 1, { ...cut('op-9', { since: ACCEPTED + 1 }), changedAt: ACCEPTED + 1 });
  expect(told([later], { limits: SHUT, follows: 'alone' })).toMatchObject({ state: 'verified' });
  const earlier = wish('s1', 1, { ...cut('op-3'), ...EARLIER });
  expect(told([earlier], { limits: SHUT, follows: 'alone' })).toMatchObject({ state: 'held' });
  const overruled = ['s1/cutoff'];
  expect(told([earlier], { limits: SHUT, follows: 'alone', overruled })).toMatchObject({ state: 'verified' });
});

test('I6: a part that follows earlier cuts is held while they are held for whatever reason, and is told it', () => {
  const exempt = { name: 's2', router: 'r0', addresses: ['10.0.0.2'], autoCut: false };
  const earlier = { ...cut('op-3'), ...EARLIER };
  const held = told([wish('s1', 1, earlier), wish('s2', 2, { ...earlier, subscriber: exempt })], {
    portalAddresses: [],
    follows: 'alone',
  });
  expect(held).toMatchObject({
    state: 'held',
    follows: 'alone',
    evidence: { withheld: { 'auto-cut-off': 1, 'portal-unknown': 1 }, subscribers: ['s1', 's2'] },
  });
  // Nothing there is for a person to release.
  expect(held).not.toHaveProperty('heldUnder');
});

test('I6: a part that follows is held while somebody is cut by a foreign row, and waits with an earlier wish for its time', () => {
  const lists = [{ list: 'Moroso', address: '10.0.0.1' }];
  const foreign = { state: 'held', reason: 'foreign-row', follows: 'alone' };
  expect(told([wish('s1', 1, EARLIER)], { lists, follows: 'alone' })).toMatchObject(foreign);
  expect(told([wish('s1', 1, EARLIER)], { lists })).toMatchObject({ state: 'verified' });
  const later = wish('s1', 1, { ...cut('op-3', { notBefore: NOW + 1 }), ...EARLIER });
  expect(told([later], { follows: 'alone' })).toMatchObject({ state: 'planned', follows: 'alone' });
});

test('I6: a restore that an earlier snapshot implies, and the brake withholds, holds the part that follows', () => {
  const departures = [{ subscriber: 's9', operation: 'op-3', named: false, since: 0 }];
  const lists = [{ list: 'Moroso', address: '10.0.0.9', comment: 'wisp-edge:cutoff:s9' }];
  const scene = { limits: SHUT, departures, lists };
  expect(told([wish('s1', 1)], { ...scene, follows: 'alone' })).toMatchObject({ state: 'held', heldUnder: ['op-3'] });
  expect(told([wish('s1', 1)], scene)).toMatchObject({ state: 'verified' });
});

test('a generation of which a cut of its own has failed says so, whatever else it follows', () => {
  const earlier = wish('s1', 1, { ...cut('op-3'), ...EARLIER });
  const late = wish('s2', 2, cut(GENERATION, { notAfter: NOW }));
  const failed = { state: 'failed', reason: 'expired', evidence: { subscribers: ['s2'] } };
  expect(told([earlier, late], { limits: SHUT, follows: 'beside' })).toMatchObject(failed);
  // An earlier operation tells of its own.
  const gone = wish('s3', 3, { ...cut('op-3', { notAfter: NOW }), ...EARLIER });
  expect(told([gone], { follows: 'alone' })).toMatchObject({ state: 'verified' });
});

test('a part that has something of its own to wait for does not stand for earlier cuts alone', () => {
  const wishes = [wish('s1', 1, { ...cut('op-3'), ...EARLIER }), wish('s2', 2, cut())];
  const own = told(wishes, { limits: SHUT, follows: 'beside' });
  expect(own).toMatchObject({ state: 'held', heldUnder: ['op-3', GENERATION] });
  expect(own).not.toHaveProperty('follows');
  const done = [wish('s1', 1, { ...cut('op-3'), ...EARLIER }), wish('s2', 2)];
  expect(told(done, { limits: SHUT, follows: 'beside' })).toMatchObject({ state: 'held', follows: 'alone' });
  const renamed = [wish('s1', 1, cut('op-3'))];
  expect(told(renamed, { limits: SHUT, follows: 'beside' })).toMatchObject({ follows: 'alone', heldUnder: ['op-3'] });
});

test('what is told already of where cuts are held is not told again, and a change of it is', () => {
  const wishes = [wish('s1', 1, { ...cut('op-3'), ...EARLIER })];
  const scene = { limits: SHUT, follows: 'alone', state: 'held', reason: 'brake' } as const;
  expect(told(wishes, { ...scene, heldUnder: ['op-3'] })).toBeNull();
  expect(told(wishes, { ...scene, heldUnder: ['op-3', 'op-4'] })).toMatchObject({ heldUnder: ['op-3'] });
});

test('I6: a part whose earlier cuts were all withdrawn is superseded, and not called verified', () => {
  const scene = { follows: 'alone', state: 'held', reason: 'brake' } as const;
  expect(told([wish('s1', 1)], scene)).toMatchObject({ state: 'superseded' });
  expect(told([wish('s1', 1, { ...cut('op-3'), ...EARLIER })], scene)).toMatchObject({ state: 'verified' });
});
