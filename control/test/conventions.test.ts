import { expect, test } from 'vitest';
import { LOGIN_BURST } from '../core/login-throttle.ts';
import { ROUTES } from '../routes/table.ts';
import { ANA, samplePath, testSite, tokenOf } from './test-site.ts';

test('a body without bytes is none, whatever its Content-Type says', async () => {
  const site = await testSite();
  await site.put('/v1/subscribers/s5', ANA);
  for (const type of ['application/json', 'text/html', 'nonsense', 'application/json; charset=latin1']) {
    const headers = { 'content-type': type };
    expect((await site.call('DELETE', '/v1/subscribers/s5/cutoff', { headers })).status).toBe(202);
    expect((await site.call('POST', '/v1/routers/r0/reconcile', { headers })).status).toBe(202);
    expect((await site.call('GET', '/v1/subscribers', { headers })).status).toBe(200);
  }
});

test('where a body is needed, none is a 400', async () => {
  const site = await testSite();
  const answer = await site.call('PUT', '/v1/subscribers/s5', { headers: { 'content-type': 'application/json' } });
  expect([answer.status, answer.body['detail']]).toEqual([400, 'a JSON body is required']);
});

test.each([
  ['{"name":', 'application/json', 400, 'malformed-json'],
  ['"\\ud800', 'application/json', 400, 'malformed-json'],
  [Buffer.from([0x22, 0xff, 0x22]), 'application/json', 400, 'malformed-json'],
  ['['.repeat(100_000), 'application/json', 400, 'malformed-json'],
  ['{}', 'text/plain', 415, 'unsupported-media-type'],
  ['{}', 'nonsense', 415, 'unsupported-media-type'],
  ['name=Ana', 'application/x-www-form-urlencoded', 415, 'unsupported-media-type'],
  [`"${'x'.repeat(256 * 1024)}"`, 'application/json', 413, 'body-too-large'],
  ['null', 'application/json', 400, 'invalid-request'],
  ['[]', 'application/json', 400, 'invalid-request'],
  ['{"__proto__":{"name":"x"}}', 'application/json', 400, 'invalid-request'],
])('the body %.20j as %s is %i', async (raw, type, status, code) => {
  const site = await testSite();
  const answer = await site.call('PUT', '/v1/subscribers/s5', { raw, headers: { 'content-type': type } });
  expect([answer.status, answer.body['type']]).toEqual([status, `urn:wisp-edge:problem:${code}`]);
});

test('a body without Content-Type, and a compressed one, are refused', async () => {
  const site = await testSite();
  const bare = await site.call('PUT', '/v1/subscribers/s5', { raw: '{}' });
  expect(bare.status).toBe(415);
  const headers = { 'content-type': 'application/json', 'content-encoding': 'gzip' };
  expect((await site.call('PUT', '/v1/subscribers/s5', { raw: '{}', headers })).status).toBe(415);
});

test('unknown paths are 404, unknown methods 405 with Allow', async () => {
  const site = await testSite();
  for (const path of [
    '/v1',
    '/dashboard/',
    '/dashboard/none.js',
    '/dashboard/..%2fserver.ts',
    '/v2/site',
    '/v1/subscribers/a/b/c',
    '/v1/phones/a/b/c',
  ]) {
    const answer = await site.call('GET', path);
    expect([answer.status, answer.body['type']]).toEqual([404, 'urn:wisp-edge:problem:no-such-route']);
  }
  const wrong = await site.call('POST', '/v1/subscribers/s5');
  expect([wrong.status, wrong.headers['allow']]).toEqual([405, 'DELETE, GET, HEAD, PUT']);
  const preflight = await site.call('OPTIONS', '/v1/subscribers', { as: null });
  expect([preflight.status, preflight.headers['allow']]).toEqual([405, 'GET, HEAD']);
  expect(preflight.headers).not.toHaveProperty('access-control-allow-origin');
  const odd = await site.call('PROPFIND', '/v1/subscribers');
  expect(odd.status).toBe(405);
});

test('a broken escape in the path is a 400', async () => {
  const site = await testSite();
  const answer = await site.call('GET', '/v1/subscribers/%E0%A4%A');
  expect([answer.status, answer.body['type']]).toEqual([400, 'urn:wisp-edge:problem:malformed-request']);
});

test('an unknown query parameter is refused on every route', async () => {
  const site = await testSite();
  for (const route of ROUTES) {
    const path = samplePath(route.path);
    const body = route.method === 'GET' || route.method === 'DELETE' ? {} : { body: route.body.example };
    const answer = await site.call(route.method, `${path}?verbose=1`, body);
    expect([route.path, answer.status]).toEqual([route.path, 400]);
    expect(answer.body['errors']).toMatchObject([{ pointer: '/verbose', in: 'query' }]);
  }
});

