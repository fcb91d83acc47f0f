import { once } from 'node:events';
import { get } from 'node:https';
import { expect, test } from 'vitest';
import { selfSigned } from '../../../lab/routeros/certificate.ts';
import { provisioning, rawExchange, servedPhone, sha256, startPhoneWorld } from './phones.ts';

const TOKEN = 'Tk0123456789abcdefXYZ';
const MAC = '805ec0aabb01';

test('a phone is served over TLS, and nothing is said in the clear', async () => {
  const { certificatePem: cert, keyPem: key } = selfSigned('phones.example.net', Date.now());
  const world = await startPhoneWorld({ phones: [servedPhone(MAC, [provisioning(TOKEN)])], tls: { cert, key } });
  const path = `/p/${TOKEN}/${MAC}.cfg`;
  const asked = get({ host: '127.0.0.1', port: world.port, path, ca: cert, agent: false });
  const [response] = (await once(asked, 'response')) as [NodeJS.ReadableStream];
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  await world.logged(1);
  expect(world.fetches.map((fetch) => fetch.sha256)).toEqual([sha256(Buffer.concat(chunks))]);
  expect(await rawExchange(world.port, `GET ${path} HTTP/1.0\r\n\r\n`)).not.toContain('HTTP/1.1 200');
  await world.close();
});
