import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Logger } from 'pino';
import { describeError } from '../schemas/app-error.ts';
import type { Environment } from './config/secrets.ts';
import { startWatchdog, type Watched } from './watchdog.ts';

/** A notice that systemd has not taken by then is given up; the last one sooner, for it holds up our end. */
const TELL_MS = 5_000;
const TELL_LAST_MS = 1_000;
const run = promisify(execFile);

/** What starts us and wants to know how we are. Outside of systemd nobody does: then nothing happens. */
export interface ServiceManager {
  /** The daemons run: says so, and from now on gives signs of life as long as they are well. */
  ready(watched: readonly Watched[]): void;
  /** A new configuration is being taken over, until `reloaded`. */
  reloading(): Promise<void>;
  reloaded(): Promise<void>;
  /** We are ending: no more signs of life. */
  stopping(): Promise<void>;
}

/**
 * Speaks sd_notify(3) through `systemd-notify`, for Node opens no datagram sockets of the unix kind. Each notice comes from
 * a child process, so the unit needs `NotifyAccess=all`. One after the other, each bounded; a failure is logged once.
 */
export function serviceManager(env: Environment, log: Logger): ServiceManager {
  const socket = env['NOTIFY_SOCKET'];
  if (socket === undefined || socket === '') return NOBODY;
  const periodMs = watchdogMs(env);
  const state = { last: Promise.resolve(), hasFailed: false, stop: (): void => undefined };
  const send = async (assignments: readonly string[], timeout = TELL_MS): Promise<void> => {
    try {
      await run('systemd-notify', [...assignments], {
        env: { NOTIFY_SOCKET: socket, PATH: env['PATH'] ?? '/usr/bin:/bin' },
        timeout,
        killSignal: 'SIGKILL',
      });
      state.hasFailed = false;
    } catch (error) {
      if (!state.hasFailed) log.error({ error: describeError(error) }, 'systemd was not told');
      state.hasFailed = true;
    }
  };
  const tell = (...assignments: readonly string[]): Promise<void> => {
    state.last = state.last.then(() => send(assignments));
    return state.last;
  };
  return {
    ready(watched) {
      const names = watched.map(({ name }) => name).join(', ');
      void tell('READY=1', `STATUS=running: ${names}`);
      if (periodMs === null) return;
      state.stop = startWatchdog({
        periodMs,
        watched,
        now: () => performance.now(),
        log,
        onWell: (isNews) => tell('WATCHDOG=1', ...(isNews ? [`STATUS=running: ${names}`] : [])),
        onUnwell: (sick) => tell(`STATUS=unwell: ${sick.join(', ')}`),
      });
    },
    // Type=notify-reload compares the time with that of its signal (systemd.service(5)); the plain type takes no notice of it.
    reloading: () => tell('RELOADING=1', `MONOTONIC_USEC=${String(process.hrtime.bigint() / 1000n)}`),
    reloaded: () => tell('READY=1'),
    stopping() {
      state.stop();
      return send(['STOPPING=1', 'STATUS=stopping'], TELL_LAST_MS);
    },
  };
}

const NOBODY: ServiceManager = {
  ready: () => undefined,
  reloading: () => Promise.resolve(),
  reloaded: () => Promise.resolve(),
  stopping: () => Promise.resolve(),
};

/** `WatchdogSec` in ms, or null when the unit has none or means another process (sd_watchdog_enabled(3)). */
function watchdogMs(env: Environment): number | null {
  const pid = env['WATCHDOG_PID'];
  if (pid !== undefined && Number(pid) !== process.pid) return null;
  const ms = Number(env['WATCHDOG_USEC'] ?? '') / 1000;
  return Number.isFinite(ms) && ms > 0 ? ms : null;
}
