import { expect, test } from 'vitest';
import type { SubscriberState } from '../../../schemas/subscriber.ts';
import { subscribersOf, wideSite, type WideSite } from './wide-site.ts';

const BRAKE = { percent: 10, count: 200, floor: 10, siteCount: 1000, windowMinutes: 60 };
const WIDE = { ...BRAKE, floor: 100 };
const SHUT = { ...BRAKE, floor: 0, percent: 0 };
const EVERY_MS = 5 * 60_000;
const CUT = { cutoff: { reason: 'no payment' } };

async function statesOf(site: WideSite, ...operations: readonly string[]): Promise<readonly string[]> {
  const all = await Promise.all(operations.map((id) => site.operation(id)));
  return all.map(({ state }) => state);
}

async function evidenceOf(site: WideSite, operation: string): Promise<unknown> {
  return (await site.operation(operation)).history.at(-1)?.evidence;
}

/** A site on which a snapshot stands. */
async function settledSite(rows: readonly SubscriberState[], brake = WIDE, routers = 1): Promise<WideSite> {
  const site = await wideSite(routers, brake);
  await site.snapshot(rows);
  await site.pass(...site.routers);
  site.time.now += EVERY_MS;
  return site;
}

/** A snapshot that was taken a minute ago and arrives now. */
async function sendLate(site: WideSite, rows: readonly SubscriberState[], takenAt: number): Promise<void> {
  await site.store.control.stageSnapshot('late', []);
  await site.store.control.stageSnapshot('late', rows);
  const actor = { name: 'test', via: 'api' } as const;
  const context = { actor, at: site.time.now, operation: 'op-late', routers: site.routers };
  const head = { generation: 50, takenAt, expectedCuts: null, hash: 'late' };
  expect(await site.store.control.switchSnapshot('late', head, context)).toMatchObject({ outcome: 'accepted' });
}

test('I6: a snapshot sent again while who has paid is still cut is verified when he is back', async () => {
  const site = await settledSite(subscribersOf('r0', 20, 5));
  const opening = await site.snapshot(subscribersOf('r0', 20, 2));
  site.time.now += EVERY_MS;
  const again = await site.snapshot(subscribersOf('r0', 20, 2));
  expect([...site.cutOn('r0'), ...(await statesOf(site, opening, again))]).toEqual([5, 'received', 'received']);
  await site.pass('r0');
  expect([...site.cutOn('r0'), ...(await statesOf(site, opening, again))]).toEqual([2, 'verified', 'verified']);
  expect((await site.operation(await site.snapshot(subscribersOf('r0', 20, 2)))).state).toBe('verified');
});

test('I6: a snapshot waits for a restore by name, and for rows of who was deleted by name, before it was taken', async () => {
  const site = await settledSite(subscribersOf('r0', 20, 5));
  await site.ask({ kind: 'restore', id: 'r0-4' });
  site.time.now += EVERY_MS;
  const snapshot = await site.snapshot(subscribersOf('r0', 20, 4));
  expect((await site.operation(snapshot)).state).toBe('received');
  await site.pass('r0');
  expect([...site.cutOn('r0'), (await site.operation(snapshot)).state]).toEqual([4, 'verified']);
  const actor = { name: 'test', via: 'api' } as const;
  const context = { actor, at: site.time.now, operation: 'op-gone', routers: site.routers };
  await site.store.control.acceptIntent({ kind: 'delete-subscriber', id: 'r0-3' }, context);
  site.time.now += EVERY_MS;
  const rows = subscribersOf('r0', 20, 4).filter(({ id }) => id !== 'r0-3');
  const without = await site.snapshot(rows);
  expect([...site.cutOn('r0'), (await site.operation(without)).state]).toEqual([4, 'received']);
  await site.pass('r0');
  expect([...site.cutOn('r0'), (await site.operation(without)).state]).toEqual([3, 'verified']);
});

