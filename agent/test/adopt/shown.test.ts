import { expect, test } from 'vitest';
import type { Adoption } from '../../../schemas/adoption.ts';
import { PORTAL_ADDRESS, type Scene } from '../worker/harness.ts';
import { Watch, wisphubScene } from './wisphub-site.ts';

const LIST = '/ip/firewall/address-list';
const step = (name: 'claim' | 'manage' | 'hand-back') => ({ kind: 'adopt', router: 'r0', step: name }) as const;

async function viewOf({ store }: Scene): Promise<Adoption> {
  const view = await store.control.routerAdoption('r0');
  if (view === null) throw new Error('no view');
  return view;
}

function commandsOf({ steps }: Adoption['manage']): readonly string[] {
  return steps.map(({ command }) => command);
}

test.each(['assist', 'manage'] as const)(
  'whoever decides about manage, in mode %s, is shown that WispHub’s rows go off: after claim, and after a hand-back',
  async (mode) => {
    const site = await wisphubScene('7.24', { config: { mode } });
    const { settle, converged } = site;
    const isSwitchedOff = async (): Promise<readonly string[]> =>
      commandsOf((await viewOf(site)).manage).filter((command) =>
        /^\/ip firewall nat set \S+ disabled=yes$/.test(command),
      );
    await settle(step('claim'));
    await converged();
    expect((await isSwitchedOff()).length).toBeGreaterThan(3);
    await settle(step('manage'));
    await converged();
    expect(await isSwitchedOff()).toEqual([]);
    await settle(step('hand-back'));
    // To a router that was handed back nothing is written: what is wanted there waits.
    expect(await settle({ kind: 'reconcile', router: 'r0' })).toMatchObject({ state: 'held' });
    expect((await isSwitchedOff()).length).toBeGreaterThan(3);
  },
);

test('the hand-back that is shown has what comes back, the comments that are restored and what of ours goes', async () => {
  const site = await wisphubScene('7.24');
  const { router, settle, converged } = site;
  await settle(step('claim'));
  await settle(step('manage'));
  await converged();
  const commands = commandsOf((await viewOf(site)).handBack);
  const some = (pattern: RegExp): number => commands.findIndex((command) => pattern.test(command));
  const on = some(/^\/ip firewall nat set \S+ disabled=no$/);
  expect(on).toBeGreaterThanOrEqual(0);
  expect(some(/^\/ip firewall address-list set \S+ comment=/)).toBeGreaterThan(on);
  const ours = router
    .table('/ip/firewall/nat')
    .rows()
    .filter(({ comment }) => comment?.startsWith('wisp-edge:'));
  expect(ours.length).toBeGreaterThan(0);
  for (const row of ours) expect(commands).toContain(`/ip firewall nat remove ${row['.id'] ?? ''}`);
});

test('I4: of our portal rows a hand-back leaves only what a name of WispHub’s may lead to and nothing else stands for, and names it', async () => {
  const site = await wisphubScene('7.24', { router: { resolveName: () => Promise.resolve([]) } });
  const { router, settle, store } = site;
  const at = Date.now();
  const entry = { firstSeen: at, lastSeen: at } as const;
  await store.agent.recordPortalAddresses(at, [
    { ...entry, use: 'portal', address: PORTAL_ADDRESS, host: 'clientes.example.net' },
    { ...entry, use: 'portal', lastSeen: at - 3600_000, address: '198.51.100.66', host: 'clientes.example.net' },
    { ...entry, use: 'garden', address: '198.51.100.71', host: 'pagos.example' },
  ]);
  const watch = new Watch(router);
  await settle(step('claim'));
  await settle(step('manage'));
  watch.handBack();
  const before = (await viewOf(site)).parts.find(({ part }) => part === 'portal-list')?.rows;
  expect(await settle(step('hand-back'))).toMatchObject({
    state: 'verified',
    result: { kept: [`servers_wisphub ${PORTAL_ADDRESS}`] },
  });
  expect(await settle({ kind: 'reconcile', router: 'r0' })).toMatchObject({ state: 'held' });
  const rows = router.table(LIST).rows();
  expect(rows.filter(({ address }) => /^198\.51\.100\.(66|71)$/.test(address ?? ''))).toEqual([]);
  expect(rows.find(({ address }) => address === PORTAL_ADDRESS)).toMatchObject({
    comment: 'left by wisp-edge: address of the portal',
  });
  expect((await viewOf(site)).parts.find(({ part }) => part === 'portal-list')?.rows).toBe(before);
  expect(watch.harm).toEqual([]);
});

test('rules of WispHub’s that we switched off are not told as cutting nobody; what was off before is', async () => {
  const site = await wisphubScene('7.24');
  const { settle, converged } = site;
  const toldOff = async (): Promise<unknown> =>
    (await viewOf(site)).findings.filter(({ code }) => code === 'wisphub-rules-disabled').map(({ detail }) => detail);
  await converged();
  const before = await toldOff();
  expect(before).toEqual([expect.stringMatching(/^1 rule /)]);
  await settle(step('claim'));
  await settle(step('manage'));
  await converged();
  expect(await toldOff()).toEqual(before);
});

test('a plan says the mode and what is sent in it; the rest stands apart', async () => {
  const site = await wisphubScene('7.24', { router: { resolveName: () => Promise.resolve([]) } });
  const { settle, store, converged } = site;
  await converged();
  const assisted = await store.control.routerPlan('r0');
  expect(assisted).toMatchObject({ mode: 'assist', steps: [] });
  const left = assisted?.notSent?.steps.map(({ row }) => row) ?? [];
  expect(left).toContain('jump:dstnat');
  expect(left).toContain('cutoff:1011');
  await settle(step('claim'));
  await settle(step('manage'));
  const managed = await store.control.routerPlan('r0');
  expect(managed).toMatchObject({ mode: 'manage', steps: [] });
  expect(managed?.notSent).toBeUndefined();
});
