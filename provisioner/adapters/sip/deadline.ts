import { AppError } from '../../../schemas/app-error.ts';
import type { SipRequestOptions } from '../../ports.ts';

/** The time one question may take, all its rounds together, and the caller's right to stop it. */
export interface Deadline {
  /** Fires at the deadline, or when the caller stops it. */
  readonly signal: AbortSignal;
  /**
   * What to answer once it has passed; null before.
   *
   * @throws AppError `aborted` when it was the caller who stopped it.
   */
  passed(): { readonly kind: 'unreachable'; readonly detail: string } | null;
  end(): void;
}

/**
 * Starts a deadline.
 *
 * @throws AppError `aborted` when the caller's signal has fired already.
 */
export function deadline({ deadlineMs, signal }: SipRequestOptions): Deadline {
  const controller = new AbortController();
  const isOver = { deadline: false };
  const stop = (): void => {
    controller.abort();
  };
  const timer = setTimeout(() => {
    isOver.deadline = true;
    controller.abort();
  }, deadlineMs);
  timer.unref();
  signal?.addEventListener('abort', stop, { once: true });
  const limit: Deadline = {
    signal: controller.signal,
    passed() {
      if (signal?.aborted === true) throw new AppError('aborted', 'A SIP request was stopped by us');
      return isOver.deadline ? { kind: 'unreachable', detail: `no answer within ${deadlineMs} ms` } : null;
    },
    end() {
      clearTimeout(timer);
      signal?.removeEventListener('abort', stop);
    },
  };
  if (signal?.aborted === true) {
    limit.end();
    limit.passed();
  }
  return limit;
}
