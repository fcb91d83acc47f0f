import { underEither } from '../schemas/either-signal.ts';
import { isFinal, type Operation } from '../schemas/operation.ts';
import type { ControlStore } from '../store/ports.ts';

const POLL_MS = 50;

/**
 * Tells of every change until the operation is final, is held by a move after it was accepted, the time is over, or there
 * is nothing left to wait for; gives it as it is then.
 */
export async function follow(
  store: ControlStore,
  accepted: Operation,
  timeoutSeconds: number,
  onChange: (operation: Operation) => Promise<void> | void,
  isHopeless: () => Promise<boolean> = () => Promise.resolve(false),
): Promise<Operation> {
  const over = AbortSignal.timeout(timeoutSeconds * 1_000);
  for (;;) {
    const change = new AbortController();
    // The watch counts from here on: what is committed after the reads below wakes it.
    const watching = underEither(change.signal, over, (either) =>
      store.watch(POLL_MS, either, () => {
        change.abort();
      }),
    );
    const operation = (await store.readOperation(accepted.id)) ?? accepted;
    await onChange(operation);
    const isHeld = operation.state === 'held' && operation.history.length > accepted.history.length;
    if (isFinal(operation.state) || isHeld || over.aborted || (await isHopeless())) {
      change.abort();
      await watching;
      return operation;
    }
    await watching;
  }
}
