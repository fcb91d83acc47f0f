import { expect, test } from 'vitest';
import { dialThrough, endOf, nextText } from '../../../lab/routeros/test/subscriber.ts';
import type { LabRouter } from '../../../lab/routeros/router.ts';
import { PORTAL_ADDRESS, scene, type BackendName, type Scene } from './harness.ts';
import { GET, openSite, readAnswer, SITE, visit } from './visitor.ts';

const VERSIONS = ['6.49', '7.16', '7.24'] as const;
const BACKENDS = ['web-proxy', 'notice-server'] as const;
const ALL = VERSIONS.flatMap((version) => BACKENDS.map((backend) => [version, backend] as const));

const V4 = '100.64.0.5';
const V6 = '2001:db8:64:1::5';
const SITE6 = '2001:db8:51::80';
const CUT = { kind: 'cutoff', id: 's1', cutoff: { reason: 'no payment' } } as const;
const PAGE = 'https://clientes.example.net/aviso/cutoff/s1/';

/** What the agent may write: never queues, leases, PPP secrets, pools, users or anything else of a subscriber's. */
const MAY_WRITE = [
  '/ip/firewall/address-list',
  '/ip/firewall/connection',
  '/ip/firewall/filter',
  '/ip/firewall/nat',
  '/ip/proxy',
  '/ip/proxy/access',
  '/ipv6/firewall/address-list',
  '/ipv6/firewall/connection',
  '/ipv6/firewall/filter',
];

async function household(version: (typeof VERSIONS)[number], backend: BackendName): Promise<Scene> {
  const it = await scene({ router: { version }, backend });
  openSite(it);
  for (const address of [SITE, SITE6])
    it.internet.tcp(address, 443, (stream) => {
      stream.on('data', (chunk: Buffer) => stream.write(chunk));
    });
  await it.put('s1', { addresses: [V4, V6] });
  return it;
}

/** How a packet of the subscriber ends; `dropped` would leave a device waiting. */
function fate(router: LabRouter, protocol: 'tcp' | 'udp' | 'icmp', destinationPort: number, isV6 = false): string {
  const [source, destination] = isV6 ? [V6, SITE6] : [V4, SITE];
  const { verdict, rejectWith } = router.probe({ source, destination, protocol, destinationPort });
  return rejectWith === null ? verdict : `${verdict} ${rejectWith}`;
}

test.each(ALL)(
  'complaint 9: on %s with %s open and fasttracked connections end with the cut',
  async (version, backend) => {
    const it = await household(version, backend);
    const flows = await Promise.all(
      [
        [V4, SITE, '/ip/firewall/connection'],
        [V6, SITE6, '/ipv6/firewall/connection'],
      ].map(async ([source = '', to = '', menu = '']) => {
        const socket = await dialThrough(await it.router.subscriberPort(source), to, 443);
        for (const text of ['one', 'two', 'three']) {
          socket.write(text);
          expect(await nextText(socket)).toBe(text);
        }
        return { socket, row: it.router.table(menu).rows()[0] };
      }),
    );
    // IPv6 has FastTrack since 7.18.
    expect(flows.map(({ row }) => row?.['fasttrack'])).toEqual(['true', version === '7.24' ? 'true' : 'false']);
    expect(await it.settle(CUT)).toMatchObject({ state: 'verified' });
    expect(it.router.table('/ip/firewall/connection').rows()).toEqual([]);
    expect(it.router.table('/ipv6/firewall/connection').rows()).toEqual([]);
    for (const { socket } of flows) {
      socket.write('four');
      expect(await endOf(socket)).toBe('ECONNRESET');
    }
  },
);

test.each(ALL)(
  'on %s with %s all else of a cut subscriber is rejected at once, IPv6 alike',
  async (version, backend) => {
    const it = await household(version, backend);
    expect(await it.settle(CUT)).toMatchObject({ state: 'verified' });
    for (const isV6 of [false, true]) {
      expect(fate(it.router, 'tcp', 25_565, isV6)).toBe('rejected tcp-reset');
      expect(fate(it.router, 'udp', 443, isV6)).toBe('rejected icmp-admin-prohibited');
      expect(fate(it.router, 'udp', 3478, isV6)).toBe('rejected icmp-admin-prohibited');
      expect(fate(it.router, 'icmp', 0, isV6)).toBe('rejected icmp-admin-prohibited');
      expect(fate(it.router, 'udp', 53, isV6)).toBe('accepted');
    }
    expect(fate(it.router, 'tcp', 80, true)).toBe('rejected tcp-reset');
    expect(await visit(it, V4)).toBe(PAGE);
  },
);

test.each(ALL)('on %s with %s nothing else of the subscriber is touched', async (version, backend) => {
  const it = await household(version, backend);
  await it.settle(CUT);
  await it.settle({ kind: 'notice', id: 's1', notice: 'custom', value: { once: true } });
  await it.settle({ kind: 'restore', id: 's1' });
  await it.settle({ kind: 'notice-end', id: 's1', notice: 'custom' });
  await it.converged();
  const menus = Object.keys(it.router.stats.writes);
  expect(menus.filter((menu) => !MAY_WRITE.includes(menu))).toEqual([]);
  expect(menus).toContain('/ip/firewall/address-list');
});

