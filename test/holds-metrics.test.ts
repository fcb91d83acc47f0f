import { expect, test } from 'vitest';
import { systemClock } from '../agent/adapters/clock.ts';
import { scene, type Scene } from '../agent/test/worker/harness.ts';
import { centralStanding } from '../control/central-contact.ts';
import { knownRouters } from '../control/known-routers.ts';
import { Metrics } from '../control/metrics.ts';

const LIST = '/ip/firewall/address-list';
const BRAKE = { percent: 0, count: 1, floor: 1, siteCount: 1000, windowMinutes: 60 };
const CUT = { reason: 'no payment' };
const HOUR = 3_600_000;

/** What a scrape says now, by series. */
async function scrape({ store }: Scene, now: number): Promise<ReadonlyMap<string, number>> {
  const [counts, phones, drift, record] = await Promise.all([
    store.control.counts(),
    store.control.phoneCounts(),
    store.control.driftCounts(),
    store.control.centralRecord(),
  ]);
  const routers = await knownRouters(store.control, { routers: [{ id: 'r0', mode: 'manage' }] });
  const state = centralStanding({ kind: 'websocket', staleAfterHours: 24 }, record, now);
  const central = { state, contactAt: record?.contactAt ?? null };
  const text = await new Metrics().render({ counts, phones, routers, portal: null, drift, central, now });
  return new Map(
    text
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))
      .map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))] as const),
  );
}

test('the numbers of a router follow its passes: held, converged, pending, paid but cut, drift, the central link', async () => {
  const ahead = { ms: 0 };
  const clock = { ...systemClock, now: () => systemClock.now() + ahead.ms };
  const one = await scene({ brake: BRAKE, staleAfterMs: 24 * HOUR, clock });
  await one.put('s1');
  await one.put('s2', { addresses: ['100.64.0.6'] });
  expect(await one.settle({ kind: 'cutoff', id: 's1', cutoff: CUT })).toMatchObject({ state: 'verified' });
  expect(await one.settle({ kind: 'cutoff', id: 's2', cutoff: CUT })).toMatchObject({ reason: 'brake' });
  await one.converged();
  const calm = await scrape(one, clock.now());
  const at = (series: string): number | undefined => calm.get(series);
  expect(at('wisp_edge_router_converged{router="r0"}')).toBe(1);
  expect(at('wisp_edge_held_changes{router="r0",reason="brake"}')).toBe(1);
  expect(at('wisp_edge_router_pending_operations{router="r0"}')).toBe(0);
  expect(at('wisp_edge_router_oldest_pending_restore_seconds{router="r0"}')).toBe(0);
  expect(at('wisp_edge_paid_but_cut{router="r0"}')).toBe(0);
  expect(at('wisp_edge_central_stale')).toBe(0);
  const since = at('wisp_edge_router_converged_since_timestamp_seconds{router="r0"}') ?? 0;
  expect(Math.abs(since - clock.now() / 1000)).toBeLessThan(60);

  // A foreign row keeps a restored subscriber cut.
  const table = one.router.table(LIST);
  table.add({ list: 'Moroso', address: '100.64.0.5', comment: 'de Juan' }, { force: true });
  const restore = await one.settle({ kind: 'restore', id: 's1' });
  expect(restore).toMatchObject({ state: 'held', reason: 'foreign-row' });
  await one.converged();
  ahead.ms += HOUR * 25;
  const later = await scrape(one, clock.now());
  expect(later.get('wisp_edge_paid_but_cut{router="r0"}')).toBe(1);
  expect(later.get('wisp_edge_held_changes{router="r0",reason="foreign-row"}')).toBe(1);
  const age = later.get('wisp_edge_router_oldest_pending_restore_seconds{router="r0"}') ?? 0;
  expect(age).toBeGreaterThanOrEqual(25 * 3600);
  expect(age).toBeLessThan(25 * 3600 + 120);
  expect(later.get('wisp_edge_central_stale')).toBe(1);
  expect(later.get('wisp_edge_central_silent_seconds')).toBeGreaterThanOrEqual(25 * 3600);
  const [claim] =
    (await one.store.control.routerPlan('r0'))?.heldOperations?.filter(({ way }) => way === 'claim') ?? [];
  expect(claim).toMatchObject({ operation: restore.id, kind: 'restore', restored: { count: 1, first: ['s1'] } });
  expect(claim?.commands.map(({ sign, command }) => `${sign} ${command.split(' ').slice(0, 4).join(' ')}`)).toEqual([
    expect.stringMatching(/^- \/ip firewall address-list remove$/),
    expect.stringMatching(/^- \/ip firewall connection remove$/),
  ]);

  // A claim ends it; what somebody takes away afterwards is drift.
  await one.ask({ kind: 'claim', router: 'r0', subscribers: ['s1'] });
  await one.reached(restore.id, 'verified');
  await one.settle({ kind: 'notice', id: 's1', notice: 'custom', value: { text: 'x' } });
  await one.converged();
  for (const row of table.rows()) if (row['list'] === 'Aviso') table.remove(row['.id'] ?? '');
  await one.converged();
  const mended = await scrape(one, clock.now());
  expect(mended.get('wisp_edge_paid_but_cut{router="r0"}')).toBe(0);
  expect(mended.get('wisp_edge_router_oldest_pending_restore_seconds{router="r0"}')).toBe(0);
  expect(mended.get('wisp_edge_drift_found_total{router="r0",kind="notice"}')).toBe(1);
  expect(mended.get('wisp_edge_drift_repaired_total{router="r0",kind="notice"}')).toBe(1);
});
