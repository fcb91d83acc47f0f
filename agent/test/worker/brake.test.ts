import { expect, test } from 'vitest';
import type { SubscriberState } from '../../../schemas/subscriber.ts';
import { systemClock } from '../../adapters/clock.ts';
import { scene, type Scene } from './harness.ts';

const BRAKE = { percent: 10, count: 200, floor: 10, siteCount: 1000, windowMinutes: 60 };
const CUT = { reason: 'no payment' };
const LIST = '/ip/firewall/address-list';

function rows(number: number, cuts: number, router = 'r0', from = 0): SubscriberState[] {
  return Array.from({ length: number }, (_, at) => ({
    id: `${router}-${from + at}`,
    name: 'x',
    router,
    addresses: [`100.64.${router === 'r0' ? 1 : 2}.${from + at}`],
    ...(at < cuts ? { cutoff: CUT } : {}),
  }));
}

function cutRows({ router }: Scene): number {
  return router
    .table(LIST)
    .rows()
    .filter((row) => row['list'] === 'Moroso').length;
}

test('I8: eleven of a hundred as one change wait for a person, and a release lets them through', async () => {
  const one = await scene({ brake: BRAKE });
  await one.settled(await one.snapshot(1, rows(100, 0)));
  const operation = await one.snapshot(2, rows(100, 11));
  expect(await one.settled(operation)).toMatchObject({ state: 'held', reason: 'brake' });
  expect(cutRows(one)).toBe(0);
  await one.ask({ kind: 'release', router: 'r0', operations: [operation] });
  await one.reached(operation, 'verified');
  expect(cutRows(one)).toBe(11);
});

test('I6: who is told of as cut is who is seen cut, not who should be: what is held is none', async () => {
  const one = await scene({ brake: BRAKE });
  const told = async (): Promise<unknown> => (await one.store.control.routerStatuses()).map(({ counts }) => counts);
  await one.settled(await one.snapshot(1, rows(100, 4)));
  expect(await told()).toMatchObject([{ cut: 4, held: 0 }]);
  const operation = await one.snapshot(2, rows(100, 40));
  expect(await one.settled(operation)).toMatchObject({ state: 'held', reason: 'brake' });
  expect(cutRows(one)).toBe(4);
  expect(await told()).toMatchObject([{ cut: 4, held: 36 }]);
  expect((await one.store.control.counts()).cutoffs).toBe(40);
  await one.ask({ kind: 'release', router: 'r0', operations: [operation] });
  await one.reached(operation, 'verified');
  await one.converged();
  expect(await told()).toMatchObject([{ cut: 40, held: 0 }]);
});

test('I8: one by one the first ten pass and the eleventh waits; a restart recounts nothing, an hour later it passes', async () => {
  const time = { ahead: 0 };
  const clock = { ...systemClock, now: () => Date.now() + time.ahead };
  const one = await scene({ brake: BRAKE, clock });
  await one.settled(await one.snapshot(1, rows(100, 0)));
  for (let at = 0; at < 10; at += 1)
    expect(await one.settle({ kind: 'cutoff', id: `r0-${at}`, cutoff: CUT })).toMatchObject({ state: 'verified' });
  const last = await one.settle({ kind: 'cutoff', id: 'r0-10', cutoff: CUT });
  expect(last).toMatchObject({ state: 'held', reason: 'brake' });
  await one.restart();
  await one.converged();
  expect(await one.settled(last.id)).toMatchObject({ state: 'held' });
  expect(await one.store.agent.admissionsSince(0)).toHaveLength(10);
  time.ahead = 3_600_001;
  await one.ask({ kind: 'reconcile', router: 'r0' });
  await one.reached(last.id, 'verified');
});

test('I8: what was cut already is repaired without being counted', async () => {
  const one = await scene({ brake: BRAKE });
  await one.settled(await one.snapshot(1, rows(100, 60), 60));
  for (const row of one.router
    .table(LIST)
    .rows()
    .filter((found) => found['list'] === 'Moroso'))
    one.router.table(LIST).remove(row['.id'] ?? '');
  await one.converged();
  expect(cutRows(one)).toBe(60);
});

test('I8: a snapshot over two routers is let through by what it announces for both', async () => {
  const one = await scene({ brake: BRAKE });
  await one.addRouter('r1');
  const both = [...rows(60, 30), ...rows(60, 30, 'r1')];
  expect(await one.settled(await one.snapshot(1, both, 60))).toMatchObject({ state: 'verified' });
  expect(cutRows(one)).toBe(30);
});

test('I8: cuts on another router count for the site', async () => {
  const one = await scene({ brake: { ...BRAKE, siteCount: 12 } });
  await one.addRouter('r1');
  await one.settled(await one.snapshot(1, [...rows(50, 0), ...rows(50, 0, 'r1')]));
  await one.settled(await one.snapshot(2, [...rows(50, 0), ...rows(50, 8, 'r1')]));
  const third = await one.settled(await one.snapshot(3, [...rows(50, 8), ...rows(50, 8, 'r1')]));
  expect(third).toMatchObject({ state: 'held', reason: 'brake' });
  expect(cutRows(one)).toBe(0);
});

test('I8: two routers that decide at the same time do not both use up what the site has left', async () => {
  const one = await scene({ brake: { ...BRAKE, siteCount: 12 } });
  const other = await one.addRouter('r1');
  await one.settled(await one.snapshot(1, [...rows(50, 0), ...rows(50, 0, 'r1')]));
  const second = await one.settled(await one.snapshot(2, [...rows(50, 8), ...rows(50, 8, 'r1')]));
  expect(second).toMatchObject({ state: 'held', reason: 'brake' });
  const cut = other
    .table(LIST)
    .rows()
    .filter((row) => row['list'] === 'Moroso');
  expect(cutRows(one) + cut.length).toBe(8);
});

test('I8: restores that only absence implies count like cuts', async () => {
  const one = await scene({ brake: BRAKE });
  await one.settled(await one.snapshot(1, rows(50, 20), 20));
  const operation = await one.snapshot(2, rows(30, 0, 'r0', 20));
  expect(await one.settled(operation)).toMatchObject({ state: 'held', reason: 'brake' });
  expect(cutRows(one)).toBe(20);
});

test('I6: a notice that is shown while the cut waits for a person is verified', async () => {
  const shut = { percent: 0, count: 0, floor: 0, siteCount: 0, windowMinutes: 60 };
  const { put, settle } = await scene({ brake: shut });
  await put('s1');
  const cut = await settle({ kind: 'cutoff', id: 's1', cutoff: { reason: 'x' } });
  expect(cut).toMatchObject({ state: 'held', reason: 'brake' });
  const notice = await settle({ kind: 'notice', id: 's1', notice: 'custom', value: { text: 'x' } });
  expect(notice.state).toBe('verified');
});
