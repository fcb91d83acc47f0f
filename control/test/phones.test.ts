import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import type { PhoneRequest } from '../../store/phone-ports.ts';
import { everythingSaid, fetchWhole, MAC, RECEPTION, refusalOf, withPhone, YEALINK } from './phone-fixture.ts';
import { testSite, type TestSite } from './test-site.ts';

async function site1001(): Promise<TestSite> {
  const site = await testSite();
  await site.put('/v1/extensions/1001', RECEPTION);
  return site;
}

test('a phone is made, read, replaced, listed and deleted', async () => {
  const site = await site1001();
  const body = { ...YEALINK, model: 'T31P', label: 'Recepción' };
  const made = await site.put(`/v1/phones/${MAC}`, body);
  expect([made.status, made.headers['location']]).toEqual([201, `/v1/phones/${MAC}`]);
  expect(made.body).toEqual({
    mac: MAC,
    ...body,
    slots: [],
    enrolled: false,
    earlierValid: false,
    lastSeen: null,
    lastFetch: null,
    registered: false,
    address: null,
    userAgent: null,
  });
  const again = await site.put(`/v1/phones/${MAC}`, body);
  expect([again.status, again.headers['etag']]).toEqual([200, made.headers['etag']]);
  const changed = await site.put(`/v1/phones/${MAC}`, { ...body, label: 'Caja' });
  expect(changed.headers['etag']).not.toBe(made.headers['etag']);
  expect((await site.call('GET', '/v1/phones', { as: 'viewer' })).body).toMatchObject({
    items: [{ mac: MAC, label: 'Caja' }],
    next: null,
  });
  expect((await site.call('GET', '/v1/extensions/1001')).body).toMatchObject({ phones: [MAC] });
  const stale = { 'if-match': made.headers['etag'] ?? '' };
  expect((await site.call('DELETE', `/v1/phones/${MAC}`, { headers: stale })).status).toBe(412);
  expect((await site.call('DELETE', `/v1/phones/${MAC}`)).status).toBe(204);
  expect(refusalOf(await site.call('GET', `/v1/phones/${MAC}`))).toEqual([404, 'not-found']);
});

test('any spelling of a MAC address is the same phone, for an Idempotency-Key too', async () => {
  const site = await site1001();
  const headers = { 'idempotency-key': 'k1' };
  for (const spelled of [
    'AA:BB:CC:00:11:22',
    'aa-bb-cc-00-11-22',
    'aabb.cc00.1122',
    'AABBCC001122',
    'aa%20bb%20cc%2000%2011%2022',
  ]) {
    const answer = await site.put(`/v1/phones/${spelled}`, YEALINK, headers);
    expect([spelled, answer.status, answer.body['mac']]).toEqual([spelled, 201, MAC]);
    expect((await site.call('GET', `/v1/phones/${spelled}`)).body['mac']).toBe(MAC);
  }
  expect((await site.call('GET', '/v1/phones')).body['items']).toHaveLength(1);
});

const NO_MACS = [
  '000000000000',
  '0:0:0:0:0:0',
  'ff:ff:ff:ff:ff:ff',
  '01:00:5e:00:00:01',
  'aabbcc0011',
  'nonsense',
  '%C3%B1',
];

test('what is no phone’s MAC address is refused on every route', async () => {
  const site = await site1001();
  for (const mac of NO_MACS) {
    for (const answer of [
      await site.put(`/v1/phones/${mac}`, YEALINK),
      await site.call('GET', `/v1/phones/${mac}`),
      await site.call('POST', `/v1/phones/${mac}/enrol`),
    ]) {
      const said = [mac, refusalOf(answer), answer.body['errors']];
      expect(said).toMatchObject([mac, [400, 'invalid-request'], [{ pointer: '/mac', in: 'path' }]]);
    }
  }
});

const REFUSED = [
  ['an unknown field', { ...YEALINK, ip: '192.0.2.1' }, [400, 'invalid-request'], '/ip'],
  ['an unknown vendor', { ...YEALINK, vendor: 'acme' }, [400, 'invalid-request'], '/vendor'],
  [
    'one extension twice',
    { ...YEALINK, lines: [{ extension: '1001' }, { extension: '1001' }] },
    [400, 'invalid-request'],
    '/lines',
  ],
  [
    'an unknown extension',
    { ...YEALINK, lines: [{ extension: '1001' }, { extension: '1002' }] },
    [400, 'unknown-extension'],
    '/lines/1/extension',
  ],
  ['a line break', { ...YEALINK, label: 'a\nb' }, [400, 'invalid-request'], '/label'],
] as const;

