import { expect, test } from 'vitest';
import { newKey, testSite, until } from './site.ts';

const KEY = 'key-of-1001-aaaa';

test('validate proves the served key, and a given one without serving it', async () => {
  const site = await testSite();
  await site.extension('1001', KEY);
  site.registrar.setKeys('1001', KEY, 'another-good-key');
  const served = await site.ask({ kind: 'validate', number: '1001', sipKey: null });
  expect(await site.untilOperation(served.operation?.id ?? '', ({ state }) => state === 'verified')).toMatchObject({
    kind: 'validate',
    result: { verdict: 'valid', status: 200, algorithm: 'MD5', bindings: 0 },
  });
  expect((await site.store.readExtension('1001'))?.document.lastVerdict).toMatchObject({ verdict: 'valid' });
  const given = await site.ask({ kind: 'validate', number: '1001', sipKey: newKey('another-good-key') });
  await site.untilOperation(given.operation?.id ?? '', ({ state }) => state === 'verified');
  expect(site.registrar.requests.every(({ hasContact }) => !hasContact)).toBe(true);
});

test('validate of a wrong key fails with its verdict after two refusals', async () => {
  const site = await testSite();
  await site.extension('1001', KEY);
  const asked = await site.ask({ kind: 'validate', number: '1001', sipKey: newKey('a-wrong-key') });
  const failed = await site.untilOperation(asked.operation?.id ?? '', ({ state }) => state === 'failed');
  expect(failed).toMatchObject({ reason: 'key-invalid', result: { verdict: 'invalid', status: 401 } });
  const refused = site.registrar.requests.filter(({ status, hasAuthorization }) => hasAuthorization && status === 401);
  expect(refused).toHaveLength(2);
  expect((refused[1]?.at ?? 0) - (refused[0]?.at ?? 0)).toBeGreaterThanOrEqual(1_990);
  // What a given key is worth says nothing about the extension.
  expect((await site.store.readExtension('1001'))?.document.lastVerdict).toBeNull();
});

test('validate is held while the registrar’s probeMode is not proven, and goes on when it is', async () => {
  const site = await testSite();
  await site.extension('1001', KEY);
  const server = `127.0.0.1:${site.registrar.port}`;
  const unproven = { id: 'iplan', domain: server, uri: `sip:${server}` };
  await site.configure({ registrars: [unproven] });
  const asked = await site.ask({ kind: 'validate', number: '1001', sipKey: null });
  const id = asked.operation?.id ?? '';
  expect(await site.untilOperation(id, ({ state }) => state === 'held')).toMatchObject({
    reason: 'probe-mode-unproven',
  });
  expect(site.registrar.requests).toEqual([]);
  await site.configure({ registrars: [{ ...unproven, probeMode: 'query' }] });
  expect((await site.untilOperation(id, ({ state }) => state !== 'held')).state).toBe('verified');
});

test('a registrar that is down fails a validate as unreachable, never as a wrong key', async () => {
  const site = await testSite({ probes: { perSecond: 100, inFlight: 4, deadlineSeconds: 1 } });
  await site.extension('1001', KEY);
  await site.registrar.down();
  const asked = await site.ask({ kind: 'validate', number: '1001', sipKey: null });
  expect(await site.untilOperation(asked.operation?.id ?? '', ({ state }) => state === 'failed')).toMatchObject({
    reason: 'registrar-unreachable',
    result: { verdict: 'unreachable' },
  });
  await site.registrar.up();
});

test.each(['yealink', 'grandstream', 'snom'] as const)(
  'a resync of a %s is verified by the phone’s own fetch, without a reboot',
  async (vendor) => {
    const site = await testSite();
    const phone = await site.phone('1001', KEY, { vendor });
    const before = phone.fetches.length;
    const asked = await site.ask({ kind: 'resync', mac: phone.mac });
    const done = await site.untilOperation(asked.operation?.id ?? '', ({ state }) => state === 'verified');
    expect(done.history.map(({ state }) => state)).toEqual(['received', 'applied', 'verified']);
    expect(phone.fetches.length).toBeGreaterThan(before);
    expect(phone.reboots).toBe(0);
  },
);

