import { expect, test } from 'vitest';
import { WISPHUB_CLIENTS } from '../../../lab/routeros/wisphub.ts';
import type { SubscriberState } from '../../../schemas/subscriber.ts';
import { systemClock } from '../../adapters/clock.ts';
import { reachOf, Watch, wisphubDesiredState, wisphubScene } from './wisphub-site.ts';

const LIST = '/ip/firewall/address-list';
const NAT = '/ip/firewall/nat';
const OPEN = { http: true, https: true };
const CUT = { http: false, https: false };
const BRAKE = { percent: 0, count: 10, floor: 10, siteCount: 1000, windowMinutes: 60 };
/** What WispHub cuts, and nobody does after a takeover: two addresses of deleted clients. */
const ORPHANS = ['100.64.40.1', '100.64.40.2'];
const step = (name: 'claim' | 'manage' | 'hand-back') => ({ kind: 'adopt', router: 'r0', step: name }) as const;

/** Everybody, and some of those whom WispHub cut are to be open by now. */
function withPaid(ids: readonly string[]): readonly SubscriberState[] {
  return wisphubDesiredState().map(({ cutoff, ...one }) =>
    cutoff === undefined || ids.includes(one.id) ? one : { ...one, cutoff },
  );
}

test('I8: rows that manage would lift beyond the brake are shown with whom they open and the commands, and wait for a person', async () => {
  const site = await wisphubScene('7.24', { brake: { ...BRAKE, count: 1, floor: 1 } });
  const { router, ask, settle, settled, reached, store } = site;
  await settle(step('claim'));
  const held = await settled(await ask(step('manage')));
  expect(held).toMatchObject({ state: 'held', reason: 'brake' });
  const [status] = await store.control.routerStatuses();
  expect(status).toMatchObject({ counts: { held: 2 }, heldBy: { brake: 2 } });
  expect(status?.findings.map(({ code }) => code)).toContain('brake');
  expect(await store.control.heldOn(held.id)).toMatchObject([
    {
      router: 'r0',
      held: {
        kind: 'adopt',
        reason: 'brake',
        way: 'release',
        restored: { count: 2, first: ORPHANS },
        cut: { count: 0 },
        limit: { scope: 'router', asked: 2, before: 0, allowed: 1 },
        omitted: 0,
      },
    },
  ]);
  const plan = await store.control.routerPlan('r0');
  expect(plan?.held.map(({ subject }) => subject)).toEqual(ORPHANS.map((address) => `address/${address}`));
  const [{ commands } = { commands: [] }] = plan?.heldOperations ?? [];
  const row = router.table(LIST).find({ list: 'Moroso', address: '100.64.40.1' });
  const redirect = router.table(NAT).find({ comment: 'WispHub - Suspension de clientes(TCP)' });
  const shown = commands.map(({ command }) => command);
  expect(shown).toContain(`/ip firewall address-list remove ${row?.['.id'] ?? ''}`);
  expect(shown).toContain(`/ip firewall nat set ${redirect?.['.id'] ?? ''} disabled=yes`);
  const isOn = (): boolean =>
    router.table(NAT).find({ comment: 'WispHub - Suspension de clientes(TCP)' })?.['disabled'] === 'false';
  expect(isOn()).toBe(true);
  await ask({ kind: 'release', router: 'r0', operations: [held.id] });
  await reached(held.id, 'verified');
  expect(isOn()).toBe(false);
  expect(await store.control.heldOn(held.id)).toEqual([]);
});

test('I4: while a step waits for the brake an address that DNS gives anew is let through, and nobody has to ask', async () => {
  const site = await wisphubScene('7.24', { brake: { ...BRAKE, count: 1, floor: 1 } });
  const { router, settle, store, reached, eventually } = site;
  await settle(step('claim'));
  const held = await settle(step('manage'));
  expect(held).toMatchObject({ state: 'held', reason: 'brake' });
  await settle({ kind: 'reconcile', router: 'r0' });
  const at = Date.now();
  const place = { host: 'clientes.example.net', use: 'portal', firstSeen: at, lastSeen: at } as const;
  // More often than a pass that was still to come, or those that it repeats, could help out.
  for (let turn = 1; turn <= 12; turn += 1) {
    const address = `198.51.100.${60 + turn}`;
    const known = await store.control.readPortalAddresses();
    await store.agent.recordPortalAddresses(at, [...known, { ...place, address }]);
    await eventually(() => Promise.resolve(router.table(LIST).find({ address }) !== undefined));
  }
  await reached(held.id, 'held');
});

