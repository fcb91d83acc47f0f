import { expect, onTestFinished, test } from 'vitest';
import { startDrachtioDouble } from '../../../lab/drachtio/double.ts';
import { newKey, SECRET, testSite, until, words } from './site.ts';

const OLD = 'old-key-of-1001-aaaa';
const NEW = 'new-key-of-1001-bbbb';

test('a wrong new key ends the extension after proveSeconds: the phone keeps the old one and was never given it', async () => {
  const site = await testSite();
  const phone = await site.phone('1001', OLD);
  const fetches = phone.fetches.length;
  const id = await site.rotate({ '1001': NEW });
  const done = await site.untilRotation(id, ({ end }) => end !== null);
  expect(done).toMatchObject({ end: 'rolled_back', extensions: [{ step: 'baseline', end: 'rolled_back' }] });
  expect(words(done, '1001').at(-1)).toBe('nothing-to-roll-back');
  expect([...phone.keysGiven]).toEqual([OLD]);
  expect(phone.fetches.length).toBe(fetches);
  expect(await site.untilOperation(done.operation, ({ state }) => state === 'failed')).toMatchObject({
    reason: 'rolled-back',
  });
  const refused = site.registrar.requests.filter(({ hasAuthorization, status }) => hasAuthorization && status === 401);
  expect(refused.length).toBeGreaterThanOrEqual(2);
  expect(refused.length).toBeLessThanOrEqual(6);
});

test('neither key good needs support', async () => {
  const site = await testSite();
  await site.phone('1001', OLD);
  site.registrar.setKeys('1001', 'a third key');
  const id = await site.rotate({ '1001': NEW });
  const done = await site.untilRotation(id, ({ end }) => end !== null);
  expect(done.end).toBe('needs_support');
  expect(words(done, '1001').slice(0, 2)).toEqual(['old-key-refused', 'new-key-refused']);
});

test('a phone that never fetches needs support, and the evidence names it', async () => {
  const site = await testSite({ rotation: { proveSeconds: 1, fetchSeconds: 2, registerSeconds: 2 } });
  const phone = await site.phone('1001', OLD);
  phone.misbehaviour.neverFetches = true;
  site.registrar.setKeys('1001', OLD, NEW);
  const id = await site.rotate({ '1001': NEW });
  const done = await site.untilRotation(id, ({ end }) => end !== null);
  const last = done.extensions[0]?.evidence.at(-1);
  expect({ end: done.end, last }).toMatchObject({
    end: 'needs_support',
    last: { what: 'phone-never-fetched', data: { missing: [phone.mac], newKey: 'valid', oldKey: 'valid' } },
  });
});

test('a phone that takes no NOTIFY and fetches by itself commits', async () => {
  const site = await testSite();
  const phone = await site.phone('1001', OLD);
  phone.misbehaviour.notify = '481';
  site.registrar.setKeys('1001', OLD, NEW);
  const id = await site.rotate({ '1001': NEW });
  await site.untilRotation(id, ({ extensions }) => extensions[0]?.step === 'pushed');
  await phone.poll();
  const done = await site.untilRotation(id, ({ end }) => end !== null);
  expect(done.end).toBe('committed');
  expect(words(done, '1001')).toContain('notify-not-taken');
});

test('a phone that fetches and never registers needs support', async () => {
  const site = await testSite({ rotation: { proveSeconds: 1, fetchSeconds: 4, registerSeconds: 3 } });
  const phone = await site.phone('1001', OLD);
  phone.misbehaviour.neverRegisters = true;
  site.registrar.setKeys('1001', OLD, NEW);
  const id = await site.rotate({ '1001': NEW });
  const done = await site.untilRotation(id, ({ end }) => end !== null);
  expect({ end: done.end, last: words(done, '1001').at(-1) }).toEqual({
    end: 'needs_support',
    last: 'phone-never-registered',
  });
});

