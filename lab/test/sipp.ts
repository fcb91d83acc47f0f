import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { freePort } from './free-port.ts';
import { dieWithUs, endProcess } from './peer-process.ts';
import { findPeer, type Peer } from './peers.ts';

const PEERS = join(import.meta.dirname, '../peers');

export function findSipp(): Peer {
  return findPeer('sipp', '/bin/sh', ['-c', 'command -v sipp']);
}

export interface SippRegister {
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly transport?: 'udp' | 'tcp';
  /** How many registers in all, and how many at once. Default 1 and 1. */
  readonly count?: number;
  readonly inFlight?: number;
}

/** Sends REGISTERs without Contact, with digest (MD5 only); resolves with sipp's exit code, 0 = all got 200, and its time. */
export async function runSippRegister(options: SippRegister): Promise<{ readonly code: number; readonly ms: number }> {
  const { port, user, password, transport = 'udp', count = 1, inFlight = 1 } = options;
  const args = [
    `127.0.0.1:${port}`,
    ...['-sf', join(PEERS, 'sipp-register.xml'), '-s', user, '-au', user, '-ap', password],
    ...['-i', '127.0.0.1', '-p', String(await freePort()), '-t', transport === 'udp' ? 'u1' : 't1'],
    ...['-m', String(count), '-l', String(inFlight), '-r', '20000', '-nostdin'],
  ];
  const from = performance.now();
  return new Promise((resolve, reject) => {
    execFile('sipp', args, { timeout: 120_000, maxBuffer: 64 << 20 }, (error) => {
      const ms = performance.now() - from;
      if (error === null) resolve({ code: 0, ms });
      else if (typeof error.code === 'number') resolve({ code: error.code, ms });
      else reject(new Error('sipp did not run', { cause: error }));
    });
  });
}

/** A phone that takes one NOTIFY check-sync and answers 200. */
export interface SippPhone {
  readonly port: number;
  /** The Event value it got, once it has got one; rejects when it was none that begins with check-sync. */
  event(): Promise<string>;
  close(): Promise<void>;
}

export async function startSippPhone(): Promise<SippPhone> {
  const folder = await mkdtemp(join(tmpdir(), 'sipp-'));
  const log = join(folder, 'notify.log');
  const port = await freePort();
  const child: ChildProcess = dieWithUs(
    spawn(
      'sipp',
      [
        ...['-sf', join(PEERS, 'sipp-notify-uas.xml'), '-i', '127.0.0.1', '-p', String(port), '-m', '1'],
        ...['-nostdin', '-trace_logs', '-log_file', log],
      ],
      { stdio: ['ignore', 'ignore', 'ignore'], cwd: folder },
    ),
  );
  const exited = new Promise<number | null>((resolve) => {
    child.once('exit', resolve);
  });
  while (!(await isBound(port))) {
    if (child.exitCode !== null) throw new Error('sipp did not start');
    await wait(10);
  }
  return {
    port,
    async event() {
      const code = await exited;
      if (code !== 0) throw new Error(`the NOTIFY was not check-sync (sipp ended with ${String(code)})`);
      const event = /EVENT (\S+)/.exec(await readFile(log, 'utf8'))?.[1];
      if (event === undefined) throw new Error('sipp logged no Event');
      return event;
    },
    async close() {
      await endProcess(child);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Whether somebody takes UDP on this port of 127.0.0.1; trying to bind it would take it away. */
async function isBound(port: number): Promise<boolean> {
  const hex = port.toString(16).toUpperCase().padStart(4, '0');
  return (await readFile('/proc/net/udp', 'utf8')).includes(` 0100007F:${hex} `);
}
