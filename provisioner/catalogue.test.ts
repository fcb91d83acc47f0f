import { expect, test } from 'vitest';
import { Secret } from '../schemas/secret.ts';
import type { ToldSlot } from '../schemas/told-slot.ts';
import type { ServedPhone, ServedToken } from '../store/phone-ports.ts';
import { Catalogue } from './catalogue.ts';
import { openEnrolment } from './phone-files.ts';
import { FORMATS } from './core/vendors/table.ts';
import { enrolment, IPLAN, provisioning, servedLine, servedPhone, sha256 } from './test/http/phones.ts';

const MAC = '805ec0aabb01';
const FILE = `${MAC}.cfg`;
const site = { publicUrl: 'https://phones.example.net/', registrars: [IPLAN] };

function catalogueOf(phones: readonly ServedPhone[], now = (): number => 1_000): Catalogue {
  const catalogue = new Catalogue({ ...site, now });
  catalogue.put(phones);
  return catalogue;
}

test('each live token has a whole file of its own', () => {
  const catalogue = catalogueOf([servedPhone(MAC, [provisioning('one', true), provisioning('two')])]);
  const files = ['one', 'two'].map((token) => catalogue.find('provisioning', sha256(token), FILE));
  expect(files.map((file) => file?.sha256)).toEqual(catalogue.wholeSha256s(MAC));
  expect(new Set(catalogue.wholeSha256s(MAC)).size).toBe(2);
  expect(files[0]?.etag).toBe(`"${catalogue.wholeSha256s(MAC)[0]?.slice(0, 32) ?? ''}"`);
});

test('a phone that is put again has the new bytes and only the new tokens', () => {
  const catalogue = catalogueOf([servedPhone(MAC, [provisioning('one'), provisioning('two')])]);
  const before = catalogue.wholeSha256s(MAC);
  catalogue.put([servedPhone(MAC, [provisioning('two', true)], { revision: 2 })]);
  expect(catalogue.find('provisioning', sha256('one'), FILE)).toBeNull();
  expect(catalogue.wholeSha256s(MAC)).toHaveLength(1);
  expect(before).not.toContain(catalogue.wholeSha256s(MAC)[0]);
  expect(catalogue.size).toBe(1);
});

test('a phone that is removed is unknown, with its tokens', () => {
  const catalogue = catalogueOf([servedPhone(MAC, [provisioning('one')])]);
  catalogue.remove([MAC, 'never-there']);
  expect(catalogue.find('provisioning', sha256('one'), FILE)).toBeNull();
  expect(catalogue.standingOf(sha256('one'))).toBeNull();
  expect(catalogue.wholeSha256s(MAC)).toEqual([]);
  expect(catalogue.size).toBe(0);
});

test('an enrolment leads to the unused token until its time is over', () => {
  let now = 1_000;
  const tokens = [provisioning('old', true), provisioning('new'), enrolment('enrol', 2_000)];
  const catalogue = catalogueOf([servedPhone(MAC, tokens)], () => now);
  const text = catalogue.find('enrolment', sha256('enrol'), FILE)?.bytes.toString();
  expect(text).toContain('https://phones.example.net/p/new/\n');
  expect(catalogue.find('enrolment', sha256('enrol'), FILE)?.isWhole).toBe(false);
  now = 2_000;
  expect(catalogue.find('enrolment', sha256('enrol'), FILE)).toBeNull();
});

test('an enrolment ends when the phone has come home', () => {
  const catalogue = catalogueOf([servedPhone(MAC, [provisioning('one', true), enrolment('enrol', 2_000)])]);
  expect(catalogue.find('enrolment', sha256('enrol'), FILE)).toBeNull();
});

test('a line without a key is cleared; one that only the configuration stops is left as it is on the phone', () => {
  const lines = [servedLine('1001', null), servedLine('1002', 'k2', 'gone'), servedLine('1003', 'k3')];
  const catalogue = catalogueOf([servedPhone(MAC, [provisioning('one')], { lines })]);
  const text = catalogue.find('provisioning', sha256('one'), FILE)?.bytes.toString() ?? '';
  expect(text).toContain('account.1.enable = 0\n');
  expect(text).not.toContain('account.2.');
  expect(text).toContain('account.3.password = k3\n');
  // Never named, so whoever set it up has it.
  expect(text).not.toContain('account.4.');
  expect(catalogue.problems(MAC)).toEqual([
    { line: 1, extension: '1001', what: 'no-key', detail: 'no SIP key was set yet' },
    { line: 2, extension: '1002', what: 'registrar-unknown', detail: 'registrar gone is not in the configuration' },
  ]);
});

