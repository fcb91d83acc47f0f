import { createSocket } from 'node:dgram';
import { EventEmitter, once } from 'node:events';
import { onTestFinished } from 'vitest';
import { subscribeText } from '../../core/pnp/test/subscribe-text.ts';

const PATIENCE_MS = 10_000;

/** A phone that does word by word what a test says, on loopback and by real multicast. */
export interface ScriptedPhone {
  readonly port: number;
  /** All it got, in order. */
  readonly got: readonly string[];
  /** Sends a SUBSCRIBE, its own unless headers are named; a `Via` and a `Contact` of its own are there. */
  ask(mac: string, callId: string, over?: Readonly<Record<string, string | null>>): void;
  /** Says anything to the group. */
  shout(bytes: Buffer | string): void;
  /** Answers a NOTIFY. */
  answer(notify: string, status?: string): void;
  /** The nth thing it gets, from 1, that begins so. */
  until(start: string, nth?: number): Promise<string>;
}

export async function scriptedPhone(groupPort: number): Promise<ScriptedPhone> {
  const socket = createSocket('udp4');
  const got: string[] = [];
  const news = new EventEmitter();
  socket.on('message', (bytes, { port }) => {
    got.push(bytes.toString('utf8'));
    answersFrom = port;
    news.emit('news');
  });
  let answersFrom = 0;
  await new Promise<void>((resolve) => {
    socket.bind(0, '127.0.0.1', resolve);
  });
  socket.setMulticastInterface('127.0.0.1');
  onTestFinished(() => {
    socket.close();
  });
  const { port } = socket.address();
  const phone: ScriptedPhone = {
    port,
    got,
    ask(mac, callId, over = {}) {
      const own = {
        Via: `SIP/2.0/UDP 127.0.0.1:${port};branch=z9hG4bK${callId}`,
        Contact: `<sip:x@127.0.0.1:${port}>`,
        'Call-ID': callId,
      };
      phone.shout(subscribeText({ ...own, ...over }, `MAC%3a${mac.toUpperCase()}`));
    },
    shout(bytes) {
      socket.send(bytes, groupPort, '224.0.1.75');
    },
    answer(notify, status = '200 OK') {
      const headers = notify.split('\r\n').filter((line) => /^(Via|From|To|Call-ID|CSeq):/.test(line));
      socket.send(
        [`SIP/2.0 ${status}`, ...headers, 'Content-Length: 0', '', ''].join('\r\n'),
        answersFrom,
        '127.0.0.1',
      );
    },
    async until(start, nth = 1) {
      for (;;) {
        const found = got.filter((text) => text.startsWith(start))[nth - 1];
        if (found !== undefined) return found;
        await once(news, 'news', { signal: AbortSignal.timeout(PATIENCE_MS) });
      }
    },
  };
  return phone;
}
