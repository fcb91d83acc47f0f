import { expect, test } from 'vitest';
import type { PhoneRequestDocument } from '../../schemas/phone-request.ts';
import type { PhoneRequest } from '../phone-ports.ts';
import { enrol, fetchOf, MAC, OTHER_MAC, phoneSite, putPhone, type PhoneSite } from './phone-fixture.ts';

const DAY_MS = 86_400_000;
const ASKED: PhoneRequest = {
  mac: MAC,
  origin: 'own',
  firstAt: 1_000,
  at: 1_000,
  times: 1,
  method: 'GET',
  file: `${MAC}.cfg`,
  status: 200,
  address: '192.0.2.7',
  userAgent: 'Yealink',
  why: 'served',
  detail: null,
};

async function asked({ control }: PhoneSite, mac = MAC): Promise<readonly PhoneRequestDocument[]> {
  return (await control.listPhoneRequests(mac, null, 1_000)).items;
}

function many(count: number, over: Partial<PhoneRequest>, from = 0): readonly PhoneRequest[] {
  return Array.from({ length: count }, (_, at) => ({ ...ASKED, at: from + at, file: `f${at}`, ...over }));
}

test('what is alike is one row with its count, the newest first, in pages', async () => {
  const site = phoneSite();
  await site.provisioner.recordRequests([
    ASKED,
    { ...ASKED, at: 3_000, times: 4 },
    { ...ASKED, at: 2_000, status: 304 },
  ]);
  const [first, second] = await asked(site);
  expect(first).toEqual({
    at: '1970-01-01T00:00:03.000Z',
    firstAt: '1970-01-01T00:00:01.000Z',
    times: 5,
    method: 'GET',
    file: `${MAC}.cfg`,
    status: 200,
    address: '192.0.2.7',
    userAgent: 'Yealink',
    why: 'served',
    detail: null,
  });
  expect(second).toMatchObject({ status: 304, times: 1 });
  const page = await site.control.listPhoneRequests(MAC, null, 1);
  expect([page.items, (await site.control.listPhoneRequests(MAC, page.next, 1)).items]).toEqual([[first], [second]]);
});

test('a phone keeps the latest of its own, and what others did in its name pushes none of them out', async () => {
  const site = phoneSite();
  await site.provisioner.recordRequests(many(60, {}));
  await site.provisioner.recordRequests(many(200, { origin: 'named', why: 'token-unknown' }, 1_000));
  const kept = await asked(site);
  expect(kept.filter(({ why }) => why === 'served').map(({ file }) => file)).toEqual(
    Array.from({ length: 50 }, (_, at) => `f${59 - at}`),
  );
  expect(kept.filter(({ why }) => why === 'token-unknown')).toHaveLength(10);
});

test('strangers have one room for all of them', async () => {
  const site = phoneSite();
  await site.provisioner.recordRequests([ASKED]);
  const strangers = Array.from({ length: 700 }, (_, at) => at.toString(16).padStart(12, '0'));
  const all = strangers.map((mac, at): PhoneRequest => ({ ...ASKED, mac, at: 2_000 + at, origin: 'stranger' }));
  await site.provisioner.recordRequests(all);
  const kept = await Promise.all(strangers.map(async (mac) => (await asked(site, mac)).length));
  expect(kept.reduce((sum, count) => sum + count, 0)).toBe(500);
  expect(kept.slice(0, 200)).toEqual(Array.from({ length: 200 }, () => 0));
  expect(await asked(site)).toHaveLength(1);
});

test('what was asked is forgotten after some weeks', async () => {
  const site = phoneSite();
  await site.provisioner.recordRequests([ASKED, { ...ASKED, at: 31 * DAY_MS, file: 'later' }]);
  await site.control.prune(31 * DAY_MS, 1_000);
  expect((await asked(site)).map(({ file }) => file)).toEqual(['later']);
});

test('a token that ended is remembered as its phone’s by its hash, until the phone goes', async () => {
  const site = phoneSite();
  const served = async () => (await site.provisioner.servedPhones('all')).find(({ mac }) => mac === MAC);
  await site.ask(putPhone(MAC, []));
  await site.ask(putPhone(OTHER_MAC, []));
  await site.ask(enrol(MAC, 'first'));
  const hashes = (await served())?.tokens.map(({ hash, kind }) => ({ hash, kind })) ?? [];
  const used = hashes.find(({ kind }) => kind === 'provisioning')?.hash ?? '';
  await site.provisioner.recordFetches([fetchOf(MAC, { tokenHash: used })]);
  await site.ask(enrol(MAC, 'second'));
  expect((await served())?.endedTokens).toEqual(hashes.filter(({ kind }) => kind === 'enrolment'));
  const next = (await served())?.tokens.find(({ isUsed, kind }) => !isUsed && kind === 'provisioning')?.hash ?? '';
  await site.provisioner.recordFetches([fetchOf(MAC, { tokenHash: next, at: 60_000 })]);
  expect((await served())?.endedTokens.map(({ hash }) => hash)).toEqual(
    expect.arrayContaining(hashes.map(({ hash }) => hash)),
  );
  await site.ask({ kind: 'delete-phone', mac: MAC });
  await site.ask(putPhone(MAC, []));
  expect((await served())?.endedTokens).toEqual([]);
});
