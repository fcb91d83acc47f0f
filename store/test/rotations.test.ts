import { expect, test } from 'vitest';
import type { RotationEnd } from '../../schemas/rotation.ts';
import {
  advance,
  eventTypes,
  fetchOf,
  MAC,
  openRotation,
  phoneSite,
  putExtension,
  putPhone,
  rotate,
  rotating,
  servedKey,
  servedRevision,
  sipKey,
  workingPhone,
  type PhoneSite,
} from './phone-fixture.ts';

async function keysOf(site: PhoneSite, number = '1001') {
  const { oldKey, newKey } = await rotating(site, number);
  return [oldKey?.reveal() ?? null, newKey?.reveal() ?? null];
}

const key = (number: string, text: string, rotation = 'rot-1') =>
  ({ kind: 'rotation-key', rotation, number, sipKey: sipKey(text) }) as const;
const cancel = { kind: 'cancel-rotation', rotation: 'rot-1' } as const;

test('a rotation begins at baseline with the served key and the one that came, and serves the old one', async () => {
  const site = phoneSite();
  await workingPhone(site);
  await site.ask(putExtension('1002'));
  expect(await site.ask(rotate('rot-1', ['1002', '1001'], { '1001': 'new' }))).toMatchObject({
    outcome: 'accepted',
    operation: { kind: 'rotation', subject: 'rotation/rot-1', state: 'received' },
  });
  const { extensions, ...head } = await openRotation(site);
  expect(head).toMatchObject({ id: 'rot-1', reason: 'a leak', batch: { canary: 1, wave: 1 }, isCancelAsked: false });
  expect(extensions.map(({ number, step, end, revision }) => [number, step, end, revision])).toEqual([
    ['1002', 'baseline', null, 1],
    ['1001', 'baseline', null, 1],
  ]);
  expect(extensions.map(({ progress }) => progress.keyAt)).toEqual([null, 4_000]);
  expect(await keysOf(site, '1002')).toEqual([null, null]);
  expect(await keysOf(site)).toEqual(['old', 'new']);
  expect(await servedKey(site)).toBe('old');
});

test('an extension is in one open rotation at a time, must be there, and its key must be carried', async () => {
  const site = phoneSite();
  await workingPhone(site);
  await site.ask(putExtension('1002', 'k'));
  const uncarried = rotate('rot-1', ['1001'], { '1001': sipKey('n', ['yealink']) });
  expect(await site.ask(uncarried)).toMatchObject({ outcome: 'not-carried', mac: MAC });
  expect(await site.ask(rotate('rot-1', ['1002', '1009']))).toEqual({ outcome: 'unknown-extension', number: '1009' });
  expect(await site.provisioner.openRotations()).toEqual([]);
  await site.ask(rotate('rot-1', ['1001']));
  const second = await site.ask(rotate('rot-2', ['1002', '1001']));
  expect(second).toEqual({ outcome: 'in-rotation', number: '1001', rotation: 'rot-1' });
  await expect(site.ask(rotate('rot-3', ['1002'], { '1003': 'x' }))).rejects.toMatchObject({ code: 'invalid-input' });
});

test('the new key is served with the advance that says so, and the old one is kept until the commit', async () => {
  const site = phoneSite();
  await workingPhone(site);
  await site.ask(rotate('rot-1', ['1001'], { '1001': 'new' }));
  const before = await servedRevision(site);
  await advance(site, '1001', { step: 'proven', operation: { state: 'planned' } });
  expect([await servedKey(site), await servedRevision(site)]).toEqual(['old', before]);
  await advance(site, '1001', { step: 'staged', serve: 'new', evidence: [{ what: 'served-new-key', data: {} }] });
  expect(await servedKey(site)).toBe('new');
  expect(await servedRevision(site)).toBeGreaterThan(before);
  expect(await keysOf(site)).toEqual(['old', 'new']);
  await advance(site, '1001', { step: 'committed', end: 'committed', operation: { state: 'verified' } });
  expect(await site.provisioner.openRotations()).toEqual([]);
  expect(await servedKey(site)).toBe('new');
  expect(await site.control.readExtension('1001')).toMatchObject({
    revision: 1,
    document: { rotation: null, sipKey: { set: true, changedAt: '1970-01-01T00:01:00.000Z' } },
  });
  const at = '1970-01-01T00:01:00.000Z';
  expect(await site.control.readRotation('rot-1')).toMatchObject({
    end: 'committed',
    extensions: [{ step: 'committed', evidence: [{ at, step: 'staged', what: 'served-new-key', data: {} }] }],
  });
});

