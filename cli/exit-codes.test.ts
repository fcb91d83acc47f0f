import { expect, test } from 'vitest';
import { AppError } from '../schemas/app-error.ts';
import { EXIT, exitCodeOf, exitCodeOfDaemon } from './exit-codes.ts';

test('a damaged database ends a start for good, and lets a daemon that has run be started again', () => {
  const damaged = new AppError('store-corrupt', 'the database is damaged', { retryable: false });
  expect(exitCodeOf(damaged)).toBe(EXIT.config);
  expect(exitCodeOfDaemon(damaged, false)).toBe(EXIT.config);
  expect(exitCodeOfDaemon(damaged, true)).toBe(EXIT.failed);
  const busy = new AppError('store-busy', 'the database is busy', { retryable: true });
  expect(exitCodeOfDaemon(busy, true)).toBe(EXIT.tryAgain);
});
