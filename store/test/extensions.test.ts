import { expect, test } from 'vitest';
import {
  enrol,
  eventTypes,
  fetchOf,
  MAC,
  phoneSite,
  putExtension,
  putPhone,
  rotate,
  servedKey,
  servedRevision,
  sipKey,
  workingPhone,
} from './phone-fixture.ts';

test('an extension is created once, and never shows its key', async () => {
  const { ask, control } = phoneSite();
  expect(await ask(putExtension('1001', 'first'))).toMatchObject({
    outcome: 'accepted',
    created: true,
    operation: null,
    extension: { document: { number: '1001', displayName: 'Ana', sipKey: { set: true } } },
  });
  expect(await control.readExtension('1001')).toMatchObject({
    document: { phones: [], registered: false, lastVerdict: null, rotation: null },
  });
  expect(await control.readExtension('1002')).toBeNull();
});

test('I5: the same extension with the same key again changes nothing', async () => {
  const site = phoneSite();
  await site.ask(putExtension('1001', 'first'));
  const before = await site.control.readExtension('1001');
  const head = await site.control.head();
  expect(await site.ask(putExtension('1001', 'first'))).toMatchObject({ outcome: 'accepted', created: false });
  expect(await site.control.readExtension('1001')).toEqual(before);
  expect(await site.control.head()).toBe(head);
});

test('a PUT without a key keeps the one that is set', async () => {
  const site = phoneSite();
  await site.ask(putExtension('1001', 'first'));
  await site.ask(putPhone(MAC, ['1001']));
  await site.ask(putExtension('1001', null, { displayName: 'Ana María' }));
  expect(await servedKey(site)).toBe('first');
  expect(await site.control.readExtension('1001')).toMatchObject({
    document: { displayName: 'Ana María', sipKey: { set: true, changedAt: '1970-01-01T00:00:01.000Z' } },
  });
});

test('the first key is served as given, and may be corrected until a phone has fetched it', async () => {
  const site = phoneSite();
  await site.ask(putExtension('1001'));
  await site.ask(putPhone(MAC, ['1001']));
  expect(await servedKey(site)).toBeNull();
  await site.ask(putExtension('1001', 'mistyped'));
  await site.ask(putExtension('1001', 'right'));
  expect(await servedKey(site)).toBe('right');
});

test('I11: once a phone has fetched its lines, another key is key-in-use and the same one is not', async () => {
  const site = phoneSite();
  await site.ask(putExtension('1001', 'old'));
  await site.ask(putPhone(MAC, ['1001']));
  await site.provisioner.recordFetches([fetchOf(MAC, { isWhole: false })]);
  expect(await site.ask(putExtension('1001', 'other'))).toMatchObject({ outcome: 'accepted' });
  await site.provisioner.recordFetches([fetchOf(MAC)]);
  expect(await site.ask(putExtension('1001', 'another'))).toEqual({ outcome: 'key-in-use', number: '1001' });
  expect(await servedKey(site)).toBe('other');
  expect(await site.ask(putExtension('1001', 'other', { displayName: 'B' }))).toMatchObject({ outcome: 'accepted' });
});

test('I11: the user and the registrar that a key is proven with stay with it, without a key in the request too', async () => {
  const site = phoneSite();
  await site.ask(putExtension('1001', 'old'));
  await site.ask(putPhone(MAC, ['1001']));
  expect(await site.ask(putExtension('1001', null, { authUser: 'a1001' }))).toMatchObject({ outcome: 'accepted' });
  await site.provisioner.recordFetches([fetchOf(MAC)]);
  for (const other of [{ authUser: 'nobody' }, { authUser: 'a1001', registrar: 'other' }, {}]) {
    expect(await site.ask(putExtension('1001', null, other))).toEqual({ outcome: 'key-in-use', number: '1001' });
  }
  expect(await site.ask(putExtension('1001', null, { authUser: 'a1001', displayName: 'B' }))).toMatchObject({
    outcome: 'accepted',
  });
  await site.ask(rotate('rot-1', ['1001']));
  expect(await site.ask(putExtension('1001', null, { authUser: 'nobody' }))).toEqual({
    outcome: 'in-rotation',
    number: '1001',
    rotation: 'rot-1',
  });
});

test('an extension in an open rotation takes no key by PUT, and the rest of it does change', async () => {
  const site = phoneSite();
  await site.ask(putExtension('1001', 'old'));
  await site.ask(rotate('rot-1', ['1001']));
  const answer = await site.ask(putExtension('1001', 'new'));
  expect(answer).toEqual({ outcome: 'in-rotation', number: '1001', rotation: 'rot-1' });
  expect(await site.ask(putExtension('1001', 'old', { displayName: 'B' }))).toMatchObject({
    outcome: 'accepted',
    extension: { document: { displayName: 'B', rotation: 'rot-1' } },
  });
});

