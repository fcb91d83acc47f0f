import { expect, onTestFinished, test } from 'vitest';
import { startLabRouter, type LabRouter } from '../../../lab/routeros/router.ts';
import type { Wish } from '../../core/desired/live.ts';
import { converge, openSession } from './convergence.ts';
import { PORTAL_ADDRESS, SETTINGS } from './harness.ts';

const CUT = '100.64.0.5';
/** Cut by WispHub alone. */
const THEIRS = '100.64.0.9';
const OTHER = 'servers_wisphub';
const ADOPTING = { ...SETTINGS, adoptsPortalList: true };
const WISHES: readonly Wish[] = [
  {
    id: 'cut',
    subscriber: { name: 'cut', router: 'r0', addresses: [CUT] },
    cutoff: { value: { reason: 'x' }, operation: 'op-cut', since: 0, notBefore: null, notAfter: null },
    notices: [],
  },
];

/** What WispHub has on its routers (fact sheet wisphub.md §2): its list, and the rules that look at it. */
function byWispHub(router: LabRouter, isRedirecting = true): void {
  const lists = router.table('/ip/firewall/address-list');
  lists.add({ list: OTHER, address: '192.241.222.19' });
  lists.add({ list: 'Moroso', address: THEIRS, comment: 'Ana' });
  const nat = router.table('/ip/firewall/nat');
  const to = { chain: 'dstnat', 'src-address-list': 'Moroso' };
  nat.add({ ...to, 'dst-address-list': OTHER, action: 'accept', comment: 'WispHub - Permitir pagina web morosos' });
  if (isRedirecting) nat.add({ ...to, protocol: 'tcp', 'dst-port': '!8291', action: 'redirect', 'to-ports': '999' });
}

async function routerOf(): Promise<LabRouter> {
  const router = await startLabRouter({ version: '7.24', preset: 'home' });
  onTestFinished(() => router.close());
  return router;
}

const reaches = (router: LabRouter, source: string, port = 443): boolean =>
  router.probe({ source, destination: PORTAL_ADDRESS, destinationPort: port, protocol: 'tcp' }).verdict === 'accepted';
const ourRows = (router: LabRouter, list: string): number =>
  router
    .table('/ip/firewall/address-list')
    .rows()
    .filter((row) => row['list'] === list && row['comment']?.startsWith('wisp-edge:')).length;

test('a router with WispHub’s rules keeps its own spelling, and whoever those rules cut reaches the portal too', async () => {
  const router = await routerOf();
  byWispHub(router);
  const session = await openSession(router);
  const { decision } = await converge(session, WISHES, 4, ADOPTING);
  expect(decision.findings.map(({ code }) => code)).toContain('portal-list-adopted');
  expect([ourRows(router, OTHER), ourRows(router, 'server_wisphub')]).toEqual([1, 0]);
  for (const source of [CUT, THEIRS]) for (const port of [80, 443]) expect(reaches(router, source, port)).toBe(true);
  router.resetStats();
  await converge(session, WISHES, 1, ADOPTING);
  expect(router.stats.writes).toEqual({});
  await session.close();
});

test.each([
  ['adopted after it was managed', SETTINGS, ADOPTING],
  ['given its configured name back', ADOPTING, SETTINGS],
] as const)('I4: while a list is %s the portal is reached after every command', async (_, from, to) => {
  const router = await routerOf();
  byWispHub(router, false);
  const session = await openSession(router);
  await converge(session, WISHES, 4, from);
  expect(reaches(router, CUT)).toBe(true);
  const harm: string[] = [];
  const stop = router.onCommand((request) => {
    for (const port of [80, 443]) if (!reaches(router, CUT, port)) harm.push(`after ${request.path}: ${port}`);
  });
  await converge(session, WISHES, 4, to);
  stop();
  expect(harm).toEqual([]);
  const list = to === ADOPTING ? OTHER : 'server_wisphub';
  expect(['server_wisphub', OTHER].filter((name) => ourRows(router, name) > 0)).toEqual([list]);
  await session.close();
});

test('I4: where rules look at both spellings both are kept, and the portal is reached through either', async () => {
  const router = await routerOf();
  const own = {
    chain: 'dstnat',
    'src-address-list': 'Moroso',
    'dst-address-list': 'server_wisphub',
    action: 'accept',
    comment: 'propia',
  };
  router.table('/ip/firewall/nat').add(own);
  byWispHub(router);
  const session = await openSession(router);
  const { decision } = await converge(session, WISHES, 4, ADOPTING);
  expect(decision.findings.filter(({ code }) => code === 'portal-list-other')).toMatchObject([{ severity: 'info' }]);
  expect([ourRows(router, 'server_wisphub'), ourRows(router, OTHER)]).toEqual([1, 1]);
  const harm: string[] = [];
  const stop = router.onCommand((request) => {
    for (const source of [CUT, THEIRS]) if (!reaches(router, source)) harm.push(`after ${request.path}: ${source}`);
  });
  // The rules that look at the configured name go, then come back.
  const rule = router.table('/ip/firewall/nat').find({ comment: 'propia' });
  router.table('/ip/firewall/nat').remove(rule?.['.id'] ?? '');
  await converge(session, WISHES, 4, ADOPTING);
  expect([ourRows(router, 'server_wisphub'), ourRows(router, OTHER)]).toEqual([0, 1]);
  router.table('/ip/firewall/nat').add(own);
  await converge(session, WISHES, 4, ADOPTING);
  expect([ourRows(router, 'server_wisphub'), ourRows(router, OTHER)]).toEqual([1, 1]);
  stop();
  expect(harm).toEqual([]);
  await session.close();
});
