import { once } from 'node:events';
import { createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';

/**
 * A router that says exactly the bytes a test wants. Its codec is its own (one bug must not hide on both sides) and as
 * dull as possible: length prefixes from the table in MikroTik's manual, latin-1.
 */
export function sentence(...words: readonly string[]): Buffer {
  const parts = words.flatMap((word) => [lengthPrefix(word.length), Buffer.from(word, 'latin1')]);
  return Buffer.concat([...parts, Buffer.from([0])]);
}

function lengthPrefix(length: number): Buffer {
  if (length <= 0x7f) return Buffer.from([length]);
  if (length <= 0x3fff) return Buffer.from([0x80 | (length >> 8), length & 0xff]);
  return Buffer.from([0xc0 | (length >> 16), (length >> 8) & 0xff, length & 0xff]);
}

/** One command as it arrived. */
export interface Asked {
  readonly words: readonly string[];
  readonly path: string;
  readonly tag: string;
  readonly peer: Peer;
  attribute(name: string): string | undefined;
  /** Sends one sentence of this command: its tag is added. */
  say(...words: readonly string[]): void;
  done(...words: readonly string[]): void;
}

interface Peer {
  readonly socket: Socket;
  raw(bytes: Buffer): void;
}

type Script = (asked: Asked) => void;

export interface ScriptedRouterOptions {
  /** Answers everything but what `login` takes. */
  readonly script?: Script;
  /** Answers `/login`; by default the new form is accepted. */
  readonly login?: Script;
  readonly onConnection?: (peer: Peer) => void;
  readonly tls?: TlsOptions;
  readonly host?: string;
}

export interface ScriptedRouter {
  readonly port: number;
  /** All bytes received on all connections, as latin-1. */
  received(): string;
  /** Resolves with the first command, past or future, of that path. */
  asked(path: string): Promise<Asked>;
  readonly sockets: ReadonlySet<Socket>;
  stop(): Promise<void>;
}

export async function startScriptedRouter(options: ScriptedRouterOptions = {}): Promise<ScriptedRouter> {
  const all: Asked[] = [];
  const waiting: { readonly path: string; readonly resolve: (asked: Asked) => void }[] = [];
  const sockets = new Set<Socket>();
  let text = '';

  const onSocket = (socket: Socket): void => {
    sockets.add(socket);
    socket.setNoDelay(true);
    const peer: Peer = {
      socket,
      raw: (bytes) => {
        if (socket.writable) socket.write(bytes);
      },
    };
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
    options.onConnection?.(peer);
    let rest = Buffer.alloc(0);
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1');
      rest = Buffer.concat([rest, chunk]);
      for (;;) {
        const read = readSentence(rest);
        if (read === null) return;
        rest = rest.subarray(read.end);
        const asked = askedOf(read.words, peer);
        all.push(asked);
        for (const waiter of waiting.filter(({ path }) => path === asked.path)) waiter.resolve(asked);
        if (asked.path === '/login') (options.login ?? acceptLogin)(asked);
        else options.script?.(asked);
      }
    });
  };
  const server: Server = options.tls === undefined ? createTcpServer(onSocket) : createTlsServer(options.tls, onSocket);
  server.on('tlsClientError', () => undefined);
  server.on('connection', (socket: Socket) => {
    socket.on('error', () => undefined);
    if (options.tls !== undefined) {
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
    }
  });
  server.listen(0, options.host ?? '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    port: address.port,
    received: () => text,
    asked: (path) => {
      const past = all.find((asked) => asked.path === path);
      if (past !== undefined) return Promise.resolve(past);
      return new Promise((resolve) => waiting.push({ path, resolve }));
    },
    sockets,
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      if (!server.listening) return;
      server.close();
      await once(server, 'close');
    },
  };
}

function acceptLogin(asked: Asked): void {
  asked.done();
}

function askedOf(words: readonly string[], peer: Peer): Asked {
  const tag = words.find((word) => word.startsWith('.tag='))?.slice(5) ?? '';
  const say = (...reply: readonly string[]): void => {
    peer.raw(sentence(...reply, `.tag=${tag}`));
  };
  return {
    words,
    path: words[0] ?? '',
    tag,
    peer,
    attribute: (name) => words.find((word) => word.startsWith(`=${name}=`))?.slice(name.length + 2),
    say,
    done: (...rest) => {
      say('!done', ...rest);
    },
  };
}

function readSentence(bytes: Buffer): { readonly words: string[]; readonly end: number } | null {
  const words: string[] = [];
  let at = 0;
  for (;;) {
    const first = bytes[at];
    if (first === undefined) return null;
    const size = first < 0x80 ? 1 : first < 0xc0 ? 2 : 3;
    if (bytes.length < at + size) return null;
    const marks = [0, 0, 0x8000, 0xc00000];
    const length = bytes.readUIntBE(at, size) - (marks[size] ?? 0);
    if (bytes.length < at + size + length) return null;
    at += size;
    if (length === 0) return { words, end: at };
    words.push(bytes.toString('latin1', at, at + length));
    at += length;
  }
}
