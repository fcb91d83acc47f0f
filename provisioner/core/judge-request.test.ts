import { expect, test } from 'vitest';
import { judgeRequest, type Asked, type NamedPhone, type TokenStanding } from './judge-request.ts';
import { macIn, phonePathOf, soughtIn } from './phone-request.ts';

const MAC = '805ec0aabb01';
const TOKEN = '0123456789abcdef0123456789abcdef';
const YEALINK: TokenStanding = { mac: MAC, phone: { vendor: 'yealink' }, kind: 'provisioning', state: 'live' };
const PHONES: ReadonlyMap<string, NamedPhone> = new Map([
  [MAC, { isEnrolled: true, hasCredentials: true }],
  ['c074adaabb02', { isEnrolled: true, hasCredentials: false }],
  ['000413aabb03', { isEnrolled: false, hasCredentials: false }],
]);
const known = (mac: string): NamedPhone | null => PHONES.get(mac) ?? null;

function asked(target: string, over: Partial<Asked> = {}): Asked {
  return {
    sought: soughtIn(target, '/telefonos', phonePathOf(target, '/telefonos')),
    isServed: false,
    isMethodRefused: false,
    isUnwritten: false,
    userAgent: null,
    standing: YEALINK,
    refused: null,
    certificate: null,
    ...over,
  };
}

const own = (why: string, detail: string | null = null): object => ({ mac: MAC, origin: 'own', why, detail });
const named = (mac: string, why: string, detail: string | null = null): object => ({
  mac,
  origin: 'named',
  why,
  detail,
});

