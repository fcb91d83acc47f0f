const MINUTE_MS = 60_000;
/** A line that rings more seldom than that is not caught up. */
const LONGEST_MS = 32 * 86_400_000;

/**
 * True when a cron line rang after `last` and before `now` (ms), so that a night was missed. A router that was never
 * looked over has missed one. The minute of `now` itself rings by itself.
 */
export function hasMissed(last: number | null, now: number, rings: (at: number) => boolean): boolean {
  if (last === null) return true;
  const first = Math.max(last, now - LONGEST_MS);
  for (let at = now - (now % MINUTE_MS) - MINUTE_MS; at > first; at -= MINUTE_MS) if (rings(at)) return true;
  return false;
}
