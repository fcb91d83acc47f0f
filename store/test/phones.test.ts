import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { packHa1 } from '../../schemas/phone-credentials.ts';
import type { Secret } from '../../schemas/secret.ts';
import type { PhoneFetch, Registration, ServedToken } from '../phone-ports.ts';
import {
  enrol,
  eventTypes,
  fetchOf,
  MAC,
  OTHER_MAC,
  phoneSite,
  putExtension,
  putPhone,
  rotate,
  servedKey,
  sipKey,
  workingPhone,
  type PhoneSite,
} from './phone-fixture.ts';

const hashOf = (token: string): string => createHash('sha256').update(token).digest('hex');
const md5 = (text: string): string => createHash('md5').update(text).digest('hex');

async function tokens({ provisioner }: PhoneSite): Promise<readonly ServedToken[]> {
  return (await provisioner.servedPhones('all'))[0]?.tokens ?? [];
}

/** The phone's provisioning tokens and whether it has used them, in order, then how many enrolments are open. */
async function standing(site: PhoneSite): Promise<readonly unknown[]> {
  const all = await tokens(site);
  const provisioning = all.filter(({ kind }) => kind === 'provisioning');
  return [
    ...provisioning.map(({ token, isUsed }) => `${token?.reveal() ?? ''}${isUsed ? ' used' : ''}`),
    all.length - provisioning.length,
  ];
}

test('a phone needs its extensions, and a format that carries them', async () => {
  const { ask } = phoneSite();
  await ask(putExtension('1001', sipKey('k', ['yealink'])));
  await ask(putExtension('1002', null, { displayName: ' B' }));
  expect(await ask(putPhone(MAC, ['1009']))).toEqual({ outcome: 'unknown-extension', number: '1009' });
  expect(await ask(putPhone(MAC, ['1001']))).toMatchObject({ outcome: 'not-carried', mac: MAC });
  expect(await ask(putPhone(MAC, ['1002']))).toMatchObject({ outcome: 'not-carried', mac: MAC });
  expect(await ask(putPhone(MAC, ['1001', '1002'], { vendor: 'snom' }))).toMatchObject({ created: true });
});

test('a phone takes no more lines than its format has names for', async () => {
  const { ask } = phoneSite();
  const numbers = ['1', '2', '3', '4', '5', '6', '7'];
  for (const number of numbers) await ask(putExtension(number));
  const grandstream = putPhone(MAC, numbers, { vendor: 'grandstream' });
  expect(await ask(grandstream)).toMatchObject({ outcome: 'not-carried', mac: MAC });
  expect(await ask(putPhone(MAC, numbers, { vendor: 'snom' }))).toMatchObject({ created: true });
});

test('a phone does not take a line whose coming key its format cannot carry', async () => {
  const { ask } = phoneSite();
  await ask(putExtension('1001', 'k'));
  await ask(rotate('rot-1', ['1001'], { '1001': sipKey('n', ['yealink']) }));
  expect(await ask(putPhone(MAC, ['1001']))).toMatchObject({ outcome: 'not-carried' });
});

test('I5: the same phone again changes nothing; other lines are served in their order', async () => {
  const site = phoneSite();
  for (const number of ['1001', '1002']) await site.ask(putExtension(number, `key of ${number}`));
  await site.ask(putPhone(MAC, ['1001', '1002']));
  const before = await site.control.readPhone(MAC);
  await site.ask(putPhone(MAC, ['1001', '1002']));
  expect(await site.control.readPhone(MAC)).toEqual(before);
  await site.ask(putPhone(MAC, ['1002', '1001']));
  expect(await servedKey(site)).toBe('key of 1002');
  expect((await site.control.readExtension('1001'))?.document.phones).toEqual([MAC]);
});

