import { expect, test } from 'vitest';
import { KEY, MAC, refusalOf, withPhone } from './phone-fixture.ts';
import { testSite } from './test-site.ts';

test('a phone in comodato is given back: its record is read, acknowledged by the central, and exported', async () => {
  const site = await testSite();
  await withPhone(site);
  const spelled = 'AA:BB:CC:00:11:22';
  const body = { serial: '=YK0042', note: 'Lo retira Gestión Técnica' };
  const headers = { 'idempotency-key': '"a"' };
  const returned = await site.call('POST', `/v1/phones/${spelled}/return`, { body, headers, as: 'operator' });
  expect([returned.status, returned.body]).toMatchObject([
    200,
    { cause: 'returned', mac: MAC, serial: '=YK0042', extensions: ['1001'], by: { name: 'operator', via: 'api' } },
  ]);
  const replay = await site.call('POST', `/v1/phones/${MAC}/return`, { body, headers, as: 'operator' });
  expect([replay.status, replay.body]).toEqual([200, returned.body]);
  expect((await site.call('GET', `/v1/phones/${MAC}`)).status).toBe(404);
  expect((await site.call('GET', '/v1/extensions/1001')).body).toMatchObject({ phones: [], owner: 'comodato' });

  const id = String(returned.body['id']);
  expect((await site.call('GET', '/v1/comodato?state=open', { as: 'viewer' })).body['items']).toEqual([returned.body]);
  expect((await site.call('GET', `/v1/comodato/${id}`)).body).toEqual(returned.body);
  expect(refusalOf(await site.call('POST', `/v1/comodato/${id}/acknowledge`, { as: 'operator' }))).toEqual([
    ...[403, 'forbidden'],
  ]);
  const ticket = { body: { ticket: 'GT-4711' }, as: 'platform' } as const;
  const acknowledged = await site.call('POST', `/v1/comodato/${id}/acknowledge`, ticket);
  expect([acknowledged.status, acknowledged.body]).toMatchObject([
    200,
    { state: 'acknowledged', acknowledged: { by: 'platform', ticket: 'GT-4711' } },
  ]);
  expect((await site.call('GET', '/v1/comodato?state=open')).body['items']).toEqual([]);
  const out = await site.call('GET', '/v1/comodato/export');
  expect(out.headers['content-type']).toBe('text/csv; charset=utf-8; header=present');
  expect(out.text.split('\r\n')[1]).toContain(`,${MAC},yealink,,'=YK0042,,,1001,Lo retira Gestión Técnica,`);
  const events = (await site.call('GET', '/v1/events')).text;
  expect(events).toContain('"type":"comodato.ended"');
  expect(events).toContain('"type":"comodato.acknowledged"');
  expect(events + out.text).not.toContain(KEY);
});

test('what is not lent is not given back, and what is not there has no record', async () => {
  const site = await testSite();
  await site.put(`/v1/phones/${MAC}`, { vendor: 'yealink', lines: [] });
  const refused = await site.call('POST', `/v1/phones/${MAC}/return`);
  expect(refusalOf(refused)).toEqual([409, 'not-in-comodato']);
  expect(refusalOf(await site.call('POST', '/v1/phones/aabbcc009999/return'))).toEqual([404, 'not-found']);
  expect(refusalOf(await site.call('GET', '/v1/comodato/none'))).toEqual([404, 'not-found']);
  expect(refusalOf(await site.call('POST', '/v1/comodato/none/acknowledge'))).toEqual([404, 'not-found']);
});
