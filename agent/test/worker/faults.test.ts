import { expect, test } from 'vitest';
import type { FaultRates } from '../../../lab/routeros/faults.ts';
import type { SubscriberState } from '../../../schemas/subscriber.ts';
import { systemClock } from '../../adapters/clock.ts';
import { scene } from './harness.ts';
import { doubles } from './wild-router.ts';

const RATES: FaultRates = {
  reset: 0.003,
  close: 0.003,
  'half-sentence': 0.001,
  hang: 0.001,
  stuck: 0.001,
  fatal: 0.002,
  trap: 0.003,
  reboot: 0.001,
  'unknown-word': 0.01,
  'one-byte-chunks': 0.01,
  'duplicate-reply': 0.001,
  latency: 0.01,
};
const SUBSCRIBERS = 60;

function wanted(cut: (at: number) => boolean): SubscriberState[] {
  return Array.from({ length: SUBSCRIBERS }, (_, at) => ({
    id: `s${at}`,
    name: 'x',
    router: 'r0',
    addresses: [`100.64.3.${at}`, `2001:db8:64:3::${at.toString(16)}`],
    ...(cut(at) ? { cutoff: { reason: 'x' } } : { notices: { custom: { text: 'x' } } }),
  }));
}

test.each([
  ['native', 1],
  ['native', 2],
  ['native', 3],
  ['node-routeros', 4],
] as const)(
  'I7: over %s with seed %i every fault there is ends in the same state',
  async (driver, seed) => {
    const one = await scene({ driver, commandTimeoutMs: 300 });
    one.router.faults.random(seed, RATES);
    const first = await one.snapshot(
      1,
      wanted((at) => at % 2 === 0),
    );
    await one.reached(first, 'verified');
    const asked = await Promise.all(
      [0, 2, 4]
        .map((at) => one.ask({ kind: 'restore', id: `s${at}` }))
        .concat([1, 3, 5].map((at) => one.ask({ kind: 'cutoff', id: `s${at}`, cutoff: { reason: 'x' } }))),
    );
    for (const id of asked) await one.reached(id, 'verified');
    one.router.faults.clear();
    await one.converged();
    expect(doubles(one.router)).toEqual([]);
    const cut = one.router
      .table('/ip/firewall/address-list')
      .rows()
      .filter((row) => row['list'] === 'Moroso');
    expect(cut).toHaveLength(SUBSCRIBERS / 2);
    for (let at = 0; at < SUBSCRIBERS; at += 1) {
      const isCut = at < 6 ? at % 2 === 1 : at % 2 === 0;
      const { verdict } = one.router.probe({
        source: `100.64.3.${at}`,
        destination: '93.184.216.34',
        protocol: 'tcp',
        destinationPort: 443,
      });
      expect(`${at} ${verdict}`).toBe(`${at} ${isCut ? 'rejected' : 'accepted'}`);
    }
    one.router.resetStats();
    await one.converged();
    expect(one.router.stats.writes).toEqual({});
  },
  60_000,
);

test('I7: a reboot is seen by the uptime and told', async () => {
  const { router, put, converged, eventually, store, ask } = await scene();
  await put('s1');
  router.state.bootedAt -= 90_000;
  await converged();
  router.reboot(0);
  await ask({ kind: 'reconcile', router: 'r0' });
  await eventually(async () =>
    (await store.control.entriesAfter(0, 1000)).some(({ type }) => type === 'router.rebooted'),
  );
});

test('a pass that takes longer than the slack between two uptimes is no reboot', async () => {
  let skewMs = 0;
  const clock = { ...systemClock, monotonic: () => systemClock.monotonic() + skewMs };
  const { router, put, settle, converged, store } = await scene({ clock });
  await put('s1');
  await converged();
  // Once the router has been read, its next write takes 90 s, on its clock and on ours.
  const slow = (): void => {
    skewMs += 90_000;
    router.state.bootedAt -= 90_000;
  };
  const fault = router.faults.arm({ isWrite: true }, { kind: 'edit', edit: slow, when: 'after' });
  await settle({ kind: 'cutoff', id: 's1', cutoff: { reason: 'x' } });
  await converged();
  expect(fault.fired).toBe(1);
  const entries = await store.control.entriesAfter(0, 1000);
  expect(entries.filter(({ type }) => type === 'router.rebooted')).toEqual([]);
});
