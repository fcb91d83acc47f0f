import { connect, createServer, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../clock.ts';
import { startRegistrar } from '../../registrar/registrar.ts';
import { SipClient } from '../../sip/client.ts';
import { digestResponse, parseDigest } from '../../sip/digest.ts';
import { serialise } from '../../sip/message.ts';
import { Watch } from '../../sip/watch.ts';
import { startDrachtioDouble } from '../double.ts';
import { frame, FrameReader, payloadOf } from '../frame.ts';
import { masked, readTranscript, variables } from './transcript.ts';

const KEY = 's3cret-1001';
const sections = readTranscript();

test('the transcript holds seven scenes and 63 frames, each sent message as long as it says', () => {
  const frames = sections.flatMap(({ connections }) =>
    [...connections.values()].flat().flatMap((each) => (each.kind === 'close' ? [] : each.payloads)),
  );
  expect(sections).toHaveLength(7);
  expect(frames).toHaveLength(63);
  expect(frames.filter((payload) => sentSize(payload) !== null).length).toBeGreaterThan(8);
});

test.each(sections.map((section) => [section.title, section] as const))(
  'the double says what drachtio-server said: %s',
  async (title, { connections }) => {
    const registrar = await startRegistrar({
      users: new Map([['1001', { keys: [KEY] }]]),
      realm: '127.0.0.1',
      challenges: [{ algorithm: null, qop: 'auth' }],
    });
    onTestFinished(() => registrar.close());
    const double = await startDrachtioDouble({ secret: 'labsecret', version: 'v0.9.5-rc3-lab' });
    onTestFinished(() => double.close());
    const agent = await bareAgent();
    const known = new Map([
      ['5060', String(registrar.port)],
      ['5070', String(double.sipPort)],
      ['5090', String(agent.socket.port)],
      ['5999', String(await closedPort())],
    ]);
    for (const happenings of connections.values()) {
      const app = await connected(double.port);
      for (const happening of happenings) {
        if (happening.kind === 'close') {
          if (happening.by === 'server' && !app.socket.writableEnded) await app.ended();
          else app.socket.end();
          continue;
        }
        for (const payload of happening.payloads) {
          if (happening.kind === 'app') {
            app.socket.write(frame(withDigest(translated(payload, known), title.includes('bad password'))));
            continue;
          }
          const { kind, sip } = payloadOf(payload);
          if (kind === 'sip' && sip.startsWith('REGISTER ')) {
            // Section 5: a phone registers with the application.
            const flow = await agent.socket.flowTo('udp', '127.0.0.1', double.sipPort);
            flow.send(Buffer.from(sip.replace(/;rport=\d+/, ';rport')));
          }
          const got = await app.next();
          expect(masked(got)).toBe(masked(payload));
          expect(sentSize(got)).toBe(sentSize(payload) === null ? null : Buffer.byteLength(payloadOf(got).sip));
          const values = variables(got);
          variables(payload).forEach((value, index) => known.set(value, values[index] ?? ''));
        }
      }
    }
  },
);

/** The size a frame gives for a message that was sent; null for other frames. What it says is true, or it throws. */
function sentSize(payload: string): number | null {
  const { fields, sip } = payloadOf(payload);
  const at = fields.indexOf('application');
  const size = Number(fields[at + 1]);
  if (at < 0 || size === 0) return null;
  if (size !== Buffer.byteLength(sip))
    throw new Error(`${size} bytes, says the frame; ${Buffer.byteLength(sip)} it holds`);
  return size;
}

function translated(payload: string, known: ReadonlyMap<string, string>): string {
  const values = variables(payload);
  let at = 0;
  return masked(payload).replaceAll('*', () => {
    const value = values[at++] ?? '';
    return known.get(value) ?? value;
  });
}

/** The application's answer to a challenge, computed anew, since the nonce is another. */
function withDigest(payload: string, isWrong: boolean): string {
  const line = /Authorization: (.*)/.exec(payload)?.[1];
  const given = line === undefined ? null : parseDigest(line);
  if (given === null || isWrong) return payload;
  const value = (name: string): string => given.get(name) ?? '';
  const response = digestResponse({
    algorithm: value('algorithm'),
    username: value('username'),
    realm: value('realm'),
    key: KEY,
    method: 'REGISTER',
    uri: value('uri'),
    nonce: value('nonce'),
    qop: value('qop'),
    nc: value('nc'),
    cnonce: value('cnonce'),
    body: '',
  });
  return payload.replace(/response="[^"]*"/, `response="${response ?? ''}"`);
}

/** A user agent that answers every request with 200 as sipp's scenario does: Via as it came, tag 1. */
async function bareAgent(): Promise<SipClient> {
  const agent = new SipClient({
    clock: systemClock(),
    received(request, flow) {
      const headers = request.headers
        .filter(([name]) => ['Via', 'From', 'To', 'Call-ID', 'CSeq'].includes(name))
        .map(([name, value]) => [name, name === 'To' ? `${value};tag=1` : value] as const);
      flow.send(serialise({ kind: 'response', status: 200, reason: 'OK', headers, body: '' }));
    },
  });
  await agent.socket.open();
  onTestFinished(() => agent.close());
  return agent;
}

interface App {
  readonly socket: Socket;
  next(): Promise<string>;
  ended(): Promise<boolean>;
}

async function connected(port: number): Promise<App> {
  const socket = connect({ host: '127.0.0.1', port, noDelay: true });
  onTestFinished(() => void socket.destroy());
  const reader = new FrameReader();
  const watch = new Watch();
  const payloads: string[] = [];
  let isEnded = false;
  socket.on('data', (chunk) => {
    payloads.push(...reader.push(chunk));
    watch.changed();
  });
  socket.on('end', () => {
    isEnded = true;
    watch.changed();
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('error', reject);
  });
  return {
    socket,
    next: () => watch.until('frame', () => payloads.shift() ?? null, 3000),
    ended: () => watch.until('end of the link', () => (isEnded ? true : null), 3000),
  };
}

async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise<void>((resolve) => {
    server.close(() => {
      resolve();
    });
  });
  return typeof address === 'object' && address !== null ? address.port : 0;
}
