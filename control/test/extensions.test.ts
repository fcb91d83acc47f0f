import { expect, test } from 'vitest';
import { everythingSaid, fetchWhole, KEY, NEW_KEY, RECEPTION, refusalOf, withPhone, YEALINK } from './phone-fixture.ts';
import { testSite } from './test-site.ts';

test('an extension is made, read, replaced, listed and deleted, and its key is only ever said to be set', async () => {
  const site = await testSite();
  const made = await site.put('/v1/extensions/1001', { ...RECEPTION, sipKey: KEY });
  expect([made.status, made.headers['location']]).toEqual([201, '/v1/extensions/1001']);
  expect(made.body).toEqual({
    number: '1001',
    ...RECEPTION,
    sipKey: { set: true, changedAt: '2026-03-01T12:00:00.000Z' },
    phones: [],
    registered: false,
    lastVerdict: null,
    rotation: null,
  });
  const again = await site.put('/v1/extensions/1001', { ...RECEPTION, sipKey: KEY });
  expect([again.status, again.headers['etag']]).toEqual([200, made.headers['etag']]);
  const renamed = await site.put('/v1/extensions/1001', { ...RECEPTION, displayName: 'Caja' });
  expect(renamed.body).toMatchObject({ displayName: 'Caja', sipKey: { set: true } });
  expect(renamed.headers['etag']).not.toBe(made.headers['etag']);
  const read = await site.call('GET', '/v1/extensions/1001', { as: 'viewer' });
  expect([read.body, read.headers['etag']]).toEqual([renamed.body, renamed.headers['etag']]);
  expect((await site.call('GET', '/v1/extensions')).body).toMatchObject({ items: [{ number: '1001' }], next: null });
  expect((await site.call('DELETE', '/v1/extensions/1001')).status).toBe(204);
  expect(refusalOf(await site.call('GET', '/v1/extensions/1001'))).toEqual([404, 'not-found']);
  expect(refusalOf(await site.call('DELETE', '/v1/extensions/1001'))).toEqual([404, 'not-found']);
  expect(await everythingSaid(site)).not.toContain('geheim');
});

test('an extension is read page by page', async () => {
  const site = await testSite();
  for (const number of ['1001', '1002', '1003']) await site.put(`/v1/extensions/${number}`, RECEPTION);
  const first = await site.call('GET', '/v1/extensions?limit=2');
  expect(first.body['items']).toMatchObject([{ number: '1001' }, { number: '1002' }]);
  const second = await site.call('GET', `/v1/extensions?limit=2&after=${String(first.body['next'])}`);
  expect(second.body).toMatchObject({ items: [{ number: '1003' }], next: null });
  expect((await site.call('GET', '/v1/extensions?after=1002')).status).toBe(400);
});

test('If-Match is about the revision of the document', async () => {
  const site = await testSite();
  const made = await site.put('/v1/extensions/1001', RECEPTION);
  const stale = { 'if-match': '"999"' };
  expect(refusalOf(await site.put('/v1/extensions/1001', RECEPTION, stale))).toEqual([412, 'precondition-failed']);
  expect((await site.call('DELETE', '/v1/extensions/1001', { headers: stale })).status).toBe(412);
  const fresh = { 'if-match': made.headers['etag'] ?? '' };
  expect((await site.put('/v1/extensions/1001', { ...RECEPTION, displayName: 'Caja' }, fresh)).status).toBe(200);
});

const REFUSED = [
  ['an unknown field', { ...RECEPTION, password: 'geheim' }, '/password'],
  ['a missing one', { registrar: 'iplan', displayName: 'x' }, '/owner'],
  ['an unknown owner', { ...RECEPTION, owner: 'geheim' }, '/owner'],
  ['a line break in a name', { ...RECEPTION, displayName: 'geheim\nx' }, '/displayName'],
  ['a blank in a key', { ...RECEPTION, sipKey: 'geheim key' }, '/sipKey'],
  ['a key that is no text', { ...RECEPTION, sipKey: { geheim: 1 } }, '/sipKey'],
  ['an empty key', { ...RECEPTION, sipKey: '' }, '/sipKey'],
  ['a key that is too long', { ...RECEPTION, sipKey: 'geheim'.repeat(22) }, '/sipKey'],
  ['an unknown registrar', { ...RECEPTION, registrar: 'geheim' }, '/registrar'],
] as const;

test('what does not fit is refused at its place, without its value', async () => {
  const site = await testSite();
  for (const [what, body, pointer] of REFUSED) {
    const answer = await site.put('/v1/extensions/1001', body);
    expect([what, answer.status, answer.body['errors']]).toMatchObject([what, 400, [{ pointer }]]);
    expect(`${answer.text}${site.log.join('')}`).not.toContain('geheim');
  }
});

test('an unknown registrar names the known ones', async () => {
  const site = await testSite();
  const answer = await site.put('/v1/extensions/1001', { ...RECEPTION, registrar: 'other' });
  expect([refusalOf(answer), answer.body['detail']]).toEqual([[400, 'unknown-registrar'], 'known registrars: iplan']);
  site.settings.current = { ...site.settings.current, phones: null };
  const none = await site.put('/v1/extensions/1001', RECEPTION);
  expect([refusalOf(none), none.body['detail']]).toEqual([[400, 'unknown-registrar'], 'no registrar is configured']);
});