test('a value that the format cannot carry leaves its line alone and is never repeated', () => {
  const lines = [servedLine('1001', '%NULL%'), servedLine('1002', 'k2')];
  const catalogue = catalogueOf([servedPhone(MAC, [provisioning('one')], { lines })]);
  const text = catalogue.find('provisioning', sha256('one'), FILE)?.bytes.toString() ?? '';
  expect(text).not.toContain('account.1.');
  expect(text).toContain('account.2.password = k2\n');
  expect(catalogue.problems(MAC)).toMatchObject([{ line: 1, what: 'value-not-carried' }]);
});

const told = (slot: number, extension: string | null, former: string | null = null): ToldSlot => ({
  slot,
  extension,
  former,
});

test('I11: a line keeps the slot that it was told when another leaves, which is cleared', () => {
  const slots = [told(1, '1001'), told(2, '1002')];
  const phone = servedPhone(MAC, [provisioning('one')], { lines: [servedLine('1002', 'k2')], slots });
  const text = catalogueOf([phone]).find('provisioning', sha256('one'), FILE)?.bytes.toString() ?? '';
  expect(text).toContain('account.1.enable = 0\n');
  expect(text).toContain('account.2.password = k2\n');
  expect(text).not.toContain('account.3.');
});

test('who left a slot is cleared there though the line that is to follow is left alone', () => {
  const slots = [told(1, '1003', '1001'), told(2, '1002')];
  const lines = [servedLine('1003', 'k3', 'gone'), servedLine('1002', 'k2', 'gone')];
  const catalogue = catalogueOf([servedPhone(MAC, [provisioning('one')], { lines, slots })]);
  const text = catalogue.find('provisioning', sha256('one'), FILE)?.bytes.toString() ?? '';
  expect(text).toContain('account.1.enable = 0\n');
  expect(text).not.toContain('account.2.');
  expect(['1003', '1002'].map((number) => catalogue.isLeftAlone(MAC, number))).toEqual([true, true]);
});

