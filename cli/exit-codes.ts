import { AppError, type ErrorCode } from '../schemas/app-error.ts';

/** What the process tells its caller; the numbers above 63 are those of sysexits(3). */
export const EXIT = {
  ok: 0,
  failed: 1,
  usage: 64,
  unreachable: 69,
  internal: 70,
  tryAgain: 75,
  config: 78,
} as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

const BY_CODE: Partial<Readonly<Record<ErrorCode, ExitCode>>> = {
  'config-invalid': EXIT.config,
  'config-unreadable': EXIT.config,
  'secret-unreadable': EXIT.config,
  'data-dir-invalid': EXIT.config,
  // The database is part of the data folder.
  'store-corrupt': EXIT.config,
  'store-newer': EXIT.config,
  'invalid-input': EXIT.usage,
  'listen-failed': EXIT.unreachable,
  'api-unreachable': EXIT.unreachable,
  'router-unreachable': EXIT.unreachable,
  'router-timeout': EXIT.unreachable,
  'router-closed': EXIT.unreachable,
  // It answers and does not let us in: nothing can be read or written, as with one that is away.
  'router-tls': EXIT.unreachable,
  'router-login-refused': EXIT.unreachable,
  'router-protocol': EXIT.unreachable,
  'router-fatal': EXIT.unreachable,
  'store-busy': EXIT.tryAgain,
  'lock-held': EXIT.tryAgain,
  internal: EXIT.internal,
};

export function exitCodeOf(error: unknown): ExitCode {
  return error instanceof AppError ? (BY_CODE[error.code] ?? EXIT.failed) : EXIT.internal;
}

/**
 * How a daemon ends. 78 keeps systemd from starting it again (`RestartPreventExitStatus`): that is for what a start finds
 * and only a person mends. One that has run is started again, for its subscribers and phones need it meanwhile.
 */
export function exitCodeOfDaemon(error: unknown, hasRun: boolean): ExitCode {
  const code = exitCodeOf(error);
  return hasRun && code === EXIT.config ? EXIT.failed : code;
}
