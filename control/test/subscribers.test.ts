import { expect, test } from 'vitest';
import { parseAddress } from '../../schemas/address.ts';
import { ANA, testSite } from './test-site.ts';

test('a subscriber is made, read, replaced, listed and deleted', async () => {
  const site = await testSite();
  const body = { ...ANA, addresses: ['10.0.0.5/32', '2001:DB8::0:1', '10.9.9.9/24'], mac: 'AA-BB-CC-00-11-22' };
  const made = await site.put('/v1/subscribers/s5', body);
  expect(made.status).toBe(201);
  expect(made.headers['location']).toBe('/v1/subscribers/s5');
  expect(made.body).toEqual({
    id: 's5',
    ...ANA,
    addresses: ['10.0.0.5', '2001:db8::1', '10.9.9.0/24'],
    mac: 'aabbcc001122',
    autoCut: true,
    autoNotice: true,
    cutoff: null,
    notices: [],
    observed: null,
  });
  const again = await site.put('/v1/subscribers/s5', body);
  expect([again.status, again.headers['etag']]).toEqual([200, made.headers['etag']]);
  const changed = await site.put('/v1/subscribers/s5', { ...body, name: 'Ana María' });
  expect(changed.headers['etag']).not.toBe(made.headers['etag']);

  const read = await site.call('GET', '/v1/subscribers/s5', { as: 'viewer' });
  expect(read.body).toMatchObject({ name: 'Ana María' });
  expect(read.headers['etag']).toMatch(/^"\d+"$/);
  const list = await site.call('GET', '/v1/subscribers');
  expect(list.body).toMatchObject({ items: [{ id: 's5' }], next: null });

  expect((await site.call('DELETE', '/v1/subscribers/s5')).status).toBe(204);
  expect((await site.call('GET', '/v1/subscribers/s5')).status).toBe(404);
  expect((await site.call('DELETE', '/v1/subscribers/s5')).status).toBe(404);
});

test('a list is read page by page through opaque cursors', async () => {
  const site = await testSite();
  for (let at = 0; at < 5; at += 1) {
    await site.put(`/v1/subscribers/s${String(at)}`, { ...ANA, addresses: [`10.0.0.${String(at + 1)}`] });
  }
  const seen: unknown[] = [];
  let next: unknown = null;
  do {
    const after = typeof next === 'string' ? `&after=${next}` : '';
    const page = await site.call('GET', `/v1/subscribers?limit=2${after}`);
    seen.push(page.body['items']);
    ({ next } = page.body);
  } while (next !== null);
  expect(seen.map((items) => (Array.isArray(items) ? items.length : 0))).toEqual([2, 2, 1]);
  expect((await site.call('GET', '/v1/subscribers?after=s3')).status).toBe(400);
  expect((await site.call('GET', '/v1/subscribers?limit=0')).status).toBe(400);
  expect((await site.call('GET', '/v1/subscribers?limit=x')).status).toBe(400);
  expect((await site.call('GET', '/v1/subscribers?limit=1&limit=2')).status).toBe(400);
});

test('instructions show in the document, with tokens masked', async () => {
  const site = await testSite();
  await site.put('/v1/subscribers/s5', ANA);
  await site.put('/v1/subscribers/s5/cutoff', { reason: 'mora', url: 'https://a.example/c/s5?token=geheim' });
  const end = '2026-03-31T00:00:00Z';
  await site.put('/v1/subscribers/s5/notices/custom', { text: 'hola', url: 'https://a.example/n?t=geheim', end });
  const read = await site.call('GET', '/v1/subscribers/s5');
  expect(read.body).toMatchObject({
    cutoff: { reason: 'mora', url: 'https://a.example/c/s5?token=***', since: '2026-03-01T12:00:00.000Z' },
    notices: [{ kind: 'custom', text: 'hola', url: 'https://a.example/n?t=***', end }],
  });
  const journal = await site.call('GET', '/v1/events');
  expect(`${read.text}${journal.text}${site.log.join('')}`).not.toContain('geheim');
});

