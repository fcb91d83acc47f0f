import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { NODE_FLAGS } from '../lab/demo/edge-process.ts';
import { startNginx, type Nginx } from './nginx.ts';
import { LoadConnection } from './phone-load.ts';
import { startPhoneSite, type BenchPhone, type PhoneSite } from './phone-site.ts';
import { cpuSecondsOf } from './cpu.ts';
import type { Figure } from './rows.ts';

const PHONES = 5_000;
const CONNECTIONS = 32;
const ROUNDS = 7;
const ROUND_MS = 1_000;
/** What a Yealink asks for at boot. */
const BOOT_FILES = (mac: string): readonly string[] => [`${mac}.boot`, 'y000000000000.boot', `${mac}.cfg`];

/** Row 6: what an authenticated phone's file costs beside a bare route, and 5 000 phones that boot at once. */
export async function row6(): Promise<readonly Figure[]> {
  const site = await startPhoneSite(PHONES);
  try {
    const nginx = await startNginx(site.filesFolder);
    try {
      const peer = nginx === null ? null : await bootStorm(nginx.port, site.phones);
      const own = await bootStorm(site.port, site.phones);
      return [...stormFigures(own, peer), ...(await throughput(site, nginx))];
    } finally {
      await nginx?.stop();
    }
  } finally {
    await site.stop();
  }
}

interface Bare {
  readonly port: number;
  cpuSeconds(): number;
  stop(): Promise<void>;
}

async function startBare(bytes: number): Promise<Bare> {
  const child = fork(join(import.meta.dirname, 'bare-process.ts'), [String(bytes)], {
    execArgv: [...NODE_FLAGS, '--import', 'tsx'],
  });
  const exited = once(child, 'exit');
  const port = await new Promise<number>((resolve) => {
    child.once('message', (said) => {
      resolve(Number(said));
    });
  });
  return {
    port,
    cpuSeconds: () => cpuSecondsOf(child.pid ?? 0),
    async stop() {
      child.disconnect();
      await exited;
    },
  };
}

interface Rate {
  readonly perSecond: number;
  /** CPU of the server for each answer, microseconds. */
  readonly cpuMicros: number;
}

/** One second on each, in turn, so that whatever else the machine does falls on all; medians over the rounds. */
async function throughput(site: PhoneSite, nginx: Nginx | null): Promise<readonly Figure[]> {
  const files = site.phones.map(([mac, token]) => `/p/${token}/${mac}.cfg`);
  const bareFiles = site.phones.map(([mac]) => `/${mac}.cfg`);
  const bare = await startBare(site.fileBytes);
  await rate(bare, bareFiles);
  await rate(site, files);
  const rounds: { readonly bare: Rate; readonly ours: Rate; readonly nginx: Rate | null }[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    rounds.push({
      bare: await rate(bare, bareFiles),
      ours: await rate(site, files),
      nginx: nginx === null ? null : await rate(nginx, files),
    });
  }
  await bare.stop();
  const median = (of: (round: (typeof rounds)[number]) => number): number => quantile(rounds.map(of), 0.5);
  const ratio = median((round) => round.ours.perSecond / round.bare.perSecond);
  const told = (value: number, of: (round: (typeof rounds)[number]) => number): string =>
    `${value.toFixed(2)} (${median((round) => round.ours.perSecond).toFixed(0)} / ${median(of).toFixed(0)} per s)`;
  const cpuRatio = median((round) => round.ours.cpuMicros / round.bare.cpuMicros);
  const [cpu, cpuOfBare] = [median((round) => round.ours.cpuMicros), median((round) => round.bare.cpuMicros)];
  return [
    {
      row: 6,
      what: `phone config per phone (${site.fileBytes} bytes, recorded and logged) / bare route`,
      value: told(ratio, (round) => round.bare.perSecond),
      target: '≥ 0.5',
      holds: ratio >= 0.5,
    },
    {
      row: 6,
      what: 'CPU of the server for each, over the bare route’s',
      value: `${cpuRatio.toFixed(2)} (${cpu.toFixed(0)} / ${cpuOfBare.toFixed(0)} µs)`,
      target: '',
      holds: null,
    },
    ...(nginx === null
      ? []
      : [
          {
            row: 6,
            what: 'the same over nginx: the same bytes from disk, logged',
            value: told(
              median((round) => round.ours.perSecond / (round.nginx?.perSecond ?? Number.NaN)),
              (round) => round.nginx?.perSecond ?? Number.NaN,
            ),
            target: '',
            holds: null,
          },
        ]),
  ];
}

