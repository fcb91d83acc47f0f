import { Compile } from 'typebox/compile';
import { expect, test } from 'vitest';
import { canonicalMac, Mac } from './ids.ts';

const isMac = Compile(Mac);

test.each([
  'AA:BB:CC:00:11:02',
  'aa-bb-cc-00-11-02',
  'aabb.cc00.1102',
  'AABBCC001102',
  'AABBCC-001102',
  'AA BB CC 00 11 02',
  'aabb-cc00-1102',
  'aa:bb:cc:0:11:2',
])('the MAC %s is read', (mac) => {
  expect([isMac.Check(mac), canonicalMac(mac)]).toEqual([true, 'aabbcc001102']);
});

test.each(['AA:BB:CC:00:11', 'AA:BB:CC:00:11:022', 'AA::BB:CC:00:11', 'GG:BB:CC:00:11:22', '0000000000000', ''])(
  'the MAC %j is none',
  (mac) => {
    expect(isMac.Check(mac)).toBe(false);
  },
);
