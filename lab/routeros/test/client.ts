import { connect, type Socket } from 'node:net';
import { encodeSentence, SentenceReader } from '../codec.ts';

export interface TestReply {
  readonly rows: readonly Readonly<Record<string, string>>[];
  readonly ret: string | null;
  readonly traps: readonly Readonly<Record<string, string>>[];
  /** Reply words in order, `!re` included. */
  readonly words: readonly string[];
}

interface Pending {
  rows: Record<string, string>[];
  traps: Record<string, string>[];
  words: string[];
  resolve: (reply: TestReply) => void;
  reject: (error: Error) => void;
}

/** A bare client for tests of the lab itself: one tag a command, sentences as they come. */
export class TestClient {
  readonly #socket: Socket;
  readonly #pending = new Map<string, Pending>();
  readonly sentences: string[][] = [];
  readonly closed: Promise<void>;
  #tags = 0;

  private constructor(socket: Socket) {
    this.#socket = socket;
    const reader = new SentenceReader();
    socket.on('data', (chunk) => {
      for (const words of reader.push(chunk)) this.#take(words);
    });
    socket.on('error', () => undefined);
    this.closed = new Promise((resolve) => {
      socket.on('close', () => {
        for (const pending of this.#pending.values()) pending.reject(new Error('closed'));
        resolve();
      });
    });
  }

  static async open(port: number): Promise<TestClient> {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('error', reject);
    });
    return new TestClient(socket);
  }

  static async logIn(port: number, name = 'edge', password = 'edge'): Promise<TestClient> {
    const client = await TestClient.open(port);
    await client.run('/login', `=name=${name}`, `=password=${password}`);
    return client;
  }

  run(...words: readonly string[]): Promise<TestReply> {
    this.#tags += 1;
    const tag = String(this.#tags);
    this.write([...words, `.tag=${tag}`]);
    return new Promise((resolve, reject) => {
      this.#pending.set(tag, { rows: [], traps: [], words: [], resolve, reject });
    });
  }

  write(words: readonly string[]): void {
    this.#socket.write(encodeSentence(words), 'latin1');
  }

  end(): void {
    this.#socket.destroy();
  }

  #take(words: string[]): void {
    this.sentences.push(words);
    const [word = '', ...rest] = words;
    const tag = rest.find((one) => one.startsWith('.tag='))?.slice(5) ?? '';
    const pending = this.#pending.get(tag);
    if (pending === undefined) return;
    pending.words.push(word);
    const attributes = Object.fromEntries(
      rest
        .filter((one) => one.startsWith('='))
        .map((one) => [one.slice(1, one.indexOf('=', 1)), one.slice(one.indexOf('=', 1) + 1)] as const),
    );
    if (word === '!re') pending.rows.push(attributes);
    if (word === '!trap') pending.traps.push(attributes);
    if (word !== '!done') return;
    this.#pending.delete(tag);
    const { rows, traps, words: seen } = pending;
    pending.resolve({ rows, traps, words: seen, ret: attributes['ret'] ?? null });
  }
}
