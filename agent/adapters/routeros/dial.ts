import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { AppError } from '../../../schemas/app-error.ts';
import type { RouterTarget, SessionOptions } from '../../ports.ts';
import { connectTimedOut, socketError, type SocketPhase } from './socket-errors.ts';
import { peerFault } from './tls-peer.ts';
import type { Delay } from './transport.ts';

/** Keeps NAT entries and half-open routers noticed on an idle session, ms. */
const KEEP_ALIVE_MS = 30_000;

/**
 * Waits until a socket that is connecting stands and its peer is the one the config names; nothing was sent by then.
 * Rejects with `router-unreachable`, `router-tls`, `router-timeout` or `aborted`, the socket destroyed.
 */
export function awaitConnected(
  socket: Socket,
  target: RouterTarget,
  options: SessionOptions,
  after: Delay,
): Promise<void> {
  const isTls = socket instanceof TLSSocket;
  return new Promise((resolve, reject) => {
    let phase: SocketPhase = 'connect';
    const settle = (error: AppError | null): void => {
      disarm();
      options.signal?.removeEventListener('abort', onAbort);
      socket.off('connect', onConnect).off('secureConnect', onSecure).off('error', onError).off('close', onClose);
      if (error === null) {
        resolve();
        return;
      }
      // A socket may report once more while it dies; nobody else listens yet.
      socket.on('error', () => undefined);
      socket.destroy();
      reject(error);
    };
    const onConnect = (): void => {
      socket.setNoDelay(true);
      socket.setKeepAlive(true, KEEP_ALIVE_MS);
      if (isTls) phase = 'tls';
      else settle(null);
    };
    const onSecure = (): void => {
      if (isTls) settle(peerFault(socket, target));
    };
    const onError = (error: Error): void => {
      settle(socketError(error, target, phase));
    };
    const onClose = (): void => {
      settle(socketError(new Error('the peer closed the connection'), target, phase));
    };
    const onAbort = (): void => {
      settle(new AppError('aborted', 'Connecting was stopped by us'));
    };
    const disarm = after(options.connectTimeoutMs, () => {
      settle(connectTimedOut(target, phase, options.connectTimeoutMs));
    });
    socket.on('connect', onConnect).on('secureConnect', onSecure).on('error', onError).on('close', onClose);
    options.signal?.addEventListener('abort', onAbort, { once: true });
    if (options.signal?.aborted === true) onAbort();
  });
}
