import { expect, test } from 'vitest';
import { MAC, phoneSite, putExtension, putPhone, rotate, sipKey, type PhoneSite } from './phone-fixture.ts';

async function open({ provisioner }: PhoneSite) {
  return (await provisioner.openWork()).map((work) =>
    work.kind === 'validate'
      ? [work.operation, work.number, work.key?.reveal(), work.isGiven]
      : [work.operation, work.mac],
  );
}

test('a validate is tried with the given key, else with the one that is served then', async () => {
  const site = phoneSite();
  await site.ask(putExtension('1001', 'mistyped'));
  const validate = { kind: 'validate', number: '1001' } as const;
  expect(await site.ask({ ...validate, sipKey: null })).toMatchObject({
    outcome: 'accepted',
    operation: { id: 'o2', kind: 'validate', subject: 'extension/1001', state: 'received' },
    extension: { document: { number: '1001' } },
  });
  await site.ask({ ...validate, sipKey: sipKey('tried') });
  await site.ask(putExtension('1001', 'right'));
  expect(await open(site)).toEqual([
    ['o2', '1001', 'right', false],
    ['o3', '1001', 'tried', true],
  ]);
});

test('there is nothing to try without a key, and nobody without an extension or a phone', async () => {
  const { ask } = phoneSite();
  await ask(putExtension('1001'));
  expect(await ask({ kind: 'validate', number: '1001', sipKey: null })).toEqual({
    outcome: 'no-sip-key',
    number: '1001',
  });
  expect(await ask({ kind: 'validate', number: '1009', sipKey: sipKey('x') })).toEqual({ outcome: 'not-found' });
  expect(await ask({ kind: 'resync', mac: MAC })).toEqual({ outcome: 'not-found' });
});

test('work stays open while it is held, and is gone when it has ended', async () => {
  const site = phoneSite();
  await site.ask(putPhone(MAC, []));
  await site.ask({ kind: 'resync', mac: MAC });
  await site.provisioner.advanceWork(9_000, [{ id: 'o2', state: 'held', reason: 'phone-not-registered' }]);
  expect(await open(site)).toEqual([['o2', MAC]]);
  expect(await site.control.readOperation('o2')).toMatchObject({ state: 'held', reason: 'phone-not-registered' });
  const result = { notified: 1 };
  await site.provisioner.advanceWork(10_000, [{ id: 'o2', state: 'verified', result }]);
  await site.provisioner.advanceWork(11_000, [{ id: 'o2', state: 'failed', reason: 'phone-silent' }]);
  expect(await open(site)).toEqual([]);
  expect(await site.control.readOperation('o2')).toMatchObject({ state: 'verified', result });
});

test('what is asked of a phone or an extension that is deleted has failed', async () => {
  const site = phoneSite();
  await site.ask(putPhone(MAC, []));
  await site.ask({ kind: 'resync', mac: MAC });
  await site.ask({ kind: 'delete-phone', mac: MAC });
  await site.ask(putExtension('1001', 'k'));
  await site.ask({ kind: 'validate', number: '1001', sipKey: null });
  await site.ask({ kind: 'delete-extension', number: '1001' });
  expect(await site.control.readOperation('o2')).toMatchObject({ state: 'failed', reason: 'unknown-phone' });
  expect(await site.control.readOperation('o5')).toMatchObject({ state: 'failed', reason: 'unknown-extension' });
  expect(await open(site)).toEqual([]);
});

test('a replayed action answers its operation as it is now', async () => {
  const site = phoneSite();
  await site.ask(putPhone(MAC, []));
  const idempotency = { key: 'k', owner: 'central', fingerprint: 'f' };
  await site.ask({ kind: 'resync', mac: MAC }, { idempotency });
  await site.provisioner.advanceWork(9_000, [{ id: 'o2', state: 'verified' }]);
  expect(await site.ask({ kind: 'resync', mac: MAC }, { idempotency })).toMatchObject({
    outcome: 'replayed',
    operation: { id: 'o2', state: 'verified' },
    phone: { document: { mac: MAC } },
  });
  await site.ask(putExtension('1001', 'k'));
  await site.ask(rotate('rot-1', ['1001']), { idempotency: { ...idempotency, key: 'r' } });
  const again = await site.ask(rotate('rot-2', ['1001']), { idempotency: { ...idempotency, key: 'r' } });
  expect(again).toMatchObject({ outcome: 'replayed', operation: { kind: 'rotation', subject: 'rotation/rot-1' } });
});

test('operations of phones are none of a router', async () => {
  const site = phoneSite();
  await site.ask(putPhone(MAC, []));
  await site.ask({ kind: 'resync', mac: MAC });
  expect(await site.control.counts()).toMatchObject({ operations: { received: 1 } });
  expect(await site.control.readOperation('o2')).not.toHaveProperty('reason');
});
