import { randomBytes } from 'node:crypto';
import { expect, onTestFinished, test } from 'vitest';
import { authority, selfSigned } from '../../lab/routeros/certificate.ts';
import { Secret } from '../../schemas/secret.ts';
import { overTls } from './http/tls-client.ts';
import { MACS, testSite } from './rotation/site.ts';

const [MAC] = MACS;
const KEY = 'Zk3vQ9mT7xB2nR5cW8dL';

test('a phone of the configured vendor comes by its certificate once it is enrolled, and its fetch is on record', async () => {
  const server = selfSigned('phones.example.net', Date.now());
  const root = authority('Yealink Root', Date.now());
  const phone = root.issue([['CN', MAC]], Date.now());
  const site = await testSite(
    {
      publicUrl: 'https://phones.example.net',
      tls: {
        certificate: 'phones.crt',
        key: { file: 'phones.key' },
        clientCa: [{ vendor: 'yealink', ca: 'yealink.pem' }],
      },
    },
    undefined,
    {
      readSecret: () => new Secret(server.keyPem),
      readText: (path) => (path === 'yealink.pem' ? root.certificatePem : server.certificatePem),
    },
  );
  onTestFinished(() => site.provisioner.stop());
  const to = { port: Number(new URL(site.provisioner.url).port), ca: server.certificatePem };
  const ask = async () => overTls({ ...to, cert: phone.certificatePem, key: phone.keyPem }, `/c/${MAC}.cfg`);
  await site.extension('1001', KEY);
  await site.ask({ kind: 'put-phone', mac: MAC, phone: { vendor: 'yealink', lines: [{ extension: '1001' }] } });
  expect((await ask()).status).toBe(404);
  const fresh = (): Secret => new Secret(randomBytes(16).toString('hex'));
  const tokens = { provisioning: fresh(), enrolment: fresh(), credentials: null };
  await site.ask({ kind: 'enrol', mac: MAC, ...tokens, expiresAt: Date.now() + 60_000 });
  const answer = await ask();
  expect([answer.status, answer.body.includes(KEY)]).toEqual([200, true]);
  await expect.poll(async () => (await site.store.readPhone(MAC))?.document.lastFetch ?? null).not.toBeNull();
  await site.ask({ kind: 'delete-phone', mac: MAC });
  await expect.poll(async () => (await ask()).status).toBe(404);
});
