import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { Api } from '../lab/demo/api.ts';
import { startProductOn, type Product } from './product.ts';
import type { Figure } from './rows.ts';

/** One in so many is dead. */
const DEAD_OF = 10;
const SUBSCRIBERS = 500;
/** A snapshot after an outage: one in ten is cut. */
const CUT_OF = 10;
const RATIO = 1.2;
const RSS_MB = 250;

/** Row 5: a site of many routers converges as fast with dead ones among them as without these. */
export async function row5(routers: number): Promise<readonly Figure[]> {
  const dead = Math.floor(routers / DEAD_OF);
  const live = routers - dead;
  const alone = await converge(live, 0);
  const among = await converge(live, dead);
  const ratio = among.ms / alone.ms;
  const seconds = ({ ms }: Converged): string => `${(ms / 1000).toFixed(2)} s`;
  return [
    {
      row: 5,
      what: `${live} routers × ${SUBSCRIBERS}, one in ${CUT_OF} cut: snapshot to all as desired`,
      value: seconds(alone),
      target: '',
      holds: null,
    },
    {
      row: 5,
      what: `the same with ${dead} dead ones among them`,
      value: seconds(among),
      target: '',
      holds: null,
    },
    { row: 5, what: 'with dead ones / without', value: ratio.toFixed(2), target: `≤ ${RATIO}`, holds: ratio <= RATIO },
    {
      row: 5,
      what: `most resident set, ${routers} routers`,
      value: `${among.rssMb.toFixed(0)} MB`,
      target: `≤ ${RSS_MB} MB`,
      holds: among.rssMb <= RSS_MB,
    },
    { row: 5, what: 'CPU of ours for that', value: `${among.cpuSeconds.toFixed(1)} s`, target: '', holds: null },
  ];
}

interface Converged {
  readonly ms: number;
  readonly rssMb: number;
  readonly cpuSeconds: number;
}

/** From the snapshot's PUT to the moment at which every live router holds what it should. */
async function converge(live: number, dead: number): Promise<Converged> {
  const child = fork(join(import.meta.dirname, 'many-routers-process.ts'), [String(live), String(dead)], {
    execArgv: ['--import', 'tsx'],
  });
  const ports = await new Promise<readonly unknown[]>((resolve, reject) => {
    child.once('message', (message) => {
      if (Array.isArray(message)) resolve(message);
      else reject(new TypeError('the lab named no ports'));
    });
  });
  const routers = ports.map((port, number) => ({ id: `r${number}`, port: Number(port) }));
  const product = await startProductOn(routers);
  try {
    await until(product, live, 0);
    const from = performance.now();
    const cpu = product.cpuSeconds();
    const body = { generation: 1, takenAt: new Date().toISOString(), subscribers: everybody(routers.length) };
    const { status } = await product.api.send('PUT', '/v1/desired-state', body);
    if (status >= 300) throw new Error(`desired-state: ${status}`);
    const rssMb = await until(product, live, SUBSCRIBERS / CUT_OF);
    return { ms: performance.now() - from, rssMb, cpuSeconds: product.cpuSeconds() - cpu };
  } finally {
    await product.stop();
    child.disconnect();
    await once(child, 'exit');
  }
}

function everybody(routers: number): readonly object[] {
  return Array.from({ length: routers * SUBSCRIBERS }, (_, number) => ({
    id: `s${number}`,
    name: `S ${number}`,
    router: `r${Math.floor(number / SUBSCRIBERS)}`,
    addresses: [`100.${66 + (number >> 16)}.${(number >> 8) & 255}.${number & 255}`],
    ...(number % CUT_OF === 0 ? { cutoff: { reason: 'bench' } } : {}),
  }));
}

/** Waits until so many routers are as desired with so many cut; gives the most memory seen meanwhile, MB. */
async function until(product: Product, live: number, cut: number): Promise<number> {
  let most = 0;
  for (;;) {
    most = Math.max(most, product.rssMb());
    if ((await asDesired(product.api, cut)) >= live) return most;
    await setTimeout(250);
  }
}

async function asDesired(api: Api, cut: number): Promise<number> {
  const { body } = await api.send('GET', '/v1/routers?limit=500');
  const items: readonly unknown[] = Array.isArray(body['items']) ? body['items'] : [];
  return items.filter((item) => isAsDesired(item, cut)).length;
}

function isAsDesired(item: unknown, cut: number): boolean {
  if (typeof item !== 'object' || item === null || !('converged' in item) || !('counts' in item)) return false;
  const { counts } = item;
  return (
    item.converged === true && typeof counts === 'object' && counts !== null && 'cut' in counts && counts.cut === cut
  );
}