test('a key that the registrar forgets once it is served is rolled back: the phone gets the old one again', async () => {
  const site = await testSite({ rotation: { proveSeconds: 1, fetchSeconds: 6, registerSeconds: 2 } });
  const phone = await site.phone('1001', OLD);
  phone.misbehaviour.neverRegisters = true;
  site.registrar.setKeys('1001', OLD, NEW);
  const id = await site.rotate({ '1001': NEW });
  await phone.untilFetched(({ keys }) => keys.includes(NEW), 15_000);
  site.registrar.setKeys('1001', OLD);
  const back = phone.untilFetched(({ keys }) => keys.includes(OLD), 15_000);
  await site.untilRotation(id, (rotation) => words(rotation, '1001').includes('rolling-back'));
  phone.misbehaviour.neverRegisters = false;
  await back;
  const done = await site.untilRotation(id, ({ end }) => end !== null);
  expect(done.end).toBe('rolled_back');
  expect(words(done, '1001').slice(-2)).toEqual(['notify-received', 'old-key-fetched']);
  expect(done.extensions[0]?.evidence.find(({ what }) => what === 'rolling-back')?.data).toEqual({
    newKey: 'invalid',
    oldKey: 'valid',
  });
  expect(phone.lines[0]).toMatchObject({ key: OLD });
});

test('where a wrong key is answered 403 a dead old key stops the queue, and nothing else', async () => {
  const site = await testSite();
  await site.phone('1001', OLD);
  site.registrar.setTrait('forbids');
  site.registrar.setKeys('1001', NEW);
  const id = await site.rotate({ '1001': NEW });
  const held = await site.untilRotation(id, (rotation) => words(rotation, '1001').includes('old-key-forbidden'));
  expect(await site.untilOperation(held.operation, ({ state }) => state === 'held')).toMatchObject({
    reason: 'registrar-locked',
  });
  // What is next when the queue goes on is the new key: the saga's own tests have the minute pass.
  expect(words(await site.rotation(id), '1001')).toEqual(['old-key-forbidden']);
});

test.each([
  { status: 407, headers: [['Proxy-Authenticate', 'Digest realm="proxy", nonce="n1"']], word: 'notify-not-told' },
  { status: 403, headers: [], word: 'notify-locked' },
] as const)('a NOTIFY that a proxy answers $status goes to the phone straight', async ({ status, headers, word }) => {
  const site = await testSite({ rotation: { proveSeconds: 1, fetchSeconds: 10, registerSeconds: 10 } });
  const phone = await site.phone('1001', OLD);
  site.registrar.faults.arm({ method: 'NOTIFY', times: Infinity }, { kind: 'answer', status, headers });
  site.registrar.setKeys('1001', OLD, NEW);
  const id = await site.rotate({ '1001': NEW });
  await phone.untilFetched(({ keys }) => keys.includes(NEW), 15_000);
  await site.untilRotation(id, ({ extensions }) =>
    ['fetched', 'registered', 'committed'].includes(extensions[0]?.step ?? ''),
  );
  expect(words(await site.rotation(id), '1001')).toEqual(expect.arrayContaining([word, 'notify-received', 'fetched']));
  const notifies = site.registrar.requests.filter(({ method }) => method === 'NOTIFY');
  expect(notifies).toHaveLength(1);
  expect(notifies[0]).toMatchObject({ hasAuthorization: false });
});

test('of two phones at one extension both must fetch and register', async () => {
  const site = await testSite();
  const [one, other] = [await site.phone('1001', OLD), await site.phone('1001', OLD)];
  other.misbehaviour.notify = 'silent';
  site.registrar.setKeys('1001', OLD, NEW);
  const id = await site.rotate({ '1001': NEW });
  await one.untilRegistered('1001', NEW);
  await site.untilRotation(id, ({ extensions }) => extensions[0]?.step === 'pushed');
  expect((await site.rotation(id)).end).toBeNull();
  await other.poll();
  const done = await site.untilRotation(id, ({ end }) => end !== null);
  expect(done.end).toBe('committed');
  expect([one, other].map(({ lines }) => lines[0]?.registeredWith)).toEqual([NEW, NEW]);
});

