import { expect, test } from 'vitest';
import { ANA, testSite } from './test-site.ts';

test('cut, restore, notice and its end are accepted as operations', async () => {
  const site = await testSite();
  await site.put('/v1/subscribers/s5', ANA);
  const asked = [
    ['PUT', '/v1/subscribers/s5/cutoff', { reason: 'mora' }, 'cutoff'],
    ['DELETE', '/v1/subscribers/s5/cutoff', undefined, 'restore'],
    ['PUT', '/v1/subscribers/s5/notices/payment-due', {}, 'notice'],
    ['DELETE', '/v1/subscribers/s5/notices/payment-due', undefined, 'notice-end'],
  ] as const;
  for (const [method, path, body, kind] of asked) {
    const answer = await site.call(method, path, body === undefined ? {} : { body });
    expect([answer.status, answer.body['kind'], answer.body['subject']]).toEqual([202, kind, 'subscriber/s5']);
    const location = answer.headers['location'] ?? '';
    expect(location).toBe(`/v1/operations/${String(answer.body['id'])}`);
    expect((await site.call('GET', location)).body).toMatchObject({ id: answer.body['id'], kind });
  }
});

test('a restore is accepted also when nobody is cut', async () => {
  const site = await testSite();
  await site.put('/v1/subscribers/s5', ANA);
  expect((await site.call('DELETE', '/v1/subscribers/s5/cutoff')).status).toBe(202);
  expect((await site.call('DELETE', '/v1/subscribers/s5/notices/custom')).status).toBe(202);
});

test.each([
  ['PUT', '/v1/subscribers/s9/cutoff', { reason: 'mora' }],
  ['DELETE', '/v1/subscribers/s9/cutoff', undefined],
  ['PUT', '/v1/subscribers/s9/notices/custom', {}],
  ['DELETE', '/v1/subscribers/s9/notices/custom', undefined],
  ['GET', '/v1/operations/op-nobody', undefined],
  ['GET', '/v1/operations/op-nobody/subscribers', undefined],
] as const)('%s %s of nobody is 404', async (method, path, body) => {
  const site = await testSite();
  const answer = await site.call(method, path, body === undefined ? {} : { body });
  expect(answer.status).toBe(404);
  expect(answer.body).toMatchObject({ type: 'urn:wisp-edge:problem:not-found' });
});

test.each([
  ['cutoff', {}, '/reason'],
  ['cutoff', { reason: '' }, '/reason'],
  ['cutoff', { reason: 'x'.repeat(201) }, '/reason'],
  ['cutoff', { reason: 'x', url: 'http://a.example/' }, '/url'],
  ['cutoff', { reason: 'x', notBefore: '2026-03-01T08:00:00' }, '/notBefore'],
  ['cutoff', { reason: 'x', notBefore: '2026-02-30T08:00:00Z' }, '/notBefore'],
  ['cutoff', { reason: 'x', notBefore: '2026-03-02T08:00:00Z', notAfter: '2026-03-01T08:00:00Z' }, '/notAfter'],
  ['notices/custom', { start: '2026-03-02T08:00:00Z', end: '2026-03-01T08:00:00Z' }, '/end'],
  ['notices/custom', { url: 'https://a.example/?t=1', end: '2026-09-02T08:00:00Z' }, '/end'],
  ['notices/custom', { once: 'yes' }, '/once'],
  ['notices/other', {}, '/kind'],
])('%s %j is refused at its place', async (path, body, pointer) => {
  const site = await testSite();
  await site.put('/v1/subscribers/s5', ANA);
  const answer = await site.put(`/v1/subscribers/s5/${path}`, body);
  expect(answer.status).toBe(400);
  expect(answer.body['errors']).toMatchObject([{ pointer }]);
});

test('reissue and portal are operations of the site', async () => {
  const site = await testSite();
  expect((await site.call('POST', '/v1/notices/reissue')).status).toBe(202);
  expect((await site.call('POST', '/v1/notices/reissue', { body: {} })).status).toBe(202);
  const { body } = await site.call('POST', '/v1/notices/reissue');
  const report = await site.call('GET', `/v1/operations/${String(body['id'])}/subscribers?limit=5`);
  expect([report.status, report.body]).toEqual([200, { items: [], next: null }]);
  const refused = await site.call('POST', '/v1/notices/reissue', { body: { all: true } });
  expect([refused.status, refused.body['errors']]).toMatchObject([400, [{ pointer: '/all', detail: 'unknown field' }]]);
});
