import type { Row } from '../row.ts';

const MONTHS = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ');

/**
 * A moment as RouterOS prints it, ms as if it were UTC: `2025-01-02 10:00:00` (7), `jan/02/2025 10:00:00` (6). Null for
 * anything else.
 */
export function parseMoment(text: string): number | null {
  const iso = /^(\d{4})-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d)$/.exec(text);
  if (iso !== null) {
    const [year = 0, month = 0, day = 0, ...time] = iso.slice(1).map(Number);
    return msOf(year, month, day, time);
  }
  const old = /^([a-z]{3})\/(\d\d)\/(\d{4}) (\d\d):(\d\d):(\d\d)$/i.exec(text);
  const month = MONTHS.indexOf((old?.[1] ?? '').toLowerCase()) + 1;
  if (old === null || month === 0) return null;
  const [day = 0, year = 0, ...time] = old.slice(2).map(Number);
  return msOf(year, month, day, time);
}

/** `/system/clock` as ms since the epoch, by its own offset; null where it cannot be read. */
export function routerNow(clock: Row): number | null {
  const local = parseMoment(`${clock.get('date') ?? ''} ${clock.get('time') ?? ''}`);
  const offset = parseOffset(clock.get('gmt-offset') ?? '+00:00');
  return local === null || offset === null ? null : local - offset;
}

/** The router's wall clock, ms as if it were UTC: what its other times are compared with. */
export function routerWall(clock: Row): number | null {
  return parseMoment(`${clock.get('date') ?? ''} ${clock.get('time') ?? ''}`);
}

/** `+02:00`, or seconds as an unsigned 32-bit number (negative ones from the top). */
function parseOffset(text: string): number | null {
  const clock = /^([+-])(\d\d):(\d\d)$/.exec(text);
  if (clock !== null) {
    const ms = (Number(clock[2]) * 60 + Number(clock[3])) * 60_000;
    return clock[1] === '-' ? -ms : ms;
  }
  if (!/^-?\d+$/.test(text)) return null;
  const seconds = Number(text);
  return (seconds > 0x7fffffff ? seconds - 0x1_0000_0000 : seconds) * 1000;
}

/** Days since 1970-01-01 of the proleptic Gregorian calendar, years counted from March so that leap days come last. */
function msOf(
  year: number,
  month: number,
  day: number,
  [hours = 0, minutes = 0, seconds = 0]: readonly number[],
): number {
  const shifted = month > 2 ? year : year - 1;
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1;
  const leaps = Math.floor(shifted / 4) - Math.floor(shifted / 100) + Math.floor(shifted / 400);
  const days = shifted * 365 + leaps + dayOfYear - 719_468;
  return (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000;
}