test('once a phone has fetched, another key is refused, the same key is not', async () => {
  const site = await testSite();
  await withPhone(site);
  expect((await site.put('/v1/extensions/1001', { ...RECEPTION, sipKey: NEW_KEY })).status).toBe(200);
  await fetchWhole(site);
  const answer = await site.put('/v1/extensions/1001', { ...RECEPTION, sipKey: KEY });
  expect(refusalOf(answer)).toEqual([409, 'sip-key-in-use']);
  expect((await site.put('/v1/extensions/1001', { ...RECEPTION, sipKey: NEW_KEY })).status).toBe(200);
  expect(await everythingSaid(site)).not.toContain('geheim');
});

test('what a phone’s format cannot carry is 409, never mangled', async () => {
  const site = await testSite();
  await withPhone(site);
  for (const change of [{ sipKey: '%NULL%' }, { displayName: ' padded ' }, { authUser: '%null%' }]) {
    expect(refusalOf(await site.put('/v1/extensions/1001', { ...RECEPTION, ...change }))).toEqual([
      409,
      'value-not-carried',
    ]);
  }
  await site.put('/v1/extensions/1002', { ...RECEPTION, sipKey: '%NULL%' });
  const phone = await site.put('/v1/phones/001565000002', { ...YEALINK, lines: [{ extension: '1002' }] });
  expect(refusalOf(phone)).toEqual([409, 'value-not-carried']);
  expect((await site.put('/v1/phones/001565000002', { vendor: 'snom', lines: [{ extension: '1002' }] })).status).toBe(
    201,
  );
});

test('an extension that a phone or a rotation needs is not deleted', async () => {
  const site = await testSite();
  await withPhone(site);
  const answer = await site.call('DELETE', '/v1/extensions/1001');
  expect([refusalOf(answer), answer.body['detail']]).toEqual([[409, 'in-use'], 'it is in use by phone/aabbcc001122']);
});

test('validate is an operation about the extension, with a key of its own or the served one', async () => {
  const site = await testSite();
  await site.put('/v1/extensions/1001', RECEPTION);
  const bare = await site.call('POST', '/v1/extensions/1001/validate');
  expect(refusalOf(bare)).toEqual([409, 'no-sip-key']);
  const given = await site.call('POST', '/v1/extensions/1001/validate', { body: { sipKey: KEY }, as: 'operator' });
  expect([given.status, given.body['kind'], given.body['subject']]).toEqual([202, 'validate', 'extension/1001']);
  expect(given.headers['location']).toBe(`/v1/operations/${String(given.body['id'])}`);
  await site.put('/v1/extensions/1001', { ...RECEPTION, sipKey: NEW_KEY });
  for (const how of [{}, { body: {} }, { headers: { 'content-type': 'application/json' } }]) {
    expect((await site.call('POST', '/v1/extensions/1001/validate', how)).status).toBe(202);
  }
  const work = await site.other.provisioner.openWork();
  const keys = work.map((one) => (one.kind === 'validate' ? [one.isGiven, one.key?.reveal()] : null));
  expect(keys).toContainEqual([true, KEY]);
  expect(keys).toContainEqual([false, NEW_KEY]);
  expect(refusalOf(await site.call('POST', '/v1/extensions/9/validate'))).toEqual([404, 'not-found']);
  const wrong = await site.call('POST', '/v1/extensions/1001/validate', { body: { sipKey: 'geheim key' } });
  expect([wrong.status, wrong.body['errors']]).toMatchObject([400, [{ pointer: '/sipKey' }]]);
  expect(`${wrong.text}${await everythingSaid(site)}`).not.toContain('geheim');
});

test('a validate that was waited for answers its verdict', async () => {
  const site = await testSite();
  await site.put('/v1/extensions/1001', { ...RECEPTION, sipKey: KEY });
  const waiting = site.call('POST', '/v1/extensions/1001/validate', { headers: { prefer: 'wait=60' } });
  for (;;) {
    const [work] = await site.other.provisioner.openWork();
    if (work === undefined) {
      await new Promise((resolve) => setImmediate(resolve));
      continue;
    }
    const verdict = {
      id: work.operation,
      state: 'failed',
      reason: 'key-invalid',
      result: { verdict: 'invalid' },
    } as const;
    await site.other.provisioner.advanceWork(site.now, [verdict]);
    break;
  }
  const answer = await waiting;
  expect([answer.status, answer.body['state'], answer.body['result']]).toEqual([200, 'failed', { verdict: 'invalid' }]);
});

test('the same key again under one Idempotency-Key is a replay, another one is 422', async () => {
  const site = await testSite();
  const headers = { 'idempotency-key': 'k1' };
  const first = await site.put('/v1/extensions/1001', { ...RECEPTION, sipKey: KEY }, headers);
  const replay = await site.put('/v1/extensions/1001', { ...RECEPTION, sipKey: KEY }, headers);
  expect([first.status, replay.status]).toEqual([201, 201]);
  const other = await site.put('/v1/extensions/1001', { ...RECEPTION, sipKey: NEW_KEY }, headers);
  expect(refusalOf(other)).toEqual([422, 'key-reused']);
});
