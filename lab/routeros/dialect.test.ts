import { expect, test } from 'vitest';
import { dialectOf, type RouterVersion } from './dialect.ts';

function has(version: RouterVersion, menu: string, command: string, argument?: string): boolean {
  const args = dialectOf(version).menus.get(menu)?.get(command);
  return argument === undefined ? args !== undefined : args?.has(argument) === true;
}

test('7.16 is 7.9.2 with the changes up to 7.16 and none later', () => {
  expect(has('7.16', '/ip/firewall/nat', 'add', 'randomise-ports')).toBe(true);
  expect(has('7.16', '/ip/firewall/nat', 'add', 'tls-host')).toBe(false);
  expect(has('7.16', '/ip/service', 'set', 'max-sessions')).toBe(true);
  expect(has('7.16', '/ip/firewall/address-list', 'get', 'as-string')).toBe(true);
  expect(has('7.16', '/ip/dhcp-server/option', 'comment')).toBe(true);
  expect(has('7.16', '/ip/service', 'unset')).toBe(true);
  expect(has('7.16', '/ip/firewall/nat', 'add', 'socks5-port')).toBe(false);
  expect(has('7.16', '/system/device-mode', 'update', 'install-any-version')).toBe(false);
});

test('7.24 is as dumped', () => {
  expect(has('7.24', '/ip/service', 'unset')).toBe(false);
  expect(has('7.24', '/ip/firewall/nat', 'add', 'socks5-port')).toBe(true);
  expect(has('7.24', '/ip/firewall/filter', 'add', 'hw-offload')).toBe(false);
  expect(has('7.24', '/ip/firewall/address-list', 'unset')).toBe(false);
  expect(has('7.24', '/ip/firewall/address-list', 'move')).toBe(false);
});

test('6.49 has redirect-to, two proxy actions and no device-mode', () => {
  expect(has('6.49', '/ip/proxy/access', 'add', 'redirect-to')).toBe(true);
  expect(has('6.49', '/ip/proxy/access', 'add', 'action-data')).toBe(false);
  expect(dialectOf('6.49').values.get('/ip/proxy/access')?.get('action')).toEqual(['allow', 'deny']);
  expect(dialectOf('6.49').menus.has('/system/device-mode')).toBe(false);
});

test('only 7.18 and later say !empty', () => {
  expect((['6.49', '7.16', '7.24'] as const).map((version) => dialectOf(version).hasEmpty)).toEqual([
    false,
    false,
    true,
  ]);
});
