import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { LoadConnection } from './phone-load.ts';
import type { PhonesReady } from './phones-process.ts';
import type { Figure } from './rows.ts';

const PHONES = 5_000;
const CONNECTIONS = 32;
const ROUNDS = 7;
const ROUND_MS = 1_000;
/** Power is back for all of them at once; no two boot at quite the same pace. */
const BOOT_SPREAD_MS = 5_000;

/** Row 6: what an authenticated phone's file costs beside a bare route, and 5 000 phones that boot at once. */
export async function row6(): Promise<readonly Figure[]> {
  const child = fork(join(import.meta.dirname, 'phones-process.ts'), [String(PHONES)], {
    execArgv: ['--import', 'tsx'],
  });
  const exited = once(child, 'exit');
  try {
    const [ready] = (await Promise.race([
      once(child, 'message'),
      exited.then(() => Promise.reject(new Error('the phone server’s process ended'))),
    ])) as [PhonesReady];
    const storm = await bootStorm(ready);
    return [...storm, ...(await throughput(ready))];
  } finally {
    child.disconnect();
    await exited;
  }
}

/** One second on each, in turn, so that whatever else the machine does falls on both; the median of the rounds' ratios. */
async function throughput(ready: PhonesReady): Promise<readonly Figure[]> {
  const files = ready.phones.map(([mac, token]) => `/p/${token}/${mac}.cfg`);
  const bareFiles = ready.phones.map(([mac]) => `/${mac}.cfg`);
  await rate(ready.barePort, bareFiles, ROUND_MS);
  await rate(ready.port, files, ROUND_MS);
  const rounds: { readonly bare: number; readonly ours: number }[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const bare = await rate(ready.barePort, bareFiles, ROUND_MS);
    rounds.push({ bare, ours: await rate(ready.port, files, ROUND_MS) });
  }
  const median = (values: readonly number[]): number => quantile(values, 0.5);
  const ratio = median(rounds.map(({ bare, ours }) => ours / bare));
  const ours = median(rounds.map((round) => round.ours)).toFixed(0);
  const bare = median(rounds.map((round) => round.bare)).toFixed(0);
  return [
    {
      row: 6,
      what: `phone config per phone (${ready.fileBytes} bytes, recorded and logged) / bare route`,
      value: `${ratio.toFixed(2)} (${ours} / ${bare} per s)`,
      target: '≥ 0.5',
      holds: ratio >= 0.5,
    },
  ];
}

/** Answers a second, over connections that ask for one file after another. */
async function rate(port: number, paths: readonly string[], ms: number): Promise<number> {
  const connections = await Promise.all(Array.from({ length: CONNECTIONS }, async () => LoadConnection.open(port)));
  const from = performance.now();
  let answers = 0;
  await Promise.all(
    connections.map(async (connection) => {
      while (performance.now() - from < ms) {
        const status = await connection.get(paths[answers % paths.length] ?? '');
        if (status !== 200) throw new Error(`answered ${status}`);
        answers += 1;
      }
      connection.close();
    }),
  );
  return (answers / (performance.now() - from)) * 1000;
}

/** Every phone connects within `BOOT_SPREAD_MS` and asks as a Yealink does, each over a connection of its own. */
async function bootStorm({ port, phones }: PhonesReady): Promise<readonly Figure[]> {
  const taken: number[] = [];
  const statuses = new Map<string, number>();
  const note = (status: string): void => {
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
  };
  const from = performance.now();
  await Promise.all(
    phones.map(async ([mac, token], at) => {
      try {
        await setTimeout((at / phones.length) * BOOT_SPREAD_MS);
        let asked = performance.now();
        const connection = await LoadConnection.open(port);
        // The first wait counts the connection's too.
        for (const file of [`${mac}.boot`, 'y000000000000.boot', `${mac}.cfg`, `${mac}-local.cfg`]) {
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
  const all = performance.now() - from;
  const [bad, whole] = [...statuses].reduce(
    ([faults, files], [status, number]) => [
      faults + (/^[234]/.test(status) ? 0 : number),
      files + (status === '200' ? number : 0),
    ],
    [0, 0],
  );
  const p99 = quantile(taken, 0.99);
  return [
    {
      row: 6,
      what: `boot storm of ${phones.length} phones in ${BOOT_SPREAD_MS / 1000} s: 5xx and failed / whole files`,
      value: `${bad} / ${whole}`,
      target: '0',
      holds: bad === 0 && whole === phones.length,
    },
    {
      row: 6,
      what: `boot storm, ${taken.length} requests in ${(all / 1000).toFixed(1)} s: p50 / p99`,
      value: `${quantile(taken, 0.5).toFixed(0)} ms / ${p99.toFixed(0)} ms`,
      target: 'p99 ≤ 1 s',
      holds: p99 <= 1000,
    },
  ];
}

function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(q * sorted.length) - 1)] ?? Number.NaN;
}
