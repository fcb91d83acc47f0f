import { createTask } from 'node-cron';

/** A cron line that rings, and that can be asked about any moment. */
export interface CronBell {
  /** True when the line rings within the minute of that moment (ms). */
  rings(at: number): boolean;
  stop(): void;
}

/** Rings `onTick` by a cron line in a time zone (the box's own where none is given), until it is stopped. */
export function ringBy(line: string, timeZone: string | undefined, onTick: () => void): CronBell {
  const task = createTask(line, onTick, {
    ...(timeZone === undefined ? {} : { timezone: timeZone }),
    // What the box slept through is caught up by ourselves, also across a restart.
    suppressMissedWarning: true,
    // It keeps no process alive that has nothing else to do.
    unref: true,
  });
  void task.start();
  return {
    rings: (at) => task.match(new Date(at - (at % 60_000))),
    stop: () => {
      void task.destroy();
    },
  };
}
