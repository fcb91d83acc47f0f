import { once } from 'node:events';
import { createServer as createTcpServer, type Server } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { expect, onTestFinished, test } from 'vitest';
import { selfSigned } from '../../../lab/routeros/certificate.ts';
import { freePort } from '../../../lab/test/free-port.ts';
import { makeProbes, type ProbeSettings } from '../../adapters/doctor/probes.ts';
import type { PortalFacts } from '../../core/doctor/facts.ts';

const DOMAIN = 'clientes.example.net';
const TEN_YEARS_MS = 10 * 365 * 86_400_000;
/** Long enough for a handshake with this machine, also when it is busy. */
const PATIENT_MS = 10_000;

async function listening(server: Server): Promise<number> {
  server.on('connection', (socket) => {
    onTestFinished(() => {
      socket.destroy();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
  });
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('a TCP server without a port');
  return address.port;
}

interface Site {
  readonly https: number;
  /** Its certificate. */
  readonly ca: string;
  /** What it was told over TLS. */
  readonly heard: string[];
}

/** A web server on TLS that answers whatever it is asked with a redirect to somewhere else. */
async function site(name: string, wallMs = Date.now()): Promise<Site> {
  const { certificatePem: cert, keyPem: key } = selfSigned(name, wallMs);
  const heard: string[] = [];
  const server = createTlsServer({ cert, key }, (socket) => {
    socket.on('error', () => undefined);
    socket.setEncoding('latin1').on('data', (text: string) => {
      heard.push(text);
      socket.end('HTTP/1.1 302 Found\r\nLocation: https://elsewhere.example/\r\nContent-Length: 0\r\n\r\n');
    });
  });
  return { https: await listening(server), ca: cert, heard };
}

/** What the doctor says of a portal at 127.0.0.1 with these ports; port 80 is open unless told otherwise. */
async function reach(
  over: Partial<ProbeSettings>,
  timeoutMs = PATIENT_MS,
  domain = DOMAIN,
): Promise<PortalFacts | null> {
  const http = over.http ?? (await listening(createTcpServer()));
  const probes = makeProbes({ https: await freePort(), ...over, http });
  const { signal } = new AbortController();
  return probes.reachPortal('127.0.0.1', domain, { timeoutMs, signal });
}

test('a portal with a certificate for its name is reached, and nothing is asked of it', async () => {
  const { https, ca, heard } = await site(DOMAIN);
  expect(await reach({ https, ca })).toEqual({
    address: '127.0.0.1',
    https: { kind: 'ok', why: '' },
    http: { kind: 'ok', why: '' },
  });
  // One that would redirect is as good: only the browser follows it.
  expect(heard).toEqual([]);
});

test.each([
  ['that nobody vouches for', DOMAIN, Date.now(), false, /self.signed/i],
  ['for another name', 'other.example.net', Date.now(), true, /altnames|does not match/i],
  ['that has run out', DOMAIN, Date.now() - TEN_YEARS_MS, true, /expired/i],
  ['that is not good yet', DOMAIN, Date.now() + TEN_YEARS_MS, true, /not yet valid/i],
] as const)('a certificate %s is told as such, not as a closed port', async (_what, name, wallMs, isKnown, why) => {
  const { https, ca } = await site(name, wallMs);
  const facts = await reach({ https, ...(isKnown ? { ca } : {}) });
  expect([facts?.https.kind, facts?.http.kind]).toEqual(['certificate', 'ok']);
  expect(facts?.https.why).toMatch(why);
});

test('a portal named by its address needs a certificate for that address', async () => {
  const { https, ca } = await site(DOMAIN);
  expect(await reach({ https, ca }, PATIENT_MS, '127.0.0.1')).toMatchObject({ https: { kind: 'ok' } });
});

test('a port that refuses is closed, each by itself', async () => {
  const { https, ca } = await site(DOMAIN);
  const noHttps = await reach({});
  expect([noHttps?.https.kind, noHttps?.http.kind]).toEqual(['closed', 'ok']);
  expect(noHttps?.https.why).toContain('ECONNREFUSED');
  const noHttp = await reach({ https, ca, http: await freePort() });
  expect([noHttp?.https.kind, noHttp?.http.kind]).toEqual(['ok', 'closed']);
  expect(noHttp?.http.why).toContain('ECONNREFUSED');
});

test('a port that takes the connection and says nothing is closed, after the time given', async () => {
  const https = await listening(createTcpServer());
  expect(await reach({ https }, 50)).toMatchObject({ https: { kind: 'closed', why: 'no answer within 50 ms' } });
});

test('a port that ends the connection during the handshake, or speaks no TLS, is closed', async () => {
  const ending = createTcpServer((socket) => {
    socket.end();
  });
  const plain = createTcpServer((socket) => {
    socket.on('error', () => undefined);
    socket.end('HTTP/1.1 400 Bad Request\r\n\r\n');
  });
  for (const server of [ending, plain]) {
    const facts = await reach({ https: await listening(server) });
    expect(facts?.https.kind).toBe('closed');
    expect(facts?.https.why).not.toBe('');
  }
});

test('an address that this box has no way to says nothing of the portal', async () => {
  const probes = makeProbes();
  const { signal } = new AbortController();
  expect(await probes.reachPortal('255.255.255.255', DOMAIN, { timeoutMs: PATIENT_MS, signal })).toBeNull();
});

test('a probe that is stopped rejects as aborted, at once and in the middle', async () => {
  const silent = createTcpServer();
  const https = await listening(silent);
  const probes = makeProbes({ https, http: https });
  await expect(
    probes.reachPortal('127.0.0.1', DOMAIN, { timeoutMs: PATIENT_MS, signal: AbortSignal.abort() }),
  ).rejects.toMatchObject({ code: 'aborted' });
  const stop = new AbortController();
  const connected = once(silent, 'connection');
  const probing = probes.reachPortal('127.0.0.1', DOMAIN, { timeoutMs: PATIENT_MS, signal: stop.signal });
  await connected;
  stop.abort();
  await expect(probing).rejects.toMatchObject({ code: 'aborted' });
});
