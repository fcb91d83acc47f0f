import { createSocket } from 'node:dgram';
import { networkInterfaces } from 'node:os';
import { encode } from 'dns-packet';
import { expect, onTestFinished, test } from 'vitest';
import { makeResolver } from '../../adapters/dns/resolver.ts';
import type { Resolution } from '../../ports.ts';
import { a, aaaa, cname, RCODES, startDnsServer, type Asked, type DnsServer } from './dns-server.ts';

const HOST = 'clientes.example.net';
const HAS_IPV6 = Object.values(networkInterfaces()).some((all) => all?.some(({ address }) => address === '::1'));
const NEVER = new AbortController().signal;

async function resolveAt(server: DnsServer, timeoutMs = 3_000, host = HOST): Promise<Resolution> {
  const [resolution] = await makeResolver({ resolvers: [server.text], timeoutMs })(host, NEVER);
  if (resolution === undefined) throw new Error('no resolution');
  return resolution;
}

/** Answers A questions by the script, AAAA with no data. */
function onlyA(script: (asked: Asked) => void): (asked: Asked) => void {
  return (asked) => {
    if (asked.type === 'A') script(asked);
    else asked.reply([]);
  };
}

test('A and AAAA are merged along the chain with the smallest TTL of it', async () => {
  const server = await startDnsServer((asked) => {
    const chain = [cname(HOST, 'portal.example.org', 60), cname('portal.example.org', 'cdn.example.com', 900)];
    if (asked.type === 'A')
      asked.reply([...chain, a('cdn.example.com', '192.0.2.1', 30), a('cdn.example.com', '192.0.2.2')]);
    else asked.reply([...chain, aaaa('cdn.example.com', '2001:db8::1', 3600)]);
  });
  expect(await resolveAt(server)).toEqual({
    kind: 'answer',
    resolver: server.text,
    chain: [HOST, 'portal.example.org', 'cdn.example.com'],
    addresses: [
      { address: '192.0.2.1', ttlSeconds: 30 },
      { address: '192.0.2.2', ttlSeconds: 60 },
      { address: '2001:db8::1', ttlSeconds: 60 },
    ],
  });
});

test('a query offers EDNS with 1232 bytes, wants recursion, and has its own port', async () => {
  const server = await startDnsServer((asked) => {
    asked.reply(asked.type === 'A' ? [a(HOST, '192.0.2.1')] : []);
  });
  await resolveAt(server);
  await resolveAt(server);
  expect(server.asked.map(({ query }) => query.flag_rd)).toEqual([true, true, true, true]);
  expect(server.asked[0]?.query.additionals).toMatchObject([{ type: 'OPT', udpPayloadSize: 1232 }]);
  expect(new Set(server.asked.map(({ from }) => from.port)).size).toBe(4);
  expect(new Set(server.asked.map(({ query }) => query.id)).size).toBeGreaterThan(1);
});

test('wrong id, wrong question, a query, and garbage are dropped; the right answer is taken', async () => {
  const server = await startDnsServer(
    onlyA((asked) => {
      const forged = [a(HOST, '203.0.113.66')];
      const id = asked.query.id ?? 0;
      asked.reply(forged, { id: (id + 1) & 0xffff });
      asked.reply(forged, { questions: [{ name: 'other.example.net', type: 'A' }] });
      asked.reply(forged, { questions: [{ name: HOST, type: 'TXT' }] });
      asked.reply(forged, { questions: [] });
      asked.raw(encode({ type: 'query', id, questions: [{ name: HOST, type: 'A' }], answers: forged }));
      asked.raw(Buffer.from([1, 2, 3]));
      asked.raw(Buffer.alloc(64, 0xc0));
      asked.reply([a(HOST, '192.0.2.1')]);
    }),
  );
  expect(await resolveAt(server)).toMatchObject({ addresses: [{ address: '192.0.2.1' }] });
});

test('an answer from another port is never heard', async () => {
  const stranger = createSocket('udp4');
  onTestFinished(() => {
    stranger.close();
  });
  const server = await startDnsServer(
    onlyA((asked) => {
      const forged = encode({
        type: 'response',
        id: asked.query.id ?? 0,
        questions: asked.query.questions ?? [],
        answers: [a(HOST, '203.0.113.66')],
      });
      stranger.send(forged, asked.from.port, asked.from.address, () => {
        asked.reply([a(HOST, '192.0.2.1')]);
      });
    }),
  );
  expect(await resolveAt(server)).toMatchObject({ addresses: [{ address: '192.0.2.1' }] });
});

