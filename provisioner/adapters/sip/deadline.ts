import { AppError } from '../../../schemas/app-error.ts';
import type { SipRequestOptions } from '../../ports.ts';
import type { SipReply } from './stack.ts';

/** The time one question may take, all its rounds together, and the caller's right to stop it. */
export interface Deadline {
  /** Fires at the deadline, or when the caller stops it. */
  readonly signal: AbortSignal;
  /**
   * `reply`, or what the deadline makes of it: a stack that gave up because the time was over says only `unreachable`.
   *
   * @throws AppError `aborted` when it was the caller who stopped it.
   */
  judge(reply: SipReply): SipReply;
  end(): void;
}

/**
 * Starts a deadline.
 *
 * @throws AppError `aborted` when the caller's signal has fired already.
 */
export function deadline({ deadlineMs, signal }: SipRequestOptions): Deadline {
  if (signal?.aborted === true) throw stopped();
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
  return {
    signal: controller.signal,
    judge(reply) {
      if (signal?.aborted === true) throw stopped();
      if (!isOver.deadline || reply.kind !== 'unreachable') return reply;
      return { kind: 'unreachable', detail: `no answer within ${deadlineMs} ms` };
    },
    end() {
      clearTimeout(timer);
      signal?.removeEventListener('abort', stop);
    },
  };
}

function stopped(): AppError {
  return new AppError('aborted', 'A SIP request was stopped by us');
}
