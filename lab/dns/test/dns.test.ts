import { createSocket } from 'node:dgram';
import { Resolver } from 'node:dns/promises';
import { decode, encode, type DecodedPacket } from 'dns-packet';
import { connect } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { startLabDns, type LabDns } from '../server.ts';
import { Zones, type DnsTrouble } from '../zones.ts';

async function start(zones: Zones): Promise<{ dns: LabDns; resolver: Resolver }> {
  const dns = await startLabDns(zones);
  onTestFinished(() => dns.close());
  const resolver = new Resolver({ timeout: 300, tries: 1 });
  resolver.setServers([`127.0.0.1:${dns.port}`]);
  return { dns, resolver };
}

const question = (id: number, name: string): Buffer => encode({ type: 'query', id, questions: [{ type: 'A', name }] });

/** All datagrams the server sends for one query, until `count` have come. */
function askUdp(port: number, query: Buffer, count = 1): Promise<Buffer[]> {
  const socket = createSocket('udp4');
  const got: Buffer[] = [];
  return new Promise((resolve) => {
    socket.on('message', (message) => {
      if (got.push(message) === count) {
        socket.close();
        resolve(got);
      }
    });
    socket.send(query, port, '127.0.0.1');
  });
}

function askTcp(port: number, query: Buffer): Promise<DecodedPacket> {
  const socket = connect(port, '127.0.0.1');
  socket.write(Buffer.concat([Uint8Array.of(query.length >> 8, query.length & 255), query]));
  return new Promise((resolve) => {
    socket.once('data', (chunk: Buffer) => {
      resolve(decode(chunk.subarray(2)));
      socket.destroy();
    });
  });
}

test('the system resolver follows a CNAME chain to addresses and their lifetimes', async () => {
  const zones = new Zones()
    .cname('portal.isp.test', 'edge.wisphub.test', 30)
    .cname('edge.wisphub.test', 'lb.cloud.test')
    .a('lb.cloud.test', ['192.0.2.1', '192.0.2.2', '2001:db8::1'], 20);
  const { resolver } = await start(zones);
  expect(await resolver.resolve4('portal.isp.test', { ttl: true })).toEqual([
    { address: '192.0.2.1', ttl: 20 },
    { address: '192.0.2.2', ttl: 20 },
  ]);
  expect(await resolver.resolve6('portal.isp.test')).toEqual(['2001:db8::1']);
  expect(await resolver.resolveCname('portal.isp.test')).toEqual(['edge.wisphub.test']);
});

test('names differ in their troubles, and troubles end', async () => {
  const zones = new Zones().a('a.test', ['192.0.2.1']).set('empty.test');
  const { resolver } = await start(zones);
  const codeOf = (name: string): Promise<string> =>
    resolver.resolve4(name).then(
      () => 'ok',
      (error: unknown) => (error instanceof Error && 'code' in error ? String(error.code) : ''),
    );
  expect(await codeOf('unknown.test')).toBe('ENOTFOUND');
  expect(await codeOf('empty.test')).toBe('ENODATA');
  zones.trouble('a.test', 'servfail');
  expect(await codeOf('a.test')).toBe('ESERVFAIL');
  zones.trouble('a.test', null);
  expect(await codeOf('A.test')).toBe('ok');
  zones.a('a.test', ['192.0.2.9']);
  expect(await resolver.resolve4('a.test')).toEqual(['192.0.2.9']);
});

test('a long answer is truncated over UDP and whole over TCP', async () => {
  const addresses = Array.from({ length: 60 }, (_, at) => `192.0.2.${at}`);
  const { dns, resolver } = await start(new Zones().a('big.test', addresses));
  const [cut] = await askUdp(dns.port, question(1, 'big.test'));
  expect(decode(cut ?? Buffer.alloc(0))).toMatchObject({ flag_tc: true, answers: [] });
  expect((await askTcp(dns.port, question(1, 'big.test'))).answers).toHaveLength(60);
  expect(await resolver.resolve4('big.test')).toHaveLength(60);
});

test.each<[DnsTrouble, number]>([
  ['wrong-id', 1],
  ['forged', 2],
  ['garbage', 1],
])('%s answers are sent as they are', async (trouble, count) => {
  const { dns } = await start(new Zones().a('a.test', ['192.0.2.1']).trouble('*', trouble));
  const replies = await askUdp(dns.port, question(7, 'a.test'), count);
  if (trouble === 'garbage') return;
  const [first, last] = [decode(replies[0] ?? Buffer.alloc(0)), decode(replies.at(-1) ?? Buffer.alloc(0))];
  if (trouble === 'wrong-id') expect(first.id).not.toBe(7);
  else expect([first.questions?.[0]?.name, last.questions?.[0]?.name]).toEqual(['forged.invalid', 'a.test']);
});

test('silence is silence', async () => {
  const { dns, resolver } = await start(new Zones().a('a.test', ['192.0.2.1']).trouble('a.test', 'silence'));
  await expect(resolver.resolve4('a.test')).rejects.toMatchObject({ code: 'ETIMEOUT' });
  expect(dns.questions.length).toBeGreaterThan(0);
});
