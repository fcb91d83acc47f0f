import { expect, test } from 'vitest';
import { AppError } from '../../schemas/app-error.ts';
import { unseenRouter } from '../core/degraded.ts';
import { RECEPTION, withPhone, YEALINK } from './phone-fixture.ts';
import { ANA, testSite } from './test-site.ts';

const PROVISIONER = {
  url: 'http://192.0.2.2:8471',
  sip: { stack: 'embedded', isReady: true, detail: null },
  notServed: {
    count: 1,
    first: [{ mac: 'aabbcc001122', line: null, extension: null, what: 'value-not-carried', detail: 'mitel: …' }],
  },
} as const;

test('healthz is 200 with every router down, readyz says which', async () => {
  const site = await testSite();
  const health = await site.call('GET', '/healthz', { as: null });
  expect([health.status, health.body]).toEqual([200, { status: 'ok' }]);
  const ready = await site.call('GET', '/readyz', { as: null });
  expect(ready.status).toBe(503);
  expect(ready.body['reasons']).toMatchObject([
    { subject: 'router/r0', code: 'router-unknown' },
    { subject: 'router/r1', code: 'router-unknown' },
    { subject: 'provisioner', code: 'provisioner-unknown' },
  ]);
  for (const id of ['r0', 'r1']) {
    const status = { ...unseenRouter(id, 'manage'), connection: 'up', converged: true } as const;
    await site.other.agent.recordRouter(status, null);
  }
  await site.other.provisioner.recordStatus({ at: site.now, ...PROVISIONER });
  expect((await site.call('GET', '/readyz', { as: null })).status).toBe(200);
});

test('the site tells what the provisioner said, and readyz when it falls silent', async () => {
  const site = await testSite();
  expect((await site.call('GET', '/v1/site')).body).toMatchObject({ provisioner: null });
  await site.other.provisioner.recordStatus({ at: site.now, ...PROVISIONER });
  const { body } = await site.call('GET', '/v1/site');
  expect(body['provisioner']).toEqual({ at: '2026-03-01T12:00:00.000Z', ...PROVISIONER });
  site.now += 100_000;
  expect((await site.call('GET', '/readyz', { as: null })).body['reasons']).toContainEqual(
    expect.objectContaining({ subject: 'provisioner', code: 'provisioner-down' }),
  );
  site.settings.current = { ...site.settings.current, phones: null };
  expect((await site.call('GET', '/readyz', { as: null })).text).not.toContain('provisioner');
});

test('the site tells its name, version, counts and what is degraded', async () => {
  const site = await testSite();
  await site.put('/v1/subscribers/s5', ANA);
  await site.put('/v1/subscribers/s5/cutoff', { reason: 'mora' });
  const { body } = await site.call('GET', '/v1/site');
  expect(body).toMatchObject({
    site: 'norte-1',
    version: '0.0.0-test',
    now: '2026-03-01T12:00:00.000Z',
    central: { kind: 'none' },
    generation: null,
    routers: { total: 2, up: 0, converged: 0 },
    subscribers: 1,
    cutoffs: 1,
    notices: 0,
    paidButCut: 0,
  });
});

test('metrics count operations and routers, with no id but the router’s', async () => {
  const site = await testSite();
  await site.put('/v1/subscribers/s5', ANA);
  await site.call('DELETE', '/v1/subscribers/s5/cutoff');
  const counts = { ...unseenRouter('r0', 'manage').counts, paidButCut: 3 };
  await site.other.agent.recordRouter({ ...unseenRouter('r0', 'manage'), connection: 'up', counts }, null);
  site.now += 5_000;
  const { headers, text } = await site.call('GET', '/metrics');
  expect(headers['content-type']).toMatch(/^text\/plain/);
  expect(text).toContain('wisp_edge_subscribers 1');
  expect(text).toContain('wisp_edge_operations{state="received"} 1');
  expect(text).toContain('wisp_edge_oldest_pending_restore_seconds 5');
  expect(text).toContain('wisp_edge_router_up{router="r0"} 1');
  expect(text).toContain('wisp_edge_router_converged{router="r1"} 0');
  expect(text).toContain('wisp_edge_paid_but_cut{router="r0"} 3');
  expect(text).toMatch(/duration_seconds_count\{method="PUT",route="\/v1\/subscribers\/:id",status="201"\} 1/);
  expect(text).not.toMatch(/s5|op-\d/);
});

