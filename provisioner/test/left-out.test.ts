import { expect, test } from 'vitest';
import type { RegistrarConfig } from '../../schemas/config/provisioner.ts';
import { testSite, until, words, type TestSite } from './rotation/site.ts';

const [OLD, NEW, OTHER] = ['old-key-of-1001-aaaa', 'new-key-of-1001-bbbb', 'key-of-1002-cccccccc'];

/** The lab's one registrar under several names of the configuration. */
function registrarsOf(site: TestSite, ...ids: readonly string[]): { registrars: RegistrarConfig[] } {
  const place = `127.0.0.1:${site.registrar.port}`;
  return {
    registrars: ids.map((id) => ({
      id,
      domain: place,
      uri: `sip:${place};transport=udp`,
      probeMode: 'query' as const,
    })),
  };
}

test('I11: a Poly keeps its lines when the registrar of one leaves the configuration, and a rotation says why it waits', async () => {
  const site = await testSite();
  await site.configure(registrarsOf(site, 'iplan', 'other'));
  const phone = await site.phone('1001', OLD, { vendor: 'poly' });
  await site.extension('1002', OTHER);
  const extension = { registrar: 'other', displayName: 'Ext 1002', owner: 'isp' } as const;
  await site.ask({ kind: 'put-extension', number: '1002', extension, sipKey: null });
  const lines = [{ extension: '1001' }, { extension: '1002' }];
  await site.ask({ kind: 'put-phone', mac: phone.mac, phone: { vendor: 'poly', model: 'VVX 410', lines } });
  await until('it has both lines', async () => {
    await phone.poll();
    return phone.lines.length === 2;
  });
  await phone.untilRegistered('1002', OTHER);

  await site.configure(registrarsOf(site, 'iplan'));
  const before = phone.fetches.length;
  await phone.poll();
  const polled = phone.fetches.slice(before).map(({ file, status }) => [file, status]);
  expect(polled).toEqual(
    expect.arrayContaining([
      [`${phone.mac}.cfg`, 200],
      [`${phone.mac}-settings.cfg`, 404],
    ]),
  );
  expect(phone.lines).toMatchObject([
    { user: '1001', registeredWith: OLD },
    { user: '1002', registeredWith: OTHER },
  ]);

  site.registrar.setKeys('1001', OLD, NEW);
  const id = await site.rotate({ '1001': NEW });
  const held = await site.untilRotation(id, (rotation) => words(rotation, '1001').length > 0);
  expect(held.extensions[0]?.evidence).toMatchObject([{ what: 'phone-not-served', data: { phones: [phone.mac] } }]);
  const operation = await site.untilOperation(held.operation, ({ state }) => state === 'held');
  expect(operation.reason).toBe('phone-not-served');
  const resync = await site.ask({ kind: 'resync', mac: phone.mac });
  const failed = await site.untilOperation(resync.operation?.id ?? '', ({ state }) => state === 'failed');
  expect(failed.reason).toBe('phone-not-served');

  await site.configure(registrarsOf(site, 'iplan', 'other'));
  expect((await site.untilRotation(id, ({ end }) => end !== null)).end).toBe('committed');
  expect(phone.lines).toMatchObject([
    { user: '1001', registeredWith: NEW },
    { user: '1002', registeredWith: OTHER },
  ]);
});
