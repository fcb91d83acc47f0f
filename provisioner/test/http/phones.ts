import { createHash, hash } from 'node:crypto';
import { connect } from 'node:net';
import { EventEmitter, once } from 'node:events';
import type { FastifyInstance } from 'fastify';
import { expect } from 'vitest';
import { LeakWatch } from '../../../lab/leaks/leak-watch.ts';
import { learnSecrets } from '../../../lab/leaks/learn.ts';
import { watchedLog } from '../../../lab/test/watched.ts';
import { Secret } from '../../../schemas/secret.ts';
import type { PhoneScheme } from '../../../schemas/config/phone-access.ts';
import { ha1Text, packHa1 } from '../../../schemas/phone-credentials.ts';
import type { Phone } from '../../../schemas/phone.ts';
import type { ToldSlot } from '../../../schemas/told-slot.ts';
import type {
  EndedToken,
  PhoneFetch,
  PhoneRequest,
  ServedLine,
  ServedPhone,
  ServedToken,
} from '../../../store/phone-ports.ts';
import { Catalogue } from '../../catalogue.ts';
import type { ClientCertificates } from '../../client-certificates.ts';
import type { GuessLimits } from '../../core/guess-limits.ts';
import type { Registrar } from '../../core/registrar.ts';
import { PhoneAuth } from '../../phone-auth.ts';
import type { ListenerLimits, PhoneTls } from '../../phone-listener.ts';
import { buildPhoneServer, type PhoneServerDeps } from '../../phone-server.ts';

export const IPLAN: Registrar = {
  id: 'iplan',
  domain: 'sip.example.net',
  domainPort: null,
  transport: 'udp',
  host: '192.0.2.10',
  port: 5060,
  probeMode: 'query',
};

export const NONCE_KEY = Buffer.alloc(32, 7);

export function sha256(text: string | Buffer): string {
  return createHash('sha256').update(text).digest('hex');
}

export function provisioning(token: string, isUsed = false, fileKey: string | null = null): ServedToken {
  const key = fileKey === null ? null : new Secret(fileKey);
  return { hash: sha256(token), kind: 'provisioning', token: new Secret(token), expiresAt: null, isUsed, fileKey: key };
}

export function enrolment(token: string, expiresAt: number): ServedToken {
  return { hash: sha256(token), kind: 'enrolment', token: new Secret(token), expiresAt, isUsed: false, fileKey: null };
}

/** A phone's user is its MAC address; of the password only what checks it is there. */
export function credentials(mac: string, password: string, isUsed = false): ServedToken {
  const text = ha1Text(mac, password);
  const token = packHa1({ md5: hash('md5', text), sha256: hash('sha256', text) });
  return { hash: sha256(token.reveal()), kind: 'credentials', token, expiresAt: null, isUsed, fileKey: null };
}

export function servedLine(number: string, key: string | null, registrar = 'iplan'): ServedLine {
  const extension = { registrar, displayName: `Ext ${number}`, owner: 'isp' as const };
  return { number, extension, key: key === null ? null : new Secret(key) };
}

/** A phone as the store tells it; what is not said is a Yealink with one line. */
export function servedPhone(
  mac: string,
  tokens: readonly ServedToken[],
  more: Partial<Pick<Phone, 'vendor' | 'model'>> & {
    lines?: readonly ServedLine[];
    slots?: readonly ToldSlot[];
    revision?: number;
    endedTokens?: readonly EndedToken[];
  } = {},
): ServedPhone {
  const {
    vendor = 'yealink',
    model,
    lines = [servedLine('1001', 'Zk3vQ9mT7xB2nR5cW8dL')],
    slots = [],
    revision = 1,
    endedTokens = [],
  } = more;
  const sold = model === undefined ? { vendor } : { vendor, model };
  const phone = { ...sold, lines: lines.map(({ number }) => ({ extension: number })) };
  return { mac, revision, phone, lines, slots, tokens, endedTokens, hasFetched: false };
}

/** A phone server that listens on loopback, with what it told; no secret may be in what it logs (I9). */
export interface PhoneWorld {
  readonly port: number;
  readonly catalogue: Catalogue;
  readonly app: FastifyInstance;
  readonly fetches: PhoneFetch[];
  readonly requests: PhoneRequest[];
  /** Log lines so far, once as many as were awaited are there; without that of the start. */
  logged(lines: number): Promise<readonly string[]>;
  close(): Promise<void>;
}

