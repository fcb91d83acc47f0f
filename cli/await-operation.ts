import { AppError } from '../schemas/app-error.ts';
import { isSettled, type Operation } from '../schemas/operation.ts';
import { waitSettled } from './ask-agent.ts';
import type { Desk } from './desk.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { say, sayJson, type Invocation } from './invocation.ts';

export interface WaitOptions {
  readonly json: boolean;
  readonly timeoutSeconds: number;
}

/** Waits for what becomes of an operation, and tells it; while nobody runs who does it there is nothing to wait for. */
export async function awaitOperation(
  invocation: Invocation,
  { store, doer, isDoerRunning }: Desk,
  accepted: Operation | null,
  { json, timeoutSeconds }: WaitOptions,
  tell: (operation: Operation) => string | null,
): Promise<ExitCode> {
  const { desk: texts } = invocation.messages;
  if (accepted === null) throw new AppError('internal', 'the store gave no operation', { retryable: false });
  const operation = isDoerRunning
    ? ((await waitSettled(store, accepted.id, AbortSignal.timeout(timeoutSeconds * 1_000))) ?? accepted)
    : accepted;
  if (json) {
    sayJson(invocation, operation);
    return codeOf(operation);
  }
  const { state, subject, reason } = operation;
  const told = isSettled(state) && state !== 'held' ? tell(operation) : null;
  if (told !== null) say(invocation, told);
  if (state !== 'verified' && isSettled(state)) say(invocation, texts.outcome(subject, state, reason ?? null));
  if (!isSettled(state))
    say(invocation, isDoerRunning ? texts.stillOpen(doer, timeoutSeconds) : texts.notRunning[doer]);
  return codeOf(operation);
}

/** As `apply`: 0 verified, 1 failed, 75 held or not done yet. */
export function codeOf({ state }: Operation): ExitCode {
  if (state === 'verified') return EXIT.ok;
  return state === 'failed' || state === 'superseded' ? EXIT.failed : EXIT.tryAgain;
}
