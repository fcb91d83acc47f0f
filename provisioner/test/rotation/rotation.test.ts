import { expect, test } from 'vitest';
import { newKey, testSite, until, words } from './site.ts';

const OLD = 'old-key-of-1001-aaaa';
const NEW = 'new-key-of-1001-bbbb';

test('a key given with the request reaches the phone and is seen registered', async () => {
  const site = await testSite();
  const phone = await site.phone('1001', OLD);
  site.registrar.setKeys('1001', OLD, NEW);
  const id = await site.rotate({ '1001': NEW });
  const done = await site.untilRotation(id, ({ end }) => end !== null);
  expect(done).toMatchObject({
    end: 'committed',
    extensions: [{ number: '1001', step: 'committed', end: 'committed' }],
  });
  expect(words(done, '1001')).toEqual([
    'old-key-valid',
    'new-key-valid',
    'served-new-key',
    'phones-awaited',
    'notify-received',
    'fetched',
    'registered',
    'committed',
  ]);
  expect(phone.lines[0]).toMatchObject({ user: '1001', registeredWith: NEW });
  expect(await site.untilOperation(done.operation, ({ state }) => state === 'verified')).toMatchObject({
    kind: 'rotation',
    state: 'verified',
  });
});

test('without a key it waits for a person; with the old key dead and the new one good it goes straight on', async () => {
  const site = await testSite();
  const phone = await site.phone('1001', OLD);
  const id = await site.rotate({ '1001': null });
  const held = await site.untilRotation(id, ({ extensions }) => extensions[0]?.step === 'awaiting_key');
  expect(await site.untilOperation(held.operation, ({ state }) => state === 'held')).toMatchObject({
    reason: 'awaiting-key',
  });
  site.registrar.setKeys('1001', NEW);
  await site.ask({
    kind: 'rotation-key',
    rotation: id,
    number: '1001',
    sipKey: newKey(NEW),
  });
  const done = await site.untilRotation(id, ({ end }) => end !== null);
  expect(done.end).toBe('committed');
  expect(phone.lines[0]).toMatchObject({ registeredWith: NEW });
  await until('its registration is noted', async () => {
    return (await site.store.readExtension('1001'))?.document.registered === true;
  });
});

test('I5: a rotation to the key that phones have changes nothing, and needs nobody', async () => {
  const site = await testSite();
  const phone = await site.phone('1001', OLD);
  const id = await site.rotate({ '1001': OLD });
  const done = await site.untilRotation(id, ({ end }) => end !== null);
  expect(done).toMatchObject({ end: 'committed' });
  expect(words(done, '1001').slice(-2)).toEqual(['same-key', 'committed']);
  expect([...phone.keysGiven]).toEqual([OLD]);
  expect(phone.lines[0]).toMatchObject({ registeredWith: OLD });
});
