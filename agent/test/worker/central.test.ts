import { expect, test } from 'vitest';
import { systemClock } from '../../adapters/clock.ts';
import type { Clock } from '../../ports.ts';
import { scene, type Scene } from './harness.ts';

const HOUR = 3_600_000;
const CUT = { reason: 'no payment' };
const LIST = '/ip/firewall/address-list';

/** A wall clock that a test sets, beside the machine's own; what counts only goes up. */
function clocks(): { readonly clock: Clock; readonly ahead: { wall: number; counted: number } } {
  const ahead = { wall: 0, counted: 0 };
  const clock = {
    ...systemClock,
    now: () => systemClock.now() + ahead.wall,
    monotonic: () => systemClock.monotonic() + ahead.counted,
  };
  return { clock, ahead };
}

async function silent(hours: number) {
  const { clock, ahead } = clocks();
  const one = await scene({ clock, staleAfterMs: 24 * HOUR });
  const pass = (by: number): void => {
    ahead.wall += by * HOUR;
    ahead.counted += by * HOUR;
  };
  return {
    one,
    clock,
    ahead,
    pass,
    goSilent: () => {
      pass(hours);
    },
  };
}

function cutRows({ router }: Scene): readonly string[] {
  return router
    .table(LIST)
    .rows()
    .filter((row) => row['list'] === 'Moroso')
    .map((row) => row['address'] ?? '');
}

async function events({ store }: Scene, prefix: string): Promise<readonly string[]> {
  const entries = await store.control.entriesAfter(0, 10_000);
  return entries.map(({ type }) => type).filter((type) => type.startsWith(prefix));
}

test('I2: no new cut starts while the central platform was silent for a day, and its next word lets it start', async () => {
  const { one, clock, goSilent } = await silent(25);
  await one.put('s1');
  goSilent();
  const cut = await one.settle({ kind: 'cutoff', id: 's1', cutoff: CUT });
  expect(cut).toMatchObject({ state: 'held', reason: 'central-stale' });
  expect(cutRows(one)).toEqual([]);
  const plan = await one.store.control.routerPlan('r0');
  expect(plan?.findings.map(({ code }) => code)).toContain('central-stale');
  expect(plan?.heldOperations).toMatchObject([
    { operation: cut.id, kind: 'cutoff', reason: 'central-stale', way: 'wait', cut: { count: 1, first: ['s1'] } },
  ]);
  expect(plan?.heldOperations?.[0]?.commands.map(({ sign, row }) => `${sign} ${row}`)).toEqual([
    '+ cutoff:s1',
    '+ cutoff:s1',
    '- cutoff:batch',
  ]);
  // Nobody but the platform's own word is waited for: the journal wakes the worker.
  await one.central?.look();
  await one.store.control.recordCentralContact(clock.now());
  await one.reached(cut.id, 'verified');
  expect(cutRows(one)).toEqual(['100.64.0.5']);
  expect(await events(one, 'central.')).toEqual(['central.stale', 'central.back']);
});

test('I2: a scheduled cut whose time comes in the silence waits too', async () => {
  const { one, clock, pass } = await silent(0);
  await one.put('s1');
  const notBefore = new Date(clock.now() + 25 * HOUR).toISOString();
  const operation = await one.ask({ kind: 'cutoff', id: 's1', cutoff: { ...CUT, notBefore } });
  await one.reached(operation, 'planned');
  pass(26);
  await one.ask({ kind: 'reconcile', router: 'r0' });
  await one.reached(operation, 'held');
  expect((await one.store.control.readOperation(operation))?.reason).toBe('central-stale');
  expect(cutRows(one)).toEqual([]);
});

test('in the silence restores, notice ends and the repair of verified cuts go on', async () => {
  const { one, goSilent } = await silent(25);
  await one.put('s1');
  await one.put('s2', { addresses: ['100.64.0.6'] });
  await one.put('s3', { addresses: ['100.64.0.7'] });
  for (const id of ['s1', 's2']) await one.settle({ kind: 'cutoff', id, cutoff: CUT });
  await one.settle({ kind: 'notice', id: 's3', notice: 'custom', value: { text: 'x' } });
  goSilent();
  expect(await one.settle({ kind: 'restore', id: 's1' })).toMatchObject({ state: 'verified' });
  expect(await one.settle({ kind: 'notice-end', id: 's3', notice: 'custom' })).toMatchObject({ state: 'verified' });
  for (const row of one.router.table(LIST).rows())
    if (row['list'] === 'Moroso') one.router.table(LIST).remove(row['.id'] ?? '');
  expect(cutRows(one)).toEqual([]);
  await one.converged();
  expect(cutRows(one)).toEqual(['100.64.0.6']);
});

test('I2: a cut that was let through and never stood does not start in the silence', async () => {
  const { one, goSilent, clock } = await silent(25);
  await one.put('s1');
  await one.worker.stop();
  const operation = await one.ask({ kind: 'cutoff', id: 's1', cutoff: CUT });
  await one.store.agent.recordAdmissions([{ router: 'r0', subscriber: 's1', operation, kind: 'cut', at: clock.now() }]);
  goSilent();
  await one.restart();
  await one.reached(operation, 'held');
  expect(cutRows(one)).toEqual([]);
});

test('the operator is told after an hour, once, and of the end of it; the time outlives a restart', async () => {
  const { one, clock, pass } = await silent(0);
  await one.put('s1');
  pass(1.1);
  await one.central?.look();
  await one.central?.look();
  expect(await events(one, 'central.')).toEqual(['central.silent']);
  await one.restart();
  await one.converged();
  const plan = await one.store.control.routerPlan('r0');
  expect(plan?.findings.map(({ code, severity }) => `${severity} ${code}`)).toContain('warning central-silent');
  // Cuts go on: it is only an hour.
  expect(await one.settle({ kind: 'cutoff', id: 's1', cutoff: CUT })).toMatchObject({ state: 'verified' });
  await one.store.control.recordCentralContact(clock.now());
  expect(await events(one, 'central.')).toEqual(['central.silent', 'central.back']);
});

test('I2: a wall clock set back in the silence does not let a cut start; nor does one set ahead restore anybody', async () => {
  const { one, ahead, goSilent } = await silent(25);
  await one.put('s1');
  await one.put('s2', { addresses: ['100.64.0.6'] });
  await one.settle({ kind: 'cutoff', id: 's2', cutoff: CUT });
  goSilent();
  ahead.wall -= 24.5 * HOUR;
  const cut = await one.settle({ kind: 'cutoff', id: 's1', cutoff: CUT });
  expect(cut).toMatchObject({ state: 'held', reason: 'central-stale' });
  ahead.wall += 24 * 3650 * HOUR;
  await one.converged();
  expect(cutRows(one)).toEqual(['100.64.0.6']);
  expect(await one.settle({ kind: 'restore', id: 's2' })).toMatchObject({ state: 'verified' });
});

test('I2: where the contact lies ahead of the clock, nobody knows how old it is: no cut starts until the next', async () => {
  const { one, clock } = await silent(0);
  await one.put('s1');
  await one.store.control.recordCentralContact(clock.now() + 24 * 3650 * HOUR);
  const cut = await one.settle({ kind: 'cutoff', id: 's1', cutoff: CUT });
  expect(cut).toMatchObject({ state: 'held', reason: 'central-stale' });
  await one.central?.look();
  await one.store.control.recordCentralContact(clock.now());
  await one.reached(cut.id, 'verified');
});
