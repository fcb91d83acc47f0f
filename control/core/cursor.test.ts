import { expect, test } from 'vitest';
import { decodeCursor, encodeCursor } from './cursor.ts';

test('a cursor comes back, only to its own list', () => {
  const cursor = encodeCursor('subscribers', 's~9');
  expect(decodeCursor('subscribers', cursor)).toBe('s~9');
  expect(decodeCursor('routers', cursor)).toBeNull();
});

test.each(['', 'x', 'not a cursor', '====', 'ñ'])('%j is no cursor', (text) => {
  expect(decodeCursor('subscribers', text)).toBeNull();
});
