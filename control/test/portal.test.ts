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