test('I8: an adoption that the brake holds goes on by itself when its window has room again', async () => {
  const offset = { ms: 0 };
  const clock = { ...systemClock, now: () => systemClock.now() + offset.ms };
  const site = await wisphubScene('7.24', { brake: { ...BRAKE, count: 2, floor: 2 }, clock });
  const { settle, put, worker, reached } = site;
  await settle(step('claim'));
  // Let through first, within the hour: one of two.
  await put('one', { addresses: ['100.64.10.91'] });
  await settle({ kind: 'cutoff', id: 'one', cutoff: { reason: 'x' } });
  const held = await settle(step('manage'));
  expect(held).toMatchObject({ state: 'held', reason: 'brake' });
  offset.ms = 61 * 60_000;
  worker.ring();
  await reached(held.id, 'verified');
});

test('I1: of eleven who paid those restored by name wait neither for the brake nor for a person, nor count in it', async () => {
  const cut = WISPHUB_CLIENTS.filter(({ state }) => state === 'cut');
  const [paid, ...others] = cut;
  if (paid === undefined) throw new Error('nobody is cut');
  const site = await wisphubScene('7.24', { brake: { ...BRAKE, count: 2, floor: 2 } });
  const { router, settle, settled, ask, reached, snapshot } = site;
  await settle(step('claim'));
  // A snapshot without their cut-offs is no word about each of them.
  const [other] = others;
  await settled(await snapshot(2, withPaid([other?.id ?? ''])));
  const restored = await ask({ kind: 'restore', id: paid.id });
  const held = await ask(step('manage'));
  await reached(restored, 'verified');
  expect(await settled(held)).toMatchObject({ state: 'held', reason: 'brake' });
  expect(reachOf(router, paid.address)).toMatchObject(OPEN);
  // Two addresses of nobody, and the one of whom only the snapshot said so.
  expect((await site.store.control.heldOn(held))[0]?.held.restored.count).toBe(3);
  expect(reachOf(router, other?.address ?? '')).toMatchObject(CUT);
  const [status] = await site.store.control.routerStatuses();
  expect(status?.counts).toMatchObject({ paidButCut: 1 });
});

test('I1 I2: a row for a payer and one who is cut goes once the latter has ours, and waits for no person', async () => {
  const offset = { ms: 0 };
  const clock = { ...systemClock, now: () => systemClock.now() + offset.ms };
  const site = await wisphubScene('7.24', { brake: { ...BRAKE, count: 1, floor: 1 }, clock });
  const { router, settle, settled, ask, reached, snapshot, converged } = site;
  const [payer, debtor] = ['100.64.78.1', '100.64.78.2'];
  router.table(LIST).add({ list: 'Moroso', address: '100.64.78.0/30', comment: 'todos' });
  const two = [payer, debtor].map((address, at): SubscriberState => ({
    ...{ id: `two${at}`, name: 'X', router: 'r0', addresses: [address], cutoff: { reason: 'x' } },
  }));
  await converged();
  offset.ms = 25 * 3_600_000;
  await settled(await snapshot(2, [...wisphubDesiredState(), ...two]));
  await settle(step('claim'));
  const restored = await ask({ kind: 'restore', id: 'two0' });
  const moments = new Set<string>();
  router.onCommand(() => moments.add(JSON.stringify(reachOf(router, debtor).https)));
  expect(await settled(await ask(step('manage')))).toMatchObject({ state: 'held', reason: 'brake' });
  await reached(restored, 'verified');
  expect(reachOf(router, payer)).toMatchObject(OPEN);
  expect([...moments]).toEqual(['false']);
});

test('I8: a row for a prefix opens as many as it holds, and counts as many', async () => {
  const offset = { ms: 0 };
  const clock = { ...systemClock, now: () => systemClock.now() + offset.ms };
  const site = await wisphubScene('7.24', { brake: BRAKE, clock });
  const { router, settle, settled, ask, snapshot, converged, store } = site;
  const many = Array.from({ length: 12 }, (_, at): SubscriberState => ({
    id: `p${at}`,
    name: `P ${at}`,
    router: 'r0',
    addresses: [`100.64.77.${at + 1}`],
  }));
  router.table(LIST).add({ list: 'Moroso', address: '100.64.77.0/24', comment: 'todos' });
  await converged();
  offset.ms = 25 * 3_600_000;
  const cut: SubscriberState = {
    id: 'cut',
    name: 'Cut',
    router: 'r0',
    addresses: ['100.64.77.200'],
    cutoff: { reason: 'x' },
  };
  await settled(await snapshot(2, [...wisphubDesiredState(), ...many, cut]));
  await settle(step('claim'));
  const held = await settled(await ask(step('manage')));
  expect(held).toMatchObject({ state: 'held', reason: 'brake' });
  // He who is to be cut has a row of ours by then.
  expect((await store.control.heldOn(held.id))[0]?.held.restored).toMatchObject({ count: 12 + ORPHANS.length });
  expect(reachOf(router, '100.64.77.1')).toMatchObject(CUT);
});