interface Contender {
  readonly port: number;
  cpuSeconds(): number;
}

/** For a second, over connections that ask for one file after another. */
async function rate(contender: Contender, paths: readonly string[]): Promise<Rate> {
  const connections = await Promise.all(
    Array.from({ length: CONNECTIONS }, async () => LoadConnection.open(contender.port)),
  );
  const from = performance.now();
  const cpu = contender.cpuSeconds();
  let answers = 0;
  await Promise.all(
    connections.map(async (connection) => {
      while (performance.now() - from < ROUND_MS) {
        const status = await connection.get(paths[answers % paths.length] ?? '');
        if (status !== 200) throw new Error(`answered ${status}`);
        answers += 1;
      }
      connection.close();
    }),
  );
  return {
    perSecond: (answers / (performance.now() - from)) * 1000,
    cpuMicros: ((contender.cpuSeconds() - cpu) / answers) * 1_000_000,
  };
}

interface Storm {
  /** Answers by status; `failed` for what got none. */
  readonly statuses: ReadonlyMap<string, number>;
  /** From asking to the whole answer, ms; the first of a phone counts its connection, too. */
  readonly taken: readonly number[];
  readonly ms: number;
}

/** Power is back: every phone connects at once and asks as a Yealink does, each over a connection of its own. */
async function bootStorm(port: number, phones: readonly BenchPhone[]): Promise<Storm> {
  const taken: number[] = [];
  const statuses = new Map<string, number>();
  const note = (status: string): void => {
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
  };
  const from = performance.now();
  await Promise.all(
    phones.map(async ([mac, token]) => {
      try {
        let asked = performance.now();
        const connection = await LoadConnection.open(port);
        for (const file of BOOT_FILES(mac)) {
          note(String(await connection.get(`/p/${token}/${file}`)));
          taken.push(performance.now() - asked);
          asked = performance.now();
        }
        connection.close();
      } catch {
        note('failed');
      }
    }),
  );
  return { statuses, taken, ms: performance.now() - from };
}

function stormFigures(own: Storm, peer: Storm | null): readonly Figure[] {
  const entries = [...own.statuses];
  const bad = entries.reduce((sum, [status, number]) => sum + (/^[234]/.test(status) ? 0 : number), 0);
  const p99 = quantile(own.taken, 0.99);
  const told = ({ taken, ms }: Storm): string =>
    `${quantile(taken, 0.5).toFixed(0)} / ${quantile(taken, 0.99).toFixed(0)} ms in ${(ms / 1000).toFixed(1)} s`;
  return [
    {
      row: 6,
      what: `boot storm of ${PHONES} phones at once: 5xx and failed / whole files`,
      value: `${bad} / ${own.statuses.get('200') ?? 0}`,
      target: '0',
      holds: bad === 0 && own.statuses.get('200') === PHONES,
    },
    {
      row: 6,
      what: `boot storm, ${own.taken.length} requests: p50 / p99`,
      value: told(own),
      target: 'p99 ≤ 1 s',
      holds: p99 <= 1000,
    },
    ...(peer === null ? [] : [{ row: 6, what: 'the same storm on nginx', value: told(peer), target: '', holds: null }]),
  ];
}

function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(q * sorted.length) - 1)] ?? Number.NaN;
}
