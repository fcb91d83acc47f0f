import { expect, test } from 'vitest';
import type { SubscriberState } from '../../../schemas/subscriber.ts';
import { subscribersOf, wideSite, type WideSite } from './wide-site.ts';

const BRAKE = { percent: 10, count: 200, floor: 10, siteCount: 1000, windowMinutes: 60 };
/** A platform sends its snapshot so often. */
const EVERY_MS = 5 * 60_000;
const CUT = { cutoff: { reason: 'no payment' } };

/** A site whose brake holds the cuts of one snapshot, some minutes ago. */
async function heldSite(rows: readonly SubscriberState[], routers = 1): Promise<{ site: WideSite; first: string }> {
  const site = await wideSite(routers, BRAKE);
  const first = await site.snapshot(rows);
  await site.pass(...site.routers);
  expect(await site.operation(first)).toMatchObject({ state: 'held', reason: 'brake' });
  site.time.now += EVERY_MS;
  return { site, first };
}

/** What is told of where the cuts are held. */
async function evidenceOf(site: WideSite, operation: string): Promise<unknown> {
  return (await site.operation(operation)).history.at(-1)?.evidence;
}

async function statesOf(site: WideSite, ...operations: readonly string[]): Promise<readonly string[]> {
  const all = await Promise.all(operations.map((id) => site.operation(id)));
  return all.map(({ state }) => state);
}

test('I6: a snapshot sent again while the brake holds its cuts is held as well, and says under which operation', async () => {
  const rows = subscribersOf('r0', 40, 13);
  const { site, first } = await heldSite(rows);
  const again = await site.snapshot(rows);
  expect((await site.operation(again)).state).toBe('received');
  await site.pass('r0');
  expect(await site.operation(again)).toMatchObject({ state: 'held', reason: 'brake' });
  expect(await evidenceOf(site, again)).toMatchObject({ withheld: { brake: 13 }, heldUnder: [first] });
  // They stay where a person may be reading them, and are released there.
  expect(await site.store.control.heldOn(again)).toEqual([]);
  expect(await site.store.control.heldOn(first)).toMatchObject([{ held: { cut: { count: 13 } } }]);
  await site.ask({ kind: 'release', router: 'r0', operations: [first] });
  await site.pass('r0');
  expect([...site.cutOn('r0'), ...(await statesOf(site, first, again))]).toEqual([13, 'verified', 'verified']);
});

test('I6: a snapshot sent again before any router was looked at is verified by that look', async () => {
  const site = await wideSite(1, { ...BRAKE, floor: 100 });
  const rows = subscribersOf('r0', 40, 13);
  const first = await site.snapshot(rows);
  site.time.now += EVERY_MS;
  const again = await site.snapshot(rows);
  expect(await statesOf(site, first, again)).toEqual(['received', 'received']);
  await site.pass('r0');
  expect([...site.cutOn('r0'), ...(await statesOf(site, first, again))]).toEqual([13, 'verified', 'verified']);
  expect((await site.operation(await site.snapshot(rows))).state).toBe('verified');
});

test.each([
  { expected: 0, why: 'that fits what the snapshot brings without them' },
  { expected: 50, why: 'that fits neither way' },
])('I6: with a number $why held cuts stay where they are, and the snapshot is held', async ({ expected }) => {
  const rows = subscribersOf('r0', 40, 13);
  const { site, first } = await heldSite(rows);
  const again = await site.snapshot(rows, expected);
  await site.pass('r0');
  expect(await site.operation(again)).toMatchObject({ state: 'held', reason: 'brake' });
  expect(await evidenceOf(site, again)).toMatchObject({ heldUnder: [first] });
});

test('a newer snapshot that wants nobody cut leaves nothing open of those before it', async () => {
  const rows = subscribersOf('r0', 40, 13);
  const { site, first } = await heldSite(rows);
  const again = await site.snapshot(rows);
  await site.pass('r0');
  const last = await site.snapshot(subscribersOf('r0', 40, 0));
  expect((await site.operation(again)).state).toBe('superseded');
  await site.pass('r0');
  expect(await statesOf(site, first, again, last)).toEqual(['superseded', 'superseded', 'verified']);
  expect(await site.store.agent.openOperations('r0')).toEqual([]);
});

test('I6: who follows held cuts that are all withdrawn by name is superseded, and not called verified', async () => {
  const rows = subscribersOf('r0', 40, 13);
  const { site, first } = await heldSite(rows);
  const again = await site.snapshot(rows);
  await site.pass('r0');
  site.time.now += EVERY_MS;
  for (let at = 0; at < 13; at += 1) await site.ask({ kind: 'restore', id: `r0-${at}` });
  await site.pass('r0');
  expect(await statesOf(site, first, again)).toEqual(['superseded', 'superseded']);
});

