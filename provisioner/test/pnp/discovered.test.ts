import { expect, test } from 'vitest';
import { freePort } from '../../../lab/test/free-port.ts';
import { testSite, until, type TestSite } from '../rotation/site.ts';
import { scriptedPhone } from './scripted-phone.ts';

const KEY = 'geheim-Zk3vQ9mT7x';
/** Where nobody is: a phone that is told nothing stays there. */
const NOWHERE = 'http://127.0.0.1:9/';

async function pnpSite(): Promise<TestSite & { readonly port: number }> {
  const port = await freePort();
  const site = await testSite({ pnp: { address: '127.0.0.1', port } });
  return Object.assign(site, { port });
}

test.each(['yealink', 'snom', 'grandstream', 'fanvil-xml', 'htek'] as const)(
  'a %s out of its box asks by PnP, is led through its enrolment, and registers',
  async (vendor) => {
    const site = await pnpSite();
    const { port } = site;
    const options = await site.enrolled('1001', KEY, { vendor, pnp: { port } });
    const phone = await site.switchOn({ ...options, url: NOWHERE }, '1001', KEY);
    expect(phone.fetches[0]?.url).toContain(options.enrolmentUrl);
    // It has come home, which ends the enrolment as soon as that is written: nobody is told anything any more in its name.
    const led = phone.fetches.find(({ url, status }) => url.startsWith(options.enrolmentUrl) && status === 200)?.url;
    await until('its enrolment has ended', async () => (await fetch(led ?? '', { method: 'HEAD' })).status === 404);
    const stranger = await scriptedPhone(port);
    stranger.ask(phone.mac, 'again');
    await until('it is told', () => site.log.some((line) => line.includes('was not answered')));
    expect(stranger.got).toEqual([]);
    expect(phone.lines.map(({ registeredWith }) => registeredWith)).toEqual([KEY]);
  },
);

test('datagrams that are lost, either way, cost it time and nothing else', async () => {
  const site = await pnpSite();
  const { port } = site;
  const pnp = { port, target: 'MAC:001565aabb01', loses: { notify: 1, answer: 1 } };
  const options = await site.enrolled('1001', KEY, { pnp, retryMs: 2000 });
  const phone = await site.switchOn({ ...options, url: NOWHERE }, '1001', KEY);
  expect(phone.fetches[0]?.url).toContain(options.enrolmentUrl);
  await until('its answer arrived', () => site.log.some((line) => line.includes('was told its enrolment by pnp')));
});

test('it is off until the configuration names it, and a reload switches it', async () => {
  const port = await freePort();
  const site = await testSite();
  const options = await site.enrolled('1001', KEY);
  const phone = await scriptedPhone(port);
  phone.ask(options.mac, 'off');
  await site.configure({ pnp: { address: '127.0.0.1', port } });
  phone.ask(options.mac, 'on');
  const notify = await phone.until('NOTIFY');
  phone.answer(notify);
  expect(notify).toContain('\r\nCall-ID: on\r\n');
  expect(notify.endsWith(`\r\n\r\n${options.enrolmentUrl}`)).toBe(true);
  expect(phone.got).toHaveLength(2);
  await site.restart();
  phone.ask(options.mac, 'after a restart');
  phone.answer(await phone.until('NOTIFY', 2));
});
