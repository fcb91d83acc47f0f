import { expect, onTestFinished, test } from 'vitest';
import { startLabRouter, type LabRouter } from '../../../lab/routeros/router.ts';
import type { DecisionInput } from '../../core/decision.ts';
import type { Wish } from '../../core/desired/live.ts';
import { placeOf } from '../../core/settings.ts';
import { converge, openSession } from './convergence.ts';
import { BACKENDS, LISTENER, PORTAL_ADDRESS, SETTINGS, type BackendName } from './harness.ts';

const VERSIONS = ['6.49', '7.16', '7.24'] as const;
const WAYS = [
  ['web-proxy', 'notice-server'],
  ['notice-server', 'web-proxy'],
] as const;

function wish(id: string, address: string, over: Partial<Wish>): Wish {
  return { id, subscriber: { name: id, router: 'r0', addresses: [address] }, cutoff: null, notices: [], ...over };
}

const CUT = '100.64.0.5';
const NOTICED = '100.64.0.6';
const WISHES: readonly Wish[] = [
  wish('cut', CUT, {
    cutoff: { value: { reason: 'x' }, operation: 'op-cut', since: 0, notBefore: null, notAfter: null },
  }),
  wish('noticed', NOTICED, {
    notices: [{ kind: 'custom', value: {}, operation: 'op-notice', start: null, end: null }],
  }),
];

function settingsFor(backend: BackendName): typeof SETTINGS {
  return { ...SETTINGS, backend: BACKENDS[backend] };
}

async function routerOf(version: (typeof VERSIONS)[number]): Promise<LabRouter> {
  const router = await startLabRouter({ version, preset: 'home' });
  onTestFinished(() => router.close());
  return router;
}

/** What a subscriber on port 80 is shown, by whom; or what else becomes of it. */
function pageOf(router: LabRouter, source: string): string {
  const http = { host: 'example.com' };
  const to = { destination: '93.184.216.34', destinationPort: 80, protocol: 'tcp' } as const;
  const { verdict, proxy, destination, destinationPort } = router.probe({ source, ...to, http });
  if (proxy?.kind === 'redirect') return `proxy ${proxy.location ?? ''}`;
  if (verdict === 'accepted' && destination === LISTENER.address && destinationPort === LISTENER.port)
    return 'listener';
  return `${verdict} ${proxy?.kind ?? destination}`;
}

/** All that must hold at every moment; an empty list is good. */
function harms(router: LabRouter): readonly string[] {
  const found: string[] = [];
  const verdictOf = (source: string, destination: string, destinationPort: number, isWan = false): string =>
    router.probe({ source, destination, destinationPort, protocol: 'tcp', isWan }).verdict;
  for (const port of [80, 443])
    if (verdictOf(CUT, PORTAL_ADDRESS, port) !== 'accepted') found.push(`the portal is not reached on ${port}`);
  if (verdictOf(CUT, '93.184.216.34', 443) !== 'rejected') found.push('the cut subscriber is not cut');
  if (verdictOf(NOTICED, '93.184.216.34', 443) !== 'accepted') found.push('a notice blocks');
  if (verdictOf('192.0.2.9', '203.0.113.2', 999, true) === 'proxied') found.push('the proxy is open to the internet');
  if (verdictOf('100.64.99.9', '100.64.0.1', 999) === 'proxied') found.push('the proxy is open to a neighbour');
  if (verdictOf(CUT, LISTENER.address, LISTENER.port) === 'accepted') found.push('the listener is reached by itself');
  for (const [id, source, kind] of [
    ['cut', CUT, 'cutoff'],
    ['noticed', NOTICED, 'custom'],
  ] as const) {
    const page = pageOf(router, source);
    if (page !== 'listener' && page !== `proxy https://clientes.example.net/aviso/${kind}/${id}/`)
      found.push(`${id} has no page: ${page}`);
  }
  return found;
}

