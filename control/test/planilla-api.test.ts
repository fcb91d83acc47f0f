import { expect, test } from 'vitest';
import { everythingSaid, fetchWhole, KEY, MAC, NEW_KEY, refusalOf, withPhone } from './phone-fixture.ts';
import { testSite, type CallOptions, type Reply, type TestSite } from './test-site.ts';

const HEADINGS = 'mac;marca;interno;nombre;registrar;dueño;clave sip';
const SHEET = [HEADINGS, `${MAC};Yealink;1001;Recepción;iplan;isp;${KEY}`, ';;1002;Luis;iplan;isp;'];

function importSheet(
  site: TestSite,
  sheet: readonly string[] | Buffer,
  query = '',
  { headers = {}, ...how }: CallOptions = {},
): Promise<Reply> {
  const raw = Buffer.isBuffer(sheet) ? sheet : Buffer.from(sheet.join('\r\n'));
  const type = { 'content-type': 'text/csv; charset=utf-8' };
  return site.call('POST', `/v1/phones/import${query}`, { ...how, raw, headers: { ...type, ...headers } });
}

async function phones(site: TestSite): Promise<unknown> {
  return (await site.call('GET', '/v1/phones')).body['items'];
}

test('a planilla comes in as CSV, is tried first, and goes out as one that imports to the same (I5)', async () => {
  const site = await testSite();
  const tried = await importSheet(site, SHEET, '?dryRun=true');
  expect([tried.status, tried.body]).toMatchObject([200, { dryRun: true, written: false, counts: { new: 2 } }]);
  expect(await phones(site)).toEqual([]);
  const done = await importSheet(site, SHEET);
  expect([done.status, done.body]).toMatchObject([200, { written: true, counts: { new: 2 } }]);
  expect(done.body['rows']).toEqual(tried.body['rows']);
  const out = await site.call('GET', '/v1/phones/export');
  expect([out.status, out.headers['content-type'], out.headers['content-disposition']]).toEqual([
    ...[200, 'text/csv; charset=utf-8; header=present', 'attachment; filename="phones.csv"'],
  ]);
  const again = await importSheet(site, Buffer.from(out.text));
  expect([again.status, again.body]).toMatchObject([200, { written: false, counts: { same: 2, refused: 0 } }]);
  expect((await site.call('GET', '/v1/phones/export')).text).toBe(out.text);
  const audit = (await site.call('GET', '/v1/audit')).text;
  expect(audit).toContain('"action":"planilla.imported"');
  expect(await everythingSaid(site)).not.toContain(KEY);
});

test('the same rows come in as JSON; a cell that is left out says nothing', async () => {
  const site = await testSite();
  await importSheet(site, SHEET);
  const rows = [{ extension: '1002', displayName: '=Luz', site: 'Piso 2' }, { extension: '1001' }];
  const done = await site.call('POST', '/v1/phones/import', { body: { rows } });
  expect([done.status, done.body]).toMatchObject([
    200,
    { written: true, counts: { changed: 1, same: 1 }, read: { encoding: 'json', separator: null, rows: 2 } },
  ]);
  const { body } = await site.call('GET', '/v1/extensions/1002');
  expect(body).toMatchObject({ displayName: '=Luz', site: 'Piso 2', owner: 'isp' });
  const unknown = await site.call('POST', '/v1/phones/import', { body: { rows: [{ extension: '1', webKey: 'x' }] } });
  expect([unknown.status, unknown.body['errors']]).toMatchObject([400, [{ pointer: '/rows/0/webKey' }]]);
});

test('a row that is refused keeps the whole planilla out; the problem has the report and no key', async () => {
  const site = await testSite();
  await withPhone(site);
  await fetchWhole(site);
  const sheet = [HEADINGS, `;;1002;Luis;iplan;isp;`, `;;1001;;;;${NEW_KEY}`, '1,6E+11;snom;1003;Eva;otro;isp;'];
  for (const [query, fault] of [
    ['', { pointer: '/rows/1/sipKey', detail: 'line 3: comodato' }],
    ['?dryRun=true', { pointer: '/rows/1/sipKey', detail: 'line 3: comodato' }],
    ['?allow=comodato,customer', { pointer: '/rows/1', detail: 'line 3: key-in-use (1001)' }],
  ] as const) {
    const answer = await importSheet(site, sheet, query);
    expect(refusalOf(answer)).toEqual([409, 'planilla-refused']);
    expect(answer.body['errors']).toContainEqual(fault);
    expect(answer.body['report']).toMatchObject({
      written: false,
      counts: { new: 1, changed: 0, same: 0, refused: 2 },
      rows: [{ line: 2, outcome: 'new' }, { line: 3 }, { line: 4, refusals: [{ code: 'mangled-number' }, {}] }],
    });
  }
  expect((await site.call('GET', '/v1/extensions/1002')).status).toBe(404);
  expect(await everythingSaid(site)).not.toMatch(new RegExp(`${KEY}|${NEW_KEY}`));
});

