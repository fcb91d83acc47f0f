import { expect, test } from 'vitest';
import type { Operation } from '../../../schemas/operation.ts';
import { scene } from '../worker/harness.ts';
import { reachOf, rowsWithoutIds, Watch, wisphubScene } from './wisphub-site.ts';

const LIST = '/ip/firewall/address-list';
const PAYER = { id: '1011', address: '100.64.10.11' } as const;
const OPEN = { http: true, https: true };
const CUT = { https: false };
const step = (name: 'claim' | 'manage' | 'hand-back') => ({ kind: 'adopt', router: 'r0', step: name }) as const;
const restore = (id: string) => ({ kind: 'restore', id }) as const;

/** Asks for something at the nth command of a step that writes, or is one of `which`. */
function atCommand<Result>(
  { router }: Awaited<ReturnType<typeof wisphubScene>>,
  nth: number,
  ask: () => Promise<Result>,
  which = /\/(add|set|move|remove)$/,
): { readonly asked: () => Promise<Result>; readonly isOver: () => boolean } {
  let asked: Promise<Result> | null = null;
  let count = 0;
  const stop = router.onCommand(({ path }) => {
    if (!which.test(path)) return;
    count += 1;
    if (count !== nth) return;
    stop();
    asked = ask();
  });
  return {
    asked: () => asked ?? Promise.reject(new Error(`${count} commands, not ${nth}`)),
    isOver: () => {
      stop();
      return asked === null;
    },
  };
}

test(
  'I1 I6: who pays at any write of a hand-back is open when it is over, and its result tells of his row',
  { timeout: 240_000 },
  async () => {
    let isOver = false;
    for (let nth = 1; !isOver; nth += 9) {
      const site = await wisphubScene('7.24');
      const { router, settle, reached, store } = site;
      await settle(step('claim'));
      expect(await settle(step('manage'))).toMatchObject({ state: 'verified' });
      const paid = atCommand(site, nth, () => site.ask(restore(PAYER.id)));
      const back = await settle(step('hand-back'));
      isOver = paid.isOver();
      if (isOver) continue;
      const operation = await paid.asked();
      await reached(operation, 'verified');
      expect(back, `at write ${nth}`).toMatchObject({
        state: 'verified',
        result: { withheld: [`Moroso ${PAYER.address}`] },
      });
      expect(reachOf(router, PAYER.address), `at write ${nth}`).toMatchObject(OPEN);
      expect(router.table(LIST).find({ list: 'Moroso', address: PAYER.address })).toBeUndefined();
      expect((await store.control.readOperation(operation))?.history.map(({ state }) => state)).not.toContain('held');
    }
  },
);

test('I1: who pays while a hand-back is looked at for the last time is open when it is over', async () => {
  // The same commands each time, to a few.
  const first = await wisphubScene('7.24');
  await first.settle(step('claim'));
  await first.settle(step('manage'));
  let count = 0;
  first.router.onCommand(() => {
    count += 1;
  });
  await first.settle(step('hand-back'));
  for (const before of [2, 8, 14]) {
    const site = await wisphubScene('7.24');
    await site.settle(step('claim'));
    await site.settle(step('manage'));
    const paid = atCommand(site, count - before, () => site.ask(restore(PAYER.id)), /./);
    expect(await site.settle(step('hand-back'))).toMatchObject({ state: 'verified' });
    await site.reached(await paid.asked(), 'verified');
    expect(reachOf(site.router, PAYER.address)).toMatchObject(OPEN);
  }
});

test('I1: who pays during a takeover is opened by name, though he was WispHub’s to cut, and his operation says so', async () => {
  for (const nth of [1, 20, 40]) {
    const site = await wisphubScene('7.24');
    await site.settle(step('claim'));
    const paid = atCommand(site, nth, () => site.ask(restore(PAYER.id)));
    expect(await site.settle(step('manage'))).toMatchObject({ state: 'verified' });
    const operation = await paid.asked();
    await site.reached(operation, 'verified');
    expect(reachOf(site.router, PAYER.address)).toMatchObject(OPEN);
    const states = (await site.store.control.readOperation(operation))?.history.map(({ state }) => state);
    expect(states, `at write ${nth}`).not.toContain('held');
  }
});

test('I1: a claim during a hand-back is not taken, so that nothing of ours stands in a router that is only assisted', async () => {
  const site = await wisphubScene('7.24');
  const { router, settle, settled, ask, worker, restart } = site;
  const before = rowsWithoutIds(router);
  await settle(step('claim'));
  await settle(step('manage'));
  await worker.stop();
  const back = await ask(step('hand-back'));
  const again = await ask(step('claim'));
  const paid = await ask(restore(PAYER.id));
  await restart();
  expect(await settled(again)).toMatchObject({ state: 'failed', reason: 'router-not-claimed' });
  expect(JSON.stringify((await settled(again)).history.at(-1)?.evidence)).toContain('a hand-back is under way');
  expect(await settled(back)).toMatchObject({ state: 'verified' });
  await site.reached(paid, 'verified');
  expect(reachOf(router, PAYER.address)).toMatchObject(OPEN);
  expect(await settle(step('claim'))).toMatchObject({ state: 'verified' });
  expect(rowsWithoutIds(router)).not.toEqual(before);
});

