import { spawn, type ChildProcess } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { freePort } from './free-port.ts';
import { dieWithUs, endProcess } from './peer-process.ts';
import { findPeer, type Peer } from './peers.ts';

const CONFIG = join(import.meta.dirname, '../peers/kamailio.cfg');
const PROGRAM = '/usr/sbin/kamailio';

export interface KamailioOptions {
  /** What it challenges with. Default MD5. */
  readonly algorithm?: 'MD5' | 'SHA-256';
}

/**
 * A real registrar on loopback, UDP and TCP on one port. Users 1001 / s3cret-1001, 1002 / s3cret-1002, probe / probe-pw;
 * realm and domain are 127.0.0.1.
 */
export interface Kamailio {
  readonly port: number;
  /** A new password at once. */
  setPassword(user: string, password: string): Promise<void>;
  /** 403 for 60 s to whoever authenticates as this user. */
  lock(user: string): Promise<void>;
  /** The contacts of all users, as `ul.dump` tells them. */
  dump(): Promise<readonly KamailioContact[]>;
  close(): Promise<void>;
}

export interface KamailioContact {
  readonly aor: string;
  readonly address: string;
  readonly expires: number;
}

/** There with every module that the configuration loads: Debian ships some apart. */
export function findKamailio(): Peer {
  return findPeer('kamailio kamailio-websocket-modules', PROGRAM, ['-c', '-f', CONFIG]);
}

/** Starts Kamailio and waits until it answers; another port when this one was taken meanwhile. */
export async function startKamailio({ algorithm = 'MD5' }: KamailioOptions = {}): Promise<Kamailio> {
  const folder = await mkdtemp(join(tmpdir(), 'kam-'));
  for (let tries = 1; ; tries += 1) {
    const port = await freePort();
    const child = dieWithUs(
      spawn(
        PROGRAM,
        [
          ...['-DD', '-E', '-f', CONFIG, '-Y', folder, '-m', '64', '-M', '8'],
          ...['-l', `udp:127.0.0.1:${port}`, '-l', `tcp:127.0.0.1:${port}`],
          ...(algorithm === 'SHA-256' ? ['-A', 'ALG_SHA256'] : []),
        ],
        { stdio: ['ignore', 'ignore', 'pipe'] },
      ),
    );
    const log: string[] = [];
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      log.push(text);
      if (log.length > 200) log.shift();
    });
    if (await isUp(child, port)) return kamailioOf(child, port, folder);
    await endProcess(child);
    if (tries === 5) throw new Error(`kamailio did not start:\n${log.join('')}`);
  }
}

function kamailioOf(child: ChildProcess, port: number, folder: string): Kamailio {
  async function rpc(method: string, params: readonly unknown[]): Promise<unknown> {
    const response = await fetch(`http://127.0.0.1:${port}/rpc`, {
      method: 'POST',
      body: JSON.stringify({ jsonrpc: '2.0', method, params, id: 1 }),
      signal: AbortSignal.timeout(5000),
    });
    const body: unknown = await response.json();
    if (!isObject(body) || 'error' in body) throw new Error(`${method}: ${JSON.stringify(body)}`);
    return body['result'];
  }
  return {
    port,
    async setPassword(user, password) {
      await rpc('htable.sets', ['auth', user, password]);
    },
    async lock(user) {
      await rpc('htable.seti', ['fail', user, 5]);
    },
    async dump() {
      const found: KamailioContact[] = [];
      collectContacts(await rpc('ul.dump', []), '', found);
      return found;
    },
    async close() {
      await endProcess(child);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** `ul.dump` nests Domain → AoRs → Info { AoR, Contacts: [{ Contact: { Address, Expires } }] }. */
function collectContacts(node: unknown, aor: string, found: KamailioContact[]): void {
  if (Array.isArray(node)) {
    for (const item of node) collectContacts(item, aor, found);
    return;
  }
  if (!isObject(node)) return;
  const own = typeof node['AoR'] === 'string' ? node['AoR'] : aor;
  const { Address: address, Expires: expires } = node;
  if (typeof address === 'string') found.push({ aor: own, address, expires: Number(expires) });
  for (const value of Object.values(node)) collectContacts(value, own, found);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** OPTIONS without a user part is answered 200 as soon as it runs. */
async function isUp(child: ChildProcess, port: number): Promise<boolean> {
  const socket = createSocket('udp4');
  try {
    const answered = new Promise<boolean>((resolve) => {
      socket.once('message', () => {
        resolve(true);
      });
      child.once('exit', () => {
        resolve(false);
      });
    });
    // Nobody listens yet: the system says so, and it is asked again.
    socket.on('error', () => undefined);
    await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
    const own = socket.address().port;
    for (let tries = 0; tries < 100; tries += 1) {
      socket.send(
        [
          `OPTIONS sip:127.0.0.1:${port} SIP/2.0`,
          `Via: SIP/2.0/UDP 127.0.0.1:${own};branch=z9hG4bKup${own}${tries}`,
          `From: <sip:up@127.0.0.1>;tag=${own}`,
          `To: <sip:127.0.0.1:${port}>`,
          `Call-ID: up-${own}`,
          `CSeq: ${tries + 1} OPTIONS`,
          'Max-Forwards: 70',
          'Content-Length: 0',
          '',
          '',
        ].join('\r\n'),
        port,
        '127.0.0.1',
      );
      const isAnswered = await Promise.race([answered, wait(50, null)]);
      if (isAnswered !== null) return isAnswered;
    }
    return false;
  } finally {
    socket.close();
  }
}