test('phones are served by MAC and by extension, and those that are gone are left out', async () => {
  const { ask, provisioner } = phoneSite();
  for (const number of ['1001', '1002']) await ask(putExtension(number));
  await ask(putPhone(MAC, ['1001']));
  await ask(putPhone(OTHER_MAC, ['1001', '1002']));
  const macs = async (which: Parameters<typeof provisioner.servedPhones>[0]) =>
    (await provisioner.servedPhones(which)).map(({ mac }) => mac);
  expect(await macs('all')).toEqual([OTHER_MAC, MAC]);
  expect(await macs({ macs: [MAC, 'ffffffffffff'], extensions: [] })).toEqual([MAC]);
  expect(await macs({ macs: [], extensions: ['1002', '1009'] })).toEqual([OTHER_MAC]);
  await ask({ kind: 'delete-phone', mac: OTHER_MAC });
  expect(await macs({ macs: [], extensions: ['1001', '1002'] })).toEqual([MAC]);
  expect(await ask({ kind: 'delete-phone', mac: OTHER_MAC })).toEqual({ outcome: 'not-found' });
});

test('the token in use stays valid until the new one is used, which ends it and the enrolment', async () => {
  const site = phoneSite();
  const use = (name: string, at: number) =>
    site.provisioner.recordFetches([fetchOf(MAC, { tokenHash: hashOf(`${name}-provisioning`), at })]);
  await site.ask(putPhone(MAC, []));
  await site.ask(enrol(MAC, 'a'));
  expect(await standing(site)).toEqual(['a-provisioning', 1]);
  await use('a', 10_000);
  expect(await standing(site)).toEqual(['a-provisioning used', 0]);
  await site.ask(enrol(MAC, 'b'));
  expect(await standing(site)).toEqual(['a-provisioning used', 'b-provisioning', 1]);
  await use('a', 11_000);
  expect(await standing(site)).toEqual(['a-provisioning used', 'b-provisioning', 1]);
  await site.ask(enrol(MAC, 'c'));
  expect(await standing(site)).toEqual(['a-provisioning used', 'c-provisioning', 1]);
  await use('c', 12_000);
  expect(await standing(site)).toEqual(['c-provisioning used', 0]);
});

test('the provisioner, and nobody else, can read the enrolment token: it is what a phone that asks for its URL is told', async () => {
  const site = phoneSite();
  await site.ask(putPhone(MAC, []));
  await site.ask(enrol(MAC, 'a'));
  const enrolment = (await tokens(site)).find(({ kind }) => kind === 'enrolment');
  expect([enrolment?.token?.reveal(), enrolment?.hash]).toEqual(['a-enrolment', hashOf('a-enrolment')]);
});

test('a fetch with the enrolment token ends nothing, and a token of another phone is not touched', async () => {
  const site = phoneSite();
  await site.ask(putPhone(MAC, []));
  await site.ask(putPhone(OTHER_MAC, []));
  await site.ask(enrol(MAC, 'a'));
  await site.provisioner.recordFetches([
    fetchOf(MAC, { tokenHash: hashOf('a-enrolment'), isWhole: false }),
    fetchOf(OTHER_MAC, { tokenHash: hashOf('a-provisioning') }),
  ]);
  const [, phone] = await site.provisioner.servedPhones('all');
  expect(phone?.tokens.map(({ kind, isUsed, expiresAt, hash }) => [kind, isUsed, expiresAt, hash])).toEqual([
    ['enrolment', true, 9_000_000, hashOf('a-enrolment')],
    ['provisioning', false, null, hashOf('a-provisioning')],
  ]);
});

test('of a user and a password the same holds, and neither they nor a token end each other', async () => {
  const site = phoneSite();
  const secretOf = (name: string): Secret => packHa1({ md5: md5(name), sha256: hashOf(name) });
  const withCredentials = (name: string) => ({ ...enrol(MAC, name), credentials: secretOf(name) });
  const use = (tokenHash: string, at: number) => site.provisioner.recordFetches([fetchOf(MAC, { tokenHash, at })]);
  const kinds = async (): Promise<readonly string[]> =>
    (await tokens(site)).map(({ kind, token, isUsed }) =>
      [
        kind,
        ...['a', 'b', 'c'].filter((name) => names(name).includes(token?.reveal() ?? '')),
        ...(isUsed ? ['used'] : []),
      ].join(' '),
    );
  const names = (name: string) => [`${name}-provisioning`, `${name}-enrolment`, secretOf(name).reveal()];
  await site.ask(putPhone(MAC, []));
  await site.ask(withCredentials('a'));
  expect(await kinds()).toEqual(['credentials a', 'enrolment a', 'provisioning a']);
  await use(hashOf(secretOf('a').reveal()), 10_000);
  expect(await kinds()).toEqual(['credentials a used', 'provisioning a']);
  await use(hashOf('a-provisioning'), 11_000);
  await site.ask(withCredentials('b'));
  expect(await kinds()).toEqual([
    'credentials a used',
    'provisioning a used',
    'credentials b',
    'enrolment b',
    'provisioning b',
  ]);
  // Led to its new token by its file, it still has the password that was typed into it.
  await use(hashOf('b-provisioning'), 12_000);
  expect(await kinds()).toEqual(['credentials a used', 'credentials b', 'provisioning b used']);
  await site.ask(withCredentials('c'));
  await use(hashOf(secretOf('c').reveal()), 13_000);
  expect(await kinds()).toEqual(['provisioning b used', 'credentials c used', 'provisioning c']);
  const [phone] = await site.provisioner.servedPhones('all');
  expect(phone?.endedTokens.filter(({ kind }) => kind === 'credentials')).toHaveLength(2);
  // An enrolment without credentials leaves those in use.
  await site.ask(enrol(MAC, 'd'));
  expect((await kinds()).filter((kind) => kind.startsWith('credentials'))).toEqual(['credentials c used']);
});

