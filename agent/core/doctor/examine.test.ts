import { expect, test } from 'vitest';
import type { RouterSettings } from '../settings.ts';
import { examine } from './examine.ts';
import type { DoctorFacts, PeerFacts } from './facts.ts';
import { hasMissed } from './missed.ts';
import { parseMoment, routerNow } from './router-time.ts';

const NOW = Date.UTC(2026, 0, 15);
const DAY = 86_400_000;
const SETTINGS: RouterSettings = {
  router: 'r0',
  mode: 'manage',
  lists: { cutoff: 'Moroso', notice: 'Aviso', portal: 'p', always: 'a', once: 'o', seen: 's' },
  port: 999,
  url: 'https://{domain}/',
  seenMinutes: 5,
  redirect: 'auto',
  backend: { kind: 'web-proxy' },
};
const PIN = 'ab'.repeat(32);

function facts(over: Partial<DoctorFacts>): DoctorFacts {
  return {
    now: NOW,
    host: '192.0.2.1',
    port: 8729,
    user: 'edge',
    tls: { kind: 'pin', sha256: PIN },
    settings: SETTINGS,
    link: { kind: 'up' },
    peer: certificate(),
    answers: new Map(),
    proxyAnswer: null,
    domain: 'p.example',
    portal: [],
    resolvers: [],
    site: { subscribers: 0, withIpv6: 0, pages: 0 },
    ...over,
  };
}

function certificate(over: Partial<Extract<PeerFacts, { kind: 'certificate' }>> = {}): PeerFacts {
  return {
    kind: 'certificate',
    sha256: PIN,
    subject: 'CN=api',
    isSelfSigned: true,
    validFrom: NOW - DAY,
    validTo: NOW + 365 * DAY,
    lastDay: '2027-01-15',
    distrust: null,
    ...over,
  };
}

const said = (over: Partial<DoctorFacts>): readonly string[] =>
  examine(facts(over)).map(({ code, severity }) => `${severity} ${code}`);
const tlsDown = { kind: 'down', stop: 'tls', why: 'TLS failed' } as const;

test.each([
  ['a pinned certificate, even a self-signed one', {}, []],
  ['one that ends soon', { peer: certificate({ validTo: NOW + 10 * DAY }) }, ['warning tls-expires-soon']],
  ['an old one that is pinned still connects', { peer: certificate({ validTo: NOW - DAY }) }, ['warning tls-expired']],
  ['another one', { link: tlsDown, peer: certificate({ sha256: 'cd'.repeat(32) }) }, ['error tls-wrong-pin']],
  ['the pin of the example', { link: tlsDown, tls: { kind: 'pin', sha256: '0'.repeat(64) } }, ['error tls-not-pinned']],
  [
    'one that the CA did not sign',
    { link: tlsDown, tls: { kind: 'ca' }, peer: certificate({ distrust: 'DEPTH_ZERO_SELF_SIGNED_CERT' }) },
    ['error tls-untrusted'],
  ],
  [
    'an old one under a CA',
    { link: tlsDown, tls: { kind: 'ca' }, peer: certificate({ validTo: NOW - DAY, distrust: 'CERT_HAS_EXPIRED' }) },
    ['error tls-expired'],
  ],
  ['none at all', { link: tlsDown, peer: { kind: 'anonymous' } }, ['error tls-anonymous']],
  ['no TLS there', { link: tlsDown, peer: { kind: 'failed', why: 'x' } }, ['error tls-failed']],
  ['no encryption', { tls: { kind: 'plain' }, peer: null }, ['warning api-plain']],
] as const)('the peer shows %s', (_, over, wanted) => {
  expect(said(over)).toEqual(wanted);
});

