import { expect, test } from 'vitest';
import { poly } from './poly.ts';
import type { Flash } from './vendor.ts';

const MAC = '0004f2aabb01';
const MASTER = '<APPLICATION APP_FILE_PATH="" CONFIG_FILES="a.cfg, [PHONE_MAC_ADDRESS]-b.cfg"/>';

test('a Poly asks for what its master file names, and for the common master file where it has none', () => {
  const flash: Flash = new Map();
  expect([...poly.files(MAC, flash)].slice(0, 3)).toEqual([`${MAC}.cfg`, '000000000000.cfg', `${MAC}-phone.cfg`]);
  const asked: string[] = [];
  for (const name of poly.files(MAC, flash)) {
    asked.push(name);
    if (name === `${MAC}.cfg`) poly.apply(name, MASTER, MAC, flash, new Map());
  }
  expect(asked.slice(0, 4)).toEqual([`${MAC}.cfg`, 'a.cfg', `${MAC}-b.cfg`, `${MAC}-phone.cfg`]);
});

test('a Poly leaves a device parameter alone that is not said to be set', () => {
  const flash: Flash = new Map();
  const said = 'device.dhcp.bootSrvUseOpt="Static" device.prov.serverName="http://192.0.2.1/p/"';
  const apply = (text: string): unknown => poly.apply('a.cfg', text, MAC, flash, new Map());
  const set = 'device.dhcp.bootSrvUseOpt.set="1" device.prov.serverName.set="1"';
  apply(`<x ${said} device.set="1"/>`);
  apply(`<x ${said} ${set}/>`);
  expect(poly.provisioningUrl(flash)).toBeNull();
  apply(`<x device.set="1"><y ${said} ${set}/></x>`);
  expect(poly.provisioningUrl(flash)).toBe('http://192.0.2.1/p/');
});

test('a Poly keeps its home and no line when its file says neither any longer', () => {
  const flash: Flash = new Map();
  const known = new Map<string, string>();
  const device = 'device.set="1" device.prov.serverType.set="1" device.prov.serverType="HTTP"';
  const home = 'device.prov.serverName.set="1" device.prov.serverName="192.0.2.1/p" device.dhcp.bootSrvUseOpt="Static"';
  const line = 'reg.2.address="1001@192.0.2.9" reg.2.server.1.address="192.0.2.9" reg.2.server.1.transport="TLS"';
  const text = `<x ${device} ${home} device.dhcp.bootSrvUseOpt.set="1" ${line}/>`;
  expect(poly.apply('a.cfg', text, MAC, flash, known)).toBe('applied');
  expect(poly.lines(flash)).toMatchObject([
    { position: 2, user: '1001', authUser: '1001', host: '192.0.2.9', port: null, transport: 'tls' },
  ]);
  expect(poly.apply('a.cfg', '<x/>', MAC, flash, known)).toBe('applied');
  expect(poly.lines(flash)).toEqual([]);
  expect(poly.provisioningUrl(flash)).toBe('http://192.0.2.1/p');
});

test('a Poly fetches on check-sync, restarts where each shall restart it, and knows no other event', () => {
  const always = new Map([['voIpProt.SIP.specialEvent.checkSync.alwaysReboot', '1']]);
  expect(poly.onEvent('check-sync', new Map())).toBe('fetch');
  expect(poly.onEvent('check-sync', always)).toBe('reboot');
  expect(poly.onEvent('resync', always)).toBeNull();
});
