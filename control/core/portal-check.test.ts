import { expect, test } from 'vitest';
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
  const check = checkPortalReach(portal, [], 0);
  expect(check.chain.state).toBe('unknown');
  expect(check.findings.map((finding) => finding.code)).toEqual(['portal-unknown']);
  expect(check.notChecked.length).toBeGreaterThan(0);
});

test('a chain seen within the hour is resolved, an older one stale', () => {
  expect(checkPortalReach(portal, [known], 3_600_000).chain).toEqual({
    state: 'resolved',
    hosts: ['portal.wisphub.net'],
    lastSeen: '1970-01-01T00:00:00.000Z',
  });
  const stale = checkPortalReach(portal, [known], 3_600_001);
  expect(stale.findings.map((finding) => finding.code)).toEqual(['portal-stale']);
});