test('the site and its metrics count phones, extensions and rotations', async () => {
  const site = await testSite();
  await withPhone(site);
  await site.put('/v1/extensions/1002', RECEPTION);
  await site.put('/v1/phones/001565000002', { ...YEALINK, lines: [{ extension: '1001' }, { extension: '1002' }] });
  await site.put('/v1/phones/001565000003', { ...YEALINK, lines: [] });
  const seen = { at: site.now, verdict: 'valid', bindings: [{ contact: 'sip:1001@h', expires: 60, instance: null }] };
  await site.other.provisioner.recordRegistrations([{ number: '1001', ...seen, verdict: 'valid' }]);
  await site.call('POST', '/v1/rotations', { body: { extensions: ['1002'], reason: 'x' } });
  expect((await site.call('GET', '/v1/site')).body).toMatchObject({
    phones: { total: 3, registered: 1 },
    extensions: { total: 2, registered: 1 },
    rotations: { open: 1, committed: 0, rolled_back: 0, needs_support: 0, cancelled: 0 },
  });
  const before = await site.call('GET', '/metrics');
  expect(before.text).not.toContain('wisp_edge_phone_guess');
  const guesses = { addresses: 2, requests: 70 };
  await site.other.provisioner.recordStatus({ ...PROVISIONER, at: site.now, guesses });
  expect((await site.call('GET', '/v1/site')).body).toMatchObject({ provisioner: { guesses } });
  const { text } = await site.call('GET', '/metrics');
  expect(text).toContain('wisp_edge_phone_guessers 2');
  expect(text).toContain('wisp_edge_phone_guesses_total 70');
  expect(text).toContain('wisp_edge_phones_registered 1');
  expect(text).toContain('wisp_edge_extensions 2');
  expect(text).toContain('wisp_edge_rotations{end="open"} 1');
});

test('the portal is the configuration’s until one is put', async () => {
  const site = await testSite();
  expect((await site.call('GET', '/v1/portal')).body).toMatchObject({ domain: 'c.example.net' });
  const portal = {
    domain: 'D.example.net',
    cnameTargets: ['portal.wisphub.net'],
    addresses: ['192.0.2.80/32'],
    walledGarden: ['recaptcha'],
  };
  const answer = await site.put('/v1/portal', portal);
  expect([answer.status, answer.body['kind']]).toEqual([202, 'portal']);
  const stored = await site.call('GET', '/v1/portal');
  expect(stored.body).toEqual({ ...portal, domain: 'd.example.net', addresses: ['192.0.2.80'] });
  for (const [change, pointer] of [
    [{ addresses: ['127.0.0.1'] }, '/addresses/0'],
    [{ domain: 'a b' }, '/domain'],
    [{ walledGarden: [''] }, '/walledGarden/0'],
    [{ source: 'x' }, '/source'],
  ] as const) {
    const refused = await site.put('/v1/portal', { ...portal, ...change });
    expect([refused.status, refused.body['errors']]).toMatchObject([400, [{ pointer }]]);
  }
});

test('without any portal it is 404', async () => {
  const site = await testSite();
  site.settings.current = { ...site.settings.current, portal: null };
  expect((await site.call('GET', '/v1/portal')).status).toBe(404);
  expect((await site.call('POST', '/v1/portal/check')).status).toBe(404);
});

test('the preflight shows what the agent resolved, and what nobody looked at', async () => {
  const site = await testSite();
  const address = {
    address: '192.0.2.9',
    host: 'portal.wisphub.net',
    use: 'portal',
    firstSeen: 0,
    lastSeen: site.now,
  } as const;
  expect((await site.call('POST', '/v1/portal/check')).body).toMatchObject({
    chain: { state: 'unknown' },
    findings: [{ code: 'portal-unknown' }],
  });
  await site.other.agent.recordPortalAddresses(site.now, [address]);
  const { body } = await site.call('POST', '/v1/portal/check', { body: {} });
  expect(body).toMatchObject({
    domain: 'c.example.net',
    chain: { state: 'resolved', hosts: ['portal.wisphub.net'] },
    addresses: [{ address: '192.0.2.9' }],
    findings: [],
  });
  expect(body['notChecked']).not.toEqual([]);
});

test.each([
  [new AppError('store-busy', 'locked by geheim'), 503, 'store-busy', '1'],
  [new AppError('store-corrupt', 'geheim'), 503, 'store-unavailable', '10'],
  [new Error('geheim at /var/lib'), 500, 'internal', undefined],
])('a fault of the store is answered without its inner words', async (error, status, code, retryAfter) => {
  const site = await testSite();
  const fail = (): Promise<never> => Promise.reject(error);
  Object.assign(site.store.control, { head: fail, readSubscriber: fail });
  for (const path of ['/healthz', '/v1/subscribers/s5']) {
    const answer = await site.call('GET', path);
    expect([answer.status, answer.body['type']]).toEqual([status, `urn:wisp-edge:problem:${code}`]);
    expect(answer.headers['retry-after']).toBe(retryAfter);
    expect(answer.text).not.toContain('geheim');
  }
});
