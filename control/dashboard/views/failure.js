/** @import { Words } from '../texts/en.js' */
import { ApiFailure } from '../live/api.js';
import { fill } from '../texts/words.js';

/**
 * A failure in the reader's words.
 *
 * @param {unknown} error
 * @param {Words} words
 * @returns {string}
 */
export function failureText(error, words) {
  const failure = error instanceof ApiFailure ? error : new ApiFailure('failed', { detail: String(error) });
  return fill(words.failures[failure.kind], {
    detail: failure.detail,
    seconds: Math.max(1, failure.retryAfterSeconds),
  });
}
