import { expect, test } from 'vitest';
import { hasRebooted } from './reboot.ts';

test('an uptime that goes back is a reboot', () => {
  expect(hasRebooted({ seconds: 90, readAt: 0 }, { seconds: 89, readAt: 5000 })).toBe(true);
});

test('an uptime that grew by less than our clock did is a reboot, though it is higher than before', () => {
  expect(hasRebooted({ seconds: 90, readAt: 0 }, { seconds: 300, readAt: 3_600_000 })).toBe(true);
});

test('an uptime that keeps up with our clock, within a minute, is none', () => {
  expect(hasRebooted({ seconds: 90, readAt: 0 }, { seconds: 3690, readAt: 3_600_000 })).toBe(false);
  expect(hasRebooted({ seconds: 90, readAt: 0 }, { seconds: 3630, readAt: 3_600_000 })).toBe(false);
});