test('I6: a snapshot sent again while its cuts are held, not by the brake, is held for the same reason; one is open', async () => {
  const site = await settledSite(subscribersOf('r0', 20, 0));
  const rows = subscribersOf('r0', 20, 3).map((row) => ({ ...row, autoCut: false }));
  const first = await site.snapshot(rows);
  await site.pass('r0');
  const sent: string[] = [];
  for (let at = 0; at < 3; at += 1) {
    site.time.now += EVERY_MS;
    sent.push(await site.snapshot(rows));
    await site.pass('r0');
  }
  const last = sent.at(-1) ?? '';
  const held = { state: 'held', reason: 'auto-cut-off' };
  expect(await site.operation(first)).toMatchObject(held);
  expect(await site.operation(last)).toMatchObject(held);
  expect(await evidenceOf(site, last)).toMatchObject({ withheld: { 'auto-cut-off': 3 } });
  expect((await site.store.agent.openOperations('r0')).map(({ id }) => id)).toEqual([first, last]);
});

test('I6: a router that is not configured holds a snapshot sent again as it held the first, and says so', async () => {
  const site = await wideSite(1, WIDE);
  const rows = [...subscribersOf('r0', 20, 0), ...subscribersOf('r9', 5, 0)];
  const first = await site.snapshot(rows);
  await site.pass('r0');
  site.time.now += EVERY_MS;
  const again = await site.snapshot(rows);
  const unknown = { router: 'r9', detail: 'router r9 is not in the configuration' };
  for (const operation of [first, again])
    expect(await site.operation(operation)).toMatchObject({ state: 'held', reason: 'unknown-router' });
  expect(await evidenceOf(site, first)).toMatchObject({ routers: { r9: unknown } });
  expect(await evidenceOf(site, again)).toMatchObject(unknown);
  // Who names nobody there wants nothing of it.
  await site.snapshot(subscribersOf('r0', 20, 0));
  await site.pass('r0');
  expect((await site.operation(await site.snapshot(subscribersOf('r0', 20, 0)))).state).toBe('verified');
});

test('a snapshot is not held for a cut by name that came after it was taken', async () => {
  const site = await settledSite(subscribersOf('r0', 5, 0), SHUT);
  const takenAt = site.time.now;
  site.time.now += 60_000;
  const single = await site.ask({ kind: 'cutoff', id: 'r0-0', ...CUT });
  await site.pass('r0');
  site.time.now += 60_000;
  await sendLate(site, subscribersOf('r0', 5, 0), takenAt);
  expect(await statesOf(site, single, 'op-late')).toEqual(['held', 'verified']);
});

test('nor for one that was said by name again, while it follows others', async () => {
  const site = await settledSite(subscribersOf('r0', 5, 0), SHUT);
  const first = await site.ask({ kind: 'cutoff', id: 'r0-0', ...CUT });
  const other = await site.ask({ kind: 'cutoff', id: 'r0-1', ...CUT });
  await site.pass('r0');
  site.time.now += EVERY_MS;
  const takenAt = site.time.now;
  site.time.now += 60_000;
  expect(await site.ask({ kind: 'cutoff', id: 'r0-0', ...CUT })).toBe(first);
  await sendLate(site, subscribersOf('r0', 5, 2), takenAt);
  await site.pass('r0');
  expect(await site.operation('op-late')).toMatchObject({ state: 'held', reason: 'brake' });
  expect(await evidenceOf(site, 'op-late')).toMatchObject({ withheld: { brake: 1 }, heldUnder: [other] });
});

test('the next snapshot does not hide that a cut of one which follows has failed', async () => {
  const quiet = [...subscribersOf('r0', 60, 0), ...subscribersOf('r1', 20, 0)];
  const site = await settledSite(quiet, BRAKE, 2);
  const held = subscribersOf('r0', 60, 26);
  await site.snapshot([...held, ...subscribersOf('r1', 20, 0)]);
  await site.pass('r0', 'r1');
  const notAfter = new Date(site.time.now + 1000).toISOString();
  const short = subscribersOf('r1', 20, 0).map((row, at) =>
    at === 0 ? { ...row, cutoff: { ...CUT.cutoff, notAfter } } : row,
  );
  const second = await site.snapshot([...held, ...short]);
  site.time.now += EVERY_MS;
  await site.pass('r0', 'r1');
  expect(await site.operation(second)).toMatchObject({ state: 'held', reason: 'brake' });
  const third = await site.snapshot([...held, ...short]);
  expect(await site.operation(second)).toMatchObject({ state: 'failed', reason: 'expired' });
  expect((await site.store.agent.openOperations('r0')).map(({ id }) => id)).not.toContain(second);
  await site.pass('r0', 'r1');
  expect(await site.operation(third)).toMatchObject({ state: 'held', reason: 'brake' });
});