test('of snapshots that are sent for as long as the brake holds one is open, whatever little they change', async () => {
  const rows = subscribersOf('r0', 40, 13);
  const { site, first } = await heldSite([...rows, ...subscribersOf('r1', 40, 0)], 2);
  const sent: string[] = [];
  for (let at = 0; at < 10; at += 1) {
    const others = [...subscribersOf('r0', 40, 13).slice(13), ...subscribersOf('r1', 40, at)];
    sent.push(await site.snapshot([...rows.slice(0, 13), ...others.map((row) => ({ ...row, name: `x${at}` }))]));
    if (at % 2 === 0) await site.pass('r0', 'r1');
    site.time.now += EVERY_MS;
  }
  await site.pass('r0', 'r1');
  const last = sent.at(-1) ?? '';
  const open = (await site.store.agent.openOperations('r0')).map(({ id }) => id);
  expect(open).toContain(first);
  expect(open.length).toBeLessThanOrEqual(3);
  const final = await site.snapshot([...rows, ...subscribersOf('r1', 40, 9)]);
  await site.pass('r0', 'r1');
  expect((await site.store.agent.openOperations('r0')).map(({ id }) => id)).toEqual([first, final]);
  expect((await site.operation(last)).history.at(-1)).toMatchObject({ state: 'superseded', evidence: { by: final } });
  expect(await evidenceOf(site, final)).toMatchObject({ routers: { r0: { heldUnder: [first] } } });
  await site.ask({ kind: 'release', router: 'r0', operations: [first] });
  await site.pass('r0');
  expect(await statesOf(site, first, final)).toEqual(['verified', 'verified']);
});

test('I6: a snapshot that wants a single cut-off which the brake holds is held under that one’s name', async () => {
  const site = await wideSite(1, { ...BRAKE, floor: 0, percent: 0 });
  await site.snapshot(subscribersOf('r0', 5, 0));
  await site.pass('r0');
  site.time.now += EVERY_MS;
  const single = await site.ask({ kind: 'cutoff', id: 'r0-0', ...CUT });
  await site.pass('r0');
  site.time.now += EVERY_MS;
  const snapshot = await site.snapshot(subscribersOf('r0', 5, 1));
  await site.pass('r0');
  expect(await site.operation(snapshot)).toMatchObject({ state: 'held', reason: 'brake' });
  expect(await evidenceOf(site, snapshot)).toMatchObject({ heldUnder: [single] });
  await site.ask({ kind: 'release', router: 'r0', operations: [single] });
  await site.pass('r0');
  expect([...site.cutOn('r0'), ...(await statesOf(site, single, snapshot))]).toEqual([1, 'verified', 'verified']);
});

test('I6: what is told of where cuts are held is told anew when a person releases a part of them', async () => {
  const { site, first } = await heldSite(subscribersOf('r0', 60, 13));
  const more = await site.snapshot(subscribersOf('r0', 60, 26));
  await site.pass('r0');
  expect(await evidenceOf(site, more)).toMatchObject({ withheld: { brake: 26 }, heldUnder: [first, more].sort() });
  const release = async (operation: string): Promise<void> => {
    await site.ask({ kind: 'release', router: 'r0', operations: [operation] });
    await site.pass('r0');
  };
  await release(more);
  expect(await site.operation(more)).toMatchObject({ state: 'held', reason: 'brake' });
  expect(await evidenceOf(site, more)).toMatchObject({ withheld: { brake: 13 }, heldUnder: [first] });
  await release(first);
  expect([...site.cutOn('r0'), ...(await statesOf(site, first, more))]).toEqual([26, 'verified', 'verified']);
});

test('a delta asks for what it changes: it is verified while cuts of earlier operations are held', async () => {
  const rows = subscribersOf('r0', 40, 13);
  const { site } = await heldSite(rows);
  const generation = (await site.store.control.generation())?.generation ?? 0;
  const [someone] = subscribersOf('r0', 1, 0);
  const put = [
    { ...(someone ?? { id: '', router: '', addresses: [] }), id: 'r0-39', name: 'y', addresses: ['10.0.0.39'] },
  ];
  const actor = { name: 'test', via: 'api' } as const;
  const context = { actor, at: site.time.now, operation: 'op-delta', routers: site.routers };
  const delta = { baseGeneration: generation, generation: generation + 100, put };
  expect(await site.store.control.applyDelta(delta, 'd', context)).toMatchObject({ outcome: 'accepted' });
  await site.pass('r0');
  expect((await site.operation('op-delta')).state).toBe('verified');
});
