import { expect, test } from 'vitest';
import { testSite, until } from './rotation/site.ts';

const KEY = 'geheim-Zk3vQ9mT7x';

/**
 * Not among them: a Mitel of some firmware asks for `<MAC>.cfg` only after a file for all said something, a Cisco for what
 * its option says to the letter, a Panasonic for a name that it has to be told. They are told one by one.
 */
const LED = [
  'yealink',
  'grandstream',
  'grandstream-aliases',
  'snom',
  'poly',
  'fanvil-xml',
  'fanvil-text',
  'gigaset-n510',
  'gigaset-nx70',
  'htek',
  'akuvox',
] as const;

test.each(LED)(
  'a %s that DHCP told the URL for all comes by its MAC, is led through its enrolment, and registers',
  async (vendor) => {
    const site = await testSite({}, undefined, { ledNetworks: ['127.0.0.0/8'] });
    const options = await site.enrolled('1001', KEY, { vendor });
    const home = new URL('/', options.url).href;
    const phone = await site.switchOn({ ...options, url: home }, '1001', KEY);
    expect(phone.url).toBe(options.url);
    expect(phone.lines.map(({ registeredWith }) => registeredWith)).toEqual([KEY]);
    // It has come home, which ends the enrolment: its MAC opens nothing any more.
    const led = phone.fetches.find(({ url, status }) => status === 200 && !url.includes('/p/'))?.url ?? '';
    expect(led.startsWith(home)).toBe(true);
    await until('its enrolment has ended', async () => (await fetch(led, { method: 'HEAD' })).status === 404);
  },
);

test('without such a network, or from another one, the same phone gets nothing', async () => {
  const site = await testSite({}, undefined, { ledNetworks: ['10.5.0.0/24'] });
  const { mac, url } = await site.enrolled('1001', KEY);
  expect((await fetch(new URL(`/${mac}.cfg`, url))).status).toBe(404);
});