test.each<[string, Asked, readonly object[]]>([
  ['its file', asked(`/p/${TOKEN}/${MAC}.cfg`, { isServed: true }), [own('served')]],
  ['its boot file', asked(`/p/${TOKEN}/${MAC}.boot`), [own('not-ours')]],
  ['its model’s file, under publicUrl’s path', asked(`/telefonos/p/${TOKEN}/y000000000096.cfg`), [own('not-ours')]],
  ['in any case', asked(`/p/${TOKEN}/${MAC.toUpperCase()}-LOCAL.cfg`), [own('not-ours')]],
  ['a Grandstream’s', asked(`/p/${TOKEN}/cfg${MAC}`), [own('other-vendor', 'grandstream')]],
  ['an SPA’s', asked(`/p/${TOKEN}/spa504G.cfg`), [own('other-vendor', 'cisco-spa')]],
  ['nobody’s name', asked(`/p/${TOKEN}/phone.conf`), [own('not-its-file')]],
  ['a folder', asked(`/p/${TOKEN}/../../etc/passwd`), [own('not-its-file')]],
  [
    'another phone’s file',
    asked(`/p/${TOKEN}/cfgC074ADAABB02.xml`),
    [own('other-mac', 'c074adaabb02'), named('c074adaabb02', 'token-of-another', MAC)],
  ],
  ['the file of nobody’s MAC', asked(`/p/${TOKEN}/c074adaabbff.cfg`), [own('other-mac', 'c074adaabbff')]],
  ['PUT', asked(`/p/${TOKEN}/${MAC}-app.log`, { isMethodRefused: true }), [own('method-refused')]],
  ['under /e/', asked(`/e/${TOKEN}/${MAC}.cfg`), [own('other-kind')]],
  ['what cannot be written', asked(`/p/${TOKEN}/${MAC}.cfg`, { isUnwritten: true }), [own('value-not-carried')]],
  [
    'a vendor that is not served',
    asked(`/p/${TOKEN}/${MAC}.cfg`, { standing: { ...YEALINK, phone: { vendor: 'poly', model: 'OBi300' } } }),
    [own('vendor-not-served')],
  ],
  [
    'an ended token',
    asked(`/p/${TOKEN}/${MAC}.cfg`, { standing: { ...YEALINK, state: 'ended' } }),
    [own('token-replaced')],
  ],
  [
    'an expired enrolment',
    asked(`/e/${TOKEN}/${MAC}.cfg`, { standing: { ...YEALINK, kind: 'enrolment', state: 'expired' } }),
    [own('enrolment-ended')],
  ],
  [
    'an enrolment whose phone came home',
    asked(`/e/${TOKEN}/${MAC}.cfg`, { standing: { ...YEALINK, kind: 'enrolment' } }),
    [own('enrolment-ended')],
  ],
  ['a stranger’s token', asked(`/p/${TOKEN}/${MAC}.cfg`, { standing: null }), [named(MAC, 'token-unknown')]],
  ['no token', asked(`/${MAC}.cfg`, { standing: null }), [named(MAC, 'no-token')]],
  [
    'one that was never enrolled',
    asked(`/snomD785-000413AABB03.htm`, { standing: null }),
    [named('000413aabb03', 'not-enrolled')],
  ],
  [
    'a stranger',
    asked(`/p/${TOKEN}/c074adaabbff.cfg`, { standing: null }),
    [{ mac: 'c074adaabbff', origin: 'stranger', why: 'phone-unknown', detail: null }],
  ],
  [
    'one that only its User-Agent names',
    asked('/p/x/y000000000096.cfg', { standing: null, userAgent: 'Yealink SIP-T31G 124.85.257.55 80:5e:c0:aa:bb:01' }),
    [named(MAC, 'token-unknown')],
  ],
  [
    'a wrong password in its name',
    asked(`/c/${MAC}.cfg`, { standing: null, refused: { why: 'credentials-wrong', user: MAC } }),
    [named(MAC, 'credentials-wrong')],
  ],
  [
    'its file, asked for with the name of another phone',
    asked(`/c/${MAC}.cfg`, { standing: null, refused: { why: 'credentials-wrong', user: 'c074adaabb02' } }),
    [named('c074adaabb02', 'credentials-wrong')],
  ],
  [
    'a first try without a user',
    asked(`/telefonos/c/${MAC}.cfg`, { standing: null, refused: { why: 'no-credentials', user: null } }),
    [named(MAC, 'no-credentials')],
  ],
  [
    'its own password and the file of another',
    asked('/c/c074adaabb02.cfg', { standing: { ...YEALINK, kind: 'credentials' } }),
    [own('other-mac', 'c074adaabb02'), named('c074adaabb02', 'token-of-another', MAC)],
  ],
  ['who names nobody', asked('/favicon.ico', { standing: null }), []],
])('%s is told to whom it concerns', (_what, request, told) => {
  expect(judgeRequest(request, known)).toEqual(told);
});

test.each([
  [`/p/${TOKEN}/${TOKEN}`, null],
  [`/p/${TOKEN}/x-${TOKEN}.cfg`, null],
  [`/${TOKEN}/${MAC}.cfg`, null],
  [`/p/${TOKEN}`, null],
  [`/p/abc/abc.cfg`, null],
  [`/p/${TOKEN}/a\u0007b\u009b.cfg?key=geheim`, 'a?b?.cfg'],
  [`/p/${TOKEN}/Cisco/CP-8841-3PCC/${MAC}.cfg`, `Cisco/CP-8841-3PCC/${MAC}.cfg`],
])('I9: of %s no token and no query is told', (target, file) => {
  expect(soughtIn(target, '', null).file).toBe(file);
  // What the server takes for a phone's path is shown no other way.
  expect(soughtIn(target, '', phonePathOf(target, ''))).toEqual(soughtIn(target, '', null));
});

test.each([
  ['snomD785-000413AABB03.htm', '000413aabb03'],
  ['Configaabbcc001122.cfg', 'aabbcc001122'],
  ['Aastra6731i MAC:00-08-5D-23-74-29 V:3.2.0.70-SIP', '00085d237429'],
  ['y000000000096.cfg', null],
  ['000000000000.cfg', null],
  ['0123456789abcdef.cfg', null],
])('%s names %s', (text, mac) => {
  expect(macIn(text)).toBe(mac);
});
