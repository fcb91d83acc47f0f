import { expect, test } from 'vitest';
import { ANA, testSite } from './test-site.ts';

test('If-Match lets only the known revision through', async () => {
  const site = await testSite();
  const { headers } = await site.put('/v1/subscribers/s5', ANA);
  const etag = headers['etag'] ?? '';
  const renamed = { ...ANA, name: 'Ana María' };
  for (const ifMatch of ['"999999"', `W/${etag}`, '"abc"', '"7", "8"']) {
    expect((await site.put('/v1/subscribers/s5', renamed, { 'if-match': ifMatch })).status).toBe(412);
  }
  expect((await site.put('/v1/subscribers/s5', renamed, { 'if-match': 'abc' })).status).toBe(400);
  expect((await site.put('/v1/subscribers/s5', renamed, { 'if-match': `"999999", ${etag}` })).status).toBe(200);
  expect((await site.put('/v1/subscribers/s5', ANA, { 'if-match': etag })).status).toBe(412);
  expect((await site.put('/v1/subscribers/s5', ANA, { 'if-match': '*' })).status).toBe(200);
  expect((await site.put('/v1/subscribers/s6', ANA, { 'if-match': '*' })).status).toBe(412);
});

test('If-Match guards instructions and the deletion too', async () => {
  const site = await testSite();
  await site.put('/v1/subscribers/s5', ANA);
  const headers = { 'if-match': '"999999"' };
  expect((await site.put('/v1/subscribers/s5/cutoff', { reason: 'mora' }, headers)).status).toBe(412);
  expect((await site.call('DELETE', '/v1/subscribers/s5/cutoff', { headers })).status).toBe(412);
  expect((await site.call('DELETE', '/v1/subscribers/s5', { headers })).status).toBe(412);
});

test('the portal has an ETag once it was put', async () => {
  const site = await testSite();
  const first = await site.call('GET', '/v1/portal');
  await site.put('/v1/portal', first.body);
  const etag = (await site.call('GET', '/v1/portal')).headers['etag'] ?? '';
  const next = { ...first.body, domain: 'd.example.net' };
  expect((await site.put('/v1/portal', next, { 'if-match': '"999999"' })).status).toBe(412);
  expect((await site.put('/v1/portal', next, { 'if-match': etag })).status).toBe(202);
});

test('an idempotency key gives the same answer again, whatever happened since', async () => {
  const site = await testSite();
  const headers = { 'idempotency-key': '"k-1"' };
  const first = await site.put('/v1/subscribers/s5', ANA, headers);
  await site.put('/v1/subscribers/s5', { ...ANA, name: 'other' });
  const again = await site.put('/v1/subscribers/s5', { addresses: ['10.0.0.5'], router: 'r0', name: 'Ana' }, headers);
  expect([again.status, again.body]).toEqual([201, first.body]);
  expect((await site.call('GET', '/v1/subscribers/s5')).body).toMatchObject({ name: 'other' });
});

test('an action that is repeated with its key is one operation', async () => {
  const site = await testSite();
  const headers = { 'idempotency-key': 'k-2' };
  const first = await site.call('POST', '/v1/routers/r0/reconcile', { headers });
  const again = await site.call('POST', '/v1/routers/r0/reconcile', { headers });
  expect([again.status, again.body['id']]).toEqual([202, first.body['id']]);
});

test('a key with another body, path or method is 422; of another token it is another key', async () => {
  const site = await testSite();
  const headers = { 'idempotency-key': 'k-3' };
  await site.put('/v1/subscribers/s5', ANA, headers);
  for (const answer of [
    await site.put('/v1/subscribers/s5', { ...ANA, name: 'other' }, headers),
    await site.put('/v1/subscribers/s6', ANA, headers),
    await site.call('DELETE', '/v1/subscribers/s5', { headers }),
  ]) {
    expect([answer.status, answer.body['type']]).toEqual([422, 'urn:wisp-edge:problem:key-reused']);
  }
  const other = await site.call('PUT', '/v1/subscribers/s6', {
    body: { ...ANA, addresses: ['10.0.0.6'] },
    headers,
    as: 'platform',
  });
  expect(other.status).toBe(201);
});

test('two requests with one key at once: one is carried out, the other told to come again or answered alike', async () => {
  const site = await testSite();
  const headers = { 'idempotency-key': 'k-4' };
  const subscribers = Array.from({ length: 2000 }, (_, at) => ({
    ...ANA,
    id: `s${String(at)}`,
    addresses: [`10.${String(Math.floor(at / 250))}.1.${String((at % 250) + 1)}`],
  }));
  const body = { generation: 1, takenAt: '2026-03-01T00:00:00Z', subscribers };
  const statuses = (
    await Promise.all([site.put('/v1/desired-state', body, headers), site.put('/v1/desired-state', body, headers)])
  ).map((answer) => answer.status);
  expect(statuses.sort()).toEqual([202, 409]);
});

test.each(['a b', 'x'.repeat(201), 'ñ'])('%j is no idempotency key', async (key) => {
  const site = await testSite();
  const answer = await site.put('/v1/subscribers/s5', ANA, { 'idempotency-key': key });
  expect(answer.body['errors']).toMatchObject([{ pointer: '/Idempotency-Key', in: 'header' }]);
});
