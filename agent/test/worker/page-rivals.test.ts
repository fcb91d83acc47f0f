import { expect, test } from 'vitest';
import { scene, type Scene } from './harness.ts';
import { openSite, visit } from './visitor.ts';

const ADDRESS = '100.64.0.5';
const cut = (id: string) => ({ kind: 'cutoff', id, cutoff: { reason: 'no payment' } }) as const;

/** Two routers that lead to one page server, and on each a subscriber with the same address. */
async function neighbours(): Promise<Scene> {
  const site = await scene({ backend: 'notice-server' });
  openSite(site);
  await site.addRouter('r1');
  await site.put('s1', { addresses: [ADDRESS] });
  await site.put('s2', { router: 'r1', addresses: [ADDRESS] });
  return site;
}

async function shared({ store }: Scene, router: string) {
  const statuses = await store.control.routerStatuses();
  const findings = statuses.find(({ id }) => id === router)?.findings ?? [];
  return findings.filter(({ code }) => code === 'page-address-shared');
}

test('I6: a cut whose page is withheld is held and says why, and is verified when the address is its subscriber’s alone', async () => {
  const site = await neighbours();
  expect(await site.settle(cut('s2'))).toMatchObject({ state: 'verified' });
  const held = await site.settle(cut('s1'));
  expect(held).toMatchObject({ state: 'held', reason: 'router-degraded' });
  expect(held.history.at(-1)?.evidence).toMatchObject({
    findings: ['page-address-shared'],
    detail: expect.stringContaining(`${ADDRESS} is also led to our page server for s2 on r1`) as string,
  });
  expect(await visit(site, ADDRESS)).toBe('503');
  expect((await site.store.control.readSubscriber('s1'))?.observed).toMatchObject({ service: 'cut', verified: false });
  const [finding] = await shared(site, 'r0');
  expect(finding).toMatchObject({ severity: 'error', remedy: expect.stringContaining('s1 or of s2') as string });
  for (const text of [finding?.detail, finding?.es?.detail]) expect(text).toMatch(/r0 .* r1 .*100\.64\.0\.5/);
  await site.settle({ kind: 'reconcile', router: 'r1' });
  expect(await shared(site, 'r1')).toHaveLength(1);
  await site.put('s2', { router: 'r1', addresses: ['100.64.0.9'] });
  await site.settle({ kind: 'reconcile', router: 'r1' });
  await site.ask({ kind: 'reconcile', router: 'r0' });
  await site.reached(held.id, 'verified');
  expect(await shared(site, 'r0')).toEqual([]);
  expect(await visit(site, ADDRESS)).toBe('https://clientes.example.net/aviso/cutoff/s1/');
});

test('I6: so is a notice, and the snapshot that asks for one', async () => {
  const site = await neighbours();
  await site.settle(cut('s2'));
  const notice = { kind: 'notice', id: 's1', notice: 'custom', value: {} } as const;
  expect(await site.settle(notice)).toMatchObject({ state: 'held', reason: 'router-degraded' });
  const rows = [
    { id: 's1', name: 'Sub s1', router: 'r0', addresses: [ADDRESS], cutoff: { reason: 'unpaid' } },
    { id: 's2', name: 'Sub s2', router: 'r1', addresses: [ADDRESS], cutoff: { reason: 'no payment' } },
  ];
  expect(await site.settled(await site.snapshot(1, rows))).toMatchObject({ state: 'held', reason: 'router-degraded' });
});

test('I1: a restore is verified though another router leads the same address to a page', async () => {
  const site = await neighbours();
  await site.settle(cut('s2'));
  await site.settle(cut('s1'));
  expect(await site.settle({ kind: 'restore', id: 's1' })).toMatchObject({ state: 'verified' });
  await site.settle({ kind: 'reconcile', router: 'r0' });
  expect(await shared(site, 'r0')).toEqual([]);
});

test('a router that is only observed, and leads nobody to the page server, withholds nobody’s page', async () => {
  const site = await neighbours();
  await site.restart({ mode: 'observe' });
  expect(await site.settle(cut('s1'))).toMatchObject({ state: 'held', reason: 'router-not-managed' });
  expect(await site.settle(cut('s2'))).toMatchObject({ state: 'verified' });
  expect(site.notices.book.find(ADDRESS)?.subscriber).toBe('s2');
});
