import { expect, test } from 'vitest';
import type { LabRouter } from '../../../lab/routeros/router.ts';
import type { Finding } from '../../../schemas/finding.ts';
import { clinic, codes, found, LEAST } from './clinic.ts';
import { ROUTER_PASSWORD } from '../worker/harness.ts';

const FILTER = '/ip/firewall/filter';
const NAT = '/ip/firewall/nat';
const CUT = '100.64.0.5';

/** What somebody meets who asks this address for a page. */
function fate(router: LabRouter, source: string, destination: string, port: number, isWan = false): string {
  const http = { host: 'www.example.net' };
  return router.probe({ source, destination, destinationPort: port, protocol: 'tcp', isWan, http }).verdict;
}

function wound(router: LabRouter, rule: Record<string, string>): void {
  const filter = router.table(FILTER);
  const first = filter.rows().find((row) => row['chain'] === 'input')?.['.id'] ?? '';
  filter.add({ chain: 'input', ...rule }, { before: first });
}

function apply(router: LabRouter, { remedy = '' }: Finding): void {
  router.console('edge', remedy.replace('<WAN>', 'ether1'));
}

test.each([
  ['proxy-open-wan', { 'in-interface-list': 'WAN', action: 'accept' }],
  ['proxy-open-neighbours', { 'in-interface': 'bridge', action: 'accept' }],
  ['proxy-answers-box', { 'src-address': '127.0.0.1', action: 'accept' }],
] as const)('the remedy of %s shuts out whoever tries our port, and leaves the cut their page', async (code, rule) => {
  const { examine, router, worker, put, settle, converged, port } = await clinic();
  await put('s5', { addresses: [CUT] });
  await settle({ kind: 'cutoff', id: 's5', cutoff: { reason: 'Factura vencida' } });
  await converged();
  await worker.stop();
  expect(fate(router, CUT, '93.184.216.34', 80)).toBe('proxied');
  wound(router, rule);
  const finding = found(await examine(), code);
  expect(finding.es?.remedy).toBe(finding.remedy);
  apply(router, finding);
  expect(codes(await examine())).not.toContain(code);
  expect(fate(router, CUT, '93.184.216.34', 80)).toBe('proxied');
  if (code !== 'proxy-open-neighbours') expect(fate(router, '192.0.2.77', '203.0.113.2', port, true)).toBe('dropped');
  if (code !== 'proxy-open-wan') expect(fate(router, '100.64.0.99', '100.64.0.1', port)).toBe('dropped');
});

test('a port of the proxy that is not ours gets words, not a rule that cuts its users off', async () => {
  const { examine, router, worker } = await clinic();
  await worker.stop();
  const proxy = router.table('/ip/proxy');
  proxy.set('*1', { port: `${proxy.rows()[0]?.['port'] ?? ''},8080` });
  const access = router.table('/ip/proxy/access');
  access.add({ 'local-port': '8080', action: 'allow' }, { before: access.rows()[0]?.['.id'] ?? '' });
  wound(router, { protocol: 'tcp', 'dst-port': '8080', action: 'accept' });
  const { detail, remedy, es } = found(await examine(), 'proxy-open-wan');
  expect(detail).toContain('8080');
  expect(remedy).not.toContain('/ip');
  expect(es?.remedy).not.toContain('/ip');
});

test('on a router without any rule the remedy still is a command that its console takes', async () => {
  const { examine, router, worker, port } = await clinic();
  await worker.stop();
  const filter = router.table(FILTER);
  for (const row of filter.rows()) if (row['dynamic'] !== 'true') filter.remove(row['.id'] ?? '');
  apply(router, found(await examine(), 'proxy-open-wan'));
  expect(fate(router, '192.0.2.77', '203.0.113.2', port, true)).toBe('dropped');
});

const WISPHUB = {
  chain: 'dstnat',
  protocol: 'tcp',
  'src-address-list': 'Moroso',
  action: 'redirect',
  comment: 'WispHub - Redirect',
};

test.each(['observe', 'assist'] as const)('I1: in mode %s no command switches WispHub’s cut off', async (mode) => {
  const { examine, router } = await clinic({ settings: { mode } });
  router.table(NAT).add({ ...WISPHUB, 'to-ports': '999' });
  const { remedy, es } = found(await examine(), 'wisphub-rules');
  expect(remedy).toContain('every debtor is online');
  expect([remedy, es?.remedy].join(' ')).not.toContain('disable');
});

