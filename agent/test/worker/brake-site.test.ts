import { expect, test } from 'vitest';
import type { SubscriberState } from '../../../schemas/subscriber.ts';
import { subscribersOf, wideSite } from './wide-site.ts';

const BRAKE = { percent: 10, count: 200, floor: 10, siteCount: 1000, windowMinutes: 60 };
const OPEN = { percent: 100, count: 1_000_000, floor: 1_000_000, siteCount: 1_000_000, windowMinutes: 60 };
const SHUT = { percent: 0, count: 0, floor: 0, siteCount: 0, windowMinutes: 60 };
const MINUTE = 60_000;

test('I8: a snapshot with 199 cuts on each of 200 routers stops at what the site allows, and is released once for all', async () => {
  const site = await wideSite(200, { ...BRAKE, percent: 100 });
  const { routers, store } = site;
  const operation = await site.snapshot(routers.flatMap((router) => subscribersOf(router, 199, 199)));
  await site.pass(...routers);
  const cut = site.cutOn(...routers);
  // Five times 199 are 995: a sixth router would make more than 1000. No router is cut in part.
  expect(cut.filter((count) => count === 199)).toHaveLength(5);
  expect(cut.filter((count) => count === 0)).toHaveLength(195);
  expect(await site.operation(operation)).toMatchObject({ state: 'held', reason: 'brake' });
  const held = await store.control.heldOn(operation);
  expect(held).toHaveLength(195);
  expect(held[0]?.held).toMatchObject({
    cut: { count: 199 },
    limit: { scope: 'site', asked: 199, before: 995, allowed: 1000 },
    way: 'release',
  });
  expect(held[0]?.held.commands.length).toBe(399);
  expect(held[0]?.held.commands.filter(({ sign }) => sign === '-')).toHaveLength(1);
  const release = { kind: 'release-everywhere', operations: [operation], routers: null } as const;
  expect((await site.operation(await site.ask(release))).result).toMatchObject({ released: [operation], unknown: [] });
  const waiting = held.map(({ router }) => router);
  await site.pass(...waiting.slice(0, 4));
  expect(site.cutOn(...waiting.slice(0, 5))).toEqual([199, 199, 199, 199, 0]);
  expect(await store.agent.openOperations(waiting[4] ?? '')).toMatchObject([{ id: operation, released: true }]);
}, 300_000);

test('I8: a release for the site that names routers leaves the others held', async () => {
  const site = await wideSite(3, { ...BRAKE, floor: 0, count: 0 });
  const operation = await site.snapshot(site.routers.flatMap((router) => subscribersOf(router, 5, 2)));
  await site.pass(...site.routers);
  await site.ask({ kind: 'release-everywhere', operations: [operation], routers: ['r1'] });
  await site.pass(...site.routers);
  expect(site.cutOn('r0', 'r1', 'r2')).toEqual([0, 2, 0]);
  expect(await site.operation(operation)).toMatchObject({ state: 'held', reason: 'brake' });
  const again = await site.ask({ kind: 'release-everywhere', operations: ['op-none'], routers: null });
  expect((await site.operation(again)).result).toMatchObject({ released: [], unknown: ['op-none'] });
});

test.each([
  { subscribers: 30, cuts: 10, expected: null, isHeld: false, why: 'ten are always allowed on a small router' },
  { subscribers: 30, cuts: 11, expected: null, isHeld: true, why: 'the eleventh is one too many there' },
  { subscribers: 2500, cuts: 200, expected: null, isHeld: false, why: 'count bounds a large router: 200' },
  { subscribers: 2500, cuts: 201, expected: null, isHeld: true, why: 'and no more, though ten per cent are 250' },
  { subscribers: 400, cuts: 110, expected: 100, isHeld: false, why: 'a tenth more than announced' },
  { subscribers: 400, cuts: 111, expected: 100, isHeld: true, why: 'more than a tenth more' },
  { subscribers: 400, cuts: 90, expected: 100, isHeld: false, why: 'a tenth less than announced' },
  { subscribers: 400, cuts: 89, expected: 100, isHeld: true, why: 'more than a tenth less' },
])('I8: $cuts cuts of $subscribers in one snapshot: $why', async ({ subscribers, cuts, expected, isHeld }) => {
  const site = await wideSite(1, BRAKE);
  const operation = await site.snapshot(subscribersOf('r0', subscribers, cuts), expected ?? undefined);
  await site.pass('r0');
  expect(site.cutOn('r0')).toEqual([isHeld ? 0 : cuts]);
  expect((await site.operation(operation)).state).toBe(isHeld ? 'held' : 'verified');
});

