import { expect, test } from 'vitest';
import { systemClock } from '../../adapters/clock.ts';
import { scene, type Scene } from './harness.ts';

const LIST = '/ip/firewall/address-list';
const CUT = { reason: 'no payment' };

async function events({ store }: Scene): Promise<readonly (readonly [string, unknown])[]> {
  const entries = await store.control.entriesAfter(0, 10_000);
  return entries
    .filter(({ type }) => type.startsWith('drift.'))
    .map(({ type, data }) => [type, data['count']] as const);
}

function counts({ store }: Scene): Promise<unknown> {
  return store.control.driftCounts();
}

function takeAway({ router }: Scene, list: string): void {
  for (const row of router.table(LIST).rows()) if (row['list'] === list) router.table(LIST).remove(row['.id'] ?? '');
}

/** Two cuts that stand, and a pass that found nothing to write. */
async function settled(clock = systemClock): Promise<Scene> {
  const one = await scene({ clock });
  await one.put('s1');
  await one.put('s2', { addresses: ['100.64.0.6'] });
  for (const id of ['s1', 's2']) await one.settle({ kind: 'cutoff', id, cutoff: CUT });
  await one.converged();
  return one;
}

test('rows that somebody took away are counted as found, and as repaired once a pass has nothing to write for them', async () => {
  const one = await settled();
  expect(await counts(one)).toEqual([]);
  takeAway(one, 'Moroso');
  await one.converged();
  expect(await counts(one)).toEqual([{ router: 'r0', kind: 'cutoff', found: 2, repaired: 2 }]);
  expect(await events(one)).toEqual([
    ['drift.found', 2],
    ['drift.repaired', 2],
  ]);
});

test('what is instructed is no drift: cuts, restores by the lane, notices, a move, and a cut again at once', async () => {
  const one = await settled();
  await one.settle({ kind: 'restore', id: 's1' });
  await one.settle({ kind: 'cutoff', id: 's1', cutoff: CUT });
  await one.settle({ kind: 'restore', id: 's2' });
  await one.settle({ kind: 'notice', id: 's2', notice: 'custom', value: { text: 'x' } });
  await one.put('s1', { addresses: ['100.64.0.9'] });
  await one.converged();
  await one.settle({ kind: 'notice-end', id: 's2', notice: 'custom' });
  await one.converged();
  expect(await counts(one)).toEqual([]);
});

test('a row of ours that was switched off, one that was copied, and a jump that was switched off are drift too', async () => {
  const one = await settled();
  const proxy = one.router.table('/ip/proxy/access');
  const [row] = proxy.rows().filter(({ comment }) => comment === 'wisp-edge:cutoff:s1');
  proxy.set(row?.['.id'] ?? '', { disabled: 'yes' });
  const copied = { list: 'Moroso', address: '100.64.0.77', comment: 'wisp-edge:cutoff:s1' };
  one.router.table(LIST).add(copied);
  const filter = one.router.table('/ip/firewall/filter');
  const [jump] = filter.rows().filter(({ comment }) => comment?.startsWith('wisp-edge:jump:') === true);
  filter.set(jump?.['.id'] ?? '', { disabled: 'yes' });
  await one.converged();
  expect(await counts(one)).toEqual([
    { router: 'r0', kind: 'cutoff', found: 2, repaired: 2 },
    { router: 'r0', kind: 'jump', found: 1, repaired: 1 },
  ]);
  expect(one.router.table(LIST).find({ address: '100.64.0.77' })).toBeUndefined();
});

test('a router that drifts again and again counts every time, and floods no journal', async () => {
  const ahead = { ms: 0 };
  const one = await settled({ ...systemClock, monotonic: () => systemClock.monotonic() + ahead.ms });
  for (let again = 0; again < 5; again += 1) {
    takeAway(one, 'Moroso');
    await one.converged();
  }
  expect(await counts(one)).toEqual([{ router: 'r0', kind: 'cutoff', found: 10, repaired: 10 }]);
  expect(await events(one)).toEqual([
    ['drift.found', 2],
    ['drift.repaired', 2],
  ]);
  ahead.ms += 600_000;
  await one.converged();
  expect((await events(one)).slice(2)).toEqual([
    ['drift.found', 8],
    ['drift.repaired', 8],
  ]);
});

test('a row of ours whose comment somebody changed is drift, until it is claimed; nothing speaks of WispHub where it is not', async () => {
  const one = await settled();
  const lists = one.router.table(LIST);
  lists.add({ list: 'Moroso', address: '100.64.0.200', comment: 'de antes' });
  await one.converged();
  lists.set(lists.find({ comment: 'wisp-edge:cutoff:s1' })?.['.id'] ?? '', { comment: 'de Juan' });
  await one.converged();
  await one.converged();
  expect(await counts(one)).toEqual([{ router: 'r0', kind: 'cutoff', found: 1, repaired: 0 }]);
  const [status] = await one.store.control.routerStatuses();
  const told = status?.findings.find(({ code }) => code === 'wisphub-new-rows');
  expect(told?.detail).toContain('de Juan');
  expect(JSON.stringify([told?.detail, told?.remedy, told?.es])).not.toContain('WispHub');
  await one.settle({ kind: 'claim', router: 'r0', subscribers: ['s1'] });
  await one.converged();
  expect(await counts(one)).toEqual([{ router: 'r0', kind: 'cutoff', found: 1, repaired: 1 }]);
});
