import { expect, test } from 'vitest';
import { checkMac, unserved } from './check-phone.ts';

test.each(['AA:BB:CC:00:11:22', 'aa-bb-cc-00-11-22', 'aabb.cc00.1122', 'AABBCC001122', 'aa bb cc 00 11 22'])(
  'the MAC %s goes out as twelve lower-case hex digits',
  (mac) => {
    expect(checkMac(mac)).toEqual({ ok: true, mac: 'aabbcc001122' });
  },
);

test.each(['000000000000', '0:0:0:0:0:0', 'ff:ff:ff:ff:ff:ff', '01005e000001'])('no phone has the MAC %s', (mac) => {
  expect(checkMac(mac)).toMatchObject({ ok: false, fault: { pointer: '/mac', in: 'path' } });
});

test('a model that reads none of its vendor’s formats is told', () => {
  expect(unserved({ vendor: 'yealink' })).toBeNull();
  expect(unserved({ vendor: 'gigaset', model: 'N870 IP PRO' })).toBeNull();
  expect(unserved({ vendor: 'gigaset', model: 'N720 DM PRO' })).toMatch(/^gigaset N720 DM PRO is not served/);
});
