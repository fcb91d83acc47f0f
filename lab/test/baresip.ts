import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { freePort } from './free-port.ts';
import { dieWithUs, endProcess } from './peer-process.ts';
import { findPeer, type Peer } from './peers.ts';

const PATIENCE_MS = 15_000;
const START_MS = 5_000;

export function findBaresip(): Peer {
  return findPeer('baresip', '/bin/sh', ['-c', 'command -v baresip']);
}

/** A real phone stack on loopback. It answers an unsolicited NOTIFY check-sync with 481. */
export interface Baresip {
  /** Where it takes SIP. */
  readonly port: number;
  /** Adds an account; resolves when it is registered, rejects with what the registrar said. */
  register(account: {
    readonly user: string;
    readonly password: string;
    readonly registrarPort: number;
    readonly transport?: 'udp' | 'tcp';
    readonly seconds?: number;
  }): Promise<void>;
  close(): Promise<void>;
}

/** Starts baresip and waits until it can be driven; on other ports when these were taken meanwhile. */
export async function startBaresip(): Promise<Baresip> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await startOnce();
    } catch (error) {
      if (tries === 3) throw error;
    }
  }
}

async function startOnce(): Promise<Baresip> {
  const folder = await mkdtemp(join(tmpdir(), 'bs-'));
  const [port, control] = [await freePort(), await freePort()];
  await mkdir(join(folder, 'bs'));
  await writeFile(join(folder, 'bs/accounts'), '');
  await writeFile(join(folder, 'bs/contacts'), '');
  const config = [
    `sip_listen 127.0.0.1:${port}`,
    // The address: "lo" does not work in 1.0.
    'net_interface 127.0.0.1',
    'module_path /usr/lib/baresip/modules',
    ...['stdio', 'g711'].map((name) => `module ${name}.so`),
    'module_tmp account.so',
    'module_app menu.so',
    ...['ctrl_tcp', 'uuid'].map((name) => `module ${name}.so`),
    `ctrl_tcp_listen 127.0.0.1:${control}`,
    '',
  ];
  await writeFile(join(folder, 'bs/config'), config.join('\n'));
  // It ends with its standard input: a pipe that is never closed.
  const child = dieWithUs(spawn('baresip', ['-f', join(folder, 'bs')], { stdio: ['pipe', 'ignore', 'ignore'] }));
  try {
    const socket = await connected(child, control);
    return baresipOf(child, socket, port, folder);
  } catch (error) {
    await endProcess(child);
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

function baresipOf(child: ChildProcess, socket: Socket, port: number, folder: string): Baresip {
  const events = new Set<(event: Record<string, unknown>) => void>();
  let rest = '';
  socket.setEncoding('utf8').on('data', (text: string) => {
    rest += text;
    for (;;) {
      const colon = rest.indexOf(':');
      const length = Number(rest.slice(0, colon));
      if (colon < 1 || rest.length < colon + length + 2) return;
      const event: unknown = JSON.parse(rest.slice(colon + 1, colon + 1 + length));
      rest = rest.slice(colon + length + 2);
      if (typeof event === 'object' && event !== null) for (const told of [...events]) told({ ...event });
    }
  });
  socket.on('error', () => undefined);
  const send = (command: string, params: string): void => {
    const text = JSON.stringify({ command, params, token: 't' });
    socket.write(`${Buffer.byteLength(text)}:${text},`);
  };
  return {
    port,
    async register({ user, password, registrarPort, transport = 'udp', seconds = 60 }) {
      await new Promise<void>((resolve, reject) => {
        const timer = setTimeout(() => {
          end(new Error('baresip did not register in time'));
        }, PATIENCE_MS);
        const end = (error: Error | null): void => {
          clearTimeout(timer);
          events.delete(told);
          if (error === null) resolve();
          else reject(error);
        };
        const told = (event: Record<string, unknown>): void => {
          if (event['type'] === 'REGISTER_OK') end(null);
          if (event['type'] === 'REGISTER_FAIL') end(new Error(`baresip: ${String(event['param'])}`));
        };
        events.add(told);
        const uri = `sip:${user}@127.0.0.1:${registrarPort};transport=${transport}`;
        send('uanew', `<${uri}>;auth_user=${user};auth_pass=${password};regint=${seconds}`);
      });
    },
    async close() {
      socket.destroy();
      await endProcess(child);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function connected(child: ChildProcess, port: number): Promise<Socket> {
  const until = performance.now() + START_MS;
  for (;;) {
    const socket = connect(port, '127.0.0.1');
    const isUp = await new Promise<boolean>((resolve) => {
      socket.once('connect', () => {
        resolve(true);
      });
      socket.once('error', () => {
        resolve(false);
      });
    });
    if (isUp) return socket;
    if (child.exitCode !== null || performance.now() > until) throw new Error('baresip did not start');
    await wait(50);
  }
}
