import { expect, test } from 'vitest';
import { AppError } from '../schemas/app-error.ts';
import type { RouterStatus } from '../schemas/router.ts';
import { downReport } from './report.ts';

const error = new AppError('router-unreachable', 'r0 does not answer', { retryable: true });
const seen: RouterStatus = {
  ...{ id: 'r0', mode: 'observe', connection: 'up', converged: false, version: '7.16', dialect: 'action-data' },
  ...{ lastSeen: 'a', lastPass: 'a', lastError: null, findings: [], notSent: 3 },
  counts: { subscribers: 9, cut: 1, notices: 0, pending: 0, held: 0, paidButCut: 0 },
};

test('what the mode keeps back stays told while the router is away, and not of another mode', () => {
  expect(downReport('r0', 'observe', seen, error, 0, 'down')).toMatchObject({ connection: 'down', notSent: 3 });
  expect(downReport('r0', 'manage', seen, error, 0, 'down').notSent).toBeUndefined();
});
