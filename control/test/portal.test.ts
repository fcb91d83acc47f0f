import { expect, test } from 'vitest';
import { testSite } from './test-site.ts';

const PORTAL = { domain: 'd.example.net', cnameTargets: [], addresses: ['192.0.2.80'], walledGarden: [] };

test('the portal of the configuration has an ETag that a PUT can name, until one was PUT', async () => {
  const site = await testSite();
  const etag = async (): Promise<string> => (await site.call('GET', '/v1/portal')).headers['etag'] ?? '';
  const configured = await etag();
  expect(configured).toMatch(/^"\d{15}"$/);
  expect((await site.put('/v1/portal', PORTAL, { 'if-match': '"1"' })).status).toBe(412);
  const { portal } = site.settings.current;
  site.settings.current = { ...site.settings.current, portal: { ...PORTAL, addresses: [] } };
  expect(await etag()).not.toBe(configured);
  expect((await site.put('/v1/portal', PORTAL, { 'if-match': configured })).status).toBe(412);
  site.settings.current = { ...site.settings.current, portal };
  expect((await site.put('/v1/portal', PORTAL, { 'if-match': `"7", ${configured}` })).status).toBe(202);
  expect((await site.put('/v1/portal', PORTAL, { 'if-match': configured })).status).toBe(412);
  expect((await site.put('/v1/portal', PORTAL, { 'if-match': await etag() })).status).toBe(202);
});

test('If-Match: * asks for any portal, of the configuration too', async () => {
  const site = await testSite();
  const settings = site.settings.current;
  site.settings.current = { ...settings, portal: null };
  expect((await site.put('/v1/portal', PORTAL, { 'if-match': '*' })).status).toBe(412);
  site.settings.current = settings;
  expect((await site.put('/v1/portal', PORTAL, { 'if-match': '*' })).status).toBe(202);
});

test('what DNS says of the portal is in the check, in the site and in the metrics', async () => {
  const site = await testSite();
  expect((await site.call('GET', '/v1/site')).body['portal']).toBeNull();
  const finding = { code: 'portal-chain-outside', severity: 'error', detail: 'leads elsewhere' } as const;
  const chain = ['c.example.net', 'parking.example'];
  await site.other.agent.recordPortalAddresses(site.now, [], {
    at: site.now,
    domain: 'c.example.net',
    resolvers: [{ resolver: '192.0.2.53', outcome: 'answer', chain, addresses: ['192.0.2.9'], detail: null }],
    lead: { domain: 'b.example.net', cnameTargets: [] },
    awaited: { domain: 'c.example.net', cnameTargets: [], positive: 0, countedAt: 0, since: 0 },
    checks: 3,
    findings: [finding],
  });
  expect((await site.call('POST', '/v1/portal/check')).body).toMatchObject({
    chain: { resolvers: [{ resolver: '192.0.2.53', chain }] },
    leadsTo: 'b.example.net',
    awaited: { domain: 'c.example.net', needed: 3 },
    findings: [{ code: 'portal-unknown' }, finding],
  });
  expect((await site.call('GET', '/v1/site')).body['portal']).toEqual({
    leadsTo: 'b.example.net',
    awaited: 'c.example.net',
    findings: [finding],
  });
  const { text } = await site.call('GET', '/metrics');
  expect(text).toContain('wisp_edge_portal_dns_good 0');
  expect(text).toContain('wisp_edge_portal_awaited 1');
});

test('what a doctor found of the walled garden is in the site and in the check, and wakes whoever looks', async () => {
  const site = await testSite();
  expect((await site.call('GET', '/v1/site')).body['doctor']).toBeNull();
  const finding = { code: 'garden-unreachable', severity: 'warning', detail: 'x is not reached' } as const;
  const doctor = { checkedAt: '2026-03-01T12:00:00.000Z', findings: [finding] };
  await site.other.agent.recordSiteDoctor(doctor);
  expect((await site.call('GET', '/v1/site')).body['doctor']).toEqual(doctor);
  expect((await site.call('POST', '/v1/portal/check')).body['findings']).toContainEqual(finding);
  // No router's report is this one.
  expect((await site.call('GET', '/v1/routers')).body['items']).toHaveLength(2);
  expect((await site.call('GET', '/v1/events')).body['items']).toMatchObject([
    { type: 'site.doctor', subject: 'site/norte-1', data: { errors: 0, warnings: 1 } },
  ]);
});

test('PUT refuses a name that is neither a bundle nor a host; the check shows what is behind those that are', async () => {
  const site = await testSite();
  const garden = (entries: readonly string[]) => site.put('/v1/portal', { ...PORTAL, walledGarden: entries });
  const refused = await garden(['recaptcha', 'recapcha']);
  expect([refused.status, refused.body['errors']]).toMatchObject([400, [{ pointer: '/walledGarden/1' }]]);
  expect((await garden(['recaptcha', 'js.example.net'])).status).toBe(202);
  const seen = { host: 'www.google.com', use: 'garden', firstSeen: site.now, lastSeen: site.now } as const;
  await site.other.agent.recordPortalAddresses(site.now, [{ ...seen, address: '192.0.2.9' }]);
  expect((await site.call('POST', '/v1/portal/check')).body['garden']).toMatchObject([
    {
      entry: 'recaptcha',
      kind: 'bundle',
      hosts: [
        { host: 'www.google.com', standing: 'documented', addresses: ['192.0.2.9'] },
        { host: '*.recaptcha.net', addresses: [] },
      ],
    },
    { entry: 'js.example.net', kind: 'host', hosts: [{ standing: null, addresses: [] }] },
  ]);
});

test('a person with scope operator confirms that addresses are gone: once for a key, and the audit says who', async () => {
  const site = await testSite();
  const seen = { host: 'c.example.net', use: 'portal', firstSeen: site.now, lastSeen: site.now } as const;
  await site.other.agent.recordPortalAddresses(site.now, [{ ...seen, address: '192.0.2.9' }]);
  const confirm = (host: string, as: 'operator' | 'platform' = 'operator', key = 'a') =>
    site.call('POST', '/v1/portal/confirm', { body: { host }, headers: { 'idempotency-key': key }, as });
  // Who asks for mass cuts is not who says that a portal shrank.
  expect((await confirm('c.example.net', 'platform')).status).toBe(403);
  const unknown = await confirm('x.example.net');
  expect([unknown.status, unknown.body['detail']]).toEqual([404, expect.stringContaining('c.example.net')]);
  const at = '2026-03-01T12:00:00.000Z';
  expect(await confirm('C.example.net')).toMatchObject({ status: 200, body: { host: 'c.example.net', at } });
  site.now += 60_000;
  expect(await confirm('c.example.net')).toMatchObject({ status: 200, body: { at } });
  expect((await confirm('d.example.net')).status).toBe(422);
  expect(await site.other.agent.readPortalConfirmations()).toEqual(new Map([['c.example.net', Date.parse(at)]]));
  expect((await confirm('c.example.net', 'operator', 'b')).body['at']).toBe('2026-03-01T12:01:00.000Z');
  expect((await site.call('GET', '/v1/audit')).body['items']).toMatchObject([
    { actor: { name: 'operator' }, action: 'portal.changed', data: { confirmed: 'c.example.net' } },
    { actor: { name: 'operator' } },
  ]);
  for (const host of ['', 'a b']) expect((await confirm(host, 'operator', 'c')).status).toBe(400);
});
