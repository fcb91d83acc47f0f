import { expect, test } from 'vitest';
import type { Adoption } from '../../../schemas/adoption.ts';
import type { LabRouter } from '../../../lab/routeros/router.ts';
import { WISPHUB_WAN_LIST } from '../../../lab/routeros/wisphub.ts';
import type { Scene } from '../worker/harness.ts';
import { FOREIGN_HOST, reachOf, rowsWithoutIds, Watch, wisphubScene } from './wisphub-site.ts';

const LIST = '/ip/firewall/address-list';
const NAT = '/ip/firewall/nat';
const step = (name: 'claim' | 'manage' | 'hand-back') => ({ kind: 'adopt', router: 'r0', step: name }) as const;

async function viewOf({ store }: Scene): Promise<Adoption> {
  const view = await store.control.routerAdoption('r0');
  if (view === null) throw new Error('no view');
  return view;
}

function idOf(router: LabRouter, menu: string, properties: Readonly<Record<string, string>>): string {
  return router.table(menu).find(properties)?.['.id'] ?? '';
}

test('before any step the set, what is wrong with it, the policies and the commands are shown, and nothing is written', async () => {
  const site = await wisphubScene('7.24');
  const { router, settle } = site;
  router.table('/interface/list/member').remove(idOf(router, '/interface/list/member', { list: WISPHUB_WAN_LIST }));
  router.resetStats();
  await settle({ kind: 'reconcile', router: 'r0' });
  const view = await viewOf(site);
  expect(view).toMatchObject({ step: 'observe', mode: 'assist', handBack: { steps: [] } });
  expect(view.parts.map(({ part, rows, disabled }) => [part, rows, disabled])).toEqual([
    ['portal-list', 8, 0],
    ['cutoff-list', 11, 0],
    ['notice-list', 3, 0],
    ['shield', 1, 0],
    ['portal-accept', 2, 0],
    ['cutoff-redirect', 2, 1],
    ['notice-redirect', 1, 0],
    ['cutoff-page', 14, 0],
    ['notice-page', 4, 0],
  ]);
  expect(view.findings.map(({ code }) => code)).toEqual([
    'wisphub-duplicates',
    'wisphub-contradictions',
    'wisphub-wrong-addresses',
    'wisphub-orphans',
    'wisphub-rules-disabled',
    'wisphub-rules-missing',
    'wisphub-rules-below',
    'wisphub-wan-list-empty',
  ]);
  for (const { remedy, es } of view.findings) {
    expect(remedy).toMatch(/manage: /);
    expect(es?.remedy).toMatch(/manage: /);
  }
  const foreign = view.manage.steps.filter((one) => one.foreign !== undefined);
  const first = view.manage.steps.findIndex((one) => one.foreign !== undefined);
  expect(view.manage.steps.slice(first)).toEqual(foreign);
  const accept = idOf(router, NAT, { comment: 'WispHub - Permitir pagina web morosos', 'src-address-list': 'Moroso' });
  expect(foreign).toContainEqual({
    action: 'updated',
    menu: NAT,
    row: 'rule:wisphub-portal-accept',
    command: `/ip firewall nat set ${accept} disabled=yes`,
    lane: 'bulk',
    foreign: { was: { disabled: 'no' } },
  });
  expect(router.stats.writes).toEqual({});
});

test('I3: a step that changes rows of WispHub’s is not taken without a claim, nor after a hand-back', async () => {
  const { router, settle } = await wisphubScene('7.24');
  const before = rowsWithoutIds(router);
  for (const name of ['manage', 'hand-back'] as const)
    expect(await settle(step(name))).toMatchObject({ state: 'failed', reason: 'router-not-claimed' });
  await settle(step('claim'));
  expect(await settle(step('hand-back'))).toMatchObject({ state: 'verified' });
  expect(await settle(step('manage'))).toMatchObject({ state: 'failed', reason: 'router-not-claimed' });
  expect(rowsWithoutIds(router)).toEqual(before);
});