export interface WorldOptions {
  readonly phones?: readonly ServedPhone[];
  /** Tokens that only their hash stands for in `phones`. */
  readonly secrets?: readonly string[];
  readonly publicUrl?: string;
  /** Phones may come with a user and a password, and are asked for it so. */
  readonly schemes?: readonly PhoneScheme[];
  readonly certificates?: ClientCertificates;
  readonly now?: () => number;
  readonly tls?: PhoneTls;
  readonly find?: PhoneServerDeps['catalogue']['find'];
  readonly limits?: GuessLimits;
  readonly led?: PhoneServerDeps['led'];
  readonly listener?: ListenerLimits;
  readonly catchUp?: (catalogue: Catalogue) => Promise<void>;
}

export async function startPhoneWorld(options: WorldOptions = {}): Promise<PhoneWorld> {
  const { phones = [], publicUrl = 'http://127.0.0.1:8471', now = () => 1_000 } = options;
  const catalogue = new Catalogue({ publicUrl, registrars: [IPLAN], now });
  catalogue.put(phones);
  const watch = new LeakWatch();
  learnSecrets(watch, 'the phones', phones);
  for (const secret of options.secrets ?? []) watch.learn('a token', secret);
  const written = new EventEmitter();
  const lines: string[] = [];
  const log = watchedLog(watch, (line) => {
    if (line.includes('Server listening')) return;
    lines.push(line.trimEnd());
    written.emit('line');
  });
  const fetches: PhoneFetch[] = [];
  const requests: PhoneRequest[] = [];
  const { find, catchUp, schemes } = options;
  const auth =
    schemes === undefined
      ? null
      : new PhoneAuth({
          schemes,
          prefix: new URL(publicUrl).pathname.replace(/\/+$/, ''),
          nonceKey: NONCE_KEY,
          credentialsOf: (mac) => catalogue.credentialsOf(mac),
          now,
        });
  const app = buildPhoneServer({
    catalogue: find === undefined ? catalogue : withFind(catalogue, find),
    publicUrl,
    auth,
    certificates: options.certificates ?? null,
    now,
    log,
    ...(options.tls === undefined ? {} : { tls: options.tls }),
    ...(options.limits === undefined ? {} : { limits: options.limits }),
    ...(options.led === undefined ? {} : { led: options.led }),
    ...(options.listener === undefined ? {} : { listener: options.listener }),
    ...(catchUp === undefined ? {} : { catchUp: () => catchUp(catalogue) }),
    onFetch: (fetch) => fetches.push(fetch),
    onRequest: (request) => {
      watch.look('a request', JSON.stringify(request));
      requests.push(request);
    },
  });
  await app.listen({ host: '127.0.0.1', port: 0 });
  const address = app.server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    port: address.port,
    catalogue,
    app,
    fetches,
    requests,
    async logged(count) {
      while (lines.length < count) await once(written, 'line', { signal: AbortSignal.timeout(5_000) });
      return lines;
    },
    async close() {
      await app.close();
      expect(watch.leaks).toEqual([]);
    },
  };
}

function withFind(catalogue: Catalogue, find: PhoneServerDeps['catalogue']['find']): PhoneServerDeps['catalogue'] {
  return {
    find,
    standingOf: (tokenHash) => catalogue.standingOf(tokenHash),
    named: (mac) => catalogue.named(mac),
    certified: (mac, vendor) => catalogue.certified(mac, vendor),
    findOwn: (mac, file) => catalogue.findOwn(mac, file),
  };
}

/** Sends bytes on a connection of their own and gives all that comes back until the server ends it. */
export async function rawExchange(port: number, request: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  socket.on('error', () => undefined);
  socket.write(request);
  await once(socket, 'close', { signal: AbortSignal.timeout(10_000) });
  return Buffer.concat(chunks).toString('utf8');
}

/** A raw GET (or another method) that asks the server to close, without the Date of its answer. */
export async function rawRequest(port: number, target: string, head = '', method = 'GET'): Promise<string> {
  const answer = await rawExchange(
    port,
    `${method} ${target} HTTP/1.1\r\nHost: phones.example.net\r\n${head}Connection: close\r\n\r\n`,
  );
  return answer.replace(/^date: .*\r\n/im, '');
}
