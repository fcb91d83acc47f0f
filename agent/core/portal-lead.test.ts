import { expect, test } from 'vitest';
import type { Portal, PortalAddress } from '../../schemas/portal.ts';
import { nextLead, ROUND_GAP_MS, type LeadState } from './portal-lead.ts';

const OLD: Pick<Portal, 'domain' | 'cnameTargets' | 'addresses'> = {
  domain: 'old.example',
  cnameTargets: ['t.example'],
  addresses: [],
};
const NEW = { ...OLD, domain: 'new.example' };
const KNOWN: readonly PortalAddress[] = [
  { address: '192.0.2.1', host: 'old.example', use: 'portal', firstSeen: 0, lastSeen: 0 },
];
const LED: LeadState = { lead: { domain: 'old.example', cnameTargets: ['t.example'] }, awaited: null };

/** Plays rounds 20 s apart and gives where notices lead after each. */
function play(rounds: readonly (boolean | null)[], portal = NEW, before: LeadState | null = LED): readonly string[] {
  let state = before;
  return rounds.map((isGood, at) => {
    state = nextLead(state, portal, KNOWN, { isGood, isAsked: true, checks: 3, now: at * 20_000 });
    return state.lead.domain;
  });
}

test('notices turn after three good rounds in a row, and a bad one begins the count again', () => {
  expect(play([true, true, true])).toEqual(['old.example', 'old.example', 'new.example']);
  expect(play([true, true, false, true, true, true])[4]).toBe('old.example');
  expect(play([true, true, false, true, true, true])[5]).toBe('new.example');
});

test('a round that nobody answered says nothing', () => {
  expect(play([true, null, true, null, null])).not.toContain('new.example');
  expect(play([true, null, true, null, true]).at(-1)).toBe('new.example');
});

test('rounds that come too soon after one another count once, and a clock that was set back stops nothing', () => {
  const at = (state: LeadState, now: number): LeadState =>
    nextLead(state, NEW, KNOWN, { isGood: true, isAsked: true, checks: 3, now });
  let state = at(LED, 1_000_000);
  for (let n = 1; n < 10; n += 1) state = at(state, 1_000_000 + n);
  expect(state.awaited?.positive).toBe(1);
  state = at(state, 1_000_000 + ROUND_GAP_MS);
  expect(state.awaited?.positive).toBe(2);
  expect(at(state, 5).lead.domain).toBe('new.example');
});

test('other targets are waited for as another domain is', () => {
  const other = { ...OLD, cnameTargets: ['u.example'] };
  const first = nextLead(LED, other, KNOWN, { isGood: true, isAsked: true, checks: 2, now: 0 });
  expect(first).toMatchObject({ lead: LED.lead, awaited: { positive: 1, cnameTargets: ['u.example'] } });
  const second = nextLead(first, other, KNOWN, { isGood: true, isAsked: true, checks: 2, now: 20_000 });
  expect(second).toEqual({ lead: { domain: 'old.example', cnameTargets: ['u.example'] }, awaited: null });
});

test('who changes his mind begins anew, and who takes it back waits for nothing', () => {
  const seen = { isGood: true, isAsked: true, checks: 3, now: 0 };
  const waiting = nextLead(LED, NEW, KNOWN, seen);
  const third = nextLead(waiting, { ...NEW, domain: 'third.example' }, KNOWN, { ...seen, now: 20_000 });
  expect(third.awaited).toMatchObject({ domain: 'third.example', positive: 1 });
  expect(nextLead(waiting, OLD, KNOWN, { ...seen, now: 20_000 })).toEqual(LED);
});

test('a fresh store waits for nothing, nor does one that knows no address', () => {
  const seen = { isGood: false, isAsked: true, checks: 3, now: 0 };
  expect(nextLead(null, NEW, [], seen).lead.domain).toBe('new.example');
  expect(nextLead(LED, NEW, [], seen).lead.domain).toBe('new.example');
});

test('a store of before that kept no round leads to what it knows addresses of', () => {
  const seen = { isGood: true, isAsked: true, checks: 3, now: 0 };
  expect(nextLead(null, NEW, KNOWN, seen)).toMatchObject({ lead: { domain: 'old.example' }, awaited: { positive: 1 } });
  expect(nextLead(null, OLD, KNOWN, seen)).toEqual(LED);
});

test('without resolvers a portal is led to when its addresses are given', () => {
  const seen = { isGood: null, isAsked: false, checks: 3, now: 0 };
  expect(nextLead(LED, NEW, KNOWN, seen).lead.domain).toBe('old.example');
  expect(nextLead(LED, { ...NEW, addresses: ['192.0.2.9'] }, KNOWN, seen).lead.domain).toBe('new.example');
});
