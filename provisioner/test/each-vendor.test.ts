import { expect, test } from 'vitest';
import { LAB_VENDORS } from '../../lab/phones/vendors.ts';
import { FORMATS } from '../core/vendors/table.ts';
import { testSite, until } from './rotation/site.ts';

const [OLD, NEW] = ['old-key-of-1001-aaaa', 'new-key-of-1001-bbbb'];
const ALL = Object.values(LAB_VENDORS);

test('the lab has a phone for each dialect', () => {
  expect(Object.keys(LAB_VENDORS).sort()).toEqual(Object.keys(FORMATS).sort());
});

test.each(ALL)('a $vendor is enrolled, registers, gets a new key and loses its line', async ({ vendor }) => {
  const site = await testSite();
  const options = await site.enrolled('1001', OLD, { vendor });
  const phone = await site.switchOn({ ...options, url: options.enrolmentUrl }, '1001', OLD);
  // It has left the enrolment for good: its own restart leads it home.
  expect(phone.url).toBe(options.url);
  expect(phone.lines).toMatchObject([{ user: '1001', displayName: 'Ext 1001', registeredWith: OLD }]);
  const asked = phone.fetches
    .filter(({ url }) => url.startsWith(options.url))
    .map(({ url }) => url.slice(options.url.length));
  const known = FORMATS[vendor].asksFor(phone.mac, LAB_VENDORS[vendor].model).map(patternOf);
  expect(asked.filter((file) => !known.some((pattern) => pattern.test(file)))).toEqual([]);

  const started = phone.reboots;
  expect(started).toBe(FORMATS[vendor].goesHomeAtRestart === true ? 1 : 0);
  site.registrar.setKeys('1001', OLD, NEW);
  const id = await site.rotate({ '1001': NEW });
  const done = await site.untilRotation(id, ({ end }) => end !== null);
  expect(done).toMatchObject({ end: 'committed' });
  expect(phone.lines).toMatchObject([{ user: '1001', registeredWith: NEW }]);
  // Its event makes it fetch: nobody's phone was restarted, but where its vendor has no other way.
  expect(phone.reboots > started).toBe(!FORMATS[vendor].capabilities.resyncs.is);

  await site.ask({ kind: 'put-phone', mac: phone.mac, phone: { ...options.sold, lines: [] } });
  await phone.poll();
  await until('its line is gone', async () => {
    if (phone.lines.length > 0) await phone.poll();
    return phone.lines.length === 0;
  });
});

/** `*` stands for letters and digits. */
function patternOf(name: string): RegExp {
  return new RegExp(`^${name.replaceAll('.', '\\.').replaceAll('*', '[A-Za-z0-9]*')}$`);
}