test('I8: a snapshot sent again with the right number takes over the cuts that the brake holds, and is not held', async () => {
  const site = await wideSite(2, BRAKE);
  const rows = subscribersOf('r0', 40, 13);
  const wrong = await site.snapshot(rows, 20);
  await site.pass('r0', 'r1');
  expect(await site.operation(wrong)).toMatchObject({ state: 'held', reason: 'brake' });
  // Whose announcement fits what the snapshot itself brings means no others: they stay where a person may read them.
  const other = await site.snapshot([...subscribersOf('r0', 40, 13), ...subscribersOf('r1', 40, 1)], 1);
  await site.pass('r0', 'r1');
  expect([(await site.operation(other)).state, ...site.cutOn('r0', 'r1')]).toEqual(['held', 0, 1]);
  const right = await site.snapshot([...subscribersOf('r0', 40, 13), ...subscribersOf('r1', 40, 1)], 13);
  expect((await site.operation(right)).state).toBe('received');
  await site.pass('r0', 'r1');
  expect([(await site.operation(right)).state, (await site.operation(wrong)).state]).toEqual([
    'verified',
    'superseded',
  ]);
  expect(site.cutOn('r0', 'r1')).toEqual([13, 1]);
});

test('I8: one by one the window slides: what was let through counts for an hour, over every restart', async () => {
  const site = await wideSite(1, BRAKE);
  const rows = subscribersOf('r0', 40, 0);
  await site.snapshot(rows);
  const cut = (at: number): Promise<string> =>
    site.ask({ kind: 'cutoff', id: `r0-${at}`, cutoff: { reason: 'no payment' } });
  for (let at = 0; at < 5; at += 1) await cut(at);
  await site.pass('r0');
  site.time.now += 30 * MINUTE;
  for (let at = 5; at < 10; at += 1) await cut(at);
  await site.pass('r0');
  expect(site.cutOn('r0')).toEqual([10]);
  const [eleventh, twelfth] = [await cut(10), await cut(11)];
  await site.pass('r0');
  expect(await site.operation(eleventh)).toMatchObject({ state: 'held', reason: 'brake' });
  site.time.now += 29 * MINUTE;
  await site.pass('r0');
  expect(site.cutOn('r0')).toEqual([10]);
  site.time.now += 2 * MINUTE;
  await site.pass('r0');
  // The first five are out of the window, the other five are not.
  expect(site.cutOn('r0')).toEqual([12]);
  expect([(await site.operation(eleventh)).state, (await site.operation(twelfth)).state]).toEqual([
    'verified',
    'verified',
  ]);
});

test('I8: restores by name are never held, however many and however shut the brake is', async () => {
  const site = await wideSite(1, SHUT);
  const operation = await site.snapshot(subscribersOf('r0', 60, 60));
  await site.pass('r0');
  await site.ask({ kind: 'release', router: 'r0', operations: [operation] });
  await site.pass('r0');
  expect(site.cutOn('r0')).toEqual([60]);
  const restores: string[] = [];
  for (let at = 0; at < 60; at += 1) restores.push(await site.ask({ kind: 'restore', id: `r0-${at}` }));
  await site.pass('r0');
  expect(site.cutOn('r0')).toEqual([0]);
  for (const id of restores) expect((await site.operation(id)).state).toBe('verified');
});

test('I8: restores that only absence implies wait, show as restores, and a newer snapshot withdraws them', async () => {
  const site = await wideSite(1, BRAKE);
  const rows = subscribersOf('r0', 100, 20);
  await site.snapshot(rows, 20);
  await site.pass('r0');
  const operation = await site.snapshot(rows.slice(20));
  await site.pass('r0');
  expect(site.cutOn('r0')).toEqual([20]);
  const [held] = await site.store.control.heldOn(operation);
  expect(held?.held).toMatchObject({ reason: 'brake', cut: { count: 0 }, restored: { count: 20 } });
  expect(held?.held.commands.every(({ sign }) => sign === '-')).toBe(true);
  await site.snapshot(rows, 20);
  await site.pass('r0');
  expect(await site.store.control.routerPlan('r0')).toMatchObject({ heldOperations: [] });
  expect(site.cutOn('r0')).toEqual([20]);
});

