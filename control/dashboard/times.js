/** @type {readonly (readonly [Intl.RelativeTimeFormatUnit, number])[]} */
const UNITS = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
];

/**
 * How long ago, in words of the language: `hace 3 min`.
 *
 * @param {number} at ms since the epoch
 * @param {number} now
 * @param {string} language
 * @returns {string}
 */
export function relativeTime(at, now, language) {
  const seconds = Math.round((at - now) / 1000);
  const [unit, size] = UNITS.find(([, length]) => Math.abs(seconds) >= length) ?? ['second', 1];
  const format = new Intl.RelativeTimeFormat(language, { numeric: 'auto', style: 'short' });
  return format.format(Math.trunc(seconds / size), unit);
}

/**
 * The whole date and time in the reader's own zone.
 *
 * @param {number} at
 * @param {string} language
 * @returns {string}
 */
export function absoluteTime(at, language) {
  return new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'long' }).format(at);
}
