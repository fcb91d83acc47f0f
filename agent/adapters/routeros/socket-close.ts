import type { Socket } from 'node:net';
import type { RouterSession } from '../../ports.ts';
import type { Delay } from './transport.ts';

/** How long the peer may take to answer our FIN, ms. */
const FIN_GRACE_MS = 250;

/** Says FIN, waits a moment for the peer's, then closes anyway; resolves when the handle is gone. */
export function closeSocket(socket: Socket, after: Delay): Promise<void> {
  if (socket.closed) return Promise.resolve();
  return new Promise((resolve) => {
    const disarm = after(FIN_GRACE_MS, () => socket.destroy());
    socket.once('close', () => {
      disarm();
      resolve();
    });
    socket.end();
  });
}

/** The signal that ended connecting ends the session too; a session that ended lets go of the signal. */
export function endWithSignal(session: RouterSession, signal: AbortSignal | undefined): void {
  if (signal === undefined) return;
  const onAbort = (): void => {
    void session.close();
  };
  signal.addEventListener('abort', onAbort, { once: true });
  void session.closed.then(() => {
    signal.removeEventListener('abort', onAbort);
  });
  if (signal.aborted) onAbort();
}
