import { expect, test } from 'vitest';
import { PORTAL_ADDRESS, scene, type Scene } from './harness.ts';

const LIST = '/ip/firewall/address-list';
const HOST = 'clientes.example.net';

/** Addresses as a tracker finds them: those of the last answer are seen now, the others were before. */
async function answer({ store }: Scene, addresses: readonly string[], host = HOST): Promise<void> {
  const at = Date.now();
  const known = (await store.control.readPortalAddresses()).filter((one) => !addresses.includes(one.address));
  const found = addresses.map((address) => ({ address, host, use: 'portal' as const, firstSeen: at, lastSeen: at }));
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

test('I4: what a CDN answers anew comes into the list at once, and no table is read for it', async () => {
  const one = await scene();
  await one.put('s1');
  await one.settle({ kind: 'cutoff', id: 's1', cutoff: { reason: 'no payment' } });
  await one.converged();
  const turnTo = async (turn: number): Promise<void> => {
    await answer(one, [`198.51.100.${20 + turn}`]);
    await listed(one, `198.51.100.${20 + turn}`);
  };
  const adds = (): number => one.router.stats.commands[`${LIST}/add`] ?? 0;
  // The worker may hear of what was settled only now: that pass, and those that repeat it while they write, come first.
  for (let turn = 1; turn <= 12; turn += 1) await turnTo(turn);
  const before = { prints: prints(one), adds: adds() };
  for (let turn = 13; turn <= 32; turn += 1) await turnTo(turn);
  expect(prints(one)).toBe(before.prints);
  // A row is written once, and the next pass finds nothing to do.
  expect(adds()).toBe(before.adds + 20);
  await one.converged();
  expect(adds()).toBe(before.adds + 20);
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
  await one.converged();
  for (const [address, host] of [
    ['198.51.100.30', 'pagos.example.net'],
    ['2001:db8:51::30', HOST],
  ] as const) {
    const before = prints(one);
    await answer(one, [address], host);
    await seen(one, () => prints(one) > before);
  }
});

test('a router that is only looked at gets no address', async () => {
  const one = await scene({ settings: { mode: 'observe' } });
  await one.settle({ kind: 'reconcile', router: 'r0' });
  await answer(one, ['198.51.100.21']);
  await one.settle({ kind: 'reconcile', router: 'r0' });
  expect(one.router.stats.commands[`${LIST}/add`] ?? 0).toBe(0);
});
