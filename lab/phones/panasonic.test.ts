import { expect, test } from 'vitest';
import { panasonic } from './panasonic.ts';
import type { Flash } from './vendor.ts';

const MAC = '0080f0aabb01';
const FIRST = '# Panasonic SIP Phone Standard Format File # DO NOT CHANGE THIS LINE!';

function read(...lines: readonly string[]): Flash {
  const flash: Flash = new Map();
  expect(panasonic.apply('', [FIRST, ...lines, ''].join('\r\n'), MAC, flash, new Map())).toBe('applied');
  return flash;
}

test('a Panasonic asks for its model’s file until it has a path of its own, in which {MAC} is its MAC', () => {
  expect([...panasonic.files(MAC, new Map())]).toEqual(['KX-UT136.cfg']);
  const flash = read('CFG_STANDARD_FILE_PATH="http://192.0.2.1/p/{mac}-{MAC}-{Mac}.cfg"');
  expect([...panasonic.files(MAC, flash)]).toEqual(['0080f0aabb01-0080F0AABB01-{Mac}.cfg']);
  expect(panasonic.provisioningUrl(flash)).toBe('http://192.0.2.1/p/');
  flash.set('PROVISION_ENABLE', 'N');
  expect(panasonic.provisioningUrl(flash)).toBeNull();
  expect(panasonic.fetchesAtStart(flash)).toBe(false);
});

test('a Panasonic takes the first of two equal names and no line that is too long', () => {
  const flash = read('A="1"', 'A="2"', `B="${'x'.repeat(540)}"`, '#C="3"', 'D=""');
  expect([...flash]).toEqual([
    ['A', '1'],
    ['D', ''],
  ]);
});

test.each([['A="1"'], [`${FIRST}\r\nA = "1"\r\n`], [`${FIRST}\r\nA="x"y"\r\n`], [`${FIRST}\r\nA="1\r\n2"\r\n`]])(
  'a Panasonic rejects %j',
  (text) => {
    const flash: Flash = new Map();
    expect(panasonic.apply('', text, MAC, flash, new Map())).toBe('rejected');
    expect([...flash]).toEqual([]);
  },
);

test('a Panasonic registers the user of its SIP URI on a line that is enabled', () => {
  const account = ['PHONE_NUMBER_2="1001"', 'SIP_URI_2="sip:ana@192.0.2.9"', 'SIP_RGSTR_ADDR_2="192.0.2.9"'];
  expect(panasonic.lines(read(...account))).toEqual([]);
  expect(panasonic.lines(read(...account, 'LINE_ENABLE_2="Enabled"'))).toMatchObject([
    { position: 2, user: 'ana', authUser: 'ana', host: '192.0.2.9', port: 5060, transport: 'udp' },
  ]);
});

test('a Panasonic compares the event as a whole', () => {
  expect(panasonic.onEvent('check-sync', new Map())).toBe('fetch');
  expect(panasonic.onEvent('check-sync;reboot=false', new Map())).toBeNull();
  expect(panasonic.onEvent('check-sync', new Map([['CFG_RESYNC_FROM_SIP', 'resync']]))).toBeNull();
});