test('a phone that is deleted while it is awaited is not waited for', async () => {
  const site = await testSite({ rotation: { proveSeconds: 1, fetchSeconds: 60, registerSeconds: 10 } });
  const [, other] = [await site.phone('1001', OLD), await site.phone('1001', OLD)];
  other.misbehaviour.notify = 'silent';
  site.registrar.setKeys('1001', OLD, NEW);
  const id = await site.rotate({ '1001': NEW });
  await site.untilRotation(id, ({ extensions }) => extensions[0]?.step === 'pushed');
  await site.ask({ kind: 'delete-phone', mac: other.mac });
  await other.close();
  const done = await site.untilRotation(id, ({ end }) => end !== null);
  expect(done.end).toBe('committed');
});

test('a nonce that is called stale again and again refuses no key', async () => {
  const site = await testSite();
  await site.phone('1001', OLD);
  site.registrar.setKeys('1001', OLD, NEW);
  const stale = site.registrar.faults.arm(
    { method: 'REGISTER', hasAuthorization: true, times: Infinity },
    { kind: 'stale' },
  );
  const id = await site.rotate({ '1001': NEW });
  await site.untilRotation(id, (rotation) => words(rotation, '1001').includes('probe-indeterminate'));
  stale.disarm();
  const done = await site.untilRotation(id, ({ end }) => end !== null);
  expect(done.end).toBe('committed');
  expect(words(done, '1001').filter((word) => word.endsWith('-refused'))).toEqual([]);
});

test('lost datagrams and a registrar that is down in between only take longer', { timeout: 40_000 }, async () => {
  const site = await testSite({ rotation: { proveSeconds: 5, fetchSeconds: 60, registerSeconds: 60 } });
  const phone = await site.phone('1001', OLD);
  site.registrar.setKeys('1001', OLD, NEW);
  site.registrar.faults.arm({ method: 'REGISTER', times: 2 }, { kind: 'drop' });
  const id = await site.rotate({ '1001': null });
  await site.untilRotation(id, ({ extensions }) => extensions[0]?.step === 'awaiting_key');
  await site.registrar.down();
  await site.ask({ kind: 'rotation-key', rotation: id, number: '1001', sipKey: newKey(NEW) });
  await site.untilRotation(id, (rotation) => words(rotation, '1001').includes('registrar-unreachable'));
  await site.registrar.up();
  const done = await site.untilRotation(id, ({ end }) => end !== null);
  expect(done.end).toBe('committed');
  expect(phone.lines[0]).toMatchObject({ registeredWith: NEW });
});

test('a registrar that locks us out is left alone, and the rotation is held', async () => {
  const site = await testSite();
  await site.phone('1001', OLD);
  site.registrar.faults.arm(
    { method: 'REGISTER', hasAuthorization: true, times: Infinity },
    { kind: 'answer', status: 503, headers: [['Retry-After', '120']] },
  );
  const id = await site.rotate({ '1001': NEW });
  const held = await site.untilRotation(id, (rotation) => words(rotation, '1001').includes('registrar-locked'));
  const operation = await site.untilOperation(held.operation, ({ state }) => state === 'held');
  expect(operation.reason).toBe('registrar-locked');
  const asked = site.registrar.requests.filter(({ userAgent }) => userAgent === 'wisp-edge').length;
  const validate = await site.ask({ kind: 'validate', number: '1001', sipKey: null });
  const failed = await site.untilOperation(validate.operation?.id ?? '', ({ state }) => state === 'failed');
  expect(failed).toMatchObject({ reason: 'registrar-locked', result: { verdict: 'locked' } });
  expect(site.registrar.requests.filter(({ userAgent }) => userAgent === 'wisp-edge').length).toBe(asked);
});

