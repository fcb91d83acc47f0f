import { expect, test } from 'vitest';
import type { LabRouter } from '../../../lab/routeros/router.ts';
import { Secret } from '../../../schemas/secret.ts';
import { clinic, codes, found } from './clinic.ts';
import { ROUTER_PASSWORD } from '../worker/harness.ts';

const FILTER = '/ip/firewall/filter';
const idOf = (router: LabRouter, menu: string, properties: Record<string, string>): string =>
  router.table(menu).find(properties)?.['.id'] ?? '';

test.each(['6.49', '7.16', '7.24'] as const)('nothing is found on a healthy router of %s', async (version) => {
  const { examine } = await clinic({ router: { version } });
  const report = await examine();
  expect(report).toMatchObject({ reachable: true, findings: [], redirect: null });
  expect(report.version).toContain(version);
});

test('a DNS that is to fill the portal list is looked at: whether it answers subscribers, and for how long it remembers', async () => {
  const { examine, router } = await clinic({ settings: { gardenForward: { to: null, bundles: [] } } });
  expect(codes(await examine())).toEqual(['garden-dns-closed']);
  router.table('/ip/dns').set('*1', { 'allow-remote-requests': 'yes' });
  expect(codes(await examine())).toContain('garden-dns-brief');
  router.table('/ip/dns').set('*1', { 'address-list-extra-time': '30m' });
  expect(codes(await examine()).filter((code) => code.startsWith('garden-'))).toEqual([]);
});

test('a network of phones is looked at: whether a DHCP server gives leases there, and says nothing else himself', async () => {
  const phoneDhcp = { networks: ['10.5.0.0/24'], options: [66], url: 'https://phones.example.net:8471/' };
  const { examine, router } = await clinic({ settings: { phoneDhcp } });
  const about = async (): Promise<readonly string[]> =>
    codes(await examine()).filter((code) => code.startsWith('phone-dhcp-'));
  const servers = router.table('/ip/dhcp-server');
  expect(await about()).toEqual(['phone-dhcp-no-server']);
  const id = servers.add({ name: 'voz', interface: 'bridge-voz', disabled: 'yes' });
  router.table('/ip/address').add({ address: '10.5.0.1/24', interface: 'bridge-voz' });
  expect(await about()).toEqual(['phone-dhcp-no-server']);
  servers.set(id, { disabled: 'no' });
  expect(await about()).toEqual([]);
  router.table('/ip/dhcp-server/option').add({ name: 'opt60', code: '60', value: "'IPTV'" });
  router.table('/ip/dhcp-server/option/sets').add({ name: 'tv', options: 'opt60' });
  servers.set(id, { 'dhcp-option-set': 'tv' });
  expect(found(await examine(), 'phone-dhcp-outranked').remedy).toContain(`/ip dhcp-server set ${id} `);
  servers.set(id, { 'dhcp-option-set': 'wisp-edge-phones' });
  expect(await about()).toEqual([]);
  servers.set(id, { interface: 'bridge-otra' });
  expect(await about()).toEqual(['phone-dhcp-no-server']);
  servers.set(id, { relay: '10.9.0.1' });
  expect(await about()).toEqual([]);
});

test('the doctor writes nothing', async () => {
  const { examine, router } = await clinic();
  router.resetStats();
  await examine();
  expect(router.stats.writes).toEqual({});
});

type Wound = (router: LabRouter) => void;
const set =
  (menu: string, properties: Record<string, string>, values: Record<string, string>): Wound =>
  (router) => {
    router.table(menu).set(idOf(router, menu, properties), values);
  };
const onTop =
  (menu: string, row: Record<string, string>, dynamic = false): Wound =>
  (router) => {
    const first = router
      .table(menu)
      .rows()
      .find((one) => one['chain'] === row['chain']);
    router
      .table(menu)
      .add(row, { force: true, dynamic, ...(first === undefined ? {} : { before: first['.id'] ?? '' }) });
  };
const drop =
  (menu: string, comment: string): Wound =>
  (router) => {
    router.table(menu).remove(idOf(router, menu, { comment }));
  };