test('I8: an empty snapshot waits for a person whatever the brake allows; its release restores everybody', async () => {
  const site = await wideSite(2, OPEN);
  await site.snapshot(site.routers.flatMap((router) => subscribersOf(router, 30, 8)));
  await site.pass(...site.routers);
  const operation = await site.snapshot([]);
  await site.pass(...site.routers);
  expect(await site.operation(operation)).toMatchObject({ state: 'held', reason: 'empty-snapshot' });
  expect(site.cutOn('r0', 'r1')).toEqual([8, 8]);
  await site.ask({ kind: 'release-everywhere', operations: [operation], routers: null });
  await site.pass(...site.routers);
  expect(site.cutOn('r0', 'r1')).toEqual([0, 0]);
  expect((await site.operation(operation)).state).toBe('verified');
});

test('I8: rows of ours that belong to nobody wait, and are released by the name that the plan gives them', async () => {
  const site = await wideSite(1, BRAKE);
  await site.snapshot(subscribersOf('r0', 50, 0));
  const list = site.lab('r0').table('/ip/firewall/address-list');
  const lose = (name: string, count: number): void => {
    for (let at = 0; at < count; at += 1)
      list.add({ list: 'Moroso', address: `10.${name.length}.0.${at}`, comment: `wisp-edge:cutoff:${name}-${at}` });
  };
  const ownedBy = (name: string): number =>
    list.rows().filter(({ comment }) => comment?.startsWith(`wisp-edge:cutoff:${name}-`) === true).length;
  lose('lost', 20);
  await site.pass('r0');
  expect(site.cutOn('r0')).toEqual([20]);
  const plan = await site.store.control.routerPlan('r0');
  expect(plan?.heldOperations).toMatchObject([
    { operation: 'orphans-r0', kind: null, reason: 'brake', restored: { count: 20 }, way: 'release' },
  ]);
  // More of them appear after they were shown: whoever releases now lets through what he was shown.
  lose('later', 12);
  await site.ask({ kind: 'release', router: 'r0', operations: ['orphans-r0'] });
  await site.pass('r0');
  expect(ownedBy('lost')).toBe(0);
  expect(ownedBy('later')).toBe(12);
  expect((await site.store.control.routerPlan('r0'))?.heldOperations).toMatchObject([
    { operation: 'orphans-r0', restored: { count: 12 } },
  ]);
  // Nor does a name that was released once let the same ones through for ever.
  await site.ask({ kind: 'release', router: 'r0', operations: ['orphans-r0'] });
  await site.pass('r0');
  expect(site.cutOn('r0')).toEqual([0]);
  site.time.now += 61 * MINUTE;
  await site.store.agent.forgetAdmissionsBefore(site.time.now);
  lose('later', 12);
  await site.pass('r0');
  expect(site.cutOn('r0')).toEqual([12]);
});

test('I8: a release of a snapshot lets through whom the brake held then; who comes online later is judged anew', async () => {
  const site = await wideSite(1, { ...BRAKE, floor: 2, percent: 0 });
  const rows = subscribersOf('r0', 12, 12).map((row, at) => (at < 6 ? row : { ...row, addresses: [], ppp: row.id }));
  const operation = await site.snapshot(rows);
  await site.pass('r0');
  const braked = async (): Promise<unknown> =>
    (await site.store.control.heldOn(operation)).find(({ held }) => held.reason === 'brake')?.held.cut;
  expect(await braked()).toMatchObject({ count: 6 });
  await site.ask({ kind: 'release', router: 'r0', operations: [operation] });
  for (let at = 6; at < 12; at += 1) {
    const active = { name: `r0-${at}`, service: 'pppoe', address: `10.0.0.${at}` };
    site.lab('r0').table('/ppp/active').add(active);
  }
  await site.pass('r0');
  expect(site.cutOn('r0')).toEqual([6]);
  expect(await braked()).toEqual({ count: 6, first: ['r0-10', 'r0-11', 'r0-6', 'r0-7', 'r0-8', 'r0-9'] });
});

