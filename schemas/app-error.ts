/**
 * Every failure the product reports has one of these codes; `docs/errors.md` has a section for each, checked by a test.
 * Adapters translate foreign errors into them once, at the edge, and keep the cause.
 */
export const ERROR_CODES = [
  'config-invalid',
  'config-unreadable',
  'secret-unreadable',
  'data-dir-invalid',
  'store-busy',
  'store-corrupt',
  'store-newer',
  'seal-broken',
  'lock-held',
  'listen-failed',
  'api-unreachable',
  'api-refused',
  'not-found',
  'conflict',
  'generation-mismatch',
  'invalid-input',
  'router-unreachable',
  'router-login-refused',
  'router-tls',
  'router-timeout',
  'router-closed',
  'router-fatal',
  'router-protocol',
  'router-trap',
  'router-no-such-item',
  'router-duplicate',
  'router-unknown-parameter',
  'router-no-such-command',
  'router-not-permitted',
  'router-device-mode',
  'router-flagged',
  'router-interrupted',
  'driver-limit',
  'dns-timeout',
  'dns-failure',
  'dns-invalid-answer',
  'sip-unavailable',
  'sip-drachtio-refused',
  'sip-protocol',
  'value-not-carried',
  'aborted',
  'internal',
] as const;
export type ErrorCode = (typeof ERROR_CODES)[number];

export interface AppErrorDetail {
  /** What the operator should do, in English; the Spanish twin stands in docs/errors.md under the code. */
  readonly remedy?: string;
  /** False ends retries: only a person can mend it. Default true. */
  readonly retryable?: boolean;
  readonly cause?: unknown;
}

/** An error with a stable code, what happened (`message`) and what to do (`remedy`). Never carries a secret. */
export class AppError extends Error {
  override readonly name: string = 'AppError';
  readonly code: ErrorCode;
  readonly remedy: string | null;
  readonly retryable: boolean;

  constructor(code: ErrorCode, message: string, detail: AppErrorDetail = {}) {
    super(message, detail.cause === undefined ? undefined : { cause: detail.cause });
    this.code = code;
    this.remedy = detail.remedy ?? null;
    this.retryable = detail.retryable ?? true;
  }
}

/** The text of anything thrown, for `message` fields; an AppError gives its code too. */
export function describeError(error: unknown): string {
  if (error instanceof AppError) return `${error.code}: ${error.message}`;
  return error instanceof Error ? error.message : String(error);
}
