import { createSocket } from 'node:dgram';
import { connect } from 'node:net';
import { acceptAnswer, makeQuery, RCODE, type AddressType, type AnswerMessage, type Query } from './message.ts';
import type { ServerAddress } from './server-address.ts';

/** What one question to one server came to. `failed` names a refusal by network or server, `silent` none at all. */
export type Asked =
  | { readonly kind: 'answered'; readonly message: AnswerMessage }
  | { readonly kind: 'silent' }
  | { readonly kind: 'failed'; readonly detail: string };

export interface AskOptions {
  /** When to have given up, on the clock of `performance.now()`, ms. */
  readonly deadlineAt: number;
  /** How long one UDP query may stay unanswered before the next, ms. */
  readonly tryMs: number;
  readonly signal: AbortSignal;
}

/** Asks over UDP until answered or late; over TCP what UDP could not hold (RFC 7766). */
export async function ask(server: ServerAddress, name: string, type: AddressType, options: AskOptions): Promise<Asked> {
  let withEdns = true;
  let last: Asked = { kind: 'silent' };
  for (;;) {
    const leftMs = options.deadlineAt - performance.now();
    if (leftMs <= 0 || options.signal.aborted) return last;
    const asked = await askOverUdp(
      server,
      makeQuery(name, type, withEdns),
      Math.min(options.tryMs, leftMs),
      options.signal,
    );
    if (asked.kind !== 'answered') {
      last = asked;
      if (asked.kind === 'failed') return asked;
      continue;
    }
    const { message } = asked;
    if (withEdns && (message.rcode === RCODE.formatError || message.rcode === RCODE.notImplemented)) {
      withEdns = false;
      continue;
    }
    if (!message.isTruncated) return asked;
    return askOverTcp(server, makeQuery(name, type, withEdns), options);
  }
}

/**
 * One datagram on a socket of its own: the kernel draws its port at random, and, being connected, the socket hears its
 * server only (RFC 5452 §9.2). What does not answer the question is dropped and the waiting goes on.
 */
function askOverUdp(server: ServerAddress, query: Query, timeoutMs: number, signal: AbortSignal): Promise<Asked> {
  return new Promise((resolve) => {
    const socket = createSocket(server.family === 4 ? 'udp4' : 'udp6');
    let isSettled = false;
    const settle = (asked: Asked): void => {
      if (isSettled) return;
      isSettled = true;
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      socket.close();
      resolve(asked);
    };
    const onAbort = (): void => {
      settle({ kind: 'silent' });
    };
    const timer = setTimeout(onAbort, timeoutMs);
    signal.addEventListener('abort', onAbort, { once: true });
    socket.on('error', (error) => {
      settle({ kind: 'failed', detail: error.message });
    });
    socket.on('message', (bytes) => {
      const message = acceptAnswer(bytes, query);
      if (message !== null) settle({ kind: 'answered', message });
    });
    socket.connect(server.port, server.host, () => {
      if (isSettled) return;
      socket.send(query.bytes, (error) => {
        if (error !== null) settle({ kind: 'failed', detail: error.message });
      });
    });
  });
}

/** One message over TCP, two bytes of length before each (RFC 1035 §4.2.2). */
function askOverTcp(server: ServerAddress, query: Query, options: AskOptions): Promise<Asked> {
  return new Promise((resolve) => {
    const socket = connect({ host: server.host, port: server.port });
    const settle = (asked: Asked): void => {
      clearTimeout(timer);
      options.signal.removeEventListener('abort', onAbort);
      socket.destroy();
      resolve(asked);
    };
    const onAbort = (): void => {
      settle({ kind: 'silent' });
    };
    const timer = setTimeout(onAbort, Math.max(1, options.deadlineAt - performance.now()));
    options.signal.addEventListener('abort', onAbort, { once: true });
    let received = Buffer.alloc(0);
    socket.on('error', (error) => {
      settle({ kind: 'failed', detail: `over TCP: ${error.message}` });
    });
    socket.on('close', () => {
      settle({ kind: 'failed', detail: 'over TCP: closed without an answer' });
    });
    socket.on('data', (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      if (received.length < 2 || received.length < 2 + received.readUInt16BE(0)) return;
      const message = acceptAnswer(received.subarray(2, 2 + received.readUInt16BE(0)), query);
      if (message === null) settle({ kind: 'failed', detail: 'over TCP: not our answer' });
      // What is cut off here is not in any answer: half of a chain, or some addresses, must not pass for the whole.
      else if (message.isTruncated) settle({ kind: 'failed', detail: 'over TCP: truncated' });
      else settle({ kind: 'answered', message });
    });
    const length = Buffer.alloc(2);
    length.writeUInt16BE(query.bytes.length);
    socket.write(Buffer.concat([length, query.bytes]));
  });
}