test('I8: who comes online while a person reads is not cut by the release; read again and released, he is', async () => {
  const site = await wideSite(1, { ...BRAKE, floor: 2, percent: 0 });
  const rows = subscribersOf('r0', 12, 12).map((row, at) => (at < 6 ? row : { ...row, addresses: [], ppp: row.id }));
  const operation = await site.snapshot(rows);
  await site.pass('r0');
  const read = async () => {
    const held = (await site.store.control.heldOn(operation)).find((one) => one.held.reason === 'brake')?.held;
    return [{ router: 'r0', operation, version: held?.shown ?? 0 }];
  };
  const release = async (shown: Awaited<ReturnType<typeof read>>): Promise<unknown> => {
    const asked = await site.ask({ kind: 'release', router: 'r0', operations: [operation], shown });
    await site.pass('r0');
    return (await site.operation(asked)).result;
  };
  const shown = await read();
  for (let at = 6; at < 12; at += 1) {
    const active = { name: `r0-${at}`, service: 'pppoe', address: `10.0.0.${at}` };
    site.lab('r0').table('/ppp/active').add(active);
  }
  await site.pass('r0');
  const later = [{ router: 'r0', operation, count: 6 }];
  expect(await release(shown)).toEqual({ released: [operation], unknown: [], later });
  expect(site.cutOn('r0')).toEqual([6]);
  expect(await release(await read())).toEqual({ released: [operation], unknown: [] });
  expect(site.cutOn('r0')).toEqual([12]);
});

test.each([
  { when: 'once a pass has cut who was released', isPassed: true, announced: 6, cut: 12 },
  { when: 'before a pass has cut who was released', isPassed: false, announced: 6, cut: 12 },
  { when: 'and does not count who was released', isPassed: false, announced: 12, cut: 6 },
])('I8: an announced snapshot opens what a release left, $when', async ({ isPassed, announced, cut }) => {
  const site = await wideSite(1, { ...BRAKE, floor: 2, percent: 0 });
  const rows = subscribersOf('r0', 12, 12).map((row, at) => (at < 6 ? row : { ...row, addresses: [], ppp: row.id }));
  const first = await site.snapshot(rows);
  await site.pass('r0');
  const shown = (await site.store.control.heldOn(first)).flatMap(({ router, held }) =>
    held.shown === undefined ? [] : [{ router, operation: first, version: held.shown }],
  );
  for (let at = 6; at < 12; at += 1)
    site
      .lab('r0')
      .table('/ppp/active')
      .add({ name: `r0-${at}`, service: 'pppoe', address: `10.0.0.${at}` });
  await site.pass('r0');
  await site.ask({ kind: 'release', router: 'r0', operations: [first], shown });
  if (isPassed) await site.pass('r0');
  const again = await site.snapshot(rows, announced);
  await site.pass('r0');
  expect(site.cutOn('r0')).toEqual([cut]);
  const end = cut === 12 ? 'verified' : 'held';
  expect([(await site.operation(first)).state, (await site.operation(again)).state]).toEqual([end, end]);
});

test('I10: who was released and went offline before his cut is cut when he is back, whoever was released since', async () => {
  const site = await wideSite(1, { ...BRAKE, floor: 2, percent: 0 });
  const active = site.lab('r0').table('/ppp/active');
  const comeOnline = (from: number, to: number): readonly string[] =>
    Array.from({ length: to - from }, (_, at) =>
      active.add({ name: `r0-${from + at}`, service: 'pppoe', address: `10.0.0.${from + at}` }),
    );
  const rows = subscribersOf('r0', 12, 12).map((row) => ({ ...row, addresses: [], ppp: row.id }));
  const operation = await site.snapshot(rows);
  const release = { kind: 'release', router: 'r0', operations: [operation] } as const;
  const first = comeOnline(0, 6);
  await site.pass('r0');
  await site.ask(release);
  active.remove(...first);
  comeOnline(6, 12);
  await site.pass('r0');
  expect(site.cutOn('r0')).toEqual([0]);
  await site.ask(release);
  await site.pass('r0');
  expect(site.cutOn('r0')).toEqual([6]);
  comeOnline(0, 6);
  await site.pass('r0');
  expect(site.cutOn('r0')).toEqual([12]);
});