test('what does not fit is refused at its place', async () => {
  const site = await site1001();
  for (const [what, body, refusal, pointer] of REFUSED) {
    const answer = await site.put(`/v1/phones/${MAC}`, body);
    expect([what, refusalOf(answer), answer.body['errors']]).toMatchObject([what, refusal, [{ pointer }]]);
  }
});

test('a phone that could not be told its URL is refused at PUT and at enrol', async () => {
  const site = await testSite();
  const mitel = { vendor: 'mitel', lines: [] };
  expect((await site.put(`/v1/phones/${MAC}`, mitel)).status).toBe(201);
  const { phones } = site.settings.current;
  if (phones === null) throw new Error('no provisioner');
  site.settings.current = { ...site.settings.current, phones: { ...phones, publicUrl: 'http://[::1]:8471' } };
  for (const answer of [
    await site.put(`/v1/phones/${MAC}`, mitel),
    await site.call('POST', `/v1/phones/${MAC}/enrol`),
  ]) {
    expect(refusalOf(answer)).toEqual([409, 'value-not-carried']);
    expect(answer.body['detail']).toContain('mitel');
  }
});

test('a model without a format here, and more lines than a format has, are 409', async () => {
  const site = await site1001();
  const n720 = await site.put(`/v1/phones/${MAC}`, { ...YEALINK, vendor: 'gigaset', model: 'N720 DM PRO' });
  expect(refusalOf(n720)).toEqual([409, 'vendor-not-served']);
  expect(n720.body['detail']).toContain('gigaset N720 DM PRO');
  const lines = Array.from({ length: 13 }, (_, at) => ({ extension: String(2000 + at) }));
  const full = await site.put(`/v1/phones/${MAC}`, { vendor: 'snom', lines });
  expect(refusalOf(full)).toEqual([409, 'value-not-carried']);
  const small = { vendor: 'yealink', model: 'T31P', lines: lines.slice(0, 3) };
  const many = await site.put(`/v1/phones/${MAC}`, small);
  expect(refusalOf(many)).toEqual([409, 'value-not-carried']);
  expect(many.body['detail']).toContain('a T31P has no more than 2 lines');
});

test('enrol shows fresh tokens this once, and nothing else ever does', async () => {
  const site = await testSite();
  await withPhone(site);
  const answer = await site.call('POST', '/v1/phones/AA-BB-CC-00-11-22/enrol', { as: 'operator' });
  expect([answer.status, answer.headers['cache-control']]).toEqual([200, 'no-store']);
  expect(answer.body).toEqual({
    provisioningUrl: expect.stringMatching(/^https:\/\/phones\.example\.net\/p\/phone-token-\d+\/$/) as string,
    enrolmentUrl: expect.stringMatching(/^https:\/\/phones\.example\.net\/e\/phone-token-\d+\/$/) as string,
    expiresAt: '2026-03-01T13:00:00.000Z',
  });
  expect((await site.call('GET', `/v1/phones/${MAC}`)).body['enrolled']).toBe(true);
  expect(await everythingSaid(site)).not.toMatch(/token-\d/);
});

test('an earlier URL is ended at once, and the same again changes nothing', async () => {
  const site = await testSite();
  await withPhone(site);
  await fetchWhole(site);
  await site.call('POST', `/v1/phones/${MAC}/enrol`);
  const earlier = async (): Promise<unknown> => (await site.call('GET', `/v1/phones/${MAC}`)).body['earlierValid'];
  expect(await earlier()).toBe(true);
  for (const spelled of ['AA-BB-CC-00-11-22', MAC])
    expect((await site.call('DELETE', `/v1/phones/${spelled}/earlier`, { as: 'operator' })).status).toBe(204);
  expect(await earlier()).toBe(false);
  const [served] = await site.other.provisioner.servedPhones({ macs: [MAC], extensions: [] });
  expect(served?.tokens.map(({ kind, isUsed }) => [kind, isUsed])).toEqual([
    ['enrolment', false],
    ['provisioning', false],
  ]);
  const { body } = await site.call('GET', '/v1/events');
  expect(JSON.stringify(body).match(/end-earlier/g)).toHaveLength(1);
  expect(refusalOf(await site.call('DELETE', '/v1/phones/aabbcc001199/earlier'))).toEqual([404, 'not-found']);
  expect((await site.call('DELETE', `/v1/phones/${MAC}/earlier`, { as: 'viewer' })).status).toBe(403);
});