test('what is no planilla is 400 and says why, and a body of another type or size is refused', async () => {
  const site = await testSite();
  for (const [sheet, said] of [
    [['interno;clave web', `1001;${KEY}`], 'column 2 holds web keys'],
    [
      ['interno;clave sip;clave web', `1001;${KEY};x`, `1002;z;y`, `1003;${NEW_KEY};${KEY}`],
      'In line 4 it is a SIP key',
    ],
    [['interno;clave', `1001;${KEY}`], 'column 2 holds keys'],
    [['nombre', 'Ana'], 'no heading `mac` or `extension`'],
    [['mac;interno', '"'], 'line 2 is not CSV'],
    [['mac', ...Array.from({ length: 1_001 }, () => MAC)], '1000 rows at most'],
  ] as const) {
    const answer = await importSheet(site, sheet);
    expect(refusalOf(answer)).toEqual([400, 'planilla-unreadable']);
    expect(answer.body['detail']).toContain(said);
    expect(answer.text).not.toContain('geheim');
  }
  const large = await importSheet(site, Buffer.alloc(2 * 1024 * 1024 + 1, 'a'));
  expect(refusalOf(large)).toEqual([413, 'body-too-large']);
  for (const type of ['text/plain', 'application/vnd.ms-excel', 'text/csvx']) {
    const answer = await importSheet(site, SHEET, '', { headers: { 'content-type': type } });
    expect(refusalOf(answer)).toEqual([415, 'unsupported-media-type']);
  }
  const elsewhere = { raw: SHEET.join('\n'), headers: { 'content-type': 'text/csv' } };
  expect(refusalOf(await site.call('PUT', `/v1/phones/${MAC}`, elsewhere))).toEqual([415, 'unsupported-media-type']);
  for (const query of ['?dryRun=1', '?allow=all', '?allow=', '?allow=comodato&allow=customer']) {
    expect(refusalOf(await importSheet(site, SHEET, query))).toEqual([400, 'invalid-request']);
  }
});

test('an Idempotency-Key answers the same planilla as before, a dry run uses none up, and no other request has it', async () => {
  const site = await testSite();
  const headers = { 'idempotency-key': '"one"' };
  await importSheet(site, SHEET, '?dryRun=true', { headers });
  const first = await importSheet(site, SHEET, '', { headers });
  expect(first.body).toMatchObject({ written: true, counts: { new: 2 } });
  const before = await site.store.control.head();
  const again = await importSheet(site, SHEET, '', { headers });
  expect([again.status, again.body]).toEqual([200, first.body]);
  expect(await site.store.control.head()).toBe(before);
  for (const [sheet, query] of [
    [SHEET, '?allow=comodato'],
    [[...SHEET, ';;1003;Eva;iplan;isp;'], ''],
  ] as const) {
    expect(refusalOf(await importSheet(site, sheet, query, { headers }))).toEqual([422, 'key-reused']);
  }
  expect(refusalOf(await site.call('DELETE', `/v1/phones/${MAC}`, { headers }))).toEqual([422, 'key-reused']);
  // One that came to nothing is answered alike too.
  const same = { headers: { 'idempotency-key': '"two"' } };
  expect((await importSheet(site, SHEET, '', same)).body).toMatchObject({ written: false, counts: { same: 2 } });
  expect(refusalOf(await importSheet(site, [HEADINGS], '', same))).toEqual([422, 'key-reused']);
});

test('phones are imported and exported by who may write them', async () => {
  const site = await testSite();
  for (const as of ['viewer', 'operator'] as const) {
    expect(refusalOf(await importSheet(site, SHEET, '', { as }))).toEqual([403, 'forbidden']);
    expect(refusalOf(await site.call('GET', '/v1/phones/export', { as }))).toEqual([403, 'forbidden']);
  }
  expect((await importSheet(site, SHEET, '', { as: 'platform' })).status).toBe(200);
});