test.each(VERSIONS.flatMap((version) => WAYS.map(([from, to]) => [version, from, to] as const)))(
  'I4: on %s from %s to %s every subscriber has portal and notice after every command, and the proxy is never open',
  async (version, from, to) => {
    const router = await routerOf(version);
    const session = await openSession(router);
    await converge(session, WISHES, 4, settingsFor(from));
    expect(harms(router)).toEqual([]);
    const harm: string[] = [];
    const stop = router.onCommand((request) => {
      for (const text of harms(router)) harm.push(`after ${request.path}: ${text}`);
    });
    await converge(session, WISHES, 4, settingsFor(to));
    stop();
    expect(harm).toEqual([]);
    expect([pageOf(router, CUT), pageOf(router, NOTICED)].map((page) => page.split(' ')[0])).toEqual(
      to === 'web-proxy' ? ['proxy', 'proxy'] : ['listener', 'listener'],
    );
    router.resetStats();
    await converge(session, WISHES, 1, settingsFor(to));
    expect(router.stats.writes).toEqual({});
    await session.close();
  },
);

test.each([2, 3])('I4: nothing leads to the proxy while it refuses its row number %i of ours', async (nth) => {
  const router = await routerOf('7.24');
  const session = await openSession(router);
  await converge(session, WISHES, 4, settingsFor('notice-server'));
  const harm: string[] = [];
  const stop = router.onCommand((request) => {
    for (const text of harms(router)) harm.push(`after ${request.path}: ${text}`);
  });
  const refusal = { kind: 'trap', message: 'failure: no more rows' } as const;
  router.faults.arm({ path: '/ip/proxy/access/add', nth }, refusal);
  await expect(converge(session, WISHES, 4, settingsFor('web-proxy'))).rejects.toMatchObject({ code: 'router-trap' });
  expect([pageOf(router, CUT), pageOf(router, NOTICED)]).toEqual(['listener', 'listener']);
  await converge(session, WISHES, 4, settingsFor('web-proxy'));
  stop();
  expect(harm).toEqual([]);
  expect(pageOf(router, CUT)).toContain('proxy https');
  await session.close();
});

test.each([
  ['is down', { kind: 'down', detail: 'EADDRINUSE' }],
  ['is not known', { kind: 'unknown' }],
] as const)('I4: a router stays with its proxy while our listener %s, and turns to it then', async (_, listener) => {
  const router = await routerOf('7.24');
  const session = await openSession(router);
  await converge(session, WISHES, 4, settingsFor('web-proxy'));
  router.resetStats();
  const { decision } = await converge(session, WISHES, 4, settingsFor('notice-server'), { listener });
  expect(router.stats.writes).toEqual({});
  expect(decision).toMatchObject({ backend: 'web-proxy', soundness: { isSound: true } });
  expect(decision.findings.some(({ code }) => code === 'notice-server-down')).toBe(listener.kind !== 'unknown');
  expect(harms(router)).toEqual([]);
  expect(pageOf(router, CUT)).toContain('proxy https');
  await converge(session, WISHES, 4, settingsFor('notice-server'));
  expect(pageOf(router, CUT)).toBe('listener');
  await converge(session, WISHES, 1, settingsFor('notice-server'), { listener });
  expect(pageOf(router, CUT)).toBe('listener');
  await session.close();
});

test('I4: a router stays where the page server still listens until it does at its new place', async () => {
  const old = { address: '198.51.100.98', port: 8480 } as const;
  const earlier: typeof SETTINGS = { ...SETTINGS, backend: { kind: 'notice-server', ...old } };
  const down = { kind: 'down', detail: 'EADDRINUSE', standing: old } as const;
  const router = await routerOf('7.24');
  const session = await openSession(router);
  const toNew = (listener: DecisionInput['listener']): ReturnType<typeof converge> =>
    converge(session, WISHES, 4, settingsFor('notice-server'), listener === undefined ? {} : { listener });
  const led = (): unknown => {
    const http = { destination: '93.184.216.34', destinationPort: 80, protocol: 'tcp' } as const;
    return router.probe({ source: CUT, ...http }).destination;
  };
  await converge(session, WISHES, 4, earlier);
  router.resetStats();
  const kept = await toNew(down);
  expect(router.stats.writes).toEqual({});
  expect(kept.decision).toMatchObject({ soundness: { isSound: true }, leadsTo: [placeOf(old), placeOf(old)] });
  expect(kept.decision.findings).toEqual([
    expect.objectContaining({
      code: 'notice-server-down',
      detail: expect.stringContaining(`led to ${placeOf(old)}, where it still listens`) as string,
    }),
  ]);
  // Also where the agent does not know that anybody listens there: the other place is no better.
  const stayed = await toNew({ kind: 'down', detail: 'EADDRINUSE' });
  expect(stayed.decision.soundness.isSound).toBe(false);
  expect(led()).toBe(old.address);
  // But what somebody makes of our rules is no place of ours.
  const nat = router.table('/ip/firewall/nat');
  for (const row of nat.rows())
    if (row['to-ports'] === String(old.port)) nat.set(row['.id'] ?? '', { 'to-addresses': '203.0.113.66' });
  await toNew({ kind: 'down', detail: 'EADDRINUSE' });
  expect(led()).toBe(LISTENER.address);
  await toNew(undefined);
  expect(led()).toBe(LISTENER.address);
  await session.close();
});

