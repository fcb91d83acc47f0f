import { expect, test } from 'vitest';
import type { SubscriberState } from '../../../schemas/subscriber.ts';
import { scene, type Scene } from './harness.ts';

const CUT = { reason: 'no payment' };
const LIST = '/ip/firewall/address-list';

function many(number: number, cut: (at: number) => boolean): SubscriberState[] {
  return Array.from({ length: number }, (_, at) => ({
    id: `s${at}`,
    name: 'x',
    router: 'r0',
    addresses: [`100.70.${at >> 8}.${at & 255}`],
    ...(cut(at) ? { cutoff: CUT } : {}),
  }));
}

function cutRows({ router }: Scene): number {
  return (
    router.state.tables
      .get(LIST)
      ?.rows()
      .filter((row) => row.attributes['list'] === 'Moroso').length ?? 0
  );
}

/** Resolves when so many rows of the cut-off list stand: the bulk is well under way. */
function standing(one: Scene, rows: number): Promise<void> {
  return new Promise((resolve) => {
    const stop = one.router.onCommand(() => {
      if (cutRows(one) < rows) return;
      stop();
      resolve();
    });
  });
}

test('complaint 18: a restore is verified long before the bulk it falls into has ended: nobody waits for a person, or for others', async () => {
  const one = await scene();
  await one.settled(
    await one.snapshot(
      1,
      many(2000, (at) => at < 5),
    ),
  );
  one.router.costs = { ...one.router.costs, oneWayMs: 1, writeMs: 0.2 };
  const bulk = await one.snapshot(
    2,
    many(2000, () => true),
  );
  await standing(one, 200);
  expect(await one.settle({ kind: 'restore', id: 's1' })).toMatchObject({ state: 'verified' });
  const rows = cutRows(one);
  expect(rows).toBeLessThan(1500);
  await one.reached(bulk, 'verified');
  expect(cutRows(one)).toBe(1999);
}, 40_000);

test('a subscriber restored while his cut is in flight ends open, and stays so', async () => {
  const one = await scene();
  await one.settled(
    await one.snapshot(
      1,
      many(600, () => false),
    ),
  );
  one.router.costs = { ...one.router.costs, oneWayMs: 1, writeMs: 0.2 };
  const bulk = await one.snapshot(
    2,
    many(600, () => true),
  );
  await standing(one, 100);
  const asked = await Promise.all([150, 151, 152, 300, 599].map((at) => one.ask({ kind: 'restore', id: `s${at}` })));
  for (const id of asked) await one.reached(id, 'verified');
  await one.reached(bulk, 'verified');
  await one.converged();
  expect(cutRows(one)).toBe(595);
}, 40_000);

test('where the router refuses a second session the full pass finishes the restore', async () => {
  const one = await scene({ router: { maxSessions: 1 } });
  await one.put('s1');
  await one.settle({ kind: 'cutoff', id: 's1', cutoff: CUT });
  expect(await one.settle({ kind: 'restore', id: 's1' })).toMatchObject({ state: 'verified' });
  expect(cutRows(one)).toBe(0);
});

test('many restores at once share one second session, also after it broke', async () => {
  const one = await scene();
  await one.settled(
    await one.snapshot(
      1,
      many(20, () => true),
    ),
  );
  for (const from of [0, 10]) {
    const asked = await Promise.all(
      Array.from({ length: 10 }, (_, at) => one.ask({ kind: 'restore', id: `s${from + at}` })),
    );
    for (const id of asked) await one.reached(id, 'verified');
    expect(one.router.stats.sessionsOpen).toBeLessThanOrEqual(2);
    one.router.faults.arm({ path: `${LIST}/remove` }, { kind: 'reset', when: 'after' });
  }
  await one.converged();
  expect(cutRows(one)).toBe(0);
});

test('stopping in the middle of a restore leaves nothing behind', async () => {
  const one = await scene();
  await one.put('s1');
  await one.settle({ kind: 'cutoff', id: 's1', cutoff: CUT });
  one.router.faults.arm({ path: `${LIST}/remove` }, { kind: 'stuck' });
  const restore = await one.ask({ kind: 'restore', id: 's1' });
  await one.restart();
  await one.reached(restore, 'verified');
  expect(cutRows(one)).toBe(0);
});

test('on a router whose CPU is busy fewer commands are in flight, and as many as before once it is at ease', async () => {
  const one = await scene();
  await one.settled(
    await one.snapshot(
      1,
      many(1, () => false),
    ),
  );
  one.router.costs = { ...one.router.costs, oneWayMs: 2, writeMs: 2 };
  one.router.state.resource.cpuLoad = 90;
  const most: number[] = [];
  const stop = one.router.onCommand(({ path, attributes }) => {
    if (path !== '/system/resource/print' || attributes.get('proplist') !== 'cpu-load') return;
    most.push(one.router.stats.maxInFlight);
    one.router.resetStats();
    if (most.length === 4) one.router.state.resource.cpuLoad = 0;
  });
  const bulk = await one.snapshot(
    2,
    many(1500, () => true),
  );
  await one.reached(bulk, 'verified');
  stop();
  expect(most[0]).toBeGreaterThan(8);
  expect(Math.min(...most)).toBeLessThanOrEqual(4);
  expect(Math.max(...most.slice(5), one.router.stats.maxInFlight)).toBeGreaterThan(8);
}, 60_000);
