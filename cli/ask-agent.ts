import { randomBytes } from 'node:crypto';
import { underEither } from '../schemas/either-signal.ts';
import { isSettled, type Operation } from '../schemas/operation.ts';
import type { ControlStore, Intent } from '../store/ports.ts';

const POLL_MS = 50;

/** Asks the running agent, through the store, for a full pass over a router; gives the operation's id. */
export async function askReconcile(
  control: ControlStore,
  router: string,
  routers: readonly string[],
  at: number,
): Promise<string> {
  return ask(control, { kind: 'reconcile', router }, routers, at);
}

/** Asks the running agent, through the store, to look a router over; gives the operation's id. */
export async function askDoctor(
  control: ControlStore,
  router: string,
  { selfTest, routers, at }: { readonly selfTest: boolean; readonly routers: readonly string[]; readonly at: number },
): Promise<string> {
  return ask(control, { kind: 'doctor', router, selfTest }, routers, at);
}

async function ask(control: ControlStore, intent: Intent, routers: readonly string[], at: number): Promise<string> {
  const operation = `op-${at.toString(36)}-${randomBytes(8).toString('hex')}`;
  await control.acceptIntent(intent, { actor: { name: 'cli', via: 'cli' }, at, operation, routers });
  return operation;
}

/**
 * Waits by the journal until the operation is settled, the signal fires, or there is nothing left to wait for; gives it as
 * it is then.
 */
export async function waitSettled(
  control: ControlStore,
  id: string,
  signal: AbortSignal,
  isHopeless: () => Promise<boolean> = () => Promise.resolve(false),
): Promise<Operation | null> {
  for (;;) {
    const change = new AbortController();
    // The watch counts from here on: what is committed after the read below wakes it.
    const watching = underEither(change.signal, signal, (either) =>
      control.watch(POLL_MS, either, () => {
        change.abort();
      }),
    );
    const operation = await control.readOperation(id);
    if (operation === null || isSettled(operation.state) || signal.aborted || (await isHopeless())) {
      change.abort();
      await watching;
      return operation;
    }
    await watching;
  }
}
