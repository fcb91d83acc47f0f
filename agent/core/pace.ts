/** From this load on the router has little left for its subscribers' packets: fewer commands are in flight. Percent. */
const BUSY_PERCENT = 85;
/** Below this one there may be more again; between the two it stays as it is, or it would swing. */
const EASY_PERCENT = 70;

/**
 * How many commands may be in flight after a reading of the router's CPU load: half of before on a busy one, a quarter
 * more on one that is at ease, never none and never more than `most`. RouterOS gives the average of all cores, and its API
 * works on one: our own writes alone make only a router of one core busy, which forwards on the same one.
 */
export function paceAfter(inFlight: number, most: number, cpuLoad: number): number {
  if (cpuLoad >= BUSY_PERCENT) return Math.max(1, Math.floor(inFlight / 2));
  return cpuLoad < EASY_PERCENT ? Math.min(most, inFlight + Math.max(1, Math.floor(most / 4))) : inFlight;
}

/** Reading a router takes at most this share of its time while nobody asks for anything. */
const MOST_READING = 1 / 25;
/** A read that is over so soon burdens nobody. */
const QUICK_READ_MS = 1000;
/** However slow a router is, drift on it is found within so many of the usual rests. */
const LONGEST_RESTS = 10;

/**
 * How long to rest after a pass that found nothing left to do, ms. A pass reads every table whole, for nothing less
 * verifies anything (I6); so where the tables are big it is the passes that become fewer: 20 000 rows take a router about
 * 3.6 s, and are then read every 90 s instead of every 60. Whatever is asked for wakes a pass at once all the same.
 */
export function restAfter(readMs: number, everyMs: number): number {
  if (readMs <= QUICK_READ_MS) return everyMs;
  return Math.min(everyMs * LONGEST_RESTS, Math.max(everyMs, readMs / MOST_READING - readMs));
}