test('I4: a router that leads nowhere yet is led to where the page server still listens', async () => {
  const old = { address: '198.51.100.98', port: 8480 } as const;
  const router = await routerOf('7.24');
  const session = await openSession(router);
  const listener = { kind: 'down', detail: 'EADDRINUSE', standing: old } as const;
  const { decision } = await converge(session, WISHES, 4, settingsFor('notice-server'), { listener });
  expect(decision.leadsTo).toEqual([placeOf(old), placeOf(old)]);
  await session.close();
});

function ours(router: LabRouter, menu: string): readonly string[] {
  const comments = router
    .table(menu)
    .rows()
    .map((row) => row['comment'] ?? '');
  return comments.filter((comment) => comment.startsWith('wisp-edge:'));
}

test('the proxy that a router leaves stays as it is and guarded while it listens on our port; then the guard goes', async () => {
  const router = await routerOf('7.24');
  const session = await openSession(router);
  await converge(session, WISHES, 4, settingsFor('web-proxy'));
  router.resetStats();
  const { decision } = await converge(session, WISHES, 4, settingsFor('notice-server'));
  expect(router.stats.writes['/ip/proxy']).toBeUndefined();
  expect(router.table('/ip/proxy').rows()[0]).toMatchObject({ enabled: 'true', port: '999' });
  expect(ours(router, '/ip/proxy/access')).toEqual(['wisp-edge:rule:proxy-deny']);
  expect(ours(router, '/ip/firewall/filter')).toContain('wisp-edge:jump:input');
  expect(decision.soundness.isSound).toBe(true);
  expect(decision.findings).toContainEqual(expect.objectContaining({ code: 'proxy-left-on', severity: 'info' }));

  router.table('/ip/proxy').set(router.state.tables.get('/ip/proxy')?.rows()[0]?.id ?? '', { enabled: 'no' });
  await converge(session, WISHES, 4, settingsFor('notice-server'));
  const left = ['/ip/firewall/filter', '/ipv6/firewall/filter', '/ip/proxy/access'].flatMap((menu) =>
    ours(router, menu),
  );
  expect(left.filter((comment) => /input|proxy/.test(comment))).toEqual([]);
  expect(harms(router)).toEqual([]);
  await session.close();
});

test('a router that never used the proxy for us gets none of its rows, and its own proxy is left alone', async () => {
  const router = await routerOf('7.24');
  const session = await openSession(router);
  router.resetStats();
  await converge(session, WISHES, 4, settingsFor('notice-server'));
  const menus = Object.keys(router.stats.writes);
  expect(menus).toContain('/ip/firewall/nat');
  expect(menus.filter((menu) => menu.startsWith('/ip/proxy'))).toEqual([]);
  expect(ours(router, '/ip/firewall/filter').filter((comment) => comment.includes('input'))).toEqual([]);
  await session.close();
});

test('I4: another place of the listener is let through before the old one loses its way', async () => {
  const router = await routerOf('7.24');
  const session = await openSession(router);
  const old = { kind: 'notice-server', address: '198.51.100.98', port: 8480 } as const;
  await converge(session, WISHES, 4, { ...SETTINGS, backend: old });
  const ways: string[] = [];
  const stop = router.onCommand(() => {
    const { verdict, destination } = router.probe({
      source: CUT,
      destination: '93.184.216.34',
      destinationPort: 80,
      protocol: 'tcp',
    });
    ways.push(`${verdict} ${destination}`);
  });
  await converge(session, WISHES, 4, settingsFor('notice-server'));
  stop();
  expect([...new Set(ways)]).toEqual([`accepted ${old.address}`, `accepted ${LISTENER.address}`]);
  expect(ours(router, '/ip/firewall/filter').filter((comment) => comment.includes('listener'))).toHaveLength(1);
  await session.close();
});
