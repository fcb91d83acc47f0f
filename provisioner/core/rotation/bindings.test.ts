import { expect, test } from 'vitest';
import type { Binding } from '../../../schemas/rotation-progress.ts';
import { areRenewed } from './bindings.ts';

const MAC = '001565aabbcc';
const OTHER = '000b82112233';
const CONTACT = 'sip:1001-0x5638@192.0.2.7:5060;transport=udp';

function bound(expires: number | null, over: Partial<Binding> = {}): Binding {
  return { contact: CONTACT, expires, instance: null, ...over };
}

function instance(mac: string): string {
  return `<urn:uuid:00000000-0000-1000-8000-${mac.toUpperCase()}>`;
}

test('a binding that was not there before is renewed', () => {
  expect(areRenewed({ at: 0, bindings: [] }, [bound(60)], 5_000, [MAC])).toBe(true);
  expect(areRenewed({ at: 0, bindings: [bound(60)] }, [bound(60, { contact: 'sip:other@192.0.2.7' })], 0, [MAC])).toBe(
    true,
  );
});

test('I6: a binding that only counts down is not renewed, whatever way its seconds are rounded', () => {
  for (const elapsed of [0, 999, 1_000, 2_500, 30_000]) {
    for (const rounded of [Math.floor, Math.ceil, Math.round]) {
      const left = rounded(3_600.4 - elapsed / 1000);
      expect(areRenewed({ at: 0, bindings: [bound(rounded(3_600.4))] }, [bound(left)], elapsed, [MAC])).toBe(false);
    }
  }
});

test('a binding with more time left than the countdown leaves is renewed', () => {
  expect(areRenewed({ at: 0, bindings: [bound(3_598)] }, [bound(3_600)], 2_300, [MAC])).toBe(true);
  expect(areRenewed({ at: 0, bindings: [bound(60)] }, [bound(60)], 2_300, [MAC])).toBe(true);
});

test('where the registrar tells no expires nothing proves a renewal of the same contact', () => {
  expect(areRenewed({ at: 0, bindings: [bound(null)] }, [bound(null)], 60_000, [MAC])).toBe(false);
});

test('of a forked extension only the phone that was told counts, by the MAC in its instance', () => {
  const mine = bound(50, { instance: instance(MAC) });
  const other = bound(50, { contact: 'sip:1001@192.0.2.9', instance: instance(OTHER) });
  const before = { at: 0, bindings: [mine, other] };
  const later = 10_000;
  const still = { ...mine, expires: 40 };
  const renewed = { ...other, expires: 60 };
  expect(areRenewed(before, [still, renewed], later, [MAC])).toBe(false);
  expect(areRenewed(before, [still, renewed], later, [OTHER])).toBe(true);
  expect(areRenewed(before, [{ ...mine, expires: 60 }, renewed], later, [MAC, OTHER])).toBe(true);
});

test('a phone whose binding is gone is not registered', () => {
  const before = { at: 0, bindings: [bound(50, { instance: instance(MAC) })] };
  expect(areRenewed(before, [], 10_000, [MAC])).toBe(false);
  expect(areRenewed({ at: 0, bindings: [] }, [], 10_000, [MAC])).toBe(false);
});
