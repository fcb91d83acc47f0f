const FIRST_MS = 500;
const LONGEST_MS = 20_000;

/**
 * How long to wait before try number `attempt` (from 0): doubling, with jitter, so that many tabs do not come back at once.
 *
 * @param {number} attempt
 * @param {number} chance from 0 to 1
 * @returns {number} ms
 */
export function backOff(attempt, chance) {
  const longest = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(attempt, 10));
  return Math.round(longest * (0.5 + chance / 2));
}