test('a phone that takes the NOTIFY and does not fetch is silent', async () => {
  const site = await testSite({ rotation: { proveSeconds: 1, fetchSeconds: 1, registerSeconds: 1 } });
  const phone = await site.phone('1001', KEY);
  phone.misbehaviour.neverFetches = true;
  const asked = await site.ask({ kind: 'resync', mac: phone.mac });
  expect(await site.untilOperation(asked.operation?.id ?? '', ({ state }) => state === 'failed')).toMatchObject({
    reason: 'phone-silent',
  });
});

test('a phone without a binding cannot be told to resync', async () => {
  const site = await testSite();
  const phone = await site.phone('1001', KEY);
  await phone.close();
  site.registrar.forget('1001');
  const asked = await site.ask({ kind: 'resync', mac: phone.mac });
  expect(await site.untilOperation(asked.operation?.id ?? '', ({ state }) => state === 'failed')).toMatchObject({
    reason: 'phone-not-registered',
  });
});

test('a challenging phone that missed a rotation is told with the key that it has', async () => {
  const site = await testSite({ rotation: { proveSeconds: 1, fetchSeconds: 3, registerSeconds: 3 } });
  const phone = await site.phone('1001', KEY, { challengesNotify: true });
  site.registrar.setKeys('1001', KEY, 'another-good-key');
  phone.misbehaviour.neverFetches = true;
  const id = await site.rotate({ '1001': 'another-good-key' });
  await site.untilRotation(id, ({ end }) => end === 'needs_support');
  phone.misbehaviour.neverFetches = false;
  const asked = await site.ask({ kind: 'resync', mac: phone.mac });
  const done = await site.untilOperation(asked.operation?.id ?? '', ({ state }) => state === 'verified');
  expect(done.history.map(({ state }) => state)).toEqual(['received', 'applied', 'verified']);
  expect([...phone.keysGiven]).toEqual([KEY, 'another-good-key']);
});

test('a validate that is held ends with its extension, and its key is forgotten', async () => {
  const site = await testSite();
  await site.extension('1001', KEY);
  const server = `127.0.0.1:${site.registrar.port}`;
  const unproven = { id: 'iplan', domain: server, uri: `sip:${server}` };
  await site.configure({ registrars: [unproven] });
  const asked = await site.ask({ kind: 'validate', number: '1001', sipKey: newKey('a-wrong-key') });
  const id = asked.operation?.id ?? '';
  await site.untilOperation(id, ({ state }) => state === 'held');
  await site.ask({ kind: 'delete-extension', number: '1001' });
  expect(await site.untilOperation(id, ({ state }) => state === 'failed')).toMatchObject({
    reason: 'unknown-extension',
  });
  // The next one proves that the first is not asked any more, though both might be now.
  await site.extension('1002', KEY);
  await site.configure({ registrars: [{ ...unproven, probeMode: 'query' }] });
  const next = await site.ask({ kind: 'validate', number: '1002', sipKey: null });
  await site.untilOperation(next.operation?.id ?? '', ({ state }) => state === 'verified');
  expect(site.registrar.requests.filter(({ user }) => user === '1001')).toEqual([]);
});

test('after a phone has fetched its registration is looked for and noted', async () => {
  const site = await testSite();
  const phone = await site.phone('1001', KEY);
  await until('the phone is known to be registered', async () => {
    return (await site.store.readPhone(phone.mac))?.document.registered === true;
  });
  expect((await site.store.readExtension('1001'))?.document).toMatchObject({ registered: true });
});

test('a second provisioner on the same data folder does not start, and the status names what runs', async () => {
  const site = await testSite();
  await until('it told of itself', async () => (await site.store.provisionerStatus()) !== null);
  expect(await site.store.provisionerStatus()).toMatchObject({
    url: site.provisioner.url,
    sip: { stack: 'embedded', isReady: true },
  });
  await expect(site.secondOne()).rejects.toMatchObject({ code: 'lock-held' });
  expect(await site.provisioner.isHealthy()).toBe(true);
});

test('it stops within 5 s while a probe waits for its registrar, and the port is free', async () => {
  const site = await testSite({ probes: { perSecond: 100, inFlight: 4, deadlineSeconds: 30 } });
  await site.extension('1001', KEY);
  site.registrar.faults.blackHole();
  await site.ask({ kind: 'validate', number: '1001', sipKey: null });
  await until('a probe is under way', () => site.log.length > 0);
  const from = performance.now();
  await site.provisioner.stop();
  expect(performance.now() - from).toBeLessThan(5_000);
  await site.restart();
});
