import Database from 'better-sqlite3';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { Api } from '../../lab/demo/api.ts';
import { edgeFolder } from '../../lab/demo/edge-process.ts';
import { seededRandom } from '../../lab/routeros/random.ts';
import { growthOf, type Series } from './growth.ts';
import { startSoakLab } from './lab-child.ts';

/**
 * Hours of churn on `wisp-edge up`: instructions without end, routers that fail and reboot, and a look from outside every
 * now and then. Memory, handles, router sessions and rows must not grow. Exit code 1 when one does.
 */
const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '120' },
    subscribers: { type: 'string', default: '400' },
    routers: { type: 'string', default: '4' },
    seed: { type: 'string', default: '1' },
  },
});
const minutes = Number(values.minutes);
const subscribers = Number(values.subscribers);
const seed = Number(values.seed);
/** Some 120 samples a run, and no sample more often than a second. */
const SAMPLE_MS = Math.max(1000, (minutes * 60_000) / 120);
/** Between two instructions. */
const PACE_MS = 50;
const WIDE = 1_000_000;

/**
 * What stands for who there is now. Left out: operations and events, which are kept for 28 days and grow with what is asked,
 * and `instructions`, which fills up to one row a subscriber and facet.
 */
const LIVING_TABLES = ['subscribers', 'addresses', 'observed', 'departures', 'staged', 'claims'];

interface Sample {
  readonly rssMb: number;
  readonly handles: number;
  readonly sessions: number;
  readonly routerRows: number;
  readonly livingRows: number;
  readonly walMb: number;
}

const random = seededRandom(seed);
const lab = await startSoakLab(seed, Number(values.routers));
const agent = {
  brake: { percent: 100, count: WIDE, floor: WIDE, siteCount: WIDE },
  commandTimeoutSeconds: 2,
  reconcileEverySeconds: 20,
  portal: { domain: 'clientes.example.net', addresses: ['198.51.100.10'] },
  routers: lab.ports.map((port, at) => ({
    id: `r${at}`,
    host: '127.0.0.1',
    port,
    tls: false,
    user: 'edge',
    password: { file: 'router.password' },
    driver: at % 2 === 0 ? 'native' : 'node-routeros',
  })),
};
const folder = edgeFolder('soak', agent, { secrets: { 'router.password': lab.password } });
const edge = await folder.start();
const database = join(dirname(folder.configFile), 'data', 'wisp-edge.db');
const samples: Sample[] = [];
const counts = { asked: 0, refused: 0 };

await snapshot(edge.api, 1);
// Hours in which no router is reached would prove nothing.
await edge.api.send('POST', '/v1/routers/r0/reconcile', undefined, { prefer: 'wait=60' });
if ((await look()).routerRows === 0) throw new Error('no row of ours stands on any router');
const end = performance.now() + minutes * 60_000;
for (let next = performance.now() + SAMPLE_MS; performance.now() < end;) {
  await instruct(edge.api);
  await wait(PACE_MS);
  if (performance.now() < next) continue;
  next += SAMPLE_MS;
  samples.push(await look());
}
await lab.calm();
const isAtRest = await comeToRest(edge.api);
samples.push(await look());
const verdicts = report();
await edge.stop();
folder.remove();
await lab.close();
process.exitCode = verdicts && isAtRest ? 0 : 1;

async function snapshot(api: Api, generation: number): Promise<void> {
  const rows = Array.from({ length: subscribers }, (_, at) => ({
    id: `s${at}`,
    name: `s${at}`,
    router: `r${at % lab.ports.length}`,
    addresses: [`100.70.${at >> 8}.${at & 255}`, `2001:db8:70::${at.toString(16)}`],
    ...(random() < 0.4 ? { cutoff: { reason: 'unpaid' } } : {}),
  }));
  await send(api, 'PUT', '/v1/desired-state', { generation, takenAt: new Date().toISOString(), subscribers: rows });
}