test('without a proven probeMode nothing is sent; with it the rotation goes on', async () => {
  const site = await testSite();
  const phone = await site.phone('1001', OLD);
  site.registrar.setKeys('1001', OLD, NEW);
  const uri = `sip:127.0.0.1:${site.registrar.port}`;
  const unproven = { id: 'iplan', domain: `127.0.0.1:${site.registrar.port}`, uri };
  await site.configure({ registrars: [unproven] });
  const id = await site.rotate({ '1001': NEW });
  const held = await site.untilRotation(id, (rotation) => words(rotation, '1001').includes('probe-mode-unproven'));
  expect(await site.untilOperation(held.operation, ({ state }) => state === 'held')).toMatchObject({
    reason: 'probe-mode-unproven',
  });
  await site.configure({ registrars: [{ ...unproven, probeMode: 'query' }] });
  expect((await site.untilRotation(id, ({ end }) => end !== null)).end).toBe('committed');
  expect(phone.lines[0]).toMatchObject({ registeredWith: NEW });
});

test('a batch stops at the first that does not commit: the others were never begun', async () => {
  const site = await testSite({ rotation: { proveSeconds: 1, fetchSeconds: 3, registerSeconds: 3 } });
  for (const number of ['1001', '1002', '1003']) await site.extension(number, `old-${number}`);
  site.registrar.setKeys('1001', 'old-1001', 'new-1001');
  const keys = { '1001': 'new-1001', '1002': 'new-1002', '1003': 'new-1003' };
  const id = await site.rotate(keys, { canary: 1, wave: 1 });
  const done = await site.untilRotation(id, ({ end }) => end !== null);
  expect(done.extensions.map(({ end }) => end)).toEqual(['committed', 'rolled_back', 'cancelled']);
  expect(words(done, '1003')).toEqual(['batch-stopped']);
  expect(site.registrar.requests.some(({ user }) => user === '1003')).toBe(false);
});

test('a cancel while a key is awaited ends the rotation', async () => {
  const site = await testSite();
  await site.extension('1001', OLD);
  const id = await site.rotate({ '1001': null });
  await site.untilRotation(id, ({ extensions }) => extensions[0]?.step === 'awaiting_key');
  await site.ask({ kind: 'cancel-rotation', rotation: id });
  expect((await site.untilRotation(id, ({ end }) => end !== null)).end).toBe('cancelled');
});

test('a restart in the middle goes on where it was', async () => {
  const site = await testSite();
  const phone = await site.phone('1001', OLD);
  phone.misbehaviour.notify = 'silent';
  site.registrar.setKeys('1001', OLD, NEW);
  const id = await site.rotate({ '1001': NEW });
  await site.untilRotation(id, ({ extensions }) => extensions[0]?.step === 'staged');
  await site.restart();
  await phone.poll();
  expect((await site.untilRotation(id, ({ end }) => end !== null)).end).toBe('committed');
  await until('no key is in the log', () => !site.log.join('').includes(NEW) && !site.log.join('').includes(OLD));
});

test('a drachtio-server whose link is lost in mid-probe tells nothing of the key: it is asked again', async () => {
  const drachtio = await startDrachtioDouble({ secret: SECRET });
  onTestFinished(() => drachtio.close());
  const site = await testSite({
    sip: { stack: 'drachtio', host: drachtio.host, port: drachtio.port, secret: { env: 'SECRET' } },
  });
  await drachtio.untilLinked();
  const phone = await site.phone('1001', OLD);
  site.registrar.setKeys('1001', OLD, NEW);
  // The answer does not come before the link is gone.
  const silence = site.registrar.faults.blackHole();
  const id = await site.rotate({ '1001': NEW });
  await until('a probe is under way', () => silence.fired > 0);
  drachtio.cut();
  silence.disarm();
  const done = await site.untilRotation(id, ({ end }) => end !== null);
  expect(done.end).toBe('committed');
  expect(words(done, '1001')[0]).toBe('probe-indeterminate');
  expect(phone.lines[0]).toMatchObject({ registeredWith: NEW });
});
