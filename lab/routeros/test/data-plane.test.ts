import { expect, onTestFinished, test } from 'vitest';
import { PLACES, startWorld, type World, type WorldOptions } from '../../world.ts';
import type { LabRouter, LabRouterOptions } from '../router.ts';
import { cut, CUT, installCutRules } from './cut-rules.ts';
import { dialThrough, endOf, nextText } from './subscriber.ts';

async function start(
  options: LabRouterOptions = {},
  world: WorldOptions = {},
): Promise<{ world: World; router: LabRouter; port: number }> {
  const started = await startWorld({ ...world, routers: [{ id: 'r0', preset: 'home', ...options }] });
  onTestFinished(() => started.close());
  const router = started.router('r0');
  return { world: started, router, port: await router.subscriberPort(CUT) };
}

const greeting = `hello from ${PLACES.site}\n`;

test('a subscriber reaches the internet by name, through the router and its source NAT', async () => {
  const { world, router, port } = await start();
  const socket = await dialThrough(port, 'example.test', 443);
  expect(await nextText(socket)).toBe(greeting);
  expect(world.internet.arrivals).toMatchObject([{ source: '203.0.113.2', destination: PLACES.site }]);
  const rows = router.table('/ip/firewall/connection').rows();
  expect(rows.map((row) => row['protocol'])).toEqual(['udp', 'tcp']);
  socket.destroy();
});

test('a cut subscriber is refused at once on 443 and reaches the portal', async () => {
  const { router, port } = await start();
  installCutRules(router);
  cut(router);
  await expect(dialThrough(port, PLACES.site, 443)).rejects.toThrow('ConnectionRefused');
  const socket = await dialThrough(port, 'clientes.example.net', 443);
  expect(await nextText(socket)).toContain('hello');
  socket.destroy();
});

test('an ICMP reject is "not allowed", a drop is silence', async () => {
  const { router, port } = await start();
  const filter = router.table('/ip/firewall/filter');
  const [, first] = filter.rows();
  const before = { before: first?.['.id'] ?? '' };
  const rule = { chain: 'forward', protocol: 'tcp', 'dst-port': '443' };
  const id = filter.add({ ...rule, action: 'reject', 'reject-with': 'icmp-admin-prohibited' }, before);
  await expect(dialThrough(port, PLACES.site, 443)).rejects.toThrow('NotAllowed');
  filter.remove(id);
  filter.add({ ...rule, action: 'drop' }, before);
  const silent = dialThrough(port, PLACES.site, 443);
  const outcome = await Promise.race([
    silent.then(
      () => 'open',
      () => 'refused',
    ),
    dialThrough(port, PLACES.site, 80).then(() => 'other'),
  ]);
  expect(outcome).toBe('other');
  expect(router.plane.undelivered.at(-1)).toMatchObject({ why: 'dropped' });
  silent.catch(() => undefined);
});

test('a fasttracked connection survives the cut until its row is removed', async () => {
  const { router, port, world } = await start();
  installCutRules(router);
  world.internet.tcp(PLACES.site, 5000, (stream) => stream.pipe(stream));
  const socket = await dialThrough(port, PLACES.site, 5000);
  const echo = async (text: string): Promise<string> => {
    socket.write(text);
    return nextText(socket);
  };
  expect(await echo('one')).toBe('one');
  const connections = router.table('/ip/firewall/connection');
  expect(connections.find({ protocol: 'tcp' })?.['fasttrack']).toBe('true');
  cut(router);
  expect(await echo('two')).toBe('two');
  connections.remove(...connections.rows().map((row) => row['.id'] ?? ''));
  socket.write('three');
  expect(await endOf(socket)).toBe('ECONNRESET');
});

test('without FastTrack the cut meets an open connection at its next data', async () => {
  const { router, port, world } = await start({ preset: 'empty' });
  installCutRules(router);
  world.internet.tcp(PLACES.site, 5000, (stream) => stream.pipe(stream));
  const socket = await dialThrough(port, PLACES.site, 5000);
  socket.write('one');
  expect(await nextText(socket)).toBe('one');
  cut(router);
  socket.write('two');
  expect(await endOf(socket)).toBe('ECONNRESET');
});

test('a removed row of a subscriber that may pass is simply tracked anew', async () => {
  const { router, port, world } = await start();
  world.internet.tcp(PLACES.site, 5000, (stream) => stream.pipe(stream));
  const socket = await dialThrough(port, PLACES.site, 5000);
  const connections = router.table('/ip/firewall/connection');
  connections.remove(connections.find({ protocol: 'tcp' })?.['.id'] ?? '');
  socket.write('still here');
  expect(await nextText(socket)).toBe('still here');
  expect(connections.find({ protocol: 'tcp' })).toBeDefined();
  socket.destroy();
});