const input = (rule: Record<string, string>): Wound => onTop(FILTER, { chain: 'input', ...rule });

const WOUNDS: readonly (readonly [string, Wound, severity: string])[] = [
  ['policy-excess', set('/user/group', { name: 'wisp-edge' }, { policy: 'read,write,api,policy,ftp' }), 'warning'],
  ['policy-missing', set('/user/group', { name: 'wisp-edge' }, { policy: 'read,api,!write' }), 'error'],
  ['device-mode-proxy', (router) => (router.deviceMode.isProxyAllowed = false), 'error'],
  ['backend-advice', (router) => (router.deviceMode.isProxyAllowed = false), 'info'],
  ['device-mode-flagged', (router) => (router.deviceMode.isFlagged = true), 'error'],
  ['device-mode-basic', (router) => (router.deviceMode.mode = 'home'), 'info'],
  ['service-open', set('/ip/service', { name: 'api-ssl' }, { address: '' }), 'warning'],
  ['service-plain-api', set('/ip/service', { name: 'api' }, { disabled: 'no' }), 'warning'],
  ['service-sessions', set('/ip/service', { name: 'api-ssl' }, { 'max-sessions': '2' }), 'warning'],
  ['disk-low', (router) => (router.state.resource.freeHddSpace = 900_000), 'warning'],
  ['clock-skew', (router) => (router.state.clockOffMs = -3_600_000), 'warning'],
  [
    'ntp-off',
    (router) => {
      router.table('/system/ntp/client').set('*1', { enabled: 'no' });
    },
    'warning',
  ],
  [
    'dns-none',
    (router) => {
      router.table('/ip/dns').set('*1', { servers: '' });
    },
    'warning',
  ],
  ['jump-missing', drop(FILTER, 'wisp-edge:jump:forward'), 'warning'],
  ['jump-sunk', onTop('/ip/firewall/nat', { chain: 'dstnat', action: 'accept' }), 'warning'],
  ['jump-sunk', onTop('/ipv6/firewall/filter', { chain: 'forward', action: 'accept' }), 'warning'],
  ['jump-stuck', onTop(FILTER, { chain: 'forward', action: 'accept' }, true), 'error'],
  ['fasttrack-above', onTop(FILTER, { chain: 'forward', action: 'fasttrack-connection' }), 'error'],
  ['fasttrack-above', onTop('/ipv6/firewall/filter', { chain: 'forward', action: 'fasttrack-connection' }), 'error'],
  ['proxy-open-wan', input({ 'in-interface-list': 'WAN', action: 'accept' }), 'error'],
  ['proxy-open-neighbours', input({ 'in-interface': 'bridge', action: 'accept' }), 'warning'],
  ['proxy-exposure-unknown', input({ 'layer7-protocol': 'x', action: 'accept' }), 'warning'],
  ['proxy-answers-box', input({ 'src-address': '127.0.0.1', action: 'accept' }), 'error'],
  [
    'wisphub-rules',
    onTop('/ip/firewall/nat', {
      chain: 'dstnat',
      protocol: 'tcp',
      'src-address-list': 'Moroso',
      action: 'redirect',
      'to-ports': '999',
      comment: 'WispHub - Redirect',
    }),
    'warning',
  ],
  [
    'unmarked-rows',
    (router) => {
      router.table('/ip/firewall/address-list').add({ list: 'Moroso', address: '100.64.9.9' });
    },
    'warning',
  ],
];

test.each(WOUNDS)('%s is found, and told in both languages', async (code, wound, severity) => {
  const { examine, router, worker } = await clinic();
  // Else the next pass would mend it.
  await worker.stop();
  wound(router);
  const finding = found(await examine(), code);
  expect(finding).toMatchObject({ severity });
  expect(finding.es?.detail).not.toBe(finding.detail);
  expect(finding.es?.remedy === undefined).toBe(finding.remedy === undefined);
});

test('an API service that 7.24 limits by available-from is not open', async () => {
  const { examine, router } = await clinic({ router: { version: '7.24' } });
  const service = idOf(router, '/ip/service', { name: 'api-ssl' });
  router.table('/ip/service').set(service, { address: '', 'available-from': '127.0.0.1/32' });
  expect(codes(await examine())).not.toContain('service-open');
});