test('I1 I2: who is cut by WispHub and is to be open is opened first, and no hand-back cuts him again', async () => {
  const site = await wisphubScene('7.24');
  const { router, settle, put } = site;
  await settle({ kind: 'restore', id: '1011' });
  expect((await viewOf(site)).findings.map(({ code }) => code)).toContain('wisphub-paid-but-cut');
  await put('new', { addresses: ['100.64.10.70'] });
  await settle(step('claim'));
  const lifted: string[] = [];
  router.onCommand(({ path }) => {
    if (path === `${NAT}/set` && lifted.length === 0) lifted.push(JSON.stringify(reachOf(router, '100.64.10.11')));
  });
  expect(await settle(step('manage'))).toMatchObject({ state: 'verified' });
  expect(lifted).toEqual(['{"http":true,"https":true,"portalHttp":true,"portalHttps":true}']);
  expect(await settle({ kind: 'cutoff', id: 'new', cutoff: { reason: 'x' } })).toMatchObject({ state: 'verified' });
  expect(await settle(step('hand-back'))).toMatchObject({
    state: 'verified',
    result: { withheld: ['Moroso 100.64.10.11'], opened: ['new'] },
  });
  expect(reachOf(router, '100.64.10.11')).toMatchObject({ http: true, https: true });
  expect(
    router
      .table(LIST)
      .rows()
      .filter(({ comment }) => comment?.startsWith('wisp-edge:')),
  ).toEqual([]);
});

test('a row of WispHub’s that somebody removed meanwhile comes back at its place, with comment and values', async () => {
  const { router, settle } = await wisphubScene('7.24');
  const before = rowsWithoutIds(router);
  await settle(step('claim'));
  await settle(step('manage'));
  router.table(NAT).remove(idOf(router, NAT, { comment: 'WispHub - Suspension de clientes(TCP)' }));
  const pages = router.table('/ip/proxy/access');
  pages.remove(idOf(router, '/ip/proxy/access', { comment: 'dos-Aviso' }));
  expect(await settle(step('hand-back'))).toMatchObject({ state: 'verified' });
  expect(rowsWithoutIds(router)).toEqual(before);
});

test('I4: manage waits while WispHub’s rules let another list through than the one that is filled', async () => {
  const { router, settle } = await wisphubScene('7.24', { config: { portalList: 'server_wisphub' } });
  const watch = new Watch(router);
  await settle(step('claim'));
  const held = await settle(step('manage'));
  expect(held).toMatchObject({ state: 'held', reason: 'portal-unknown' });
  expect(JSON.stringify(held.history.at(-1)?.evidence)).toContain('portalList: servers_wisphub');
  expect(watch.harm).toEqual([]);
  expect(router.table('/ip/firewall/filter').find({ chain: 'wisp-edge-forward' })).toBeUndefined();
});

test('complaint 19: a cut that an accept above WispHub’s rules made worthless is one after manage', async () => {
  const { router, settle } = await wisphubScene('7.24');
  const first = idOf(router, NAT, { comment: 'servidor propio' });
  router.table(NAT).add({ chain: 'dstnat', protocol: 'tcp', action: 'accept', comment: 'de Juan' }, { before: first });
  expect(reachOf(router, '100.64.10.11')).toMatchObject({ http: true, https: true });
  await settle(step('claim'));
  expect(await settle(step('manage'))).toMatchObject({ state: 'verified' });
  expect(reachOf(router, '100.64.10.11')).toMatchObject({ http: false, https: false, portalHttps: true });
  const asked = { source: '100.64.10.11', destination: FOREIGN_HOST, destinationPort: 80, protocol: 'tcp' } as const;
  expect(router.probe({ ...asked, http: { host: 'example.com' } }).proxy?.location).toBe(
    'https://clientes.example.net/aviso/cutoff/1011/',
  );
});

test('I5: what WispHub writes after manage is over is not touched; manage asked for again takes it', async () => {
  const { router, settle, converged, restart } = await wisphubScene('7.24');
  await settle(step('claim'));
  await settle(step('manage'));
  router.table(LIST).add({ list: 'Moroso', address: '100.64.10.2', comment: 'Beto Activo' });
  router.resetStats();
  await converged();
  await restart();
  await converged();
  expect(router.stats.writes).toEqual({});
  expect(router.table(LIST).find({ address: '100.64.10.2' })).toBeDefined();
  expect(await settle(step('manage'))).toMatchObject({ state: 'verified' });
  expect(reachOf(router, '100.64.10.2')).toMatchObject({ http: true, https: true });
});

test('I6: a cut-off and a notice that come with a hand-back are not called verified: nothing new is put up', async () => {
  const site = await wisphubScene('7.24');
  const { router, settle, settled, ask, worker, restart } = site;
  await settle(step('claim'));
  await settle(step('manage'));
  await worker.stop();
  const cut = await ask({ kind: 'cutoff', id: '1001', cutoff: { reason: 'x' } });
  const notice = await ask({ kind: 'notice', id: '1002', notice: 'custom', value: { text: 'x' } });
  const back = await ask(step('hand-back'));
  await restart();
  expect(await settled(back)).toMatchObject({ state: 'verified' });
  for (const id of [cut, notice])
    expect(await settled(id)).toMatchObject({ state: 'held', reason: 'router-not-managed' });
  expect(reachOf(router, '100.64.10.1')).toMatchObject({ http: true, https: true });
});
