import { once } from 'node:events';
import { connect, type SecureVersion, type TLSSocket } from 'node:tls';
import { expect, onTestFinished, test } from 'vitest';
import { selfSigned } from '../../lab/routeros/certificate.ts';
import { freePort } from '../../lab/test/free-port.ts';
import { Secret } from '../../schemas/secret.ts';
import { overTls } from './http/tls-client.ts';
import { MACS, testSite, type TestSite } from './rotation/site.ts';

const [MAC] = MACS;
const TOKEN = 'Tk0123456789abcdefXYZ';
const KEY = 'Zk3vQ9mT7xB2nR5cW8dL';
const FILE = `/p/${TOKEN}/${MAC}.cfg`;
const server = selfSigned('phones.example.net', Date.now());

interface Old {
  readonly site: TestSite;
  readonly port: number;
  readonly legacyPort: number;
}

async function oldSite(minVersion: 'TLSv1' | 'TLSv1.1' = 'TLSv1'): Promise<Old> {
  const legacyPort = await freePort();
  const pair = { certificate: 'phones.crt', key: { file: 'phones.key' } };
  const listen = { host: '127.0.0.1', port: legacyPort };
  const site = await testSite(
    {
      publicUrl: 'https://phones.example.net',
      tls: pair,
      legacyTls: { listen, ...pair, minVersion, ciphers: 'HIGH:!aNULL:!eNULL' },
    },
    undefined,
    { readSecret: () => new Secret(server.keyPem), readText: () => server.certificatePem },
  );
  onTestFinished(() => site.provisioner.stop());
  await site.extension('1001', KEY);
  await site.ask({ kind: 'put-phone', mac: MAC, phone: { vendor: 'yealink', lines: [{ extension: '1001' }] } });
  const tokens = { provisioning: new Secret(TOKEN), enrolment: new Secret('En0123456789abcdefXYZ'), credentials: null };
  await site.ask({ kind: 'enrol', mac: MAC, ...tokens, expiresAt: Date.now() + 60_000 });
  return { site, port: Number(new URL(site.provisioner.url).port), legacyPort };
}

/** The version that a client of exactly this one comes to speak; the error's code where it comes to none. */
async function spoken(port: number, version: SecureVersion): Promise<string> {
  const only = { minVersion: version, maxVersion: version, ciphers: 'DEFAULT:@SECLEVEL=0' } as const;
  const socket: TLSSocket = connect({ port, host: '127.0.0.1', ca: server.certificatePem, ...only });
  try {
    await once(socket, 'secureConnect');
    return String(socket.getProtocol());
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : 'no code';
  } finally {
    socket.destroy();
  }
}

test('an old phone comes by TLS 1.0 to the listener for it, and gets what it gets elsewhere', async () => {
  const { site, port, legacyPort } = await oldSite();
  expect(await spoken(legacyPort, 'TLSv1')).toBe('TLSv1');
  expect(await spoken(legacyPort, 'TLSv1.1')).toBe('TLSv1.1');
  expect(await spoken(legacyPort, 'TLSv1.2')).toBe('TLSv1.2');
  expect(await spoken(port, 'TLSv1.2')).toBe('TLSv1.2');
  for (const version of ['TLSv1', 'TLSv1.1'] as const)
    expect(await spoken(port, version)).toMatch(/^ERR_SSL_|ECONNRESET/);
  const old = {
    ca: server.certificatePem,
    ciphers: 'DEFAULT:@SECLEVEL=0',
    minVersion: 'TLSv1',
    maxVersion: 'TLSv1',
  } as const;
  const answer = await overTls({ port: legacyPort, ...old }, FILE);
  expect([answer.status, answer.body.includes(KEY)]).toEqual([200, true]);
  expect((await overTls({ port, ca: server.certificatePem }, FILE)).body).toBe(answer.body);
  const guess = await overTls({ port: legacyPort, ...old }, `/p/${TOKEN}x/${MAC}.cfg`);
  expect([guess.status, guess.body]).toEqual([404, 'not found\n']);
  await expect.poll(async () => (await site.store.readPhone(MAC))?.document.lastFetch ?? null).not.toBeNull();
});

test('it is told that such a listener is on, and an unhealthy one is noticed', async () => {
  const { site, legacyPort } = await oldSite();
  await expect
    .poll(async () => (await site.store.provisionerStatus())?.legacyTls)
    .toBe(`https://127.0.0.1:${legacyPort}`);
  expect(site.log.filter((line) => line.includes('legacy TLS is on'))).toHaveLength(1);
  expect(await site.provisioner.isHealthy()).toBe(true);
});

test('its lowest version is that of the configuration', async () => {
  const { legacyPort } = await oldSite('TLSv1.1');
  expect(await spoken(legacyPort, 'TLSv1')).toMatch(/^ERR_SSL_|ECONNRESET/);
  expect(await spoken(legacyPort, 'TLSv1.1')).toBe('TLSv1.1');
});
