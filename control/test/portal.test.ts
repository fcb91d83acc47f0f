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
