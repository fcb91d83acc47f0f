import { decode, encode, RECURSION_DESIRED } from 'dns-packet';
import { expect, onTestFinished, test } from 'vitest';
import { startLabRouter, type LabRouter, type LabRouterOptions } from '../../../lab/routeros/router.ts';
import type { GardenBundle } from '../../../schemas/garden-bundle.ts';
import type { DecisionInput } from '../../core/decision.ts';
import type { Wish } from '../../core/desired/live.ts';
import type { RouterSettings } from '../../core/settings.ts';
import { converge, openSession } from './convergence.ts';
import { LISTS, SETTINGS, scene } from './harness.ts';

const CUT = '100.64.0.5';
const ROUTER = '100.64.0.1';
const DNS = '/ip/dns/static';
const LIST = '/ip/firewall/address-list';
const both = { en: 'x', es: 'x' };
const PAY: GardenBundle = {
  name: 'pay',
  about: both,
  hosts: ['*.pay.example', 'js.pay.example', 'captcha.example'].map((host) => ({
    host,
    purpose: both,
    standing: 'documented',
    source: 'a test',
  })),
};
const OFF: RouterSettings = { ...SETTINGS };
const ON: RouterSettings = { ...SETTINGS, gardenForward: { to: null, bundles: [PAY] } };
const AT_RESOLVER: RouterSettings = { ...SETTINGS, gardenForward: { to: '192.0.2.53', bundles: [PAY] } };
const GARDEN: Partial<DecisionInput> = {
  portal: { domain: 'clientes.example.net', cnameTargets: [], addresses: [], walledGarden: ['pay', 'chat.example'] },
};
const WISHES: readonly Wish[] = [
  {
    id: 'cut',
    subscriber: { name: 'cut', router: 'r0', addresses: [CUT] },
    cutoff: { value: { reason: 'x' }, operation: 'op-cut', since: 0, notBefore: null, notAfter: null },
    notices: [],
  },
];

/** Every name of the pay bundle is at one address, of a minute. */
const PAY_ADDRESS = '203.0.113.44';

async function routerOf(options: LabRouterOptions = {}): Promise<LabRouter> {
  const router = await startLabRouter({
    version: '7.24',
    preset: 'home',
    resolveName: (name, family) =>
      Promise.resolve(family === 4 && name.endsWith('pay.example') ? [{ address: PAY_ADDRESS, ttlSeconds: 60 }] : []),
    ...options,
  });
  onTestFinished(() => router.close());
  router.table('/ip/dns').set('*1', { 'allow-remote-requests': 'yes' });
  return router;
}

const rowsOf = (router: LabRouter): readonly (readonly (string | undefined)[])[] =>
  router
    .table(DNS)
    .rows()
    .map((row) => [row['name'], row['type'], row['match-subdomain'], row['forward-to'], row['address-list']]);

const reaches = (router: LabRouter, destination: string): boolean =>
  router.probe({ source: CUT, destination, destinationPort: 443, protocol: 'tcp' }).verdict === 'accepted';

/** What the device of the cut subscriber is told of a name by the router. */
function lookUp(router: LabRouter, name: string): Promise<readonly string[]> {
  const query = encode({ type: 'query', id: 7, flags: RECURSION_DESIRED, questions: [{ type: 'A', name }] });
  const spec = { protocol: 'udp', source: CUT, sourcePort: 40_007, destination: ROUTER, destinationPort: 53 } as const;
  return new Promise((resolve) => {
    router.plane.sendUdp(spec, query, (payload) => {
      resolve((decode(payload).answers ?? []).flatMap((answer) => (answer.type === 'A' ? [answer.data] : [])));
    });
  });
}

const codesOf = ({ decision }: Awaited<ReturnType<typeof converge>>): readonly string[] =>
  decision.findings.map(({ code }) => code).filter((code) => code.startsWith('garden-'));

test.each(['7.16', '7.24'] as const)(
  'I5: on %s the router’s DNS follows each name of the garden once, and goes back to what it was',
  async (version) => {
    const router = await routerOf({ version });
    const session = await openSession(router);
    const own = { name: 'nas.lan', address: '192.168.88.5' };
    router.table(DNS).add(own);
    const before = rowsOf(router);
    const wanted = (to: string | undefined) =>
      ['captcha.example', 'chat.example', 'pay.example'].map((name) => [name, 'FWD', 'true', to, LISTS.portal]);
    expect(codesOf(await converge(session, WISHES, 4, ON, GARDEN))).toEqual([]);
    expect(rowsOf(router)).toEqual([...before, ...wanted(undefined)]);
    router.resetStats();
    await converge(session, WISHES, 1, ON, GARDEN);
    expect(router.stats.writes).toEqual({});
    await converge(session, WISHES, 3, AT_RESOLVER, GARDEN);
    expect(rowsOf(router)).toEqual([...before, ...wanted('192.0.2.53')]);
    await converge(session, WISHES, 3, ON, GARDEN);
    expect(rowsOf(router)).toEqual([...before, ...wanted(undefined)]);
    await converge(session, WISHES, 3, OFF, GARDEN);
    expect(rowsOf(router)).toEqual(before);
    await session.close();
  },
);

