import { expect, test } from 'vitest';
import type { PortalRound } from '../../schemas/portal-round.ts';
import { checkPortalReach, type KnownAddress } from './portal-check.ts';

const portal = { domain: 'c.example', cnameTargets: ['portal.wisphub.net'], addresses: [], walledGarden: [] };
const known: KnownAddress = {
  address: '192.0.2.9',
  host: 'portal.wisphub.net',
  use: 'portal',
  firstSeen: 0,
  lastSeen: 0,
};

test('without an address the finding says that cuts are held', () => {
  const check = checkPortalReach(portal, { known: [], round: null, bundles: [], doctor: null }, 0);
  expect(check.chain.state).toBe('unknown');
  expect(check.findings.map((finding) => finding.code)).toEqual(['portal-unknown']);
  expect(check.notChecked.length).toBeGreaterThan(0);
});

test('a chain seen within the hour is resolved, an older one stale', () => {
  expect(checkPortalReach(portal, { known: [known], round: null, bundles: [], doctor: null }, 3_600_000).chain).toEqual(
    {
      state: 'resolved',
      hosts: ['portal.wisphub.net'],
      lastSeen: '1970-01-01T00:00:00.000Z',
      checkedAt: null,
      resolvers: [],
    },
  );
  const stale = checkPortalReach(portal, { known: [known], round: null, bundles: [], doctor: null }, 3_600_001);
  expect(stale.findings.map((finding) => finding.code)).toEqual(['portal-stale']);
});

test('what each resolver said is shown, with its findings and what is waited for; a round about another domain is not', () => {
  const round = {
    at: 5000,
    domain: 'c.example',
    resolvers: [{ resolver: '192.0.2.53', outcome: 'answer', chain: ['c.example'], addresses: [], detail: null }],
    lead: { domain: 'b.example', cnameTargets: [] },
    awaited: { domain: 'c.example', cnameTargets: ['portal.wisphub.net'], positive: 2, countedAt: 5000, since: 0 },
    checks: 3,
    findings: [{ code: 'portal-awaited', severity: 'info', detail: 'two of three' }],
  } as const satisfies PortalRound;
  const check = checkPortalReach(portal, { known: [known], round: round, bundles: [], doctor: null }, 6000);
  expect(check).toMatchObject({
    chain: { checkedAt: '1970-01-01T00:00:05.000Z', resolvers: round.resolvers },
    leadsTo: 'b.example',
    awaited: { domain: 'c.example', positive: 2, needed: 3, since: '1970-01-01T00:00:00.000Z' },
    findings: round.findings,
  });
  const other = checkPortalReach(
    { ...portal, domain: 'd.example' },
    { known: [known], round: round, bundles: [], doctor: null },
    6000,
  );
  expect(other).toMatchObject({
    chain: { checkedAt: null, resolvers: [] },
    leadsTo: 'b.example',
    awaited: null,
    findings: [],
  });
});

test('what the file says beside a portal that was PUT is told to be ignored, key by key; the same in other spelling is not', () => {
  const facts = { known: [known], round: null, bundles: [], doctor: null };
  const codes = (configured: typeof portal | null): readonly string[] =>
    checkPortalReach(portal, { ...facts, configured }, 0).findings.map(({ code }) => code);
  expect(codes({ ...portal, domain: 'C.Example' })).toEqual([]);
  expect(codes(null)).toEqual([]);
  const { findings } = checkPortalReach(portal, { ...facts, configured: { ...portal, domain: 'otro.example' } }, 0);
  expect(findings).toMatchObject([{ code: 'portal-config-ignored', severity: 'warning' }]);
  expect(findings[0]?.detail).toMatch(/^agent\.portal\.domain of the configuration/);
});