test('the finding about a pin that is none yet prints the one to compare and to write', () => {
  const [finding] = examine(facts({ link: tlsDown, tls: { kind: 'pin', sha256: '0'.repeat(64) } }));
  expect(finding?.remedy).toContain(`tls: { pin: "sha256:${PIN}" }`);
  expect(finding?.es?.remedy).toContain(`tls: { pin: "sha256:${PIN}" }`);
});

test.each([
  ['6.48.6 (long-term)', true],
  ['6.49.18 (long-term)', false],
  ['7.8 (stable)', true],
  ['7.9.2 (stable)', false],
  ['7.24 (stable)', false],
])('RouterOS %s is older than what was tried: %s', (version, isOld) => {
  const resource = { kind: 'rows', rows: [new Map([['version', version]])] } as const;
  expect(said({ answers: new Map([['resource', resource]]) })).toEqual(isOld ? ['warning version-old'] : []);
});

test('thousands of pages advise the notice-server, some do not', () => {
  expect(said({ site: { subscribers: 9000, withIpv6: 0, pages: 2001 } })).toEqual(['info backend-advice']);
  expect(said({ site: { subscribers: 9000, withIpv6: 0, pages: 2000 } })).toEqual([]);
});

test('a portal that answers nowhere is an error; one of its addresses alone is a warning', () => {
  const closed = {
    address: '198.51.100.1',
    https: { kind: 'closed', why: 'x' },
    http: { kind: 'closed', why: 'x' },
  } as const;
  const open = { address: '198.51.100.2', https: { kind: 'ok', why: '' }, http: { kind: 'ok', why: '' } } as const;
  expect(said({ portal: [closed] })).toEqual(['error portal-unreachable']);
  expect(said({ portal: [closed, open] })).toEqual(['warning portal-unreachable']);
  expect(said({ portal: [{ ...open, http: closed.http }] })).toEqual(['info portal-http-closed']);
  expect(said({ portal: [{ ...open, https: { kind: 'certificate', why: 'x' } }] })).toEqual([
    'error portal-certificate',
  ]);
});

test.each([
  ['198.51.100.1', 'curl -sv --connect-to ::198.51.100.1:443 https://p.example/'],
  ['2001:db8:51::10', 'curl -sv --connect-to ::[2001:db8:51::10]:443 https://p.example/'],
])('the command for the silent portal address %s can be typed as it stands', (address, command) => {
  const closed = { address, https: { kind: 'closed', why: 'x' }, http: { kind: 'closed', why: 'x' } } as const;
  const [finding] = examine(facts({ portal: [closed] }));
  expect([finding?.remedy, finding?.es?.remedy]).toEqual([command, command]);
});

test('moments are read in the spelling of both major versions', () => {
  expect(parseMoment('2024-02-29 23:59:58')).toBe(Date.UTC(2024, 1, 29, 23, 59, 58));
  expect(parseMoment('jan/02/1970 00:00:01')).toBe(DAY + 1000);
  expect(parseMoment('02/01/2025')).toBeNull();
  const clock = (offset: string) =>
    routerNow(
      new Map([
        ['date', '2026-01-15'],
        ['time', '00:00:00'],
        ['gmt-offset', offset],
      ]),
    );
  expect(clock('-05:00')).toBe(NOW + 5 * 3_600_000);
  expect(clock(String(0x1_0000_0000 - 18_000))).toBe(NOW + 5 * 3_600_000);
});

test('a night is missed when the line rang since the last doctor, and not in this very minute', () => {
  const at = (hour: number, minute = 0): number => NOW + (hour * 60 + minute) * 60_000;
  const rings = (moment: number): boolean => moment % DAY === 3.5 * 3_600_000;
  expect(hasMissed(null, at(0), rings)).toBe(true);
  expect(hasMissed(at(2), at(3), rings)).toBe(false);
  expect(hasMissed(at(2), at(3, 30), rings)).toBe(false);
  expect(hasMissed(at(2), at(3, 31), rings)).toBe(true);
  expect(hasMissed(at(3, 35), at(9), rings)).toBe(false);
});