test('I5: an earlier token and earlier credentials end at once when a person says so, and only those', async () => {
  const site = phoneSite();
  const secretOf = (name: string): Secret => packHa1({ md5: md5(name), sha256: hashOf(name) });
  const used = (tokenHash: string) => site.provisioner.recordFetches([fetchOf(MAC, { tokenHash })]);
  const kinds = async () => (await tokens(site)).map(({ kind, isUsed }) => `${kind}${isUsed ? ' used' : ''}`);
  await site.ask(putPhone(MAC, []));
  await site.ask(putPhone(OTHER_MAC, []));
  await site.ask(enrol(OTHER_MAC, 'other'));
  await site.ask({ ...enrol(MAC, 'a'), credentials: secretOf('a') });
  await used(hashOf('a-provisioning'));
  await used(hashOf(secretOf('a').reveal()));
  await site.ask({ kind: 'end-earlier', mac: MAC });
  const mine = async () => (await site.provisioner.servedPhones({ macs: [MAC], extensions: [] }))[0];
  const standing = async () =>
    ((await mine())?.tokens ?? []).map(({ kind, isUsed }) => `${kind}${isUsed ? ' used' : ''}`);
  expect(await standing()).toEqual(['credentials used', 'provisioning used']);
  await site.ask({ ...enrol(MAC, 'b'), credentials: secretOf('b') });
  expect((await site.control.readPhone(MAC))?.document.earlierValid).toBe(true);
  const entries = (await eventTypes(site)).length;
  await site.ask({ kind: 'end-earlier', mac: MAC });
  await site.ask({ kind: 'end-earlier', mac: MAC });
  expect(await standing()).toEqual(['credentials', 'enrolment', 'provisioning']);
  expect((await site.control.readPhone(MAC))?.document.earlierValid).toBe(false);
  expect((await mine())?.endedTokens.map(({ hash }) => hash)).toContain(hashOf('a-provisioning'));
  expect((await eventTypes(site)).length).toBe(entries + 1);
  expect(await kinds()).toHaveLength(2);
  expect(await site.ask({ kind: 'end-earlier', mac: 'ffffffffffff' })).toEqual({ outcome: 'not-found' });
});

test('enrolled is part of the document: the first enrol changes its revision, later ones do not', async () => {
  const { ask, control } = phoneSite();
  await ask(putPhone(MAC, []));
  const revisions = [];
  for (const name of ['a', 'b']) {
    await ask(enrol(MAC, name));
    revisions.push((await control.readPhone(MAC))?.revision);
  }
  expect((await control.readPhone(MAC))?.document.enrolled).toBe(true);
  expect(revisions[0]).toBe(revisions[1]);
  expect(await ask(enrol(OTHER_MAC, 'c'))).toEqual({ outcome: 'not-found' });
});