test('complaint 16: a time without its offset from UTC is refused wherever one is given: no zone is ever guessed', async () => {
  const site = await testSite();
  await site.put('/v1/subscribers/s5', ANA);
  const naive = '2027-01-31T23:59:00';
  const snapshot = { generation: 1, takenAt: naive, subscribers: [] };
  for (const [method, path, body, pointer] of [
    ['PUT', '/v1/subscribers/s5/cutoff', { reason: 'mora', notBefore: naive }, '/notBefore'],
    ['PUT', '/v1/subscribers/s5/cutoff', { reason: 'mora', notAfter: naive }, '/notAfter'],
    ['PUT', '/v1/subscribers/s5/notices/custom', { start: naive }, '/start'],
    ['PUT', '/v1/subscribers/s5/notices/custom', { end: naive }, '/end'],
    ['PUT', '/v1/desired-state', snapshot, '/takenAt'],
  ] as const) {
    const answer = await site.call(method, path, { body });
    expect([pointer, answer.status, answer.body['errors']]).toMatchObject([pointer, 400, [{ pointer }]]);
  }
  const told = { reason: 'mora', notAfter: `${naive}-03:00` };
  expect((await site.put('/v1/subscribers/s5/cutoff', told)).status).toBe(202);
});

test('every answer carries the security headers and a request id', async () => {
  const site = await testSite();
  for (const path of ['/healthz', '/v1/site', '/nowhere', '/v1/subscribers/%zz']) {
    const { headers } = await site.call('GET', path);
    expect(headers).toMatchObject({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' });
  }
  expect((await site.call('GET', '/v1/site')).headers['x-request-id']).toMatch(/^op-\d+$/);
});

test('HEAD answers as GET does, without a body', async () => {
  const site = await testSite();
  const answer = await site.call('HEAD', '/v1/site');
  expect([answer.status, answer.text]).toEqual([200, '']);
  expect((await site.call('HEAD', '/v1/events/stream')).status).toBe(200);
});

test('without a token, or with a wrong one, 401 and a challenge', async () => {
  const site = await testSite();
  for (const authorization of [undefined, 'Bearer wrong', 'Basic YTpi', 'Bearer', 'Bearer a b']) {
    const headers = authorization === undefined ? {} : { authorization };
    const answer = await site.call('GET', '/v1/site', { as: null, headers });
    expect(answer.status).toBe(401);
    expect(answer.headers['www-authenticate']).toContain('Bearer realm="wisp-edge"');
  }
  for (const path of ['/healthz', '/readyz', '/openapi.json']) {
    expect((await site.call('GET', path, { as: null })).status).not.toBe(401);
  }
  expect((await site.call('GET', '/metrics', { as: null })).status).toBe(401);
  expect(site.log.join('')).not.toContain('wrong');
});

test('many wrong tokens are throttled, a right one still passes', async () => {
  const site = await testSite();
  const headers = { authorization: 'Bearer wrong' };
  for (let at = 0; at < LOGIN_BURST; at += 1) await site.call('GET', '/v1/site', { as: null, headers });
  const answer = await site.call('GET', '/v1/site', { as: null, headers });
  expect([answer.status, answer.headers['retry-after']]).toEqual([429, '1']);
  expect((await site.call('GET', '/v1/site')).status).toBe(200);
  site.now += 1000;
  expect((await site.call('GET', '/v1/site', { as: null, headers })).status).toBe(401);
});

test('each scope reaches its routes and no others', async () => {
  const site = await testSite();
  for (const route of ROUTES) {
    const path = samplePath(route.path);
    if (route.id === 'streamEvents') continue;
    for (const as of ['admin', 'platform', 'operator', 'viewer'] as const) {
      const isPermitted =
        as === 'admin' || route.scope === null || route.scope === 'viewer' || route.scope.includes(as);
      const body = route.method === 'GET' || route.method === 'DELETE' ? {} : { body: route.body.example };
      const answer = await site.call(route.method, path, { as, ...body });
      expect([route.id, as, answer.status === 403]).toEqual([route.id, as, !isPermitted]);
      if (!isPermitted) expect(answer.body['detail']).toContain('scopes');
    }
  }
});

test('a reload of the settings changes who may enter', async () => {
  const site = await testSite();
  site.settings.current = { ...site.settings.current, tokens: [] };
  expect((await site.call('GET', '/v1/site')).status).toBe(401);
});

test('each request is one log line without token, query or body', async () => {
  const site = await testSite();
  await site.call('PUT', '/v1/subscribers/s5?secret=1', { body: { ...ANA, name: 'geheim' } });
  const lines = site.log.map((line): unknown => JSON.parse(line));
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatchObject({ method: 'PUT', route: '/v1/subscribers/:id', status: 400, actor: 'admin' });
  for (const secret of ['geheim', 'secret', tokenOf('admin')]) expect(site.log.join('')).not.toContain(secret);
});
