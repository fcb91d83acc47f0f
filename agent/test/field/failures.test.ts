import { expect, test } from 'vitest';
import type { SubscriberState } from '../../../schemas/subscriber.ts';
import { scene, type Scene } from '../worker/harness.ts';
import { doubles } from '../worker/wild-router.ts';

/** How routers fail in the field, one test a way; those of single parts stand beside them, under the same kind of title. */

const CUT = { reason: 'no payment' };
const LIST = '/ip/firewall/address-list';

function wanted(number: number): SubscriberState[] {
  return Array.from({ length: number }, (_, at) => ({
    id: `s${at}`,
    name: 'x',
    router: 'r0',
    addresses: [`100.70.0.${at}`],
    cutoff: CUT,
  }));
}

function isOpen({ router }: Scene, source: string): boolean {
  return (
    router.probe({ source, destination: '93.184.216.34', destinationPort: 443, protocol: 'tcp' }).verdict === 'accepted'
  );
}

test.each(['before', 'after'] as const)(
  'failure: a router that reboots in mid-apply, %s the command was done, ends as if it had not',
  async (when) => {
    const one = await scene({ commandTimeoutMs: 1000 });
    const { router } = one;
    const reboots = [5, 40, 90].map((nth) =>
      router.faults.arm({ isWrite: true, nth }, { kind: 'reboot', downMs: 50, when }),
    );
    const change = await one.snapshot(1, wanted(60));
    await one.reached(change, 'verified');
    expect(reboots.map(({ fired }) => fired)).toEqual([1, 1, 1]);
    expect(doubles(router)).toEqual([]);
    for (let at = 0; at < 60; at += 1) expect([at, isOpen(one, `100.70.0.${at}`)]).toEqual([at, false]);
    router.resetStats();
    await one.converged();
    expect(router.stats.writes).toEqual({});
  },
  40_000,
);

test('failure: after a reboot cuts stand, for they are no dynamic rows, and whoever had seen his notice is shown it again', async () => {
  const one = await scene();
  const { router } = one;
  await one.put('s1');
  await one.put('s2', { addresses: ['100.64.0.6'] });
  await one.settle({ kind: 'cutoff', id: 's1', cutoff: CUT });
  await one.settle({ kind: 'notice', id: 's2', notice: 'custom', value: { once: true } });
  router.table(LIST).add({ list: 'wisp-edge-seen', address: '100.64.0.6' }, { dynamic: true });
  router.reboot();
  expect(isOpen(one, '100.64.0.5')).toBe(false);
  expect(router.table(LIST).find({ list: 'wisp-edge-seen' })).toBeUndefined();
  await one.converged();
  router.resetStats();
  await one.converged();
  expect(router.stats.writes).toEqual({});
  expect((await one.store.control.routerStatuses())[0]).toMatchObject({ connection: 'up', converged: true });
});

test.each([true, false])(
  'failure: a session that hangs with its socket open, the command done: %s, is given up at its deadline, and all is read again',
  async (isDone) => {
    const one = await scene({ commandTimeoutMs: 300 });
    const { router } = one;
    await one.put('s1');
    await one.converged();
    const hang = router.faults.arm({ path: `${LIST}/add` }, { kind: 'hang', isDone });
    const cut = await one.settle({ kind: 'cutoff', id: 's1', cutoff: CUT });
    expect([hang.fired, cut.state, isOpen(one, '100.64.0.5')]).toEqual([1, 'verified', false]);
    expect(doubles(router)).toEqual([]);
  },
);

test('failure: a router that cannot keep up is asked for no more than 24 things at once, and those who wait are bounded', async () => {
  const one = await scene();
  await one.converged();
  const { router } = one;
  router.costs = { ...router.costs, oneWayMs: 2, writeMs: 1 };
  router.resetStats();
  const change = await one.snapshot(1, wanted(200));
  await one.reached(change, 'verified');
  // One more for the session that is kept for restores.
  expect(router.stats.maxInFlight).toBeLessThanOrEqual(25);
});
