import { expect, test } from 'vitest';
import { htek } from '../htek.ts';

const MAC = '001fc1aabb01';

/** As FusionPBX and Wazo write it, by hand: account 2 by its own profile, account 3 by that of account 1. */
const FILE = `<?xml version="1.0" encoding="UTF-8" ?>
<hl_provision version="1">
  <config version="1">
    <P237 para="FirmwareUpGrade.ConfigServerPath">https://192.0.2.1/p/t/</P237><P212 para="FirmwareUpGrade.UrgrateMode">3</P212>
    <P47 para="Account1.Sipserver">192.0.2.9:5070</P47><P32 para="Account1.RegisterExpiration">2</P32>
    <P401 para="Account2.Active">1</P401><P747 para="Account2.Sipserver">192.0.2.8</P747>
    <P735 para="Account2.SipUserId">1002</P735><P736 para="Account2.AuthenticateID">auth1002</P736>
    <P734 para="Account2.AuthenticatePassword">k&lt;2</P734><P703 para="Account2.DispalyName">Ana</P703>
    <P830 para="Account2.SipTransport">2</P830><P732 para="Account2.RegisterExpiration">10</P732>
    <P501 para="Account3.Active">1</P501><P24084 para="Account3_Profile">0</P24084>
    <P504 para="Account3.SipUserId">1003</P504>
    <P20361 para="Account6.Active">0</P20361><P1804 para="Account6.SipUserId">1006</P1804>
  </config>
</hl_provision>`;

test('an Htek reads P-values by their numbers, minutes, and the server from the profile of an account', () => {
  const flash = new Map<string, string>();
  expect(htek.apply(`cfg${MAC}.xml`, FILE, MAC, flash, new Map())).toBe('applied');
  expect(htek.provisioningUrl(flash)).toBe('https://192.0.2.1/p/t/');
  expect(htek.lines(flash)).toEqual([
    {
      position: 2,
      user: '1002',
      authUser: 'auth1002',
      key: 'k<2',
      displayName: 'Ana',
      host: '192.0.2.8',
      port: null,
      transport: 'tls',
      expiresSeconds: 600,
    },
    {
      position: 3,
      user: '1003',
      authUser: '1003',
      key: '',
      displayName: '',
      host: '192.0.2.9',
      port: 5070,
      transport: 'udp',
      expiresSeconds: 120,
    },
  ]);
  expect(htek.apply(`cfg${MAC}.xml`, FILE.replaceAll('hl_', 'gs_'), MAC, flash, new Map())).toBe('rejected');
});

test('an Htek takes no event unless it may', () => {
  const flash = new Map<string, string>();
  expect(htek.onEvent('check-sync', flash)).toBe('ignore');
  flash.set('P24012', '1');
  expect(
    ['check-sync', 'resync', 'check-sync;reboot=true', 'reboot'].map((event) => htek.onEvent(event, flash)),
  ).toEqual(['fetch', 'fetch', 'reboot', null]);
});
