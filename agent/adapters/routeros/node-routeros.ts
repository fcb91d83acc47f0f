import type { Socket } from 'node:net';
import { Receiver, Transmitter } from 'node-routeros';
import { AppError, describeError } from '../../../schemas/app-error.ts';
import type { ConnectRouter, RouterTarget, SessionOptions } from '../../ports.ts';
import { awaitConnected } from './dial.ts';
import { logIn } from './login.ts';
import { openSocket } from './native.ts';
import { parseReply } from './reply.ts';
import { SharedTexts } from './shared-texts.ts';
import { TaggedSession, type Link } from './session.ts';
import { closeSocket, endWithSignal } from './socket-close.ts';
import { endedByRouter, socketError } from './socket-errors.ts';
import { machineTransport, type Delay, type Transport } from './transport.ts';
import { escapeLostBytes, fromWindows1252, toWindows1252, unescapeLostBytes } from './windows-1252.ts';
import { encodeSentence, SentenceDecoder } from './wire.ts';

/** What still cannot pass through node-routeros 1.6.9; each ends in a `driver-limit` error and nothing on the wire. */
export const NODE_ROUTEROS_LIMITS = [
  {
    name: 'write-undefined-byte',
    what: 'Sending a word with byte 0x81, 0x8D, 0x8F, 0x90 or 0x9D (in UTF-8: Á Í Ï Ð Ý and others): it writes 0x9D for each.',
  },
  {
    name: 'debug-prints-words',
    what: 'DEBUG=* or DEBUG=routeros-api…: the library prints every word it sends, the password too.',
  },
] as const;
export type NodeRouterosLimit = (typeof NODE_ROUTEROS_LIMITS)[number]['name'];

/**
 * The opt-in driver over npm node-routeros 1.6.9 (discontinued). It stands on the library's public lower half (Receiver and
 * Transmitter), because what lies above them leaves promises unsettled on FIN, RST and `!fatal`, throws out of the socket's
 * handler on `!empty` and late replies, loses the trap's category, sends `#` as a keepalive and mutates the caller's array;
 * and because its Connector loses the codes of socket errors, leaves a second one uncaught, kills a healthy session when it
 * was idle and dials 8728 for `tls` without a port. The socket is ours. What is left to guard below, and how:
 *
 * | fault of the library                                            | guard                                              |
 * |-----------------------------------------------------------------|----------------------------------------------------|
 * | its parser glues or loses rows where a chunk ends badly         | it is fed one whole sentence at a time             |
 * | a reply to an unregistered tag throws; one without tag is kept  | such sentences never reach it; the session has them |
 * | windows-1252 loses five byte values                             | escaped before reading; refused before writing     |
 * | a packet a word                                                 | the sentence is corked into one                    |
 */
export function nodeRouterosConnector(transport: Transport): ConnectRouter {
  const { after, monotonic } = transport;
  return async (target, options) => {
    const startedAt = monotonic();
    if (options.signal?.aborted === true) throw new AppError('aborted', 'Connecting was stopped by us');
    refuseDebugOutput(process.env['DEBUG'] ?? '');
    const socket = openSocket(transport, target);
    await awaitConnected(socket, target, options, after);
    const session = sessionOver(socket, target, options, after);
    endWithSignal(session, options.signal);
    await logIn(session, target, Math.max(1, options.connectTimeoutMs - (monotonic() - startedAt)), after);
    return session;
  };
}

export const connectNodeRouteros = nodeRouterosConnector(machineTransport);

function sessionOver(socket: Socket, target: RouterTarget, options: SessionOptions, after: Delay): TaggedSession {
  const decoder = new SentenceDecoder();
  const receiver = new Receiver(socket);
  const tags = new Set<string>();
  const link = libraryLink(socket, receiver, tags, after, (words) => {
    session.receive(words);
  });
  const session: TaggedSession = new TaggedSession(link, { ...options, after });
  const passOn = (words: readonly string[]): void => {
    const { tag } = parseReply(words, new SharedTexts());
    if (tag !== null && tags.has(tag)) receiver.processRawData(encodeSentence(words.map(escapeLostBytes)));
    else session.receive(words);
  };
  socket.on('data', (chunk: Buffer) => {
    try {
      for (const words of decoder.push(chunk)) passOn(words);
    } catch (error) {
      session.fail(
        error instanceof AppError
          ? error
          : new AppError('driver-limit', `node-routeros could not read a reply: ${describeError(error)}`, {
              cause: error,
            }),
      );
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

function libraryLink(
  socket: Socket,
  receiver: Receiver,
  tags: Set<string>,
  after: Delay,
  receive: (words: readonly string[]) => void,
): Link {
  const transmitter = new Transmitter(socket);
  return {
    send: (tag, words) => {
      const texts = words.map(carriable);
      const isAwaited = words[0] !== '/cancel';
      if (isAwaited) {
        tags.add(tag);
        receiver.read(tag, (packet) => {
          receive([...packet.map(asRead), `.tag=${tag}`]);
        });
      }
      socket.cork();
      // An empty word ends the sentence.
      for (const text of [...texts, '']) transmitter.write(text);
      socket.uncork();
    },
    forget: (tag) => {
      tags.delete(tag);
      receiver.stop(tag);
    },
    destroy: () => {
      socket.destroy();
    },
    close: () => closeSocket(socket, after),
  };
}

function carriable(word: string): string {
  // The one codec decides what a word may be at all; here only what the library's code page lacks is added.
  encodeSentence([word]);
  const text = toWindows1252(word);
  if (text !== null) return text;
  throw new AppError('driver-limit', 'node-routeros cannot send bytes 0x81, 0x8D, 0x8F, 0x90 or 0x9D', {
    retryable: false,
    remedy: 'Use driver: native for this router.',
  });
}

function asRead(text: string): string {
  const bytes = fromWindows1252(text);
  if (bytes === null) throw new AppError('driver-limit', 'node-routeros lost a byte of a reply');
  return unescapeLostBytes(bytes);
}

/** I9: the library hands every word it sends to `debug`, before anybody can blot the password out. */
function refuseDebugOutput(debugNames: string): void {
  if (!/(^|[\s,])(\*|routeros-api|rou\*|r\*)/.test(debugNames)) return;
  throw new AppError('driver-limit', 'DEBUG is set so that node-routeros would print the password', {
    retryable: false,
    remedy: 'Unset DEBUG in the environment of the agent, or use driver: native.',
  });
}
