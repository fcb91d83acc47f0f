import { expect, onTestFinished, test } from 'vitest';
import { startLabRouter, type LabRouter, type LabRouterOptions } from '../../../lab/routeros/router.ts';
import type { PhoneDhcp, RouterSettings } from '../../core/settings.ts';
import { wisphubScene } from '../adopt/wisphub-site.ts';
import { converge, openSession } from './convergence.ts';
import { SETTINGS, scene } from './harness.ts';

const OPTION = '/ip/dhcp-server/option';
const SETS = '/ip/dhcp-server/option/sets';
const NETWORK = '/ip/dhcp-server/network';
const PHONES = '10.5.0.0/24';
const HOME = 'https://phones.example.net:8471/';
const TOLD: PhoneDhcp = { networks: [PHONES], options: [66, 160], url: HOME };
const ON: RouterSettings = { ...SETTINGS, phoneDhcp: TOLD };
const WITH_114: RouterSettings = { ...SETTINGS, phoneDhcp: { networks: [PHONES], options: [66, 114], url: HOME } };
const ELSEWHERE: RouterSettings = { ...SETTINGS, phoneDhcp: { networks: ['10.6.0.0/24'], options: [66], url: HOME } };

/** What a person has there: two networks, and a set of options that one of a third names. */
function furnish(router: LabRouter): void {
  router.table(OPTION).add({ name: 'opt60', code: '60', value: "'IPTV'" });
  router.table(SETS).add({ name: 'tv', options: 'opt60' });
  for (const address of [PHONES, '10.6.0.0/24', '10.7.0.0/24'])
    router.table(NETWORK).add({
      address,
      gateway: address.replace('0/24', '1'),
      comment: `red ${address}`,
      'dhcp-option': '',
      'dhcp-option-set': address.startsWith('10.7') ? 'tv' : '',
    });
}

async function routerOf(options: LabRouterOptions = {}): Promise<LabRouter> {
  const router = await startLabRouter({ version: '7.24', preset: 'home', ...options });
  onTestFinished(() => router.close());
  furnish(router);
  return router;
}

const dhcpOf = (router: LabRouter) => [OPTION, SETS, NETWORK].map((menu) => router.table(menu).rows());
const setsOf = (router: LabRouter) =>
  router
    .table(NETWORK)
    .rows()
    .map((row) => row['dhcp-option-set']);
const optionsOf = (router: LabRouter) =>
  router
    .table(OPTION)
    .rows()
    .map(({ name, code, value }) => [name, code, value]);

test.each(['6.49', '7.16', '7.24'] as const)(
  'I3 I5: on %s phones of the named network are told once, another wish is a change to our rows, and all is given back',
  async (version) => {
    const router = await routerOf({ version });
    const before = dhcpOf(router);
    const session = await openSession(router);
    await converge(session, [], 4, ON);
    expect(optionsOf(router)).toEqual([
      ['opt60', '60', "'IPTV'"],
      ['wisp-edge-phones-66', '66', `'${HOME}'`],
      ['wisp-edge-phones-160', '160', `'${HOME}'`],
    ]);
    expect(setsOf(router)).toEqual(['wisp-edge-phones', '', 'tv']);
    router.resetStats();
    await converge(session, [], 1, ON);
    expect(router.stats.writes).toEqual({});
    await converge(session, [], 3, WITH_114);
    expect(router.stats.writes[`${NETWORK}/set`]).toBeUndefined();
    expect(router.table(SETS).find({ name: 'wisp-edge-phones' })?.['options']).toBe(
      'wisp-edge-phones-66,wisp-edge-phones-114',
    );
    await converge(session, [], 3, ELSEWHERE);
    expect(setsOf(router)).toEqual(['', 'wisp-edge-phones', 'tv']);
    await converge(session, [], 3, SETTINGS);
    expect(dhcpOf(router)).toEqual(before);
    await session.close();
  },
);

