import { Socket } from 'node:net';
import { Connector } from 'node-routeros';
import { AppError, describeError } from '../../../schemas/app-error.ts';
import type { ConnectRouter, RouterTarget, SessionOptions } from '../../ports.ts';
import { awaitConnected } from './dial.ts';
import { logIn } from './login.ts';
import { parseReply } from './reply.ts';
import { TaggedSession, type Link } from './session.ts';
import { closeSocket, endWithSignal } from './socket-close.ts';
import { endedByRouter, socketError } from './socket-errors.ts';
import { tlsOptions } from './tls-peer.ts';
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
 * The opt-in driver over npm node-routeros 1.6.9 (discontinued). It stands on the library's public lower half (Connector
 * with its receiver and transmitter), because RouterOSAPI and Channel, above it, leave promises unsettled on FIN, RST and
 * `!fatal`, throw out of the socket's handler on `!empty` and late replies, lose the trap's category, send `#` as a
 * keepalive and mutate the caller's array. What is left to guard below, and how:
 *
 * | fault of the library                                            | guard                                              |
 * |-----------------------------------------------------------------|----------------------------------------------------|
 * | its parser glues or loses rows where a chunk ends badly         | it is fed one whole sentence at a time             |
 * | a reply to an unregistered tag throws; one without tag is kept  | such sentences never reach it; the session has them |
 * | socket errors lose their code, a second one is uncaught         | the socket's own events are ours                   |
 * | its idle timeout kills a healthy session                        | switched off; every command has a deadline         |
 * | `tls` without a port dials 8728                                 | the port is always given                           |
 * | windows-1252 loses five byte values                             | escaped before reading; refused before writing     |
 * | a packet a word                                                 | the sentence is corked into one                    |
 */
export const connectNodeRouteros: ConnectRouter = async (target, options) => {
  const startedAt = performance.now();
  if (options.signal?.aborted === true) throw new AppError('aborted', 'Connecting was stopped by us');
  refuseDebugOutput(process.env['DEBUG'] ?? '');
  const { connector, socket, feed } = openConnector(target);
  await awaitConnected(socket, target, options);
  const session = sessionOver(connector, socket, feed, target, options);
  endWithSignal(session, options.signal);
  await logIn(session, target, Math.max(1, options.connectTimeoutMs - (performance.now() - startedAt)));
  return session;
};

interface OpenConnector {
  readonly connector: Connector;
  readonly socket: Socket;
  /** Gives the library bytes as if its socket had read them. */
  readonly feed: (bytes: Buffer) => void;
}

/** Lets the library dial, then takes its socket's events over, before the first of them can have happened. */
function openConnector(target: RouterTarget): OpenConnector {
  const { host, port, tls } = target;
  const connector = new Connector({
    host,
    port,
    timeout: 1,
    ...(tls.kind === 'plain' ? {} : { tls: tlsOptions(tls) }),
  });
  try {
    connector.connect();
  } catch (error) {
    throw socketError(error, target, tls.kind === 'plain' ? 'connect' : 'tls');
  }
  const socket: unknown = Reflect.get(connector, 'socket');
  if (!(socket instanceof Socket)) throw new AppError('internal', 'node-routeros has no socket where 1.6.9 had one');
  const readers = socket.listeners('data');
  for (const event of ['data', 'end', 'error', 'timeout', 'fatal', 'tlsClientError']) socket.removeAllListeners(event);
  socket.setTimeout(0);
  // It wraps socket errors and emits them itself; with the line above nothing reaches it, but it must never be unheard.
  connector.on('error', () => undefined);
  const feed = (bytes: Buffer): void => {
    for (const reader of readers) Reflect.apply(reader, socket, [bytes]);
  };
  return { connector, socket, feed };
}

function sessionOver(
  connector: Connector,
  socket: Socket,
  feed: (bytes: Buffer) => void,
  target: RouterTarget,
  options: SessionOptions,
): TaggedSession {
  const decoder = new SentenceDecoder();
  const tags = new Set<string>();
  const session: TaggedSession = new TaggedSession(
    connectorLink(connector, socket, tags, (words) => {
      session.receive(words);
    }),
    options,
  );
  const passOn = (words: readonly string[]): void => {
    const { tag } = parseReply(words);
    if (tag !== null && tags.has(tag)) feed(encodeSentence(words.map(escapeLostBytes)));
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

function connectorLink(
  connector: Connector,
  socket: Socket,
  tags: Set<string>,
  receive: (words: readonly string[]) => void,
): Link {
  return {
    send: (tag, words) => {
      const texts = words.map(carriable);
      const isAwaited = words[0] !== '/cancel';
      if (isAwaited) {
        tags.add(tag);
        connector.read(tag, (packet) => {
          receive([...packet.map(asRead), `.tag=${tag}`]);
        });
      }
      socket.cork();
      connector.write(texts);
      socket.uncork();
    },
    forget: (tag) => {
      tags.delete(tag);
      connector.stopRead(tag);
    },
    destroy: () => {
      connector.destroy();
    },
    close: () => closeSocket(socket),
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