test('only whole fetches count as lastFetch, each once; every request is seen', async () => {
  const site = phoneSite();
  await site.ask(putPhone(MAC, []));
  const whole = fetchOf(MAC, { at: 20_000 });
  await site.provisioner.recordFetches([
    fetchOf(MAC, { at: 10_000, isWhole: false, file: 'y000000000000.boot' }),
    whole,
    whole,
    fetchOf('ffffffffffff'),
    fetchOf(MAC, { at: 30_000, isWhole: false, address: '192.0.2.41', userAgent: null }),
  ]);
  expect((await site.control.readPhone(MAC))?.document).toMatchObject({
    lastSeen: '1970-01-01T00:00:30.000Z',
    lastFetch: '1970-01-01T00:00:20.000Z',
    address: '192.0.2.41',
    userAgent: 'Yealink SIP-T46U',
  });
  expect(await site.provisioner.fetchesSince(MAC, 20_000)).toEqual([whole]);
  expect(await site.provisioner.fetchesSince(MAC, 20_001)).toEqual([]);
  expect((await eventTypes(site)).filter((type) => type === 'phone.fetched')).toHaveLength(1);
  expect((await site.provisioner.servedPhones('all'))[0]?.hasFetched).toBe(true);
});

test('a phone that polls the same bytes writes its last fetch, and the journal only what changed', async () => {
  const site = phoneSite();
  await site.ask(putPhone(MAC, []));
  const poll = (at: number, over: Partial<PhoneFetch> = {}) =>
    site.provisioner.recordFetches([fetchOf(MAC, { at, ...over })]);
  const told = async () => (await eventTypes(site)).filter((type) => type === 'phone.fetched').length;
  for (const at of [10_000, 20_000, 30_000]) await poll(at);
  expect([await told(), (await site.provisioner.fetchesSince(MAC, 0)).length]).toEqual([1, 3]);
  expect((await site.control.readPhone(MAC))?.document.lastFetch).toBe('1970-01-01T00:00:30.000Z');
  await poll(40_000, { sha256: 'other bytes' });
  await poll(50_000);
  await poll(60_000, { tokenHash: 'another token' });
  await poll(70_000, { tokenHash: 'another token', address: '192.0.2.99' });
  expect(await told()).toBe(5);
});

test('a phone is registered when all its lines are; a verdict without bindings says nothing of it', async () => {
  const site = phoneSite();
  for (const number of ['1001', '1002']) await site.ask(putExtension(number));
  await site.ask(putPhone(MAC, ['1001', '1002']));
  const bindings = [{ contact: 'sip:1001@192.0.2.40', expires: 60, instance: null }];
  const see = (over: Partial<Registration>) =>
    site.provisioner.recordRegistrations([{ number: '1001', at: 9_000, verdict: 'valid', bindings, ...over }]);
  const registered = async () => (await site.control.readPhone(MAC))?.document.registered;
  await see({});
  expect(await registered()).toBe(false);
  await see({ number: '1002' });
  await see({ number: '1002' });
  expect(await registered()).toBe(true);
  await see({ verdict: 'unreachable', bindings: null, at: 10_000 });
  expect(await registered()).toBe(true);
  expect((await site.control.readExtension('1001'))?.document).toMatchObject({
    registered: true,
    lastVerdict: { verdict: 'unreachable', at: '1970-01-01T00:00:10.000Z' },
  });
  await see({ bindings: [] });
  await see({ number: '1009' });
  expect(await registered()).toBe(false);
  const told = (await eventTypes(site)).filter((type) => type.endsWith('registered'));
  expect(told).toEqual(['phone.registered', 'phone.unregistered']);
  expect(await site.provisioner.lastRegistration('1002')).toEqual({
    number: '1002',
    at: 9_000,
    verdict: 'valid',
    bindings,
  });
  expect(await site.provisioner.lastRegistration('1009')).toBeNull();
});

test('refusals outlive a restart and their extension', async () => {
  const site = phoneSite();
  await site.ask(putExtension('1001', 'k'));
  await site.provisioner.recordRefusal({ number: '1001', keyMark: 'm', at: 5_000 });
  await site.ask({ kind: 'delete-extension', number: '1001' });
  const { provisioner } = phoneSite(site.file, site.keys);
  expect(await provisioner.refusalsSince(5_000)).toEqual([{ number: '1001', keyMark: 'm', at: 5_000 }]);
  expect(await provisioner.refusalsSince(5_001)).toEqual([]);
});