test('what the format of a linked phone cannot carry is refused with the phone and the reason', async () => {
  const site = phoneSite();
  await site.ask(putExtension('1001', 'old'));
  await site.ask(putPhone(MAC, ['1001']));
  for (const put of [
    putExtension('1001', null, { displayName: '%NULL%' }),
    putExtension('1001', null, { authUser: ' 1001' }),
    putExtension('1001', sipKey('no', ['yealink'])),
  ]) {
    expect(await site.ask(put)).toMatchObject({ outcome: 'not-carried', mac: MAC });
  }
  expect(await site.ask(putExtension('1001', sipKey('yes', ['snom'])))).toMatchObject({ outcome: 'accepted' });
  expect(await site.ask(putExtension('1002', null, { displayName: ' B' }))).toMatchObject({ outcome: 'accepted' });
});

test('an extension in use by a phone or a rotation is not deleted', async () => {
  const site = phoneSite();
  for (const number of ['1001', '1002', '1003']) await site.ask(putExtension(number, 'k'));
  await site.ask(putPhone(MAC, ['1001']));
  await site.ask(rotate('rot-1', ['1002']));
  const remove = (number: string) => site.ask({ kind: 'delete-extension', number });
  expect(await remove('1001')).toEqual({ outcome: 'in-use', by: `phone/${MAC}` });
  expect(await remove('1002')).toEqual({ outcome: 'in-use', by: 'rotation/rot-1' });
  expect(await remove('1003')).toMatchObject({ outcome: 'accepted', extension: null });
  expect(await remove('1003')).toEqual({ outcome: 'not-found' });
});

test('If-Match is held against the revision that people have changed', async () => {
  const { ask, control, provisioner } = phoneSite();
  expect(await ask(putExtension('1001'), { ifMatch: 'any' })).toEqual({ outcome: 'precondition-failed' });
  await ask(putExtension('1001', 'k'));
  const revision = (await control.readExtension('1001'))?.revision ?? 0;
  await provisioner.recordRegistrations([{ number: '1001', at: 5_000, verdict: 'valid', bindings: [] }]);
  expect((await control.readExtension('1001'))?.revision).toBe(revision);
  const put = putExtension('1001', null, { displayName: 'B' });
  expect(await ask(put, { ifMatch: revision + 1 })).toEqual({ outcome: 'precondition-failed' });
  expect(await ask(put, { ifMatch: revision })).toMatchObject({ outcome: 'accepted' });
  const remove = { kind: 'delete-extension', number: '1001' } as const;
  expect(await ask(remove, { ifMatch: revision })).toEqual({ outcome: 'precondition-failed' });
});

test('what is served grows by one number with key, name and lines, and not with what no phone is told', async () => {
  const site = phoneSite();
  await site.ask(putExtension('1001', 'k1'));
  await site.ask(putExtension('1002'));
  await site.ask(putPhone(MAC, ['1001']));
  const seen = [await servedRevision(site)];
  for (const intent of [
    putExtension('1001', 'k2'),
    putExtension('1001', null, { displayName: 'B' }),
    putPhone(MAC, ['1002', '1001']),
    enrol(MAC, 'a'),
  ]) {
    await site.ask(intent);
    seen.push(await servedRevision(site));
  }
  expect(seen).toEqual([...new Set(seen)].sort((a, b) => a - b));
  await site.ask(putExtension('1001', null, { displayName: 'B', email: 'a@b.example', site: 'norte' }));
  await site.ask(putPhone(MAC, ['1002', '1001'], { label: 'desk' }));
  await site.provisioner.recordFetches([fetchOf(MAC)]);
  expect(await servedRevision(site)).toBe(seen.at(-1));
});

test('extensions are listed page by page, in order', async () => {
  const { ask, control } = phoneSite();
  for (const number of ['3', '1', '2']) await ask(putExtension(number));
  const first = await control.listExtensions(null, 2);
  expect([first.items.map(({ number }) => number), first.next]).toEqual([['1', '2'], '2']);
  const last = await control.listExtensions(first.next, 2);
  expect([last.items.map(({ number }) => number), last.next]).toEqual([['3'], null]);
});

test('an Idempotency-Key replays the answer with the document as it is now, and refuses another request', async () => {
  const { ask, control } = phoneSite();
  const idempotency = { key: 'k', owner: 'central', fingerprint: 'f' };
  await ask(putExtension('1001', 'first'), { idempotency });
  await ask(putExtension('1001', null, { displayName: 'B' }));
  const head = await control.head();
  expect(await ask(putExtension('1001', 'first'), { idempotency })).toMatchObject({
    outcome: 'replayed',
    created: true,
    extension: { document: { displayName: 'B' } },
  });
  const other = { ...idempotency, fingerprint: 'g' };
  expect(await ask(putExtension('1001'), { idempotency: other })).toEqual({ outcome: 'key-reused' });
  expect(await control.head()).toBe(head);
});

test('what happens to phones is journalled with who did it, and for no router', async () => {
  const site = phoneSite();
  await workingPhone(site);
  await site.ask(enrol(MAC, 'a'));
  expect(await eventTypes(site)).toEqual(['extension.changed', 'phone.changed', 'phone.fetched', 'phone.enrolled']);
  const entries = await site.control.entriesAfter(0, 10);
  expect(entries[0]).toMatchObject({
    subject: 'extension/1001',
    data: { actor: 'central', via: 'api', change: 'put' },
  });
  expect(new Set(entries.map(({ router }) => router))).toEqual(new Set(['@provisioner']));
});