test('I3: a network that a person gave options keeps them, and so does one that nobody named; the finding says what to type', async () => {
  const router = await routerOf();
  const session = await openSession(router);
  const wanted: RouterSettings = {
    ...SETTINGS,
    phoneDhcp: { networks: ['10.7.0.0/24', '10.8.0.0/24'], options: [66], url: HOME },
  };
  const { decision } = await converge(session, [], 4, wanted);
  expect(setsOf(router)).toEqual(['', '', 'tv']);
  const found = decision.findings.filter(({ code }) => code.startsWith('phone-dhcp-'));
  expect(found.map(({ code }) => code)).toEqual(['phone-dhcp-no-network', 'phone-dhcp-taken']);
  const set = router.table(SETS).find({ name: 'tv' });
  const typed = `/ip dhcp-server option sets set ${set?.['.id'] ?? ''} options=opt60,wisp-edge-phones-66`;
  expect([found[1]?.remedy, found[1]?.es?.remedy].map((text) => text?.startsWith(typed))).toEqual([true, true]);
  // Typed, it is what was wanted; and it leaves his set again when it is wanted no more.
  router.table(SETS).set(set?.['.id'] ?? '', { options: 'opt60,wisp-edge-phones-66' });
  const mended = await converge(session, [], 1, {
    ...wanted,
    phoneDhcp: { ...TOLD, networks: ['10.7.0.0/24'], options: [66] },
  });
  expect(mended.decision.findings.filter(({ code }) => code.startsWith('phone-dhcp-'))).toEqual([]);
  await converge(session, [], 3, SETTINGS);
  expect(router.table(SETS).rows()).toMatchObject([{ name: 'tv', options: 'opt60' }]);
  await session.close();
});

test('the plan shows the network as a foreign row with what it was, and an agent that starts anew without it gives it back', async () => {
  const { router, store, restart, converged, eventually } = await scene({ settings: { mode: 'observe' } });
  furnish(router);
  await restart({ mode: 'observe', phoneDhcp: TOLD });
  await eventually(async () =>
    ((await store.control.routerPlan('r0'))?.notSent?.steps ?? []).some(({ menu }) => menu === NETWORK),
  );
  const plan = await store.control.routerPlan('r0');
  expect(plan?.notSent?.steps.filter(({ menu }) => menu.startsWith('/ip/dhcp-server'))).toMatchObject([
    { row: 'phones:66', command: `/ip dhcp-server option add name=wisp-edge-phones-66 code=66 value="'${HOME}'"` },
    { row: 'phones:160' },
    { row: 'phones:set', action: 'created' },
    {
      row: `phones:${PHONES}`,
      action: 'updated',
      command: expect.stringMatching(/^\/ip dhcp-server network set \*\w+ dhcp-option-set=wisp-edge-phones$/) as string,
      foreign: { was: { 'dhcp-option-set': 'none' } },
    },
  ]);
  const before = dhcpOf(router);
  await restart({ mode: 'manage', phoneDhcp: TOLD });
  await converged();
  expect(setsOf(router)).toEqual(['wisp-edge-phones', '', 'tv']);
  await restart({ mode: 'manage' });
  await converged();
  expect(dhcpOf(router)).toEqual(before);
  // A router that is to have none is asked for it once a session.
  router.resetStats();
  await converged();
  await converged();
  expect(Object.keys(router.stats.commands).filter((path) => path.startsWith('/ip/dhcp-server/option'))).toEqual([]);
});

test.each([`${OPTION}/add`, `${SETS}/add`, `${NETWORK}/set`])(
  'I7: a link that is lost at %s, before or after the router did it, ends in the same state, and so on the way back',
  async (path) => {
    for (const when of ['before', 'after'] as const) {
      const { router, converged, restart } = await scene({ settings: { mode: 'observe' } });
      furnish(router);
      const before = dhcpOf(router);
      const armed = [router.faults.arm({ path, times: 1 }, { kind: 'reset', when })];
      await restart({ mode: 'manage', phoneDhcp: TOLD });
      await converged();
      expect(setsOf(router)).toEqual(['wisp-edge-phones', '', 'tv']);
      expect(optionsOf(router)).toHaveLength(3);
      for (const one of [`${NETWORK}/set`, `${SETS}/remove`, `${OPTION}/remove`])
        armed.push(router.faults.arm({ path: one, times: 1 }, { kind: 'reset', when }));
      await restart({ mode: 'manage' });
      await converged();
      expect(dhcpOf(router)).toEqual(before);
      expect(armed.map(({ fired }) => fired)).toEqual([1, 1, 1, 1]);
    }
  },
);

