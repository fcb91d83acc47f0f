import { randomBytes } from 'node:crypto';
import { expect, onTestFinished, test } from 'vitest';
import { credentials, rawRequest as request } from './http/phones.ts';
import { digestFor } from './http/digest-client.ts';
import { Secret } from '../../schemas/secret.ts';
import { MACS, testSite, type TestSite } from './rotation/site.ts';

const [MAC] = MACS;
const FILE = `/c/${MAC}.cfg`;
const KEY = 'Zk3vQ9mT7xB2nR5cW8dL';

async function guardedSite(): Promise<{
  readonly site: TestSite;
  readonly fetch: (password: string) => Promise<string>;
}> {
  const site = await testSite({ credentials: { schemes: ['digest-sha-256'] } });
  onTestFinished(() => site.provisioner.stop());
  await site.extension('1001', KEY);
  await site.ask({ kind: 'put-phone', mac: MAC, phone: { vendor: 'yealink', lines: [{ extension: '1001' }] } });
  const fetch = async (password: string): Promise<string> => {
    const port = Number(new URL(site.provisioner.url).port);
    const asked = await request(port, FILE);
    return request(port, FILE, digestFor(asked, FILE, { user: MAC, password }));
  };
  return { site, fetch };
}

async function enrol(site: TestSite, password: string): Promise<void> {
  const fresh = (): Secret => new Secret(randomBytes(16).toString('hex'));
  const { token } = credentials(MAC, password);
  const tokens = { provisioning: fresh(), enrolment: fresh(), credentials: token };
  await site.ask({ kind: 'enrol', mac: MAC, ...tokens, expiresAt: Date.now() + 60_000 });
}

test('a password is ended at once, though the next was never used', async () => {
  const { site, fetch } = await guardedSite();
  await enrol(site, 'first-2345');
  expect(await fetch('first-2345')).toMatch(/^HTTP\/1\.1 200 /);
  await expect.poll(async () => (await site.store.readPhone(MAC))?.document.lastFetch ?? null).not.toBeNull();
  await enrol(site, 'second-2345');
  await site.ask({ kind: 'end-earlier', mac: MAC });
  await expect.poll(async () => (await fetch('first-2345')).slice(9, 12)).toBe('401');
  expect(await fetch('second-2345')).toMatch(/^HTTP\/1\.1 200 /);
});

test('a phone comes with the password that enrolling gave, over a restart too, and the earlier ends when the new one is used', async () => {
  const { site, fetch } = await guardedSite();
  expect(await fetch('first-2345')).toMatch(/^HTTP\/1\.1 401 /);
  await enrol(site, 'first-2345');
  expect(await fetch('first-2345')).toContain(`account.1.password = ${KEY}`);
  await expect.poll(async () => (await site.store.readPhone(MAC))?.document.lastFetch ?? null).not.toBeNull();
  await site.restart();
  await enrol(site, 'second-2345');
  expect(await fetch('first-2345')).toMatch(/^HTTP\/1\.1 200 /);
  expect(await fetch('second-2345')).toMatch(/^HTTP\/1\.1 200 /);
  await expect.poll(async () => (await fetch('first-2345')).slice(9, 12)).toBe('401');
  expect(await fetch('second-2345')).toMatch(/^HTTP\/1\.1 200 /);
});