test.each(ALL)(
  'I1: on %s with %s a restore reaches a browser that kept its connection at once',
  async (version, backend) => {
    const it = await household(version, backend);
    await it.settle(CUT);
    const port = await it.router.subscriberPort(V4);
    const asked = await dialThrough(port, SITE, 80);
    asked.write(GET);
    expect(readAnswer(await nextText(asked))).toBe(PAGE);
    // One that was opened ahead, as browsers do, and has not been used yet.
    const ahead = await dialThrough(port, SITE, 80);
    expect(await it.settle({ kind: 'restore', id: 's1' })).toMatchObject({ state: 'verified' });
    for (const socket of [asked, ahead]) {
      // The page server has ended the one that it answered.
      if (socket.destroyed) continue;
      socket.write(GET);
      expect(await endOf(socket)).toBe('ECONNRESET');
    }
    expect(await visit(it, V4)).toBe('site');
  },
);

test.each(VERSIONS)(
  'on %s a browser that kept its connection into the proxy is free when a notice ends',
  async (version) => {
    const it = await household(version, 'web-proxy');
    await it.settle({ kind: 'notice', id: 's1', notice: 'custom', value: {} });
    const port = await it.router.subscriberPort(V4);
    const kept = await dialThrough(port, SITE, 80);
    kept.write(GET);
    expect(readAnswer(await nextText(kept))).toContain('/aviso/custom/s1/');
    const other = await dialThrough(port, SITE, 443);
    await it.settle({ kind: 'notice-end', id: 's1', notice: 'custom' });
    await it.converged();
    kept.write(GET);
    expect(await endOf(kept)).toBe('ECONNRESET');
    other.write('still here');
    expect(await nextText(other)).toBe('still here');
    other.destroy();
  },
);

test.each(BACKENDS)(
  'complaint 4: with %s HTTPS of a cut subscriber is reset, neither dropped nor answered by us',
  async (backend) => {
    const it = await household('7.24', backend);
    await it.settle(CUT);
    expect(fate(it.router, 'tcp', 443)).toBe('rejected tcp-reset');
    await expect(dialThrough(await it.router.subscriberPort(V4), SITE, 443)).rejects.toThrow('ConnectionRefused');
    const nat = it.router
      .table('/ip/firewall/nat')
      .rows()
      .filter((row) => row['comment']?.startsWith('wisp-edge:'));
    const ports = nat.map((row) => row['dst-port']).filter((port) => port !== undefined);
    expect([...new Set(ports)]).toEqual(['80']);
    expect(
      it.router.probe({ source: V4, destination: PORTAL_ADDRESS, protocol: 'tcp', destinationPort: 443 }),
    ).toMatchObject({
      verdict: 'accepted',
      destination: PORTAL_ADDRESS,
    });
  },
);

test.each(BACKENDS)(
  'complaint 5: with %s the probes of a cut device meet a redirect at once, and 443 does not hang',
  async (backend) => {
    const it = await household('7.24', backend);
    await it.settle(CUT);
    const port = await it.router.subscriberPort(V4);
    for (const [host, path] of [
      ['connectivitycheck.gstatic.com', '/generate_204'],
      ['captive.apple.com', '/hotspot-detect.html'],
      ['www.msftconnecttest.com', '/connecttest.txt'],
    ]) {
      const socket = await dialThrough(port, SITE, 80);
      socket.write(`GET ${path ?? ''} HTTP/1.1\r\nHost: ${host ?? ''}\r\n\r\n`);
      expect(readAnswer(await nextText(socket))).toBe(PAGE);
      socket.destroy();
    }
    await expect(dialThrough(port, SITE, 443)).rejects.toThrow('ConnectionRefused');
    expect(fate(it.router, 'udp', 443)).toBe('rejected icmp-admin-prohibited');
  },
);

test.each(BACKENDS)(
  'complaint 14: with %s a cut outlives a reboot of the router: its rows are static',
  async (backend) => {
    const it = await household('7.24', backend);
    await it.settle(CUT);
    const ours = it.router
      .table('/ip/firewall/address-list')
      .rows()
      .filter((row) => row['list'] === 'Moroso');
    expect(ours.map((row) => [row['dynamic'], row['timeout']])).toEqual([['false', undefined]]);
    const head = await it.store.control.head();
    it.router.reboot();
    expect(await visit(it, V4)).toBe(PAGE);
    await it.eventually(async () => {
      const entries = await it.store.control.entriesAfter(head, 1000);
      return entries.some((entry) => entry.type === 'router.rebooted');
    });
    await it.converged();
    expect((await it.store.control.readSubscriber('s1'))?.observed).toMatchObject({ service: 'cut', verified: true });
  },
);

test.each(ALL)('failure: IPv6: on %s with %s a dual-stack client is cut on both families', async (version, backend) => {
  const it = await household(version, backend);
  expect([fate(it.router, 'tcp', 443), fate(it.router, 'tcp', 443, true)]).toEqual(['accepted', 'accepted']);
  const cut = await it.settle(CUT);
  expect([fate(it.router, 'tcp', 443), fate(it.router, 'tcp', 443, true)]).toEqual([
    'rejected tcp-reset',
    'rejected tcp-reset',
  ]);
  const rows = cut.history.at(-1)?.evidence?.['rows'];
  expect(rows).toContainEqual(expect.objectContaining({ menu: '/ipv6/firewall/address-list', address: `${V6}/128` }));
});
