import { expect, test } from 'vitest';
import { backOff } from './back-off.js';
import { concernsOf } from './concerns.js';

test.each([
  ['router.changed', 'router/r0', ['router/r0', 'site']],
  ['operation.held', 'router/r0', ['router/r0', 'site']],
  ['operation.verified', 'subscriber/s5', ['routers', 'site']],
  ['desired-state.changed', 'site/norte-1', ['routers', 'site']],
  ['subscriber.changed', 'subscriber/s5', ['site']],
  ['phone.fetched', 'phone/aabbcc001122', ['phone/aabbcc001122']],
  ['rotation.step', 'rotation/rot-1', ['rotation/rot-1']],
] as const)('%s of %s concerns %j', (type, subject, topics) => {
  expect(concernsOf({ type, subject })).toEqual(topics);
});

test('the wait before the next try doubles, has an end, and is never the same for all', () => {
  expect([0, 1, 2, 3].map((attempt) => backOff(attempt, 1))).toEqual([500, 1_000, 2_000, 4_000]);
  expect(backOff(1_000, 1)).toBe(20_000);
  expect(backOff(3, 0)).toBe(2_000);
});