test('data held by a drop rule goes on when the rule goes', async () => {
  const { router, port, world } = await start({ preset: 'empty' });
  world.internet.tcp(PLACES.site, 5000, (stream) => stream.pipe(stream));
  const socket = await dialThrough(port, PLACES.site, 5000);
  const filter = router.table('/ip/firewall/filter');
  const id = filter.add({ chain: 'forward', 'src-address': CUT, action: 'drop' });
  socket.write('held');
  await expect.poll(() => Number(filter.rows()[0]?.['packets'])).toBeGreaterThan(0);
  filter.remove(id);
  expect(await nextText(socket)).toBe('held');
  socket.destroy();
});

test('a router that drops strangers keeps them off subscribers; without rules they pass', async () => {
  const { router } = await start();
  const spec = { protocol: 'tcp', source: '192.0.2.9', destination: CUT, destinationPort: 22, isWan: true } as const;
  expect(router.probe(spec).verdict).toBe('dropped');
  const filter = router.table('/ip/firewall/filter');
  filter.remove(filter.find({ comment: 'defconf: drop all from WAN not DSTNATed' })?.['.id'] ?? '');
  expect(router.probe(spec).verdict).toBe('accepted');
});

test('an IPv6 subscriber passes the IPv6 rules, its IPv4 twin the others', async () => {
  const { router } = await start();
  const port = await router.subscriberPort(CUT, { twin: '2001:db8:64::5' });
  const six = await dialThrough(port, PLACES.site6, 443);
  expect(await nextText(six)).toBe(`hello from ${PLACES.site6}\n`);
  expect(router.table('/ipv6/firewall/connection').rows()).toHaveLength(1);
  six.destroy();
  router.table('/ipv6/firewall/address-list').add({ list: 'Moroso', address: '2001:db8:64::/64' });
  const [first] = router.table('/ipv6/firewall/filter').rows();
  const rule = {
    chain: 'forward',
    protocol: 'tcp',
    'src-address-list': 'Moroso',
    action: 'reject',
    'reject-with': 'tcp-reset',
  };
  router.table('/ipv6/firewall/filter').add(rule, { before: first?.['.id'] ?? '' });
  await expect(dialThrough(port, PLACES.site6, 443)).rejects.toThrow('ConnectionRefused');
  (await dialThrough(port, PLACES.site, 443)).destroy();
});

test('a dst-nat rule leads to another server, which sees the subscriber when nothing masquerades', async () => {
  const { router, port, world } = await start({ preset: 'empty' });
  world.internet.tcp('198.51.100.77', 8080, (stream, caller) => stream.write(`you are ${caller.source}`));
  router.table('/ip/firewall/nat').add({
    chain: 'dstnat',
    protocol: 'tcp',
    'dst-port': '80',
    action: 'dst-nat',
    'to-addresses': '198.51.100.77',
    'to-ports': '8080',
  });
  const socket = await dialThrough(port, PLACES.site, 80);
  expect(await nextText(socket)).toBe(`you are ${CUT}`);
  socket.destroy();
});

test('a rule with a matcher the lab does not know never matches, and is named', async () => {
  const { router } = await start({ preset: 'empty' });
  router.table('/ip/firewall/filter').add({ chain: 'forward', content: 'x', action: 'drop' });
  const spec = { protocol: 'tcp', source: CUT, destination: PLACES.site, destinationPort: 443 } as const;
  expect(router.probe(spec).verdict).toBe('accepted');
  expect(router.plane.firewall.unsupported).toEqual(['*1 content']);
});

test('a probe changes nothing', async () => {
  const { router } = await start();
  installCutRules(router);
  cut(router);
  const before = router.snapshot();
  const spec = { protocol: 'udp', source: CUT, destination: PLACES.resolver, destinationPort: 53 } as const;
  const verdicts = Array.from({ length: 20 }, () => router.probe(spec).verdict);
  expect(new Set(verdicts)).toEqual(new Set(['accepted']));
  expect(router.snapshot()).toEqual(before);
  expect(
    router
      .table('/ip/firewall/filter')
      .rows()
      .every((row) => row['packets'] === '0'),
  ).toBe(true);
});

test('names in address lists match by their children', async () => {
  const { router, world } = await start({ preset: 'empty' });
  router.table('/ip/firewall/address-list').add({ list: 'garden', address: 'example.test' });
  await router.namesSettled();
  router.table('/ip/firewall/filter').add({ chain: 'forward', 'dst-address-list': '!garden', action: 'drop' });
  const spec = { protocol: 'tcp', source: CUT, destinationPort: 443 } as const;
  expect(router.probe({ ...spec, destination: PLACES.site }).verdict).toBe('accepted');
  expect(router.probe({ ...spec, destination: PLACES.portal }).verdict).toBe('dropped');
  expect(world.dns.questions.at(-1)).toMatchObject({ name: 'example.test', type: 'A' });
});
