/** Reading takes time and uptimes come in whole seconds: so much less than expected is no reboot. */
const CLOCK_SLACK_SECONDS = 60;

/** A router's uptime, and our monotonic clock when it was answered: what a pass does after that takes any time. */
export interface UptimeReading {
  readonly seconds: number;
  readonly readAt: number;
}

/** Whether the router started anew between two readings. */
export function hasRebooted(before: UptimeReading, now: UptimeReading): boolean {
  // A router that was away for longer than it had been up shows a higher uptime than before, but not high enough.
  const least = before.seconds + (now.readAt - before.readAt) / 1000 - CLOCK_SLACK_SECONDS;
  return now.seconds < before.seconds || now.seconds < least;
}