test('a router that takes no options says why; cuts and restores go on, and it is asked again after an hour at the earliest', async () => {
  const { router, settle, put, store, converged, restart } = await scene({ settings: { mode: 'observe' } });
  furnish(router);
  const before = dhcpOf(router);
  const armed = router.faults.arm(
    { path: `${OPTION}/add`, times: Infinity },
    { kind: 'trap', message: 'failure: Unknown data type!' },
  );
  await restart({ mode: 'manage', phoneDhcp: TOLD });
  await put('s5');
  expect((await settle({ kind: 'cutoff', id: 's5', cutoff: { reason: 'x' } })).state).toBe('verified');
  await converged();
  const [status] = await store.control.routerStatuses();
  expect(status).toMatchObject({ connection: 'up', converged: true, lastError: null });
  expect(status?.findings.filter(({ code }) => code.startsWith('phone-dhcp-'))).toMatchObject([
    { code: 'phone-dhcp-refused', detail: expect.stringContaining('Unknown data type!') as string },
  ]);
  expect((await settle({ kind: 'restore', id: 's5' })).state).toBe('verified');
  expect(dhcpOf(router)).toEqual(before);
  expect(armed.fired).toBe(1);
});

test('a router without these menus is told nothing, which is said where it was asked for, and nowhere else', async () => {
  const router = await routerOf();
  router.faults.arm(
    { path: /^\/ip\/dhcp-server\/(option|network)/, times: Infinity },
    { kind: 'trap', message: 'no such command prefix', category: 0 },
  );
  const session = await openSession(router);
  const codes = async (settings: RouterSettings): Promise<readonly string[]> =>
    (await converge(session, [], 4, settings)).decision.findings.map(({ code }) => code);
  expect((await codes(ON)).filter((code) => /dhcp|menu/.test(code))).toEqual([
    'phone-dhcp-unavailable',
    'menu-absent',
    'menu-absent',
    'menu-absent',
  ]);
  expect((await codes(SETTINGS)).filter((code) => /dhcp|menu/.test(code))).toEqual([]);
  await session.close();
});

test('a set that a person removed is made again, and what is left of it in his network is his to take away', async () => {
  const router = await routerOf();
  const session = await openSession(router);
  await converge(session, [], 4, ON);
  router.table(SETS).remove(router.table(SETS).find({ name: 'wisp-edge-phones' })?.['.id'] ?? '');
  const { decision } = await converge(session, [], 4, ON);
  const [found] = decision.findings.filter(({ code }) => code.startsWith('phone-dhcp-'));
  expect(found).toMatchObject({
    code: 'phone-dhcp-taken',
    remedy: expect.stringMatching(/\/ip dhcp-server network set \*\w+ dhcp-option-set=none$/) as string,
  });
  router
    .table(NETWORK)
    .set(router.table(NETWORK).find({ address: PHONES })?.['.id'] ?? '', { 'dhcp-option-set': 'none' });
  await converge(session, [], 3, ON);
  expect(setsOf(router)).toEqual(['wisp-edge-phones', '', 'tv']);
  await session.close();
});

test('I3: a router that is handed back has its networks as they were', async () => {
  const { router, settle } = await wisphubScene('7.24', { before: furnish, settings: { phoneDhcp: TOLD } });
  const before = dhcpOf(router);
  const step = (name: 'claim' | 'manage' | 'hand-back') => ({ kind: 'adopt', router: 'r0', step: name }) as const;
  await settle(step('claim'));
  expect(dhcpOf(router)).toEqual(before);
  expect(await settle(step('manage'))).toMatchObject({ state: 'verified' });
  expect(setsOf(router)).toEqual(['wisp-edge-phones', '', 'tv']);
  expect(await settle(step('hand-back'))).toMatchObject({ state: 'verified' });
  expect(dhcpOf(router)).toEqual(before);
});

test('I3: what a person puts into a network while our rows are written is his, though it was read as free', async () => {
  const router = await routerOf();
  const session = await openSession(router);
  const stop = router.onCommand(({ path }) => {
    if (path !== `${SETS}/add`) return;
    const row = router.table(NETWORK).find({ address: PHONES });
    router.table(NETWORK).set(row?.['.id'] ?? '', { 'dhcp-option-set': 'tv' });
  });
  await converge(session, [], 4, ON);
  stop();
  expect(setsOf(router)).toEqual(['tv', '', 'tv']);
});
