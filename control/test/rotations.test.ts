import { expect, test } from 'vitest';
import type { RotatingExtension, RotationAdvance } from '../../store/phone-ports.ts';
import { everythingSaid, KEY, NEW_KEY, RECEPTION, refusalOf, withPhone } from './phone-fixture.ts';
import { testSite, type TestSite } from './test-site.ts';

async function siteWithTwo(): Promise<TestSite> {
  const site = await testSite();
  await withPhone(site);
  await site.put('/v1/extensions/1002', RECEPTION);
  return site;
}

/** Starts a rotation and gives its id and that of its operation. */
async function start(site: TestSite, body: object): Promise<{ readonly id: string; readonly operation: string }> {
  const answer = await site.call('POST', '/v1/rotations', { body: { reason: 'rota', ...body } });
  expect([answer.status, answer.body['kind']]).toEqual([202, 'rotation']);
  const id = /^rotation\/(.+)$/.exec(String(answer.body['subject']))?.[1] ?? '';
  return { id, operation: String(answer.body['id']) };
}

async function openRotation(site: TestSite): Promise<RotatingExtension> {
  const [open] = await site.other.provisioner.openRotations();
  const rotating = open?.extensions[0];
  if (rotating === undefined) throw new Error('no open rotation');
  return rotating;
}

/** Moves the first extension of the open rotation on, as the provisioner does. */
async function advance(site: TestSite, rotation: string, change: Partial<RotationAdvance>): Promise<void> {
  const { number, revision, progress, step } = await openRotation(site);
  const still = { end: null, evidence: [], serve: null, operation: null };
  const moved = { rotation, number, revision, progress, at: site.now, step, ...still, ...change };
  expect(await site.other.provisioner.advanceRotation(moved)).toBe('advanced');
}

test('a rotation is an operation, and a document with a step for each extension', async () => {
  const site = await siteWithTwo();
  const { id, operation } = await start(site, { extensions: ['1001', '1002'], newKeys: { '1001': NEW_KEY } });
  const document = await site.call('GET', `/v1/rotations/${id}`, { as: 'viewer' });
  expect(document.body).toMatchObject({
    id,
    reason: 'rota',
    end: null,
    operation,
    createdAt: '2026-03-01T12:00:00.000Z',
  });
  expect(document.body['extensions']).toMatchObject([
    { number: '1001', step: 'baseline', end: null, evidence: [] },
    { number: '1002', step: 'baseline', end: null, evidence: [] },
  ]);
  const [open] = await site.other.provisioner.openRotations();
  expect(open).toMatchObject({ id, operation, batch: { canary: 1, wave: 1 } });
  expect(open?.extensions.map(({ newKey }) => newKey?.reveal() ?? null)).toEqual([NEW_KEY, null]);
  expect((await site.call('GET', '/v1/extensions/1001')).body['rotation']).toBe(id);
  expect(await everythingSaid(site)).not.toContain('geheim');
});

test('rotations are listed newest first, page by page', async () => {
  const site = await siteWithTwo();
  const first = await start(site, { extensions: ['1001'] });
  const second = await start(site, { extensions: ['1002'] });
  const page = await site.call('GET', '/v1/rotations?limit=1');
  expect(page.body['items']).toMatchObject([{ id: second.id }]);
  const rest = await site.call('GET', `/v1/rotations?limit=1&after=${String(page.body['next'])}`);
  expect(rest.body).toMatchObject({ items: [{ id: first.id }], next: null });
});

const REFUSED = [
  ['no extension', { extensions: [] }, '/extensions'],
  ['one twice', { extensions: ['1001', '1001'] }, '/extensions'],
  ['no reason', { extensions: ['1001'], reason: undefined }, '/reason'],
  ['a line break in the reason', { extensions: ['1001'], reason: 'a\nb' }, '/reason'],
  ['an unknown field', { extensions: ['1001'], force: true }, '/force'],
  ['half a batch', { extensions: ['1001'], batch: { canary: 1 } }, '/batch/wave'],
  ['a wave of none', { extensions: ['1001'], batch: { canary: 1, wave: 0 } }, '/batch/wave'],
  ['keys that are a list', { extensions: ['1001'], newKeys: ['geheim'] }, '/newKeys'],
  ['a key with a blank', { extensions: ['1001'], newKeys: { '1001': 'geheim key' } }, '/newKeys/1001'],
  ['a key that is no text', { extensions: ['1001'], newKeys: { '1001': { geheim: 1 } } }, '/newKeys/1001'],
  ['a key for another number', { extensions: ['1001'], newKeys: { '1002': 'geheim' } }, '/newKeys'],
  ['number and key swapped', { extensions: ['1001'], newKeys: { geheim: '1001' } }, '/newKeys'],
  ['no number at all', { extensions: ['1001'], newKeys: { 'geheim key': 'geheim' } }, '/newKeys'],
] as const;

test('what does not fit is refused at its place, without a key in the answer', async () => {
  const site = await siteWithTwo();
  for (const [what, body, pointer] of REFUSED) {
    const answer = await site.call('POST', '/v1/rotations', { body: { reason: 'rota', ...body } });
    const said = [what, refusalOf(answer), answer.body['errors']];
    expect(said).toMatchObject([what, [400, 'invalid-request'], [{ pointer }]]);
    expect(answer.text).not.toContain('geheim');
  }
  expect(await everythingSaid(site)).not.toContain('geheim');
});

