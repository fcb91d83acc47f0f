import { expect, test } from 'vitest';
import { scene } from './harness.ts';

test.each(['native', 'node-routeros'] as const)(
  'failure: login/logout pairs: over %s one kept session, and one for restores, serve pass after pass',
  async (driver) => {
    const one = await scene({ driver });
    await one.put('s5', { addresses: ['100.64.0.5'] });
    for (let round = 0; round < 5; round += 1) {
      await one.settle({ kind: 'cutoff', id: 's5', cutoff: { reason: 'x' } });
      await one.settle({ kind: 'restore', id: 's5' });
      await one.converged();
    }
    // A router writes two lines to its log for every login and logout.
    const { logins, sessionsEver } = one.router.stats;
    expect(logins).toBeGreaterThanOrEqual(1);
    expect(logins).toBeLessThanOrEqual(2);
    expect(sessionsEver).toBe(logins);
  },
);