test('I11: a base takes a handset off until that is known to be fetched, and no longer', () => {
  const lines = [servedLine('1002', 'k2'), servedLine('1005', null)];
  const base = { vendor: 'gigaset', model: 'N870 IP PRO', lines } as const;
  const offOf = (slots: readonly ToldSlot[]): readonly (string | undefined)[] => {
    const catalogue = catalogueOf([servedPhone(MAC, [provisioning('one')], { ...base, slots })]);
    const text = catalogue.find('provisioning', sha256('one'), `${MAC}.xml`)?.bytes.toString() ?? '';
    expect(text).toContain('SipAccount.00002.AuthPassword" value="k2"');
    return [...text.matchAll(/hs\.(\d+)\.RegStatus" value="ToDeReg"/g)].map(([, hs]) => hs);
  };
  // What a line without a key would take off is nobody's.
  expect(offOf([told(1, null, '1001'), told(2, '1002'), told(3, '1005')])).toEqual(['00001']);
  expect(offOf([told(1, null), told(2, '1002'), told(3, '1005')])).toEqual([]);
  expect(offOf([told(1, '1001'), told(2, '1002', '1004')])).toEqual(['00001', '00002']);
});

test('bytes that were served with the same keys prove a fetch after a handset went off with it', () => {
  const phone = (slots: readonly ToldSlot[], revision = 1): ServedPhone =>
    servedPhone(MAC, [provisioning('one')], {
      ...{ vendor: 'gigaset', model: 'N870 IP PRO', lines: [servedLine('1002', 'k2')] },
      ...{ slots, revision },
    });
  const catalogue = catalogueOf([phone([told(1, null, '1001'), told(2, '1002')])]);
  const [off] = catalogue.wholeSha256s(MAC);
  catalogue.put([phone([told(1, null), told(2, '1002')])]);
  const sums = catalogue.wholeSha256s(MAC);
  expect([sums.length, sums[1]]).toEqual([2, off]);
  expect(catalogue.find('provisioning', sha256('one'), `${MAC}.xml`)?.sha256).toBe(sums[0]);
  catalogue.put([phone([told(1, null), told(2, '1002')], 2)]);
  expect(catalogue.wholeSha256s(MAC)).not.toContain(off);
});

test('more lines than the format has names for are reported', () => {
  const lines = Array.from({ length: 8 }, (_, at) => servedLine(String(1001 + at), 'k'));
  const catalogue = catalogueOf([servedPhone('c074adaabb02', [provisioning('one')], { vendor: 'grandstream', lines })]);
  expect(catalogue.problems('c074adaabb02').map(({ line, what }) => [line, what])).toEqual([
    [7, 'line-too-many'],
    [8, 'line-too-many'],
  ]);
});

test('I11: a Mitel whose lines have two transports keeps the lines and the transport that it has', () => {
  const registrars = [IPLAN, { ...IPLAN, id: 'tls', transport: 'tls' as const }];
  const catalogue = new Catalogue({ ...site, registrars, now: () => 1_000 });
  const lines = [
    servedLine('1001', null),
    servedLine('1002', 'k2', 'tls'),
    servedLine('1003', 'k3'),
    servedLine('1004', 'k4', 'tls'),
  ];
  catalogue.put([servedPhone('1400e91edb52', [provisioning('one')], { vendor: 'mitel', lines })]);
  expect(catalogue.find('provisioning', sha256('one'), '1400E91EDB52.cfg')).toBeNull();
  expect(catalogue.problems('1400e91edb52')).toMatchObject([
    { line: null, what: 'lines-withheld' },
    { line: 1, what: 'no-key' },
    {
      line: 3,
      extension: '1003',
      what: 'value-not-carried',
      detail: expect.stringContaining('its first has tls') as string,
    },
  ]);
  // The file that holds no line is not one that proves anything.
  expect(catalogue.find('provisioning', sha256('one'), 'aastra.cfg')?.isWhole).toBe(false);
  expect(catalogue.wholeSha256s('1400e91edb52')).toEqual([]);
  catalogue.put([servedPhone('1400e91edb52', [provisioning('one')], { vendor: 'mitel', lines: lines.slice(0, 2) })]);
  const text = catalogue.find('provisioning', sha256('one'), '1400E91EDB52.cfg')?.bytes.toString() ?? '';
  expect(text).toContain('^sip transport protocol: 4\n');
  expect(['line1 user name:\n', 'line2 password: k2'].map((part) => text.includes(part))).toEqual([true, true]);
  expect(catalogue.wholeSha256s('1400e91edb52')).toHaveLength(1);
});

test.each(['poly', 'mitel'] as const)(
  'I11: a %s, which may forget what a file leaves out, gets no file that does',
  (vendor) => {
    const lines = [servedLine('1001', 'k1', 'gone'), servedLine('1002', 'k2')];
    const catalogue = catalogueOf([
      servedPhone(MAC, [provisioning('one'), enrolment('once', 2_000)], { vendor, lines }),
    ]);
    const files = FORMATS[vendor].files.map((file) => ({ ...file, asked: file.name(MAC, null) }));
    for (const { asked, hasLines } of files) {
      expect(catalogue.find('provisioning', sha256('one'), asked) === null).toBe(hasLines);
      expect(catalogue.find('enrolment', sha256('once'), asked)).not.toBeNull();
    }
    expect(catalogue.problems(MAC)).toMatchObject([{ line: null, what: 'lines-withheld' }, { line: 1 }]);
    expect(['1001', '1002'].map((number) => catalogue.isLeftAlone(MAC, number))).toEqual([true, true]);
  },
);

test('a line of a Yealink that is left alone holds back no other', () => {
  const lines = [servedLine('1001', 'k1', 'gone'), servedLine('1002', 'k2'), servedLine('1003', null)];
  const catalogue = catalogueOf([servedPhone(MAC, [provisioning('one')], { lines })]);
  expect(['1001', '1002', '1003'].map((number) => catalogue.isLeftAlone(MAC, number))).toEqual([true, false, false]);
  expect(catalogue.isLeftAlone('never-there', '1001')).toBe(false);
});

test('a model that reads none of its vendor’s formats is reported, and nothing is served', () => {
  const n720 = servedPhone(MAC, [provisioning('one')], { vendor: 'gigaset', model: 'N720 DM PRO' });
  const catalogue = catalogueOf([n720]);
  expect(catalogue.find('provisioning', sha256('one'), `${MAC.toUpperCase()}.xml`)).toBeNull();
  expect(catalogue.wholeSha256s(MAC)).toEqual([]);
  expect(catalogue.problems(MAC)).toMatchObject([
    { what: 'vendor-not-served', detail: 'gigaset N720 DM PRO is not served' },
  ]);
});

test('I11: a line whose registrar’s transport the phone cannot be told is left as it is on the phone', () => {
  const catalogue = new Catalogue({ ...site, registrars: [{ ...IPLAN, transport: 'tls' }], now: () => 1_000 });
  const lines = [servedLine('1001', 'Zk3vQ9mT7xB2nR5cW8dL')];
  catalogue.put([servedPhone(MAC, [provisioning('one')], { vendor: 'gigaset', model: 'N510 IP PRO', lines })]);
  const text = catalogue.find('provisioning', sha256('one'), `${MAC.toUpperCase()}.xml`)?.bytes.toString('latin1');
  expect(text).toContain('BS_IP_Data.ucB_AUTO_UPDATE_PROFILE');
  expect(text).not.toContain('ACCOUNT_IS_ACTIVE_1');
  expect(catalogue.problems(MAC)).toMatchObject([{ line: 1, what: 'value-not-carried' }]);
});

test('the same phone gives the same bytes, whenever it is rendered', () => {
  const phone = servedPhone(MAC, [{ ...provisioning('one'), token: new Secret('one') }]);
  expect(catalogueOf([phone]).wholeSha256s(MAC)).toEqual(catalogueOf([phone], () => 9_999).wholeSha256s(MAC));
});

test('I1 I11: a publicUrl that one phone cannot be told stops that phone alone, and is told', async () => {
  const catalogue = new Catalogue({ ...site, publicUrl: 'http://[::1]:8471', now: () => 1_000 });
  const mitel = servedPhone('1400e91edb52', [provisioning('one'), enrolment('first', 2_000)], { vendor: 'mitel' });
  catalogue.put([mitel, servedPhone(MAC, [provisioning('two')])]);
  await catalogue.renderAhead();
  expect(catalogue.find('provisioning', sha256('one'), '1400E91EDB52.cfg')).toBeNull();
  expect(catalogue.find('enrolment', sha256('first'), '1400E91EDB52.cfg')).toBeNull();
  expect(catalogue.find('provisioning', sha256('two'), FILE)).not.toBeNull();
  expect(catalogue.unserved(5)).toMatchObject({
    count: 1,
    first: [
      {
        mac: '1400e91edb52',
        line: null,
        what: 'value-not-carried',
        detail: expect.stringContaining('mitel') as string,
      },
    ],
  });
  expect(catalogue.unserved(0)).toMatchObject({ count: 1, first: [] });
});

test('a line without a key yet is no phone that is not served', () => {
  const catalogue = catalogueOf([servedPhone(MAC, [provisioning('one')], { lines: [servedLine('1001', null)] })]);
  expect(catalogue.unserved(5)).toEqual({ count: 0, first: [] });
});

test('a phone may be told of its enrolment while that leads home, and of nothing else', () => {
  const site = { publicUrl: 'https://phones.example.net/base/' };
  const [once, home] = [enrolment('once', 2_000), provisioning('home')];
  const told = (tokens: readonly ServedToken[], now = 1_999): unknown => {
    const found = openEnrolment(servedPhone(MAC, tokens), site, now);
    return typeof found === 'string' ? found : found.url.reveal();
  };
  expect(told([provisioning('old', true), home, once])).toBe('https://phones.example.net/base/e/once/');
  // It has begun to fetch, and may have lost the answer.
  expect(told([home, { ...once, isUsed: true }])).toBe('https://phones.example.net/base/e/once/');
  expect(told([home, once], 2_000)).toBe('enrolment-over');
  expect(told([provisioning('home', true), once])).toBe('not-enrolled');
  expect(told([home])).toBe('not-enrolled');
  // Enrolled by a version that did not keep it.
  expect(told([home, { ...once, token: null }])).toBe('not-enrolled');
  expect(openEnrolment(null, site, 0)).toBe('not-put');
});

test('two lines whose handsets would join a base with one code are never both told', () => {
  const numbers = ['1001', '2001001', 'ventas', 'caja', '1002'];
  const base = {
    vendor: 'gigaset',
    model: 'N870 IP PRO',
    lines: numbers.map((number) => servedLine(number, 'k')),
  } as const;
  const catalogue = catalogueOf([servedPhone(MAC, [provisioning('one')], base)]);
  const text = catalogue.find('provisioning', sha256('one'), `${MAC}.xml`)?.bytes.toString() ?? '';
  expect([...text.matchAll(/hs\.(\d+)\.DECT_AC" value="(\d+)"/g)].map(([, hs, code]) => [hs, code])).toEqual([
    ['00001', '1001'],
    ['00003', '0000'],
    ['00005', '1002'],
  ]);
  expect(catalogue.problems(MAC)).toMatchObject([
    { line: 2, what: 'value-not-carried', detail: expect.stringContaining('as that of 1001') as string },
    { line: 4, what: 'value-not-carried', detail: expect.stringContaining('as that of ventas') as string },
  ]);
});
