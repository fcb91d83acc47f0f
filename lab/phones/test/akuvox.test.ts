import { expect, test } from 'vitest';
import { akuvox } from '../akuvox.ts';

const MAC = '0c1105aabb01';

/** As Tancredi writes it, by hand. */
const FILE = `#!version:1.0.0.1

# a comment
Config.Autoprovision.GENERAL.Url = https://192.0.2.1/p/t/${MAC}.cfg
Config.Autoprovision.MODE.Mode = 0
;Config.Account1.GENERAL.Enable = 0
Config.Account1.GENERAL.Enable = 1
Config.Account1.GENERAL.DisplayName = Ana # ventas
Config.Account1.GENERAL.UserName = 1001
Config.Account1.GENERAL.Pwd=k=1
Config.Account1.SIP.Server = 192.0.2.9
Config.Account1.SIP.TransType = 1
Config.Account1.REG.Timeout = 90
Config.Account2.GENERAL.UserName = 1002
Config.Account2.SIP.Server = 192.0.2.9
`;

test('an Akuvox reads its account, and its home from the URL of its file', () => {
  const flash = new Map<string, string>();
  expect(akuvox.fetchesAtStart(flash)).toBe(true);
  expect(akuvox.apply(`${MAC}.cfg`, FILE, MAC, flash, new Map())).toBe('applied');
  expect(akuvox.provisioningUrl(flash)).toBe('https://192.0.2.1/p/t/');
  expect(akuvox.fetchesAtStart(flash)).toBe(false);
  expect(akuvox.lines(flash)).toEqual([
    {
      position: 1,
      user: '1001',
      authUser: '1001',
      key: 'k=1',
      displayName: 'Ana # ventas',
      host: '192.0.2.9',
      port: 5060,
      transport: 'tcp',
      expiresSeconds: 90,
    },
  ]);
  expect(akuvox.apply(`${MAC}.cfg`, FILE.slice(1), MAC, flash, new Map())).toBe('rejected');
});

test('an Akuvox restarts for a check-sync that does not say otherwise', () => {
  const events = ['check-sync;reboot=false', 'check-sync', 'check-sync;reboot=true', 'resync'];
  expect(events.map((event) => akuvox.onEvent(event, new Map()))).toEqual(['fetch', 'reboot', 'reboot', null]);
});
