import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { AppError, describeError } from '../../../schemas/app-error.ts';
import type { ConnectRouter, RouterTarget, SessionOptions } from '../../ports.ts';
import { awaitConnected } from './dial.ts';
import { logIn } from './login.ts';
import { TaggedSession, type Link } from './session.ts';
import { closeSocket, endWithSignal } from './socket-close.ts';
import { endedByRouter, socketError } from './socket-errors.ts';
import { tlsOptions } from './tls-peer.ts';
import { encodeSentence, SentenceDecoder } from './wire.ts';

/** The default driver: our own wire client on node:net and node:tls. */
export const connectNative: ConnectRouter = async (target, options) => {
  const startedAt = performance.now();
  if (options.signal?.aborted === true) throw new AppError('aborted', 'Connecting was stopped by us');
  const socket = openSocket(target);
  await awaitConnected(socket, target, options);
  const session = sessionOver(socket, target, options);
  endWithSignal(session, options.signal);
  await logIn(session, target, Math.max(1, options.connectTimeoutMs - (performance.now() - startedAt)));
  return session;
};

function openSocket(target: RouterTarget): Socket {
  const { host, port, tls } = target;
  try {
    return tls.kind === 'plain' ? connectTcp({ host, port }) : connectTls({ host, port, ...tlsOptions(tls) });
  } catch (error) {
    throw socketError(error, target, tls.kind === 'plain' ? 'connect' : 'tls');
  }
}

function sessionOver(socket: Socket, target: RouterTarget, options: SessionOptions): TaggedSession {
  const decoder = new SentenceDecoder();
  const session = new TaggedSession(socketLink(socket), options);
  socket.on('data', (chunk: Buffer) => {
    try {
      for (const words of decoder.push(chunk)) session.receive(words);
    } catch (error) {
      session.fail(error instanceof AppError ? error : protocolFault(error));
    }
  });
  const onEnd = (): void => {
    session.fail(endedByRouter(target, !decoder.isAtBoundary));
  };
  socket.on('end', onEnd);
  socket.on('close', onEnd);
  socket.on('error', (error) => {
    session.fail(socketError(error, target, 'open'));
  });
  return session;
}

/** One `write` a sentence: with Nagle off, many small writes would be many small packets. */
function socketLink(socket: Socket): Link {
  return {
    send: (_tag, words) => {
      socket.write(encodeSentence(words));
    },
    forget: () => undefined,
    destroy: () => {
      socket.destroy();
    },
    close: () => closeSocket(socket),
  };
}

function protocolFault(error: unknown): AppError {
  return new AppError('router-protocol', `Unreadable reply: ${describeError(error)}`, { cause: error });
}