test('a password is shown this once where phones may come with one, and nothing else ever shows it', async () => {
  const site = await testSite();
  await withPhone(site);
  const { phones } = site.settings.current;
  if (phones === null) throw new Error('no provisioner');
  site.settings.current = { ...site.settings.current, phones: { ...phones, hasCredentials: true } };
  const { body } = await site.call('POST', `/v1/phones/${MAC}/enrol`);
  const password = expect.stringMatching(/^[a-z2-9]{20}$/) as string;
  expect(body['credentials']).toEqual({ url: 'https://phones.example.net/c/', user: MAC, password });
  const [served] = await site.other.provisioner.servedPhones({ macs: [MAC], extensions: [] });
  expect(served?.tokens.filter(({ kind }) => kind === 'credentials')).toHaveLength(1);
  expect(await everythingSaid(site)).not.toMatch(/password/);
});

test('fields of a line that are named like methods of every object are unknown fields, and a line twice is one too many', async () => {
  const site = await testSite();
  const put = async (...lines: readonly unknown[]) => {
    const { status, body } = await site.put(`/v1/phones/${MAC}`, { vendor: 'yealink', lines });
    return [status, body['errors']];
  };
  for (const name of ['valueOf', 'toString', 'constructor', '__proto__']) {
    const odd: unknown = JSON.parse(`{"extension":"1002","${name}":""}`);
    expect([name, ...(await put({ extension: '1001' }, odd))]).toMatchObject([
      name,
      400,
      [{ pointer: `/lines/1/${name}`, detail: 'unknown field' }],
    ]);
  }
  expect(await put({ extension: '1001' }, { extension: '1001' })).toMatchObject([400, [{ pointer: '/lines' }]]);
});

test('a replayed enrol makes tokens of its own, and the last ones are those that work', async () => {
  const site = await testSite();
  await withPhone(site);
  const headers = { 'idempotency-key': 'k1' };
  const first = await site.call('POST', `/v1/phones/${MAC}/enrol`, { headers });
  const second = await site.call('POST', `/v1/phones/${MAC}/enrol`, { headers });
  expect([first.status, second.status]).toEqual([200, 200]);
  expect(second.body['provisioningUrl']).not.toBe(first.body['provisioningUrl']);
  const [served] = await site.other.provisioner.servedPhones({ macs: [MAC], extensions: [] });
  const token = /\/p\/(.*)\/$/.exec(String(second.body['provisioningUrl']))?.[1] ?? '';
  expect(served?.tokens.map(({ hash, kind }) => [kind, hash])).toContainEqual([
    'provisioning',
    createHash('sha256').update(token).digest('hex'),
  ]);
  const { etag = '' } = (await site.call('GET', `/v1/phones/${MAC}`)).headers;
  const conditional = { 'idempotency-key': 'k2', 'if-match': etag };
  for (const time of ['first', 'again']) {
    expect([time, (await site.call('POST', `/v1/phones/${MAC}/enrol`, { headers: conditional })).status]).toEqual([
      time,
      200,
    ]);
  }
  const other = await site.call('POST', `/v1/phones/${MAC}/resync`, { headers });
  expect(refusalOf(other)).toEqual([422, 'key-reused']);
  expect(await everythingSaid(site)).not.toMatch(/token-\d/);
});

test('a box without a provisioner enrols nobody, and says so', async () => {
  const site = await testSite();
  await withPhone(site);
  site.settings.current = { ...site.settings.current, phones: null };
  for (const [path, body] of [
    [`/v1/phones/${MAC}/enrol`, undefined],
    [`/v1/phones/${MAC}/resync`, undefined],
    ['/v1/extensions/1001/validate', undefined],
    ['/v1/rotations', { extensions: ['1001'], reason: 'x' }],
  ] as const) {
    const answer = await site.call('POST', path, body === undefined ? {} : { body });
    expect([path, refusalOf(answer)]).toEqual([path, [503, 'no-provisioner']]);
  }
});