test('the provisioner is known by what it last said', async () => {
  const { control, provisioner } = phoneSite();
  expect(await control.provisionerStatus()).toBeNull();
  const sip = { stack: 'embedded', isReady: true, detail: null } as const;
  const notServed = { count: 0, first: [] };
  await provisioner.recordStatus({ at: 1, url: 'http://127.0.0.1:8471', sip, notServed });
  const last = { at: 2, url: 'http://127.0.0.1:8471', sip: { ...sip, isReady: false, detail: 'no route' }, notServed };
  await provisioner.recordStatus(last);
  expect(await control.provisionerStatus()).toEqual(last);
});

test('phones are listed page by page, in order', async () => {
  const { ask, control } = phoneSite();
  for (const mac of [MAC, OTHER_MAC]) await ask(putPhone(mac, []));
  const first = await control.listPhones(null, 1);
  expect([first.items[0]?.mac, first.next]).toEqual([OTHER_MAC, OTHER_MAC]);
  expect((await control.listPhones(first.next, 1)).next).toBeNull();
});

test('a phone keeps what was seen of it when it is changed, and loses it when it is deleted', async () => {
  const site = phoneSite();
  await workingPhone(site);
  await site.ask(putPhone(MAC, ['1001'], { label: 'desk' }));
  expect((await site.control.readPhone(MAC))?.document.lastFetch).not.toBeNull();
  await site.ask({ kind: 'delete-phone', mac: MAC });
  await site.ask(putPhone(MAC, ['1001']));
  expect((await site.control.readPhone(MAC))?.document).toMatchObject({ lastFetch: null, enrolled: false });
});

test('the version that a phone was told last outlives the phone', async () => {
  const { ask, provisioner } = phoneSite();
  await ask(putExtension('1001', 'k'));
  await ask(putPhone(MAC, ['1001'], { vendor: 'fanvil' }));
  await provisioner.recordToldVersions([
    { mac: MAC, version: 1_800_000_000, content: 'a' },
    { mac: OTHER_MAC, version: 1, content: 'b' },
  ]);
  await provisioner.recordToldVersions([{ mac: MAC, version: 1_800_000_001, content: 'c' }]);
  await ask({ kind: 'delete-phone', mac: MAC });
  expect(await provisioner.toldVersions()).toEqual(
    expect.arrayContaining([
      { mac: MAC, version: 1_800_000_001, content: 'c' },
      { mac: OTHER_MAC, version: 1, content: 'b' },
    ]),
  );
});

test('who was to go from a slot is gone with a whole fetch of that revision, and what was told outlives the phone', async () => {
  const { ask, control, provisioner } = phoneSite();
  await ask(putExtension('1001', 'k'));
  await ask(putPhone(MAC, ['1001']));
  const slots = async (): Promise<readonly unknown[]> =>
    (await provisioner.servedPhones({ macs: [MAC], extensions: [] }))[0]?.slots ?? [];
  const left = { slot: 1, extension: null, former: '1002' };
  const held = { slot: 3, extension: '1001', former: '1003' };
  await provisioner.recordToldSlots([
    { mac: MAC, revision: 7, slots: [left] },
    { mac: MAC, revision: 8, slots: [held] },
    { mac: OTHER_MAC, revision: 8, slots: [left] },
  ]);
  expect(await slots()).toEqual([left, held]);
  // A part of the file, the file before, and one with no line in it.
  await provisioner.recordFetches([
    fetchOf(MAC, { revision: null }),
    fetchOf(MAC, { at: 51_000, revision: 6 }),
    fetchOf(MAC, { at: 52_000, revision: 7, isWhole: false }),
  ]);
  expect(await slots()).toEqual([{ ...left, former: null }, held]);
  // What comes late of an earlier file ends nothing that was told since.
  await provisioner.recordToldSlots([{ mac: MAC, revision: 9, slots: [left] }]);
  await provisioner.recordFetches([fetchOf(MAC, { at: 53_000, revision: 8 })]);
  expect(await slots()).toEqual([left, { ...held, former: null }]);
  expect((await control.readPhone(MAC))?.document.slots).toEqual([{ slot: 3, extension: '1001' }]);

  await ask({ kind: 'delete-phone', mac: MAC });
  await ask(putPhone(MAC, []));
  expect(await slots()).toEqual([left, { ...held, former: null }]);
});