test('I2: dual-stack clients whom WispHub knows by IPv4 stay cut there while the brake holds the rest, and at every command', async () => {
  const site = await wisphubScene('7.24', { brake: BRAKE });
  const { router, settle, settled, ask, snapshot, store } = site;
  const watch = new Watch(router);
  const dual = wisphubDesiredState().map((one, at) =>
    one.cutoff === undefined ? one : { ...one, addresses: [...one.addresses, `2001:db8:${at + 1}::/56`] },
  );
  const more = Array.from({ length: 30 }, (_, at): SubscriberState => ({
    id: `x${at}`,
    name: `X ${at}`,
    router: 'r0',
    addresses: [`100.64.200.${at + 1}`],
    cutoff: { reason: 'x' },
  }));
  await settle(step('claim'));
  // One generation: eleven whom WispHub cut already, and thirty who are new and too many.
  await snapshot(2, [...dual, ...more]);
  const managed = await settled(await ask(step('manage')));
  expect(watch.harm).toEqual([]);
  expect(managed).toMatchObject({ state: 'verified' });
  const held = (await store.control.routerPlan('r0'))?.held.map(({ subject }) => subject) ?? [];
  expect(held.filter((subject) => !subject.startsWith('subscriber/x'))).toEqual([]);
  expect(held).toHaveLength(30);
  const hosts = router.table('/ipv6/firewall/address-list').rows();
  expect(hosts.filter(({ list }) => list === 'Moroso')).toHaveLength(
    WISPHUB_CLIENTS.filter(({ state }) => state === 'cut').length,
  );
});

test('I2: who is cut by WispHub alone stays so while his cut waits for a central platform that is silent', async () => {
  const offset = { ms: 0 };
  const clock = { ...systemClock, now: () => systemClock.now() + offset.ms };
  const site = await wisphubScene('7.24', { clock, staleAfterMs: 3_600_000, brake: BRAKE });
  const { router, settle, settled, ask, put, central, converged } = site;
  // The row is for half of what he has: an address more than WispHub knew.
  await put('half', { addresses: ['100.64.10.96/31'] });
  router.table(LIST).add({ list: 'Moroso', address: '100.64.10.96', comment: 'Media' });
  await settle(step('claim'));
  offset.ms = 3 * 3_600_000;
  await central?.look();
  const cut = await ask({ kind: 'cutoff', id: 'half', cutoff: { reason: 'x' } });
  await settled(cut);
  offset.ms += 26 * 3_600_000;
  await central?.look();
  await converged();
  const managed = await settled(await ask(step('manage')));
  expect(managed).toMatchObject({ state: 'verified', result: { left: 1 } });
  expect(reachOf(router, '100.64.10.96')).toMatchObject({ https: false });
});

test('I8: a step that waits for another reason than the brake is released by nobody, and the brake looks at all that it lifts', async () => {
  const offset = { ms: 0 };
  const clock = { ...systemClock, now: () => systemClock.now() + offset.ms };
  const site = await wisphubScene('7.24', { brake: { ...BRAKE, count: 1, floor: 1 }, clock });
  const { router, ask, settle, settled, eventually, store, worker } = site;
  await settle(step('claim'));
  router.table(LIST).add({ list: 'Aviso', address: '100.64.99.9', comment: 'nuevo' });
  const held = await settled(await ask(step('manage')));
  expect(held).toMatchObject({ state: 'held', reason: 'wisphub-writes' });
  const released = async (): Promise<unknown> =>
    (await settled(await ask({ kind: 'release', router: 'r0', operations: [held.id] }))).result;
  const unknown = { released: [], unknown: [held.id] };
  expect(await released()).toEqual(unknown);
  const everywhere = { kind: 'release-everywhere', operations: [held.id], routers: null } as const;
  expect((await settled(await ask(everywhere))).result).toMatchObject(unknown);
  offset.ms = 26 * 3_600_000;
  worker.ring();
  await eventually(async () => (await store.control.readOperation(held.id))?.reason === 'brake');
  const [now] = await store.control.heldOn(held.id);
  expect(now?.held).toMatchObject({ reason: 'brake', restored: { count: 2, first: ORPHANS } });
});