async function instruct(api: Api): Promise<void> {
  const id = `s${Math.floor(random() * subscribers)}`;
  const chance = random();
  if (chance < 0.35) await send(api, 'PUT', `/v1/subscribers/${id}/cutoff`, { reason: `soak ${counts.asked % 7}` });
  else if (chance < 0.75) await send(api, 'DELETE', `/v1/subscribers/${id}/cutoff`);
  else if (chance < 0.87) await send(api, 'PUT', `/v1/subscribers/${id}/notices/custom`, { text: 'soak' });
  else if (chance < 0.995) await send(api, 'DELETE', `/v1/subscribers/${id}/notices/custom`);
  else await snapshot(api, Math.floor(Date.now() / 100) - 17_000_000_000);
}

async function send(api: Api, method: string, path: string, body?: unknown): Promise<void> {
  counts.asked += 1;
  const { status } = await api.send(method, path, body);
  if (status !== 202) counts.refused += 1;
}

async function look(): Promise<Sample> {
  const { sessions, rows } = await lab.sample();
  const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
  const db = new Database(database, { readonly: true });
  const count = (table: string): number => Number(db.prepare(`SELECT count(*) FROM ${table}`).pluck().get());
  const livingRows = sum(LIVING_TABLES.map(count));
  db.close();
  const status = readFileSync(`/proc/${edge.pid}/status`, 'utf8');
  const wal = `${database}-wal`;
  return {
    rssMb: Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024,
    handles: readdirSync(`/proc/${edge.pid}/fd`).length,
    sessions: Math.max(...sessions),
    routerRows: sum(rows),
    livingRows,
    walMb: existsSync(wal) ? statSync(wal).size / 2 ** 20 : 0,
  };
}

/** With all routers well, everything that was asked for comes to its end. */
async function comeToRest(api: Api): Promise<boolean> {
  const states = await Promise.all(
    lab.ports.map(async (_, at) => {
      const { body } = await api.send('POST', `/v1/routers/r${at}/reconcile`, undefined, { prefer: 'wait=60' });
      return String(body['state']);
    }),
  );
  process.stdout.write(`at rest: ${states.join(', ')}\n`);
  return states.every((state) => state === 'verified');
}

function report(): boolean {
  const of = (pick: (sample: Sample) => number): readonly number[] => samples.map(pick);
  const series: readonly Series[] = [
    { what: 'resident set', unit: 'MB', share: 0.05, least: 4, values: of(({ rssMb }) => rssMb) },
    { what: 'open handles', unit: '', share: 0.02, least: 1, values: of(({ handles }) => handles) },
    { what: 'sessions on one router', unit: '', share: 0, least: 0.2, values: of(({ sessions }) => sessions) },
    { what: 'rows of ours on routers', unit: '', share: 0.1, least: 20, values: of(({ routerRows }) => routerRows) },
    { what: 'living rows in the store', unit: '', share: 0.02, least: 20, values: of(({ livingRows }) => livingRows) },
    { what: 'write-ahead log', unit: 'MB', share: 0.2, least: 4, values: of(({ walMb }) => walMb) },
  ];
  process.stdout.write(
    `${minutes} min, ${lab.ports.length} routers, ${subscribers} subscribers, seed ${seed}: ${counts.asked} instructions (${counts.refused} not taken), ${samples.length} samples\n`,
  );
  process.stdout.write(
    `${'what'.padEnd(28)}${['first', 'last', 'most', 'an hour', 'allowed'].map((head) => head.padStart(12)).join('')}\n`,
  );
  let isFine = true;
  for (const one of series) {
    const growth = growthOf(one, SAMPLE_MS);
    const numbers = [growth.first, growth.last, growth.most, growth.perHour, growth.allowed];
    const cells = numbers.map((number) => number.toFixed(1).padStart(12)).join('');
    process.stdout.write(`${`${one.what} ${one.unit}`.padEnd(28)}${cells}  ${growth.holds ? 'holds' : 'GROWS'}\n`);
    isFine &&= growth.holds;
  }
  process.stdout.write(`${isFine ? 'pass' : 'FAIL'}\n`);
  return isFine;
}
