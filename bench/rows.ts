import { setTimeout } from 'node:timers/promises';
import type { Answer, Api } from '../lab/demo/api.ts';
import type { LabChild } from './lab-child.ts';
import { librouteros, nodeRouteros, ownAwaitingEach, type PeerRate } from './peers.ts';
import type { Product } from './product.ts';

/** A line of the result: what was measured, the figure, what it should be, and whether it is. */
export interface Figure {
  readonly row: number;
  readonly what: string;
  readonly value: string;
  readonly target: string;
  readonly holds: boolean | null;
}

const SERVICE_MS = 0.3;
const ROUTER = 'r0';
const WAIT = { prefer: 'wait=120' };

interface Snapshot {
  readonly subscribers: number;
  readonly cut: (number: number) => boolean;
}

/** Sends a whole desired state and waits until it is verified; ms from the call to that. */
export async function desire(api: Api, generation: number, { subscribers, cut }: Snapshot): Promise<number> {
  const from = performance.now();
  const rows = Array.from({ length: subscribers }, (_, number) => ({
    id: `s${number}`,
    name: `S ${number}`,
    router: ROUTER,
    addresses: [
      `100.${64 + (number >> 16)}.${(number >> 8) & 255}.${number & 255}`
        .replace('100.64.0.0', '100.65.0.0')
        .replace('100.64.0.1', '100.65.0.1'),
    ],
    ...(cut(number) ? { cutoff: { reason: 'bench' } } : {}),
  }));
  const body = { generation, takenAt: new Date().toISOString(), subscribers: rows };
  const accepted = await api.send('PUT', '/v1/desired-state', body, WAIT);
  if (accepted.status >= 300) throw new Error(`desired-state: ${accepted.status} ${JSON.stringify(accepted.body)}`);
  await settled(api, accepted.body);
  return performance.now() - from;
}

/** Waits on the server's side as long as it lets us: a poll from here would be counted as the product's work. */
async function settled(api: Api, operation: Answer['body']): Promise<void> {
  let body = operation;
  while (body['state'] !== 'verified') {
    if (['held', 'failed', 'superseded'].includes(String(body['state'])))
      throw new Error(`operation ${JSON.stringify(body)}`);
    await setTimeout(200);
    body = (await api.send('GET', `/v1/operations/${String(body['id'])}`)).body;
  }
}

export async function reconcile(api: Api): Promise<void> {
  await settled(api, (await api.send('POST', `/v1/routers/${ROUTER}/reconcile`, undefined, WAIT)).body);
}

/** Restores one after another until told to stop; ms each from call to verified. */
async function restores(api: Api, numbers: readonly number[], isOver: () => boolean): Promise<readonly number[]> {
  const taken: number[] = [];
  for (const number of numbers) {
    if (isOver()) break;
    const from = performance.now();
    const { body } = await api.send('DELETE', `/v1/subscribers/s${number}/cutoff`, undefined, { prefer: 'wait=20' });
    if (body['state'] !== 'verified') throw new Error(`restore of s${number}: ${JSON.stringify(body)}`);
    taken.push(performance.now() - from);
  }
  return taken;
}

/** Row 1: restores on an idle router, then the same while 10 000 rows are being applied. */
export async function row1(product: Product, lab: LabChild): Promise<readonly Figure[]> {
  const early = 300;
  await desire(product.api, 100, { subscribers: 5300, cut: (number) => number < early });
  const numbers = Array.from({ length: early }, (_, number) => number);
  const idle = await restores(product.api, numbers.slice(0, 60), () => false);
  await lab.reset();
  let isApplied = false;
  const bulk = desire(product.api, 101, { subscribers: 5300, cut: (number) => number >= 60 }).then(() => {
    isApplied = true;
  });
  await firstWrite(lab);
  const isWritten = { now: false };
  const watching = writesEnd(lab, 10_000).then(() => {
    isWritten.now = true;
  });
  const busy = await restores(product.api, numbers.slice(60), () => isWritten.now || isApplied);
  await watching;
  await bulk;
  const ratio = quantile(busy, 0.99) / quantile(idle, 0.99);
  return [
    {
      row: 1,
      what: `restore on an idle router, p50 / p99 of ${idle.length}`,
      value: `${ms(quantile(idle, 0.5))} / ${ms(quantile(idle, 0.99))}`,
      target: '',
      holds: null,
    },
    {
      row: 1,
      what: `restore while 10 000 rows are written, p50 / p99 of ${busy.length}`,
      value: `${ms(quantile(busy, 0.5))} / ${ms(quantile(busy, 0.99))}`,
      target: 'p99 ≤ 2 s',
      holds: quantile(busy, 0.99) <= 2000,
    },
    { row: 1, what: 'p99 under load / p99 idle', value: ratio.toFixed(2), target: '≤ 10', holds: ratio <= 10 },
  ];
}

