import { expect, test } from 'vitest';
import { NO_COSTS } from '../../../lab/routeros/service.ts';
import { isSettled } from '../../../schemas/operation.ts';
import { addWisphubCuts, manyClients, reachOf, wisphubDesiredState, wisphubScene } from './wisphub-site.ts';

/** More than the restore lane reads again whole: in tables this long it asks for rows by their ids. */
const MANY = 300;
const step = (name: 'claim' | 'manage' | 'hand-back') => ({ kind: 'adopt', router: 'r0', step: name }) as const;

test.each([
  { way: 'manage', at: 'the first write', nth: 1 },
  { way: 'manage', at: 'a write in the middle of ours', nth: MANY },
  { way: 'manage', at: 'a write in the middle of theirs', nth: MANY * 2.5 },
  { way: 'hand-back', at: 'the first write', nth: 1 },
  { way: 'hand-back', at: 'a write in the middle', nth: MANY },
] as const)(
  'I1: who pays at $at of a $way of hundreds is open while the rest is still being written, and stays so',
  { timeout: 60_000 },
  async ({ way, nth }) => {
    const site = await wisphubScene('7.24', {
      before: (lab) => {
        addWisphubCuts(lab, MANY);
      },
    });
    const { router, settle, settled, ask, snapshot, reached, store } = site;
    const clients = manyClients(MANY);
    const cut = clients.map(({ id, address }) => ({
      id,
      name: id,
      router: 'r0',
      addresses: [address],
      cutoff: { reason: 'suspendido' },
    }));
    await settled(await snapshot(2, [...wisphubDesiredState(), ...cut]));
    await settle(step('claim'));
    if (way === 'hand-back') expect(await settle(step('manage'))).toMatchObject({ state: 'verified' });
    router.costs = { ...router.costs, oneWayMs: 1, writeMs: 1 };
    const [payer = '', neighbour = ''] = clients.map(({ address }) => address);
    expect(reachOf(router, payer)).toMatchObject({ https: false });
    let count = 0;
    const paid: Promise<string>[] = [];
    let isOpen = false;
    const harm: string[] = [];
    router.onCommand(({ path }) => {
      if (/\/(add|set|move|remove)$/.test(path)) count += 1;
      if (count === nth && paid.length === 0) paid.push(ask({ kind: 'restore', id: 'm0' }));
      if (count % 8 !== 0) return;
      if (!reachOf(router, neighbour).portalHttps) harm.push(`no portal after ${path}`);
      if (reachOf(router, neighbour).https) harm.push(`the neighbour is open after ${path}`);
      if (isOpen && !reachOf(router, payer).https) harm.push(`cut again after ${path}`);
    });
    const operation = await ask(step(way));
    await site.eventually(() => Promise.resolve(paid.length > 0));
    const restored = await (paid[0] ?? Promise.reject(new Error('nobody paid')));
    await reached(restored, 'verified');
    isOpen = true;
    expect(reachOf(router, payer)).toMatchObject({ http: true, https: true });
    const under = await store.control.readOperation(operation);
    expect(under === null || isSettled(under.state), 'the step was over before').toBe(false);
    const history = (await store.control.readOperation(restored))?.history.map(({ state }) => state);
    expect(history).not.toContain('held');
    expect(await settled(operation)).toMatchObject({ state: 'verified' });
    router.costs = NO_COSTS;
    if (way === 'manage') {
      expect(await settle(step('hand-back'))).toMatchObject({
        state: 'verified',
        result: { withheld: [`Moroso ${payer}`] },
      });
    }
    expect(reachOf(router, payer)).toMatchObject({ http: true, https: true });
    expect(harm).toEqual([]);
  },
);