test('a rolled back extension is served its old key again, and both are known until the end', async () => {
  const site = phoneSite();
  await workingPhone(site);
  await site.ask(rotate('rot-1', ['1001'], { '1001': 'new' }));
  await advance(site, '1001', { step: 'staged', serve: 'new' });
  const staged = await servedRevision(site);
  await advance(site, '1001', { serve: 'old' });
  expect([await servedKey(site), ...(await keysOf(site))]).toEqual(['old', 'old', 'new']);
  expect(await servedRevision(site)).toBeGreaterThan(staged);
  await advance(site, '1001', { end: 'rolled_back', operation: { state: 'failed', reason: 'rolled-back' } });
  expect(await site.control.readOperation('o3')).toMatchObject({ state: 'failed', reason: 'rolled-back' });
  expect(await servedKey(site)).toBe('old');
  expect((await site.control.readExtension('1001'))?.document.sipKey.changedAt).toBe('1970-01-01T00:00:01.000Z');
  expect(await site.ask(putExtension('1001', 'old'))).toMatchObject({ outcome: 'accepted' });
});

test('an advance decided on what is no longer true is stale and writes nothing', async () => {
  const site = phoneSite();
  await workingPhone(site);
  await site.ask(rotate('rot-1', ['1001'], { '1001': 'new' }));
  const { revision } = await rotating(site, '1001');
  await site.ask(key('1001', 'newer'));
  const head = await site.control.head();
  expect(await advance(site, '1001', { revision, step: 'staged', serve: 'new' })).toBe('stale');
  await site.ask(cancel);
  expect(await advance(site, '1001', { revision: revision + 1, step: 'staged', serve: 'new' })).toBe('stale');
  expect([await servedKey(site), await site.control.head()]).toEqual(['old', head + 1]);
  expect(await advance(site, '1001', { end: 'cancelled' })).toBe('advanced');
  const late = { ...(await site.control.readRotation('rot-1')) };
  expect(late.end).toBe('cancelled');
});

test('a key may come and be replaced until it is proven; the same one again changes nothing (I5)', async () => {
  const site = phoneSite();
  await workingPhone(site);
  await site.ask(rotate('rot-1', ['1001']));
  await advance(site, '1001', { step: 'awaiting_key', operation: { state: 'held', reason: 'awaiting-key' } });
  for (const text of ['first', 'second']) {
    expect(await site.ask(key('1001', text), { at: 70_000 })).toMatchObject({ operation: { state: 'held' } });
  }
  expect(await keysOf(site)).toEqual(['old', 'second']);
  expect((await rotating(site, '1001')).progress).toMatchObject({
    keyAt: 70_000,
    nextAt: 70_000,
    tries: 0,
    fresh: null,
  });
  const { revision } = await rotating(site, '1001');
  await site.ask(key('1001', 'second'));
  expect((await rotating(site, '1001')).revision).toBe(revision);
  await advance(site, '1001', { step: 'proven' });
  expect(await site.ask(key('1001', 'third'))).toEqual({ outcome: 'too-late', step: 'proven' });
  expect(await site.ask(key('1001', 'second'))).toMatchObject({ outcome: 'accepted' });
  expect(await site.ask(key('1009', 'x'))).toEqual({ outcome: 'not-found' });
  expect(await site.ask(key('1001', 'x', 'rot-9'))).toEqual({ outcome: 'not-found' });
});

test('a refused key is dropped, so that another can be given', async () => {
  const site = phoneSite();
  await workingPhone(site);
  await site.ask(rotate('rot-1', ['1001']));
  await site.ask(key('1001', 'wrong'));
  await advance(site, '1001', { step: 'awaiting_key', dropNewKey: true });
  expect(await keysOf(site)).toEqual(['old', null]);
  await site.ask(key('1001', 'wrong'));
  expect(await keysOf(site)).toEqual(['old', 'wrong']);
});

test('what must not be is refused as a broken invariant, and nothing is written', async () => {
  const site = phoneSite();
  await workingPhone(site);
  await site.ask(rotate('rot-1', ['1001']));
  const broken = { code: 'internal' };
  await expect(advance(site, '1001', { serve: 'new' })).rejects.toMatchObject(broken);
  await expect(advance(site, '1001', { end: 'committed' })).rejects.toMatchObject(broken);
  await site.ask(key('1001', 'new'));
  await advance(site, '1001', { step: 'staged', serve: 'new' });
  await expect(advance(site, '1001', { dropNewKey: true })).rejects.toMatchObject(broken);
  await expect(advance(site, '1001', { end: 'rolled_back' })).rejects.toMatchObject(broken);
  expect((await rotating(site, '1001')).revision).toBe(3);
});

test('cancelling is asked once, and of a rotation that has ended it changes nothing', async () => {
  const site = phoneSite();
  await workingPhone(site);
  await site.ask(rotate('rot-1', ['1001']));
  await site.ask(cancel);
  const { revision } = await rotating(site, '1001');
  await site.ask(cancel);
  expect([(await openRotation(site)).isCancelAsked, (await rotating(site, '1001')).revision]).toEqual([true, revision]);
  await advance(site, '1001', { end: 'cancelled', operation: { state: 'failed', reason: 'cancelled' } });
  expect(await site.ask(cancel)).toMatchObject({ outcome: 'accepted', operation: { state: 'failed' } });
  expect(await site.ask({ ...cancel, rotation: 'rot-9' })).toEqual({ outcome: 'not-found' });
  expect((await eventTypes(site)).filter((type) => type === 'rotation.cancel-asked')).toHaveLength(1);
});