test('records of names outside the chain are ignored', async () => {
  const server = await startDnsServer(
    onlyA((asked) => {
      asked.reply([
        a('bank.example.com', '203.0.113.66'),
        cname(HOST.toUpperCase(), 'CDN.example.com'),
        a('cdn.example.com', '192.0.2.1'),
        cname('unrelated.example.com', 'evil.example.com'),
        a('evil.example.com', '203.0.113.67'),
      ]);
    }),
  );
  expect(await resolveAt(server)).toMatchObject({
    chain: [HOST, 'cdn.example.com'],
    addresses: [{ address: '192.0.2.1' }],
  });
});

test('an answer that is truncated over TCP as well is a failure, and gives no address', async () => {
  const server = await startDnsServer(
    onlyA((asked) => {
      asked.reply([a(HOST, '192.0.2.1')], { flags: 0x0200 });
    }),
  );
  expect(await resolveAt(server)).toMatchObject({ kind: 'server-failure', detail: `A ${HOST}: over TCP: truncated` });
  expect(server.asked.some(({ over }) => over === 'tcp')).toBe(true);
});

test('a truncated answer is asked again over TCP', async () => {
  const server = await startDnsServer(
    onlyA((asked) => {
      if (asked.over === 'udp') asked.reply([a(HOST, '192.0.2.1')], { flags: 0x0200 });
      else asked.reply(Array.from({ length: 200 }, (_, n) => a(HOST, `192.0.2.${n}`)));
    }),
  );
  const resolution = await resolveAt(server);
  expect(resolution.kind === 'answer' && resolution.addresses).toHaveLength(200);
});

test('a server that stops at an alias is asked for its target', async () => {
  const server = await startDnsServer((asked) => {
    if (asked.name === HOST) asked.reply([cname(HOST, 'cdn.example.com', 10)]);
    else asked.reply(asked.type === 'A' ? [a('cdn.example.com', '192.0.2.1', 300)] : []);
  });
  expect(await resolveAt(server)).toMatchObject({
    chain: [HOST, 'cdn.example.com'],
    addresses: [{ address: '192.0.2.1', ttlSeconds: 10 }],
  });
});

test('a CNAME loop is invalid, in one message and over several', async () => {
  const inOne = await startDnsServer((asked) => {
    asked.reply([cname(HOST, 'b.example.net'), cname('b.example.net', HOST)]);
  });
  const overSeveral = await startDnsServer((asked) => {
    asked.reply([asked.name === HOST ? cname(HOST, 'b.example.net') : cname('b.example.net', HOST)]);
  });
  for (const server of [inOne, overSeveral]) {
    const resolution = await resolveAt(server);
    expect(resolution).toMatchObject({ kind: 'invalid' });
    expect(resolution.kind !== 'answer' && resolution.detail).toContain('CNAME loop');
  }
});

test('12 CNAMEs are followed, 13 are not', async () => {
  const chainOf = (length: number) =>
    startDnsServer(
      onlyA((asked) => {
        const names = [HOST, ...Array.from({ length }, (_, n) => `n${n}.example.net`)];
        const aliases = names.slice(0, -1).map((name, n) => cname(name, names[n + 1] ?? ''));
        asked.reply([...aliases, a(names.at(-1) ?? '', '192.0.2.1')]);
      }),
    );
  expect(await resolveAt(await chainOf(12))).toMatchObject({ kind: 'answer' });
  expect(await resolveAt(await chainOf(13))).toMatchObject({ kind: 'invalid' });
});

test.each([
  ['SERVFAIL', RCODES.servFail, 'server-failure'],
  ['REFUSED', RCODES.refused, 'server-failure'],
  ['NXDOMAIN', RCODES.nxDomain, 'no-such-name'],
  ['NODATA', 0, 'no-data'],
] as const)('%s', async (name, rcode, kind) => {
  const server = await startDnsServer((asked) => {
    asked.reply([], { flags: rcode });
  });
  const resolution = await resolveAt(server);
  expect(resolution.kind).toBe(kind);
  if (kind === 'server-failure') expect(resolution.kind !== 'answer' && resolution.detail).toContain(name);
});

