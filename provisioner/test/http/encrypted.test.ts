import { request } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import { readRfc8188 } from '../../core/vendors/test/readers/rfc8188.ts';
import { enrolment, provisioning, servedPhone, sha256, startPhoneWorld, type PhoneWorld } from './phones.ts';

const MAC = '00562b043615';
const KEY = 'a37d2fb9055c1d04883a0745eb0917a4';
const SIP_KEY = 'Zk3vQ9mT7xB2nR5cW8dL';
const [PLAIN_HOME, HOME, ONCE] = ['tokenOfPlainFiles', 'tokenOfEncryptedFiles', 'tokenOfEnrolment'];
const MPP = servedPhone(MAC, [provisioning(PLAIN_HOME), provisioning(HOME, false, KEY), enrolment(ONCE, 9_000)], {
  vendor: 'cisco-mpp',
  model: '8841',
});

test('an enrolment tells the key in plain and leads to encrypted files; the URL that was shown has plain ones', async () => {
  const world = await started();
  const led = await get(world, `/e/${ONCE}/${MAC}.xml`);
  expect(led.body.toString()).toContain(`[--key ${KEY}] http://127.0.0.1:8471/p/${HOME}/$MA.xml`);
  expect(led.body.toString()).not.toContain(PLAIN_HOME);
  expect(led.headers['content-encoding']).toBeUndefined();
  const shown = await get(world, `/p/${PLAIN_HOME}/${MAC}.xml`);
  expect(shown.body.toString()).toContain(SIP_KEY);
  expect(shown.body.toString()).not.toContain(KEY);
  const { headers, body } = await get(world, `/p/${HOME}/${MAC}.xml`);
  expect(headers).toMatchObject({ 'content-encoding': 'aes128gcm', 'content-type': 'application/xml; charset=utf-8' });
  expect(body.toString('latin1')).not.toContain(SIP_KEY);
  expect(Buffer.from(readRfc8188(body, Buffer.from(KEY))).toString()).toContain(SIP_KEY);
  await world.close();
});

test('an encrypted file has its own strong ETag, and HEAD, parts and If-None-Match are of what is sent', async () => {
  const world = await started();
  const path = `/p/${HOME}/${MAC}.xml`;
  const whole = await get(world, path);
  const { etag = '' } = whole.headers;
  expect(etag).toBe(`"${sha256(whole.body).slice(0, 32)}"`);
  expect((await get(world, path)).body.equals(whole.body)).toBe(true);
  expect((await get(world, `/p/${PLAIN_HOME}/${MAC}.xml`)).headers.etag).not.toBe(etag);
  const head = await get(world, path, {}, 'HEAD');
  expect(head).toMatchObject({ status: 200, headers: { etag, 'content-encoding': 'aes128gcm' } });
  expect(head.headers['content-length']).toBe(String(whole.body.length));
  expect(await get(world, path, { 'if-none-match': etag })).toMatchObject({ status: 304, headers: { etag } });

  const half = Math.floor(whole.body.length / 2);
  const first = await get(world, path, { range: `bytes=0-${half - 1}` });
  const rest = await get(world, path, { range: `bytes=${half}-`, 'if-range': etag });
  expect([first.status, rest.status, rest.headers['content-encoding']]).toEqual([206, 206, 'aes128gcm']);
  expect(Buffer.concat([first.body, rest.body]).equals(whole.body)).toBe(true);
  const told = world.fetches.filter(({ tokenHash }) => tokenHash === sha256(HOME));
  expect(new Set(told.map((fetch) => fetch.sha256))).toEqual(new Set([sha256(whole.body)]));
  expect(world.catalogue.wholeSha256s(MAC)).toContain(sha256(whole.body));
  await world.close();
});

test('a phone that comes to a URL of encrypted files and is put as one that reads none gets nothing plain', async () => {
  const snom = servedPhone(MAC, [provisioning(HOME, true, KEY)], { vendor: 'snom', model: 'D785' });
  const world = await startPhoneWorld({ phones: [snom], secrets: [KEY] });
  expect((await get(world, `/p/${HOME}/snomD785-${MAC.toUpperCase()}.htm`)).status).toBe(404);
  expect(world.catalogue.problems(MAC)).toEqual([
    {
      line: null,
      extension: null,
      what: 'value-not-carried',
      detail: expect.stringMatching(/^snom: its URL/) as string,
    },
  ]);
  await world.close();
});

test('an enrolment leads a phone that is put as one that reads no encrypted files to the plain ones', async () => {
  const tokens = [provisioning(PLAIN_HOME), provisioning(HOME, false, KEY), enrolment(ONCE, 9_000)];
  const snom = servedPhone(MAC, tokens, { vendor: 'snom', model: 'D785' });
  const world = await startPhoneWorld({ phones: [snom], secrets: [KEY] });
  const { body } = await get(world, `/e/${ONCE}/snomD785-${MAC.toUpperCase()}.htm`);
  expect(body.toString()).toContain(`/p/${PLAIN_HOME}/`);
  expect(body.toString()).not.toMatch(new RegExp(`${HOME}|${KEY}`));
  await world.close();
});

test('a key that another vendor’s phone was told is none for a Yealink that takes 16 characters: it gets nothing, and why is said', async () => {
  const yealink = servedPhone(MAC, [provisioning(HOME, true, KEY)]);
  const world = await startPhoneWorld({ phones: [yealink], secrets: [KEY] });
  expect((await get(world, `/p/${HOME}/${MAC}.cfg`)).status).toBe(404);
  expect(world.catalogue.problems(MAC)).toMatchObject([{ what: 'value-not-carried' }]);
  await world.close();
});

test('another content has other bytes throughout, and its salt shows only that', async () => {
  const world = await started();
  const before = (await get(world, `/p/${HOME}/${MAC}.xml`)).body;
  world.catalogue.put([{ ...MPP, revision: 2 }]);
  const after = (await get(world, `/p/${HOME}/${MAC}.xml`)).body;
  const alike = [...after].filter((octet, at) => at >= 21 && octet === before[at]).length;
  expect(after.subarray(0, 16).equals(before.subarray(0, 16))).toBe(false);
  // By chance one octet in 256 is the same.
  expect(alike).toBeLessThan(after.length / 100);
  await world.close();
});

async function started(): Promise<PhoneWorld> {
  const world = await startPhoneWorld({ phones: [MPP], secrets: [KEY] });
  onTestFinished(() => world.app.close());
  return world;
}

interface Got {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** By http itself: fetch would take a content coding that it does not know for an error, or off. */
function get(
  { port }: PhoneWorld,
  path: string,
  headers: Readonly<Record<string, string>> = {},
  method = 'GET',
): Promise<Got> {
  return new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port, path, method, headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) });
      });
    });
    asked.on('error', reject);
    asked.end();
  });
}