test('I1: a hand-back turned round is no new beginning: manage goes on though WispHub writes again', async () => {
  const site = await wisphubScene('7.24');
  const { router, settle, settled, ask, worker, restart } = site;
  await settle(step('claim'));
  await settle(step('manage'));
  await worker.stop();
  const back = await ask(step('hand-back'));
  const again = await ask(step('manage'));
  router.table(LIST).add({ list: 'Aviso', address: '100.64.99.9', comment: 'nuevo' });
  await restart();
  expect(await settled(again)).toMatchObject({ state: 'verified' });
  expect(await settled(back)).toMatchObject({ state: 'superseded' });
  expect(await settle(restore(PAYER.id))).toMatchObject({ state: 'verified' });
  expect(reachOf(router, PAYER.address)).toMatchObject(OPEN);
  expect(await settle(step('hand-back'))).toMatchObject({ state: 'verified' });
  expect(await settle(step('claim'))).toMatchObject({ state: 'verified' });
  // Given back, it is a new beginning.
  router.table(LIST).add({ list: 'Aviso', address: '100.64.99.10', comment: 'otro' });
  expect(await settle(step('manage'))).toMatchObject({ state: 'held', reason: 'wisphub-writes' });
});

test.each(['web-proxy', 'notice-server'] as const)(
  'I1: with %s a router that is only assisted from now on lets go of who is restored by name, and of nobody else',
  async (backend) => {
    const site = await scene({ backend });
    const { router, settle, put, restart, converged } = site;
    for (const [at, id] of ['s1', 's2', 's3'].entries()) {
      await put(id, { addresses: [`100.64.0.${at + 5}`, `2001:db8:${at + 1}::/56`] });
      expect(await settle({ kind: 'cutoff', id, cutoff: { reason: 'x' } })).toMatchObject({ state: 'verified' });
    }
    await restart({ mode: 'assist' });
    await converged();
    expect(reachOf(router, '100.64.0.5')).toMatchObject(CUT);
    expect(await settle(restore('s1'))).toMatchObject({ state: 'verified' });
    expect(reachOf(router, '100.64.0.5')).toMatchObject(OPEN);
    // Asked for while nobody is there to carry it: the pass does what the lane would have done.
    await site.worker.stop();
    const paid = await site.ask(restore('s2'));
    await restart({ mode: 'assist' });
    await site.reached(paid, 'verified');
    expect(reachOf(router, '100.64.0.6')).toMatchObject(OPEN);
    expect(reachOf(router, '100.64.0.7')).toMatchObject(CUT);
    const comments = ['/ip/firewall/address-list', '/ipv6/firewall/address-list', '/ip/proxy/access'].flatMap((menu) =>
      router
        .table(menu)
        .rows()
        .flatMap(({ comment = '' }) => (comment.includes(':cutoff:') ? [comment] : [])),
    );
    expect(new Set(comments)).toEqual(new Set(['wisp-edge:cutoff:s3']));
  },
);

test('in mode observe nothing is written, nor for a restore by name', async () => {
  const { router, settle, put, restart } = await scene();
  await put('s1', { addresses: ['100.64.0.5'] });
  await settle({ kind: 'cutoff', id: 's1', cutoff: { reason: 'x' } });
  await restart({ mode: 'observe' });
  router.resetStats();
  expect(await settle(restore('s1'))).toMatchObject({ state: 'held', reason: 'router-not-managed' });
  expect(router.stats.writes).toEqual({});
});

test('I2 I5: steps asked for again, and out of their order, end with the router as it was', async () => {
  const site = await wisphubScene('7.24');
  const { router, settle, ask, settled } = site;
  const before = rowsWithoutIds(router);
  const watch = new Watch(router);
  await settle(step('claim'));
  const ended: Operation[] = [];
  for (const names of [
    ['claim', 'manage', 'manage'],
    ['claim', 'hand-back', 'manage'],
    ['hand-back', 'claim', 'hand-back'],
  ] as const) {
    const ids: string[] = [];
    for (const name of names) ids.push(await ask(step(name)));
    for (const id of ids) ended.push(await settled(id));
    // Who is cut may browse in between only what WispHub let him, whichever way it goes.
    watch.handBack();
  }
  expect(ended.at(-1)).toMatchObject({ state: 'verified', result: { withheld: [], opened: [] } });
  expect(watch.harm).toEqual([]);
  expect(rowsWithoutIds(router)).toEqual(before);
  for (const name of ['manage', 'hand-back'] as const)
    expect(await settle(step(name))).toMatchObject({ state: 'failed', reason: 'router-not-claimed' });
});
