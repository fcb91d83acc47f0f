import { expect, test } from 'vitest';
import type { PortalAddress } from '../../../schemas/portal.ts';
import { PORTAL_ADDRESS, scene, type Scene } from './harness.ts';

const LIST = '/ip/firewall/address-list';
const HOST = 'clientes.example.net';

/** Addresses as a tracker finds them: those of the last answer are seen now, the others were before. */
async function answer(
  { store }: Scene,
  addresses: readonly string[],
  { host = HOST, use = 'portal' }: Partial<Pick<PortalAddress, 'host' | 'use'>> = {},
): Promise<void> {
  const at = Date.now();
  const known = (await store.control.readPortalAddresses()).filter((one) => !addresses.includes(one.address));
  const found = addresses.map((address) => ({ address, host, use, firstSeen: at, lastSeen: at }));
  await store.agent.recordPortalAddresses(at, [...known, ...found]);
}

/** Waits, from one command of the router to the next, until it is so. */
function seen({ router }: Scene, is: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => {
      if (!is()) return;
      stop();
      resolve();
    };
    const stop = router.onCommand(() => setImmediate(look));
    look();
  });
}

function listed(one: Scene, address: string): Promise<void> {
  return seen(one, () => one.router.table(LIST).find({ list: 'server_wisphub', address }) !== undefined);
}

const prints = ({ router }: Scene): number => router.stats.commands[`${LIST}/print`] ?? 0;
const adds = ({ router }: Scene): number => router.stats.commands[`${LIST}/add`] ?? 0;

/**
 * Waits until no pass is under way or asked for, which may follow the one that found all as it should be: then two answers
 * in a row, about the walled garden, cost no read.
 */
async function atRest(one: Scene): Promise<void> {
  for (let turn = 1, quiet = 0; quiet < 2; turn += 1) {
    const before = prints(one);
    await answer(one, [`203.0.113.${turn}`], { host: 'pagos.example.net', use: 'garden' });
    await listed(one, `203.0.113.${turn}`);
    quiet = prints(one) === before ? quiet + 1 : 0;
  }
}

test('I4: what a CDN answers anew comes into the list at once, and no table is read for it', async () => {
  const one = await scene();
  await one.put('s1');
  await one.settle({ kind: 'cutoff', id: 's1', cutoff: { reason: 'no payment' } });
  await atRest(one);
  const [before, addsBefore] = [prints(one), adds(one)];
  for (let turn = 1; turn <= 20; turn += 1) {
    await answer(one, [`198.51.100.${20 + turn}`]);
    await listed(one, `198.51.100.${20 + turn}`);
  }
  expect(prints(one)).toBe(before);
  // A row is written once, and the next pass finds nothing to do.
  expect(adds(one)).toBe(addsBefore + 20);
  await one.converged();
  expect(adds(one)).toBe(addsBefore + 20);
  expect(one.router.stats.commands[`${LIST}/remove`] ?? 0).toBe(0);
  expect(one.router.table(LIST).find({ list: 'server_wisphub', address: PORTAL_ADDRESS })).toBeDefined();
});

test('I4: an address that the router refuses beside others is written by a pass, and the others once', async () => {
  const one = await scene();
  await one.converged();
  const all = [PORTAL_ADDRESS];
  // More often than a pass that was still to come, or those that it repeats, could help out.
  for (let turn = 1; turn <= 20; turn += 1) {
    const both = [`198.51.100.${20 + 2 * turn}`, `198.51.100.${21 + 2 * turn}`];
    all.push(...both);
    one.router.faults.arm(
      { path: `${LIST}/add`, times: 1 },
      { kind: 'trap', message: 'failure: not enough disk space' },
    );
    await answer(one, both);
    await Promise.all(both.map((address) => listed(one, address)));
  }
  await one.converged();
  const rows = one.router.table(LIST).rows();
  expect(rows.map(({ address }) => address).sort()).toEqual(all.sort());
});

test('a host, or a family, of which nothing was known takes a pass', async () => {
  const one = await scene();
  await atRest(one);
  for (const [address, host] of [
    ['198.51.100.30', 'avisos.example.net'],
    ['2001:db8:51::30', HOST],
  ] as const) {
    const before = prints(one);
    await answer(one, [address], { host });
    await seen(one, () => prints(one) > before);
  }
});

test('a cut that was held for want of a way to the portal begins as soon as DNS gives one, and not a rest later', async () => {
  const one = await scene();
  const { put, settle, reached, router } = one;
  // A row of somebody else's bars the only address: RouterOS takes an address once in a list.
  router.table(LIST).add({ list: 'server_wisphub', address: PORTAL_ADDRESS, disabled: 'true' });
  await put('s1');
  const held = await settle({ kind: 'cutoff', id: 's1', cutoff: { reason: 'no payment' } });
  expect(held).toMatchObject({ state: 'held', reason: 'portal-unknown' });
  await atRest(one);
  await answer(one, ['198.51.100.21', PORTAL_ADDRESS]);
  await reached(held.id, 'verified');
  expect(router.table(LIST).find({ list: 'server_wisphub', address: '198.51.100.21' })).toBeDefined();
  // Nothing is held any more: what comes now takes no pass again.
  await atRest(one);
  const before = prints(one);
  await answer(one, ['198.51.100.22', PORTAL_ADDRESS]);
  await listed(one, '198.51.100.22');
  expect(prints(one)).toBe(before);
});

test('a router that is only looked at gets no address', async () => {
  const one = await scene({ settings: { mode: 'observe' } });
  await one.settle({ kind: 'reconcile', router: 'r0' });
  await answer(one, ['198.51.100.21']);
  await one.settle({ kind: 'reconcile', router: 'r0' });
  expect(adds(one)).toBe(0);
});