test.each<[readonly RotationEnd[], RotationEnd, string]>([
  [['committed', 'committed'], 'committed', 'verified'],
  [['committed', 'needs_support', 'rolled_back'], 'needs_support', 'failed'],
  [['rolled_back', 'cancelled'], 'rolled_back', 'failed'],
  [['committed', 'cancelled'], 'cancelled', 'failed'],
])('a rotation whose extensions ended %j ends %s, and its operation with it', async (ends, end, state) => {
  const site = phoneSite();
  const numbers = ends.map((_, index) => `100${index}`);
  for (const number of numbers) await site.ask(putExtension(number, 'old'));
  await site.ask(rotate('rot-1', numbers, Object.fromEntries(numbers.map((number) => [number, `new ${number}`]))));
  for (const [index, number] of numbers.entries()) {
    expect((await openRotation(site)).id).toBe('rot-1');
    const one = ends[index] ?? null;
    await advance(site, number, { end: one, serve: one === 'committed' ? 'new' : null });
  }
  expect(await site.control.readRotation('rot-1')).toMatchObject({ end });
  expect(await site.control.readOperation(`o${numbers.length + 1}`)).toMatchObject({ state });
  const types = await eventTypes(site);
  expect(types.filter((type) => type === 'rotation.ended')).toHaveLength(1);
  expect(types.at(-1)).toBe(`operation.${state}`);
});

test('an extension that ended in a rotation that goes on may be rotated again', async () => {
  const site = phoneSite();
  await workingPhone(site);
  await site.ask(putExtension('1002', 'k'));
  await site.ask(rotate('rot-1', ['1001', '1002']));
  await advance(site, '1001', { end: 'cancelled' });
  expect(await keysOf(site)).toEqual([null, null]);
  expect(await site.ask(rotate('rot-2', ['1001']))).toMatchObject({ outcome: 'accepted' });
  expect((await site.control.readExtension('1001'))?.document.rotation).toBe('rot-2');
  const [first, ...others] = (await site.control.listRotations(null, 1)).items;
  expect([first?.id, others.length]).toEqual(['rot-2', 0]);
});

test('rotations are listed newest first, page by page', async () => {
  const site = phoneSite();
  for (const number of ['1', '2', '3']) {
    await site.ask(putExtension(number));
    await site.ask(rotate(`rot-${number}`, [number]));
  }
  const first = await site.control.listRotations(null, 2);
  const last = await site.control.listRotations(first.next, 2);
  expect([first, last].map(({ items }) => items.map(({ id }) => id))).toEqual([['rot-3', 'rot-2'], ['rot-1']]);
  expect(last.next).toBeNull();
});

test('a saga that goes on for long keeps how it began and what came last', async () => {
  const site = phoneSite();
  await workingPhone(site);
  await site.ask(rotate('rot-1', ['1001']));
  for (let at = 0; at < 12; at += 1) {
    const evidence = Array.from({ length: 30 }, (_, index) => ({ what: `n${at * 30 + index}`, data: {} }));
    await advance(site, '1001', { evidence });
  }
  const { evidence } = await rotating(site, '1001');
  expect([evidence.length, evidence[0]?.what, evidence.at(-1)?.what]).toEqual([200, 'n0', 'n359']);
});

test('every step of a rotation is journalled, and memory alone is not', async () => {
  const site = phoneSite();
  await workingPhone(site);
  await site.ask(rotate('rot-1', ['1001'], { '1001': 'new' }));
  const head = await site.control.head();
  const { progress } = await rotating(site, '1001');
  await advance(site, '1001', { progress: { ...progress, tries: 3 } });
  expect(await site.control.head()).toBe(head);
  await advance(site, '1001', { step: 'staged', serve: 'new', operation: { state: 'applied' } });
  expect((await site.control.entriesAfter(head, 10)).map(({ type, data }) => [type, data])).toEqual([
    ['rotation.step', { number: '1001', step: 'staged', end: null, serves: 'new' }],
    ['operation.applied', { operation: 'o3', kind: 'rotation', state: 'applied' }],
  ]);
});

test('a phone that joins while the new key is served counts like any other', async () => {
  const site = phoneSite();
  await workingPhone(site);
  await site.ask(rotate('rot-1', ['1001'], { '1001': 'new' }));
  await advance(site, '1001', { step: 'staged', serve: 'new' });
  await site.ask(putPhone('000b82aabbcc', ['1001']));
  expect(await servedKey(site, '000b82aabbcc')).toBe('new');
  await site.provisioner.recordFetches([fetchOf('000b82aabbcc', { at: 61_000 })]);
  expect(await site.provisioner.fetchesSince('000b82aabbcc', 60_000)).toHaveLength(1);
});