test('I8: what the brake does not hold is released by nobody: the answer says that it waits for nothing here', async () => {
  const site = await wideSite(1, { ...BRAKE, floor: 0, percent: 0 });
  const operation = await site.snapshot(subscribersOf('r0', 5, 3));
  const early = await site.ask({ kind: 'release', router: 'r0', operations: [operation, 'orphans-r0'] });
  expect((await site.operation(early)).result).toEqual({ released: [], unknown: [operation, 'orphans-r0'] });
  const everywhere = { kind: 'release-everywhere', operations: [operation], routers: null } as const;
  expect((await site.operation(await site.ask(everywhere))).result).toMatchObject({ released: [], routers: [] });
  await site.pass('r0');
  expect(site.cutOn('r0')).toEqual([0]);
});

test('I8: cuts that were announced use up nothing of the window for single ones', async () => {
  const site = await wideSite(1, BRAKE);
  await site.snapshot(subscribersOf('r0', 100, 60), 60);
  await site.pass('r0');
  const cut = (at: number): Promise<string> =>
    site.ask({ kind: 'cutoff', id: `r0-${at}`, cutoff: { reason: 'no payment' } });
  for (let at = 60; at < 70; at += 1) await cut(at);
  const one = await cut(70);
  await site.pass('r0');
  expect(site.cutOn('r0')).toEqual([70]);
  expect(await site.operation(one)).toMatchObject({ state: 'held', reason: 'brake' });
});

test('I1: who paid is back at once though only a snapshot says so, and leaves the window to cuts', async () => {
  const site = await wideSite(1, BRAKE);
  const rows = subscribersOf('r0', 100, 60);
  await site.snapshot(rows, 60);
  await site.pass('r0');
  // Thirty of sixty pay, and ten more are cut, in one snapshot: no more than the brake allows to be cut.
  const paid = rows.map((row, at) => (at < 30 ? open(row) : at >= 90 ? { ...row, cutoff: { reason: 'x' } } : row));
  const operation = await site.snapshot(paid);
  await site.pass('r0');
  expect(site.cutOn('r0')).toEqual([40]);
  expect((await site.operation(operation)).state).toBe('verified');
});

test('I8: a snapshot that has lost the cut-offs of nearly everybody waits; restores by name do not', async () => {
  const site = await wideSite(1, BRAKE);
  const rows = subscribersOf('r0', 100, 60);
  await site.snapshot(rows, 60);
  await site.pass('r0');
  const operation = await site.snapshot(rows.map(open));
  await site.pass('r0');
  expect(site.cutOn('r0')).toEqual([60]);
  expect(await site.operation(operation)).toMatchObject({ state: 'held', reason: 'brake' });
  const [held] = await site.store.control.heldOn(operation);
  expect(held?.held).toMatchObject({ way: 'release', restored: { count: 60 }, limit: { asked: 60, allowed: 10 } });
  expect(held?.held.commands.every(({ sign }) => sign === '-')).toBe(true);
  // Another snapshot like it is no person's word, and one that leaves everybody out before it is none either.
  await site.snapshot(rows.slice(60).map(open));
  await site.snapshot(rows.map(open));
  await site.pass('r0');
  expect(site.cutOn('r0')).toEqual([60]);
  const restore = await site.ask({ kind: 'restore', id: 'r0-5' });
  await site.pass('r0');
  expect(site.cutOn('r0')).toEqual([59]);
  expect((await site.operation(restore)).state).toBe('verified');
  for (const { operation: name } of (await site.store.control.routerPlan('r0'))?.heldOperations ?? [])
    await site.ask({ kind: 'release', router: 'r0', operations: [name ?? ''] });
  await site.pass('r0');
  expect(site.cutOn('r0')).toEqual([0]);
});

test('I8: a newer snapshot that has the cut-offs again withdraws what a faulty one implied', async () => {
  const site = await wideSite(1, BRAKE);
  const rows = subscribersOf('r0', 100, 60);
  await site.snapshot(rows, 60);
  await site.pass('r0');
  await site.snapshot(rows.map(open));
  await site.pass('r0');
  await site.snapshot(rows, 60);
  await site.pass('r0');
  expect(site.cutOn('r0')).toEqual([60]);
  expect(await site.store.control.routerPlan('r0')).toMatchObject({ heldOperations: [] });
});

function open({ id, name, router, addresses }: SubscriberState): SubscriberState {
  return { id, name, router, addresses };
}