test('what a subscriber resolves below a wildcard he reaches while he is cut, for as long as the record lives', async () => {
  const router = await routerOf();
  const session = await openSession(router);
  await converge(session, WISHES, 4, ON, GARDEN);
  expect(reaches(router, PAY_ADDRESS)).toBe(false);
  expect(await lookUp(router, 'checkout.eu.pay.example')).toEqual([PAY_ADDRESS]);
  expect(reaches(router, PAY_ADDRESS)).toBe(true);
  // A row of the router's own is nobody's to change, and no second one of its address is written.
  router.resetStats();
  const known = [{ address: PAY_ADDRESS, host: 'js.pay.example', use: 'garden' as const }];
  const portal = [{ address: '198.51.100.10', host: 'clientes.example.net', use: 'portal' as const }];
  await converge(session, WISHES, 4, ON, { ...GARDEN, portalAddresses: [...portal, ...known] });
  expect(
    router
      .table(LIST)
      .rows()
      .filter((row) => row['address'] === PAY_ADDRESS),
  ).toMatchObject([{ dynamic: 'true' }]);
  router.table(LIST).remove(router.table(LIST).find({ address: PAY_ADDRESS })?.['.id'] ?? '');
  // Its time is over: what this box resolved itself has a row of ours again.
  await converge(session, WISHES, 4, ON, { ...GARDEN, portalAddresses: [...portal, ...known] });
  expect(router.table(LIST).find({ address: PAY_ADDRESS })?.['comment']).toBe('wisp-edge:garden:js.pay.example');
  await session.close();
});

test('I3: a row of another for the same name stays as it is, with a finding; one that does the same is enough', async () => {
  const router = await routerOf();
  const session = await openSession(router);
  router.table(DNS).add({ name: 'pay.example', address: '10.0.0.1', comment: 'propia' });
  router
    .table(DNS)
    .add({ name: 'captcha.example', type: 'FWD', 'match-subdomain': 'yes', 'address-list': LISTS.portal });
  router.table(DNS).add({ name: 'chat.example', type: 'TXT', text: 'v=spf1 -all' });
  const theirs = router.table(DNS).rows();
  const seen = await converge(session, WISHES, 4, ON, GARDEN);
  expect(codesOf(seen)).toEqual(['garden-forward-taken']);
  expect(router.table(DNS).rows().slice(0, 3)).toEqual(theirs);
  expect(rowsOf(router).slice(3)).toEqual([['chat.example', 'FWD', 'true', undefined, LISTS.portal]]);
  await converge(session, WISHES, 3, OFF, GARDEN);
  expect(router.table(DNS).rows()).toEqual(theirs);
  await session.close();
});

test('on RouterOS 6 it cannot be had, which is said, and nothing is written there', async () => {
  const router = await routerOf({ version: '6.49' });
  const session = await openSession(router);
  expect(codesOf(await converge(session, WISHES, 4, ON, GARDEN))).toEqual(['garden-forward-unavailable']);
  expect(rowsOf(router)).toEqual([]);
  expect(codesOf(await converge(session, WISHES, 4, OFF, GARDEN))).toEqual([]);
  await session.close();
});

test('I4: what the router’s DNS learnt is no portal: behind it alone nobody is cut', async () => {
  const router = await routerOf();
  const session = await openSession(router);
  const unknown: Partial<DecisionInput> = { ...GARDEN, portalAddresses: [] };
  await converge(session, WISHES, 4, ON, unknown);
  await lookUp(router, 'www.pay.example');
  expect(router.table(LIST).find({ address: PAY_ADDRESS })?.['list']).toBe(LISTS.portal);
  const { decision } = await converge(session, WISHES, 4, ON, unknown);
  expect(decision.holds.map(({ reason }) => reason)).toEqual(['portal-unknown']);
  await session.close();
});

test('a router that takes no such row says why, and cuts and restores go on', async () => {
  const { router, settle, put, store, converged, accept } = await scene({ settings: ON });
  router.faults.arm({ path: `${DNS}/add`, times: Infinity }, { kind: 'trap', message: 'invalid value for argument x' });
  await accept({
    kind: 'portal',
    portal: { domain: 'clientes.example.net', cnameTargets: [], addresses: [], walledGarden: ['pay'] },
  });
  await put('s5');
  expect((await settle({ kind: 'cutoff', id: 's5', cutoff: { reason: 'x' } })).state).toBe('verified');
  await converged();
  const [status] = await store.control.routerStatuses();
  expect(status).toMatchObject({ connection: 'up', converged: true, lastError: null });
  expect(status?.findings.filter(({ code }) => code.startsWith('garden-'))).toMatchObject([
    { code: 'garden-forward-refused', detail: expect.stringContaining('invalid value') as string },
  ]);
  expect((await settle({ kind: 'restore', id: 's5' })).state).toBe('verified');
  expect(rowsOf(router)).toEqual([]);
});