test.each([
  ['an unknown field', { ...ANA, phone: '1' }, '/phone'],
  ['a missing one', { name: 'Ana', addresses: ['10.0.0.5'] }, '/router'],
  ['no address', { ...ANA, addresses: [] }, '/addresses'],
  ['a loopback address', { ...ANA, addresses: ['127.0.0.1'] }, '/addresses/0'],
  ['a multicast address', { ...ANA, addresses: ['10.0.0.5', 'ff02::1'] }, '/addresses/1'],
  ['a short prefix', { ...ANA, addresses: ['10.0.0.0/23'] }, '/addresses/0'],
  ['text that is no address', { ...ANA, addresses: ['10.0.0'] }, '/addresses/0'],
  ['a bad MAC address', { ...ANA, mac: 'AA:BB' }, '/mac'],
  ['a number for a text', { ...ANA, name: 5 }, '/name'],
  ['an unknown router', { ...ANA, router: 'r9' }, '/router'],
])('%s is refused at its place', async (_what, body, pointer) => {
  const site = await testSite();
  const answer = await site.put('/v1/subscribers/s5', body);
  expect(answer.status).toBe(400);
  expect(answer.body['errors']).toMatchObject([{ pointer }]);
});

test.each([{ ppp: 'ana@isp' }, { mac: 'AA:BB:CC:00:11:22' }])('%j stands for an address', async (identity) => {
  const site = await testSite();
  const made = await site.put('/v1/subscribers/s5', { ...ANA, addresses: [], ...identity });
  expect([made.status, made.body['addresses']]).toEqual([201, []]);
  const row = { id: 's5', ...ANA, addresses: [], ...identity };
  const takenAt = '2026-03-01T12:00:00Z';
  const whole = await site.put('/v1/desired-state', { generation: 1, takenAt, subscribers: [row] });
  expect(whole.status).toBe(202);
  const body = { baseGeneration: 1, generation: 2, put: [row] };
  expect((await site.call('PATCH', '/v1/desired-state', { body })).status).toBe(202);
});

test('who has no address, no PPP name and no MAC is refused in a snapshot and in a delta at its place', async () => {
  const site = await testSite();
  const bare = { id: 's5', ...ANA, addresses: [] };
  const takenAt = '2026-03-01T12:00:00Z';
  const whole = await site.put('/v1/desired-state', { generation: 1, takenAt, subscribers: [bare] });
  expect([whole.status, whole.body['errors']]).toMatchObject([400, [{ pointer: '/subscribers/0/addresses' }]]);
  const body = { baseGeneration: 0, generation: 1, put: [bare] };
  const part = await site.call('PATCH', '/v1/desired-state', { body });
  expect([part.status, part.body['errors']]).toMatchObject([400, [{ pointer: '/put/0/addresses' }]]);
});

test('an address that WispHub frees is refused, unless the router’s prefixes name it', async () => {
  const site = await testSite();
  const freed = { ...ANA, addresses: ['168.0.5.9'] };
  const refused = await site.put('/v1/subscribers/s5', freed);
  expect([refused.status, refused.body['errors']]).toMatchObject([400, [{ pointer: '/addresses/0' }]]);
  const [prefix] = ['168.0.0.0/16'].map(parseAddress).filter((one) => one !== null);
  if (prefix === undefined) throw new Error('no prefix');
  site.settings.current = { ...site.settings.current, routers: [{ id: 'r0', mode: 'manage', prefixes: [prefix] }] };
  expect((await site.put('/v1/subscribers/s5', freed)).status).toBe(201);
  const snapshot = { generation: 1, takenAt: '2026-03-01T12:00:00Z', subscribers: [{ id: 's5', ...freed }] };
  expect((await site.put('/v1/desired-state', snapshot)).status).toBe(202);
});

test('an unknown router names the known ones', async () => {
  const site = await testSite();
  const answer = await site.put('/v1/subscribers/s5', { ...ANA, router: 'r9' });
  expect(answer.body).toMatchObject({ type: 'urn:wisp-edge:problem:unknown-router', detail: 'known routers: r0, r1' });
});

test('an address of another subscriber is a conflict that names both', async () => {
  const site = await testSite();
  await site.put('/v1/subscribers/s5', ANA);
  const answer = await site.put('/v1/subscribers/s6', { ...ANA, addresses: ['10.0.0.5'] });
  expect(answer.status).toBe(409);
  expect(answer.body).toMatchObject({ detail: '10.0.0.5 is held by subscriber s5' });
});

test.each(['a/b', 'a b', 'x'.repeat(65), 'x'.repeat(2000), 'ñ', ' '])('the id %j is refused', async (id) => {
  const site = await testSite();
  const answer = await site.put(`/v1/subscribers/${encodeURIComponent(id)}`, ANA);
  expect(answer.status).toBe(400);
  expect(answer.body['errors']).toMatchObject([{ pointer: '/id', in: 'path' }]);
});
