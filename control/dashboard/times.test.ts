import { expect, test } from 'vitest';
import { relativeTime } from './times.js';

const NOW = Date.parse('2026-03-01T12:00:00Z');

test.each([
  [0, 'ahora', 'now'],
  [59_000, 'hace 59 s', '59 sec. ago'],
  [61_000, 'hace 1 min', '1 min. ago'],
  [3 * 3_600_000 + 59 * 60_000, 'hace 3 h', '3 hr. ago'],
  [86_400_000, 'ayer', 'yesterday'],
  [-90_000, 'dentro de 1 min', 'in 1 min.'],
])('%i ms ago is “%s” and “%s”', (ago, spanish, english) => {
  expect([relativeTime(NOW - ago, NOW, 'es'), relativeTime(NOW - ago, NOW, 'en')]).toEqual([spanish, english]);
});