test('dns-open is found where the DNS of the router answers the WAN side', async () => {
  const { examine, router } = await clinic();
  router.table('/ip/dns').set('*1', { 'allow-remote-requests': 'yes' });
  expect(codes(await examine())).not.toContain('dns-open');
  input({ protocol: 'udp', 'dst-port': '53', action: 'accept' })(router);
  expect(codes(await examine())).toContain('dns-open');
});

test('wisphub-writes is found when its user logged in within a day, not when it is disabled', async () => {
  const { examine, router } = await clinic({
    router: {
      users: [
        { name: 'edge', password: ROUTER_PASSWORD },
        { name: 'box', password: ROUTER_PASSWORD, group: 'wisp-edge' },
        { name: 'wisphub', password: 'w' },
      ],
    },
  });
  expect(codes(await examine())).not.toContain('wisphub-writes');
  router.state.lastLogins.set('wisphub', Date.now() - 3_600_000);
  expect(codes(await examine())).toContain('wisphub-writes');
  router.state.lastLogins.set('wisphub', Date.now() - 2 * 86_400_000);
  expect(codes(await examine())).not.toContain('wisphub-writes');
});

test('IPv6 without firewall, and subscribers without IPv6, are told apart', async () => {
  const with6 = await clinic();
  await with6.put('s1');
  expect(codes(await with6.examine())).toContain('ipv6-untold');
  await with6.put('s1', { addresses: ['100.64.0.5', '2001:db8:64:5::/64'] });
  expect(codes(await with6.examine())).not.toContain('ipv6-untold');
  const without = await clinic({
    router: { version: '6.49', without: ['/ipv6/firewall/filter', '/ipv6/firewall/address-list'] },
  });
  expect(codes(await without.examine())).toContain('ipv6-no-firewall');
});

test('a question that fails is told, and the others are asked all the same', async () => {
  const { examine, router } = await clinic();
  router.state.clockOffMs = 7_200_000;
  router.faults.arm({ path: '/ip/service/print' }, { kind: 'trap', message: 'failure: busy' });
  const report = await examine();
  expect(found(report, 'not-seen')).toMatchObject({
    severity: 'warning',
    detail: expect.stringContaining('/ip/service') as string,
  });
  expect(codes(report)).toContain('clock-skew');
});

test('a link that is lost in the middle leaves what was seen, and names the rest', async () => {
  const { examine, router } = await clinic();
  router.state.resource.freeHddSpace = 100_000;
  router.faults.arm({ path: '/ip/route/print' }, { kind: 'reset' });
  const report = await examine();
  expect(codes(report)).toEqual(expect.arrayContaining(['disk-low', 'not-seen']));
});

test('resolvers that are silent are told; all of them are an error', async () => {
  const { examine } = await clinic();
  const answer = {
    kind: 'answer',
    resolver: 'a',
    chain: [],
    addresses: [{ address: '198.51.100.10', ttlSeconds: 1 }],
  } as const;
  const silent = { kind: 'timeout', resolver: 'b', detail: 'no answer' } as const;
  expect(found(await examine({ resolve: () => Promise.resolve([answer, silent]) }), 'resolver-silent').severity).toBe(
    'warning',
  );
  expect(found(await examine({ resolve: () => Promise.resolve([silent]) }), 'resolver-silent').severity).toBe('error');
  expect(codes(await examine({ resolve: () => Promise.resolve([answer]) }))).toEqual([]);
});

test('a wrong password is told as such', async () => {
  const { examine, router } = await clinic();
  const target = { id: 'r0', host: router.host, port: router.tlsPort, user: 'box', password: new Secret('no') };
  const tls = { kind: 'pin', sha256: router.certificate?.sha256 ?? '' } as const;
  const report = await examine({ target: { ...target, tls } });
  expect([report.reachable, codes(report)]).toEqual([false, ['login-refused']]);
  expect(found(report, 'login-refused').remedy).toMatch(/\/user set box [^;]*password=/);
});