test('an unknown phone is 404 for every action', async () => {
  const site = await testSite();
  for (const [method, path] of [
    ['GET', ''],
    ['DELETE', ''],
    ['POST', '/enrol'],
    ['POST', '/resync'],
  ] as const) {
    const answer = await site.call(method, `/v1/phones/${MAC}${path}`);
    expect([refusalOf(answer), answer.body['detail']]).toEqual([[404, 'not-found'], `there is no phone ${MAC}`]);
  }
  const wrong = await site.call('POST', `/v1/phones/${MAC}`);
  expect([wrong.status, wrong.headers['allow']]).toEqual([405, 'DELETE, GET, HEAD, PUT']);
});

test('resync is an operation of the phone', async () => {
  const site = await testSite();
  await withPhone(site);
  const answer = await site.call('POST', '/v1/phones/AA:BB:CC:00:11:22/resync', { body: {} });
  expect([answer.status, answer.body['kind'], answer.body['subject']]).toEqual([202, 'resync', `phone/${MAC}`]);
  expect((await site.call('POST', `/v1/phones/${MAC}/resync`, { body: { now: true } })).status).toBe(400);
});

test('a phone shows when it last came, from where, and whether it is registered', async () => {
  const site = await testSite();
  await withPhone(site);
  await fetchWhole(site);
  const contact = 'sip:1001@192.0.2.20:5060';
  const binding = { contact, expires: 300, instance: null };
  await site.other.provisioner.recordRegistrations([
    { number: '1001', at: site.now, verdict: 'valid', bindings: [binding] },
  ]);
  const at = '2026-03-01T12:00:00.000Z';
  const phone = { lastSeen: at, lastFetch: at, registered: true, address: '192.0.2.20' };
  expect((await site.call('GET', `/v1/phones/${MAC}`)).body).toMatchObject(phone);
  expect((await site.call('GET', '/v1/extensions/1001')).body).toMatchObject({
    registered: true,
    lastVerdict: { verdict: 'valid', at },
  });
});

test('what a phone asked for is listed with its reasons, for a viewer, and of a stranger too', async () => {
  const site = await site1001();
  await site.put(`/v1/phones/${MAC}`, YEALINK);
  const path = `/v1/phones/AA:BB:CC:00:11:22/requests`;
  expect((await site.call('GET', path, { as: 'viewer' })).body).toEqual({ items: [], next: null });
  const asked: PhoneRequest = {
    ...{ mac: MAC, origin: 'own', firstAt: 1_000, at: 2_000, times: 3, method: 'GET', file: `cfg${MAC}.xml` },
    ...{ status: 404, address: '192.0.2.20', userAgent: null, why: 'other-vendor', detail: 'grandstream' },
  };
  const later: PhoneRequest = { ...asked, at: 3_000, file: `${MAC}.cfg`, status: 200, why: 'served', detail: null };
  const stranger: PhoneRequest = {
    ...asked,
    mac: 'aabbcc001199',
    origin: 'stranger',
    why: 'phone-unknown',
    detail: null,
  };
  await site.other.provisioner.recordRequests([asked, later, stranger]);
  const page = (await site.call('GET', `${path}?limit=1`)).body;
  expect(page['items']).toMatchObject([{ why: 'served', times: 3 }]);
  const next = await site.call('GET', `${path}?after=${String(page['next'])}`);
  expect(next.body).toEqual({
    items: [
      {
        ...{ at: '1970-01-01T00:00:02.000Z', firstAt: '1970-01-01T00:00:01.000Z', times: 3, method: 'GET' },
        ...{ file: `cfg${MAC}.xml`, status: 404, address: '192.0.2.20', userAgent: null },
        ...{ why: 'other-vendor', detail: 'grandstream' },
      },
    ],
    next: null,
  });
  const unknown = (await site.call('GET', '/v1/phones/aabbcc001199/requests')).body;
  expect(unknown['items']).toMatchObject([{ why: 'phone-unknown' }]);
  expect(refusalOf(await site.call('GET', '/v1/phones/aabbcc001188/requests'))).toEqual([404, 'not-found']);
});