test('a server that does not know EDNS is asked without it', async () => {
  const server = await startDnsServer(
    onlyA((asked) => {
      if ((asked.query.additionals ?? []).length > 0) asked.reply([], { flags: RCODES.formErr, questions: [] });
      else asked.reply([a(HOST, '192.0.2.1')]);
    }),
  );
  expect(await resolveAt(server)).toMatchObject({ kind: 'answer' });
});

test('a lost query is sent again, silence is a timeout', async () => {
  let dropped = false;
  const lossy = await startDnsServer(
    onlyA((asked) => {
      if (dropped) asked.reply([a(HOST, '192.0.2.1')]);
      dropped = true;
    }),
  );
  expect(await resolveAt(lossy, 300)).toMatchObject({ kind: 'answer' });
  const mute = await startDnsServer(() => undefined);
  expect(await resolveAt(mute, 60)).toMatchObject({ kind: 'timeout' });
  expect(mute.asked.length).toBeGreaterThanOrEqual(4);
});

test('one family is enough, but "no data" needs both to say so', async () => {
  const muteToAaaa = await startDnsServer((asked) => {
    if (asked.type === 'A') asked.reply([a(HOST, '192.0.2.1')]);
  });
  expect(await resolveAt(muteToAaaa, 60)).toMatchObject({ kind: 'answer', addresses: [{ address: '192.0.2.1' }] });
  const half = await startDnsServer((asked) => {
    asked.reply([], { flags: asked.type === 'A' ? RCODES.servFail : 0 });
  });
  expect(await resolveAt(half)).toMatchObject({ kind: 'server-failure' });
});

test.skipIf(!HAS_IPV6)('a resolver may be asked over IPv6', async () => {
  const server = await startDnsServer((asked) => {
    asked.reply(asked.type === 'A' ? [a(HOST, '192.0.2.2')] : []);
  }, '::1');
  expect(await resolveAt(server)).toMatchObject({ kind: 'answer', resolver: server.text });
});

test('each resolver gives its own result, a closed port too', async () => {
  const v4 = await startDnsServer((asked) => {
    asked.reply(asked.type === 'A' ? [a(HOST, '192.0.2.1')] : []);
  });
  const closed = createSocket('udp4');
  await new Promise<void>((resolve) => {
    closed.bind(0, '127.0.0.1', resolve);
  });
  const closedText = `127.0.0.1:${closed.address().port}`;
  closed.close();
  const resolve = makeResolver({ resolvers: [v4.text, closedText], timeoutMs: 3_000 });
  const results = await resolve(HOST, NEVER);
  expect(results.map(({ kind, resolver }) => [kind, resolver])).toEqual([
    ['answer', v4.text],
    ['server-failure', closedText],
  ]);
});

test('an abort rejects with aborted, before and during', async () => {
  const abort = new AbortController();
  const server = await startDnsServer(() => {
    abort.abort();
  });
  const resolve = makeResolver({ resolvers: [server.text], timeoutMs: 3_000 });
  await expect(resolve(HOST, abort.signal)).rejects.toMatchObject({ code: 'aborted' });
  await expect(resolve(HOST, abort.signal)).rejects.toMatchObject({ code: 'aborted' });
});

test('what is no host name is never asked', async () => {
  const server = await startDnsServer(() => undefined);
  for (const host of ['', 'a b.example', `${'x'.repeat(64)}.example`, '*.example.net', '2001:db8::1']) {
    expect(await resolveAt(server, 60, host)).toMatchObject({ kind: 'invalid' });
  }
  expect(server.asked).toEqual([]);
});

test('a name in its own letters is asked in ASCII', async () => {
  const server = await startDnsServer((asked) => {
    asked.reply(asked.type === 'A' ? [a(asked.name, '192.0.2.1')] : []);
  });
  await resolveAt(server, 3_000, 'señal.example.net.');
  expect(server.asked[0]?.name).toBe('xn--seal-hqa.example.net');
});

test('without resolvers there are no results', async () => {
  expect(await makeResolver({ resolvers: [], timeoutMs: 60 })(HOST, NEVER)).toEqual([]);
});
