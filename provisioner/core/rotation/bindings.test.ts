import { expect, test } from 'vitest';
import type { Binding, BindingsSeen } from '../../../schemas/rotation-progress.ts';
import { areRenewed } from './bindings.ts';

const MAC = '001565aabbcc';
const OTHER = '000b82112233';
const CONTACT = 'sip:1001-0x5638@192.0.2.7:5060;transport=udp';
const ELSEWHERE = 'sip:1001@192.0.2.9';

function bound(expires: number | null, over: Partial<Binding> = {}): Binding {
  return { contact: CONTACT, expires, instance: null, ...over };
}

function instance(mac: string): string {
  return `<urn:uuid:00000000-0000-1000-8000-${mac.toUpperCase()}>`;
}

function look(at: number, ...bindings: Binding[]): BindingsSeen {
  return { at, bindings };
}

/** Of one phone that fetched `fetchedAt` after a look at 0. */
function isRenewed(
  before: Binding[],
  now: Binding[],
  at: number,
  fetchedAt = 1,
  since: 'push' | 'fetch' = 'push',
): boolean {
  return areRenewed(since, [look(0, ...before)], look(at, ...now), { [MAC]: fetchedAt });
}

test('a binding that was not there before is renewed', () => {
  expect(isRenewed([], [bound(60)], 5_000)).toBe(true);
  expect(isRenewed([bound(60)], [bound(60, { contact: ELSEWHERE })], 0)).toBe(true);
});

test('I6: a binding that only counts down is not renewed, whatever way its seconds are rounded', () => {
  for (const elapsed of [0, 999, 1_000, 2_500, 30_000]) {
    for (const rounded of [Math.floor, Math.ceil, Math.round]) {
      const left = rounded(3_600.4 - elapsed / 1000);
      for (const since of ['push', 'fetch'] as const) {
        expect(isRenewed([bound(rounded(3_600.4))], [bound(left)], elapsed, 1, since)).toBe(false);
      }
    }
  }
});

test('a binding with more time left than the countdown leaves is renewed', () => {
  expect(isRenewed([bound(3_598)], [bound(3_600)], 2_300)).toBe(true);
  expect(isRenewed([bound(60)], [bound(60)], 2_300)).toBe(true);
});

test('where the registrar tells no expires nothing proves a renewal of the same contact', () => {
  expect(isRenewed([bound(null)], [bound(null)], 60_000)).toBe(false);
  expect(isRenewed([], [bound(null)], 60_000, 1, 'fetch')).toBe(true);
});

test('I6: a refresh between the look and the fetch is not one since the fetch', () => {
  // Of 600 granted: refreshed 3 s after the look, fetched at 20 s, seen at 21 s.
  expect(isRenewed([bound(320)], [bound(582)], 21_000, 20_000, 'fetch')).toBe(false);
  expect(isRenewed([bound(320)], [bound(582)], 21_000, 20_000, 'push')).toBe(true);
  expect(isRenewed([bound(320)], [bound(599)], 21_000, 20_000, 'fetch')).toBe(true);
  // Of 120 granted, as an earlier look has shown.
  const looks = [look(0, bound(119)), look(30_000, bound(89))];
  expect(areRenewed('fetch', looks, look(101_000, bound(79)), { [MAC]: 100_000 })).toBe(false);
  expect(areRenewed('fetch', looks, look(101_000, bound(119)), { [MAC]: 100_000 })).toBe(true);
});

test('what is renewed since a look from after the fetch needs no other proof', () => {
  const looks = [look(0, bound(500)), look(10_500, bound(440))];
  expect(areRenewed('fetch', looks, look(40_000, bound(450)), { [MAC]: 10_000 })).toBe(true);
});

test('of a forked extension only the phone that was told counts, by the MAC in its instance', () => {
  const mine = bound(50, { instance: instance(MAC) });
  const other = bound(50, { contact: ELSEWHERE, instance: instance(OTHER) });
  const still = { ...mine, expires: 40 };
  const renewed = { ...other, expires: 60 };
  const done = (now: Binding[], ...macs: string[]): boolean =>
    areRenewed('push', [look(0, mine, other)], look(10_000, ...now), Object.fromEntries(macs.map((mac) => [mac, 1])));
  expect(done([still, renewed], MAC)).toBe(false);
  expect(done([still, renewed], OTHER)).toBe(true);
  expect(done([{ ...mine, expires: 60 }, renewed], MAC, OTHER)).toBe(true);
});

test('each phone is judged by the looks around its own fetch: one that was fast need not renew again', () => {
  const named = (mac: string, contact: string, expires: number): Binding => ({
    ...bound(expires, { instance: instance(mac) }),
    contact,
  });
  // The first fetched and renewed at 3 s; the look at 30 s holds that. The second fetched and renewed at 40 s.
  for (const [one, other] of [
    [named(MAC, CONTACT, 0), named(OTHER, ELSEWHERE, 0)],
    [bound(0), bound(0, { contact: ELSEWHERE })],
  ] as const) {
    const looks = [
      look(0, { ...one, expires: 300 }, { ...other, expires: 200 }),
      look(30_000, { ...one, expires: 573 }, { ...other, expires: 170 }),
    ];
    const fetches = { [MAC]: 3_000, [OTHER]: 40_000 };
    const at = (left: number): BindingsSeen => look(41_000, { ...one, expires: 562 }, { ...other, expires: left });
    for (const since of ['push', 'fetch'] as const) {
      expect(areRenewed(since, looks, at(599), fetches)).toBe(true);
      expect(areRenewed(since, looks, at(159), fetches)).toBe(false);
    }
  }
});

test('two phones that no instance names need two renewed bindings', () => {
  const before = look(0, bound(300), bound(40, { contact: ELSEWHERE }));
  const fetches = { [MAC]: 1, [OTHER]: 1 };
  expect(areRenewed('push', [before], look(60_000, bound(600)), fetches)).toBe(false);
  expect(areRenewed('push', [before], look(60_000, bound(600), bound(600, { contact: ELSEWHERE })), fetches)).toBe(
    true,
  );
});

test('a phone whose binding is gone is not registered', () => {
  expect(isRenewed([bound(50, { instance: instance(MAC) })], [], 10_000)).toBe(false);
  expect(isRenewed([], [], 10_000)).toBe(false);
});