/** Row 2: 10 000 cut-offs to an empty router, and what other clients get from the same router. */
export async function row2(product: Product, lab: LabChild, count: number): Promise<readonly Figure[]> {
  const own = await ownAwaitingEach(lab.port, 1000);
  const peers = [await nodeRouteros(lab.port, 3000, 16), await librouteros(lab.port, 1000)].filter(
    (peer) => peer !== null,
  );
  await lab.reset();
  const total = await desire(product.api, 200, { subscribers: count, cut: () => true });
  const span = await lab.span();
  const written = span.last - span.first;
  const rows = count * 2;
  const rate = (rows / written) * 1000;
  const overFloor = written / (rows * SERVICE_MS);
  const rates: readonly PeerRate[] = [own, ...peers];
  return [
    {
      row: 2,
      what: `${rows} rows written (list + proxy; ${span.writes} writes)`,
      value: `${ms(written)}, ${rate.toFixed(0)} rows/s`,
      target: '',
      holds: null,
    },
    {
      row: 2,
      what: 'writing time / (rows × 0.3 ms)',
      value: overFloor.toFixed(2),
      target: '≤ 1.3',
      holds: overFloor <= 1.3,
    },
    {
      row: 2,
      what: 'API call to verified, less the writing (reads that verify)',
      value: ms(total - written),
      target: '',
      holds: null,
    },
    ...rates.map((peer): Figure => {
      const ratio = rate / peer.rowsPerSecond;
      const isOwn = peer === own;
      return {
        row: 2,
        what: `rows/s over ${peer.name} (${peer.rowsPerSecond.toFixed(0)} rows/s)`,
        value: ratio.toFixed(1),
        target: isOwn ? '≥ 10' : '',
        holds: isOwn ? ratio >= 10 : null,
      };
    }),
  ];
}

/** Row 3: a steady reconcile writes nothing and costs us little. */
export async function row3(product: Product, lab: LabChild): Promise<readonly Figure[]> {
  await reconcile(product.api);
  await lab.reset();
  const before = product.cpuSeconds();
  await reconcile(product.api);
  const cpu = product.cpuSeconds() - before;
  const { writes } = await lab.span();
  return [
    { row: 3, what: 'steady reconcile: writes', value: String(writes), target: '0', holds: writes === 0 },
    {
      row: 3,
      what: 'steady reconcile: CPU of ours, all daemons',
      value: `${cpu.toFixed(2)} s`,
      target: '≤ 1 s',
      holds: cpu <= 1,
    },
    { row: 3, what: 'resident set', value: `${product.rssMb().toFixed(0)} MB`, target: '', holds: null },
  ];
}

/** Row 4: of 20 000 rows 100 were taken away: just those are written. */
export async function row4(product: Product, lab: LabChild, rows: number): Promise<readonly Figure[]> {
  await lab.drift(rows / 2);
  await lab.reset();
  await reconcile(product.api);
  const { writes } = await lab.span();
  return [
    {
      row: 4,
      what: `drift of ${rows} rows: rows written`,
      value: String(writes),
      target: String(rows),
      holds: writes === rows,
    },
  ];
}

async function firstWrite(lab: LabChild): Promise<void> {
  while ((await lab.span()).writes === 0) await new Promise((resolve) => setImmediate(resolve));
}

async function writesEnd(lab: LabChild, rows: number): Promise<void> {
  while ((await lab.span()).writes < rows) await setTimeout(20);
}

function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(q * sorted.length) - 1)] ?? Number.NaN;
}

function ms(value: number): string {
  return value >= 1000 ? `${(value / 1000).toFixed(2)} s` : `${value.toFixed(0)} ms`;
}