test('unknown extensions, and those in another rotation, are refused by name', async () => {
  const site = await siteWithTwo();
  const unknown = await site.call('POST', '/v1/rotations', { body: { extensions: ['1001', '9'], reason: 'x' } });
  expect([refusalOf(unknown), unknown.body['errors']]).toMatchObject([
    [400, 'unknown-extension'],
    [{ pointer: '/extensions/1' }],
  ]);
  const { id } = await start(site, { extensions: ['1001'] });
  const twice = await site.call('POST', '/v1/rotations', { body: { extensions: ['1002', '1001'], reason: 'x' } });
  expect([refusalOf(twice), twice.body['detail']]).toEqual([
    [409, 'in-rotation'],
    `extension 1001 is in rotation ${id}`,
  ]);
  const put = await site.put('/v1/extensions/1001', { ...RECEPTION, sipKey: NEW_KEY });
  expect(refusalOf(put)).toEqual([409, 'in-rotation']);
});

test('a new key that the phone’s format cannot carry is refused before anything is asked of anybody', async () => {
  const site = await siteWithTwo();
  const body = { extensions: ['1001'], newKeys: { '1001': '%NULL%' }, reason: 'x' };
  expect(refusalOf(await site.call('POST', '/v1/rotations', { body }))).toEqual([409, 'value-not-carried']);
  const { id } = await start(site, { extensions: ['1001'] });
  const given = await site.put(`/v1/rotations/${id}/keys/1001`, { sipKey: '%NULL%' });
  expect(refusalOf(given)).toEqual([409, 'value-not-carried']);
});

test('a key given later answers the rotation’s own operation', async () => {
  const site = await siteWithTwo();
  const { id, operation } = await start(site, { extensions: ['1001'] });
  const path = `/v1/rotations/${id}/keys/1001`;
  const given = await site.call('PUT', path, { body: { sipKey: NEW_KEY }, as: 'operator' });
  expect([given.status, given.body['id'], given.headers['location']]).toEqual([
    202,
    operation,
    `/v1/operations/${operation}`,
  ]);
  const [open] = await site.other.provisioner.openRotations();
  expect(open?.extensions[0]?.newKey?.reveal()).toBe(NEW_KEY);
  for (const [wrong, pointer] of [
    [{ sipKey: 'geheim key' }, '/sipKey'],
    [{ sipKey: KEY, webKey: 'geheim' }, '/webKey'],
  ] as const) {
    const answer = await site.put(path, wrong);
    expect([answer.status, answer.body['errors']]).toMatchObject([400, [{ pointer }]]);
    expect(answer.text).not.toContain('geheim');
  }
  expect(refusalOf(await site.put('/v1/rotations/rot-9/keys/1001', { sipKey: NEW_KEY }))).toEqual([404, 'not-found']);
  expect(refusalOf(await site.put(`/v1/rotations/${id}/keys/1002`, { sipKey: NEW_KEY }))).toEqual([404, 'not-found']);
  expect(await everythingSaid(site)).not.toContain('geheim');
});

test('a rotation that was held for a key is waited for anew once the key is given', async () => {
  const site = await siteWithTwo();
  const { id, operation } = await start(site, { extensions: ['1001'] });
  const held = { state: 'held', reason: 'awaiting-key' } as const;
  await advance(site, id, { step: 'awaiting_key', operation: held });
  const body = { sipKey: NEW_KEY };
  const headers = { prefer: 'wait=60' };
  const waiting = site.call('PUT', `/v1/rotations/${id}/keys/1001`, { body, headers });
  while ((await openRotation(site)).newKey === null) await new Promise((resolve) => setImmediate(resolve));
  await advance(site, id, { step: 'committed', end: 'committed', serve: 'new', operation: { state: 'verified' } });
  const answer = await waiting;
  expect([answer.status, answer.body['id'], answer.body['state']]).toEqual([200, operation, 'verified']);
});

test('a key that comes after one was proven is too late', async () => {
  const site = await siteWithTwo();
  const { id } = await start(site, { extensions: ['1001'], newKeys: { '1001': NEW_KEY } });
  await advance(site, id, { step: 'proven', evidence: [{ what: 'new-key-valid', data: {} }] });
  const late = await site.put(`/v1/rotations/${id}/keys/1001`, { sipKey: KEY });
  expect([refusalOf(late), late.body['detail']]).toEqual([[409, 'rotation-too-late'], 'it is at step proven']);
  const { body } = await site.call('GET', `/v1/rotations/${id}`);
  expect(body['extensions']).toMatchObject([{ step: 'proven', evidence: [{ what: 'new-key-valid', step: 'proven' }] }]);
});

test('cancel asks the provisioner to end it, and answers the rotation’s own operation', async () => {
  const site = await siteWithTwo();
  const { id, operation } = await start(site, { extensions: ['1001'] });
  const answer = await site.call('POST', `/v1/rotations/${id}/cancel`, { as: 'operator' });
  expect([answer.status, answer.body['id']]).toEqual([202, operation]);
  expect(await site.other.provisioner.openRotations()).toMatchObject([{ id, isCancelAsked: true }]);
  expect((await site.call('POST', `/v1/rotations/${id}/cancel`, { body: { now: true } })).status).toBe(400);
  expect(refusalOf(await site.call('POST', '/v1/rotations/rot-9/cancel'))).toEqual([404, 'not-found']);
  expect(refusalOf(await site.call('GET', '/v1/rotations/rot-9'))).toEqual([404, 'not-found']);
});

test('the same rotation under one Idempotency-Key is started once', async () => {
  const site = await siteWithTwo();
  const body = { extensions: ['1001'], newKeys: { '1001': NEW_KEY }, reason: 'x' };
  const headers = { 'idempotency-key': 'k1' };
  const first = await site.call('POST', '/v1/rotations', { body, headers });
  const again = await site.call('POST', '/v1/rotations', { body, headers });
  expect(again.body).toEqual(first.body);
  const other = await site.call('POST', '/v1/rotations', { body: { ...body, newKeys: { '1001': KEY } }, headers });
  expect(refusalOf(other)).toEqual([422, 'key-reused']);
});
