import type { Socket } from 'node:net';
import { AppError, describeError } from '../../../schemas/app-error.ts';
import type { ConnectRouter, RouterTarget, SessionOptions } from '../../ports.ts';
import { awaitConnected } from './dial.ts';
import { logIn } from './login.ts';
import { TaggedSession, type Link } from './session.ts';
import { closeSocket, endWithSignal } from './socket-close.ts';
import { endedByRouter, socketError } from './socket-errors.ts';
import { machineTransport, type Delay, type Transport } from './transport.ts';
import { encodeSentence, SentenceDecoder } from './wire.ts';

/** The default driver: our own wire client. */
export function nativeConnector(transport: Transport): ConnectRouter {
  const { after, monotonic } = transport;
  return async (target, options) => {
    const startedAt = monotonic();
    if (options.signal?.aborted === true) throw new AppError('aborted', 'Connecting was stopped by us');
    const socket = openSocket(transport, target);
    await awaitConnected(socket, target, options, after);
    const session = sessionOver(socket, target, options, after);
    endWithSignal(session, options.signal);
    await logIn(session, target, Math.max(1, options.connectTimeoutMs - (monotonic() - startedAt)), after);
    return session;
  };
}

export const connectNative = nativeConnector(machineTransport);

/** Some refusals to connect are thrown; they become ours like those that are told later. */
export function openSocket(transport: Transport, target: RouterTarget): Socket {
  try {
    return transport.open(target);
  } catch (error) {
    throw socketError(error, target, target.tls.kind === 'plain' ? 'connect' : 'tls');
  }
}

function sessionOver(socket: Socket, target: RouterTarget, options: SessionOptions, after: Delay): TaggedSession {
  const decoder = new SentenceDecoder();
  const session = new TaggedSession(socketLink(socket, after), { ...options, after });
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
function socketLink(socket: Socket, after: Delay): Link {
  return {
    send: (_tag, words) => {
      socket.write(encodeSentence(words));
    },
    forget: () => undefined,
    destroy: () => {
      socket.destroy();
    },
    close: () => closeSocket(socket, after),
  };
}

function protocolFault(error: unknown): AppError {
  return new AppError('router-protocol', `Unreadable reply: ${describeError(error)}`, { cause: error });
}