test('in manage WispHub’s rules get a command only once our jumps stand and our cuts are in their list', async () => {
  const { examine, router, put, settle, converged, worker } = await clinic();
  const rule = router.table(NAT).add({ ...WISPHUB, 'to-ports': '999' });
  const remedy = async (): Promise<string | undefined> => found(await examine(), 'wisphub-rules').remedy;
  expect(await remedy()).not.toContain('disable');
  await put('s5', { addresses: [CUT] });
  await settle({ kind: 'cutoff', id: 's5', cutoff: { reason: 'Factura vencida' } });
  await converged();
  expect(await remedy()).toBe(`/ip firewall nat disable ${rule}`);
  router.table(NAT).set(rule, { 'src-address-list': 'Otra' });
  expect(await remedy()).not.toContain('disable');
  router.table(NAT).set(rule, { 'src-address-list': 'Moroso' });
  await worker.stop();
  router.table(FILTER).remove(router.table(FILTER).find({ comment: 'wisp-edge:jump:forward' })?.['.id'] ?? '');
  expect(await remedy()).not.toContain('disable');
});

test('of WispHub’s rules those that redirect are counted; its accepts go after them, and alone are nothing to tell', async () => {
  const { examine, router } = await clinic();
  const accept = { ...WISPHUB, action: 'accept', 'dst-address-list': 'servers_wisphub', comment: 'WispHub - Permitir' };
  router.table(NAT).add(accept);
  expect(codes(await examine())).not.toContain('wisphub-rules');
  router.table(NAT).add({ ...WISPHUB, 'to-ports': '999' });
  expect(found(await examine(), 'wisphub-rules').detail).toMatch(/^1 redirects of WispHub/);
});

test('one subscriber with IPv6 does not silence the advice about the others', async () => {
  const { examine, put } = await clinic();
  await put('s1', { addresses: ['100.64.0.5', '2001:db8:64:5::/64'] });
  expect(codes(await examine())).not.toContain('ipv6-untold');
  await put('s2', { addresses: ['100.64.0.6'] });
  expect(found(await examine(), 'ipv6-untold').detail).toContain('1 of the 2');
});

const USERS = [
  { name: 'edge', password: ROUTER_PASSWORD },
  { name: 'box', password: ROUTER_PASSWORD, group: 'shared' },
  { name: 'noc', password: 'noc', group: 'shared' },
];

test.each([
  ['policy-missing', 'shared', ['read', 'api', 'ssh']],
  ['policy-excess', 'shared', [...LEAST, 'ssh']],
  ['policy-excess', 'full', LEAST],
] as const)(
  'the remedy of %s moves our user out of group %s and changes nobody else’s rights',
  async (code, group, has) => {
    const users = USERS.map((user) => (user.name === 'box' ? { ...user, group } : user));
    const { examine, router, worker } = await clinic({ router: { groups: { shared: has }, users } });
    await worker.stop();
    const groups = (): readonly unknown[] => router.table('/user/group').rows();
    const before = groups();
    apply(router, found(await examine(), code));
    expect(groups().slice(0, before.length)).toEqual(before);
    expect(router.table('/user').find({ name: 'box' })?.['group']).toBe('wisp-edge');
    const left = codes(await examine());
    expect(left.filter((one) => one.startsWith('policy-'))).toEqual([]);
  },
);

test('a group of ours alone gets what it lacks and stays', async () => {
  const { examine, router, worker } = await clinic();
  await worker.stop();
  const groups = router.table('/user/group');
  groups.set(groups.find({ name: 'wisp-edge' })?.['.id'] ?? '', { policy: 'read,api,!write' });
  expect(found(await examine(), 'policy-missing').remedy).toBe('/user group set wisp-edge policy=read,write,api');
});

test('a group that cannot be seen gets words, and no command with a name that is none', async () => {
  const { examine, router, worker } = await clinic();
  await worker.stop();
  const groups = router.table('/user/group');
  groups.set(groups.find({ name: 'wisp-edge' })?.['.id'] ?? '', { policy: 'api,!read,!write' });
  const { remedy, es } = found(await examine(), 'policy-missing');
  for (const text of [remedy, es?.remedy]) {
    expect(text).not.toMatch(/user group set|\(/);
    expect(text).toContain('/user print detail');
  }
});
