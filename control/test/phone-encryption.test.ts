import { expect, test } from 'vitest';
import type { FileEncryption } from '../../schemas/file-encryption.ts';
import { everythingSaid } from './phone-fixture.ts';
import { testSite, type TestSite } from './test-site.ts';

const MAC = 'aabbcc001122';
const MPP = { vendor: 'cisco-mpp', model: '8841', lines: [] };

test('enrol says that the files are encrypted, and shows the key only where somebody may have to type it', async () => {
  const site = await testSite();
  await site.put(`/v1/phones/${MAC}`, { ...MPP, encryption: 'preferred' });
  const preferred = await enrol(site);
  expect([preferred.status, Object.keys(preferred.body).sort()]).toEqual([
    200,
    ['encrypted', 'enrolmentUrl', 'expiresAt', 'provisioningUrl'],
  ]);
  await site.put(`/v1/phones/${MAC}`, { ...MPP, encryption: 'required' });
  const required = await enrol(site);
  expect(required.body).toMatchObject({ encrypted: true, fileKey: expect.any(String) as string });
  const { items } = (await site.call('GET', '/v1/phones')).body as { items: unknown };
  expect(items).toMatchObject([{ mac: MAC, encryption: 'required' }]);
  expect(await everythingSaid(site)).not.toContain(String(required.body['fileKey']));
});

test('what a phone says itself outranks the site; the site is followed where the phone’s dialect can', async () => {
  const site = await testSite();
  const answersOf = async (encryption: FileEncryption, phone: object): Promise<unknown> => {
    const { phones } = site.settings.current;
    if (phones === null) throw new Error('no provisioner');
    site.settings.current = { ...site.settings.current, phones: { ...phones, encryption } };
    await site.put(`/v1/phones/${MAC}`, phone);
    const { status, body } = await enrol(site);
    return status === 200 ? [body['encrypted'] === true, body['fileKey'] !== undefined] : [status, body['detail']];
  };
  expect(await answersOf('off', MPP)).toEqual([false, false]);
  expect(await answersOf('preferred', MPP)).toEqual([true, false]);
  expect(await answersOf('required', MPP)).toEqual([true, true]);
  expect(await answersOf('required', { ...MPP, encryption: 'off' })).toEqual([false, false]);
  const snom = { vendor: 'snom', model: 'D785', lines: [] };
  expect(await answersOf('preferred', snom)).toEqual([false, false]);
  expect(await answersOf('required', snom)).toEqual([
    409,
    'snom: no way to encrypt its files is known, so encryption cannot be required of it',
  ]);
  // How a Yealink's files look no guide says: a site that would rather have them encrypted tries no phone that was not named.
  const yealink = { vendor: 'yealink', lines: [] };
  expect(await answersOf('preferred', yealink)).toEqual([false, false]);
  expect(await answersOf('preferred', { ...yealink, encryption: 'preferred' })).toEqual([true, false]);
  expect(await answersOf('required', yealink)).toEqual([true, true]);
});

test('a phone that cannot be encrypted as is wanted is refused at PUT, with the reason', async () => {
  const site = await testSite();
  const refused = async (phone: object): Promise<unknown> => {
    const { status, body } = await site.put(`/v1/phones/${MAC}`, phone);
    return [status, body['detail']];
  };
  expect(await refused({ vendor: 'snom', lines: [], encryption: 'required' })).toEqual([
    409,
    expect.stringContaining('encryption cannot be required of it') as string,
  ]);
  expect(await refused({ ...MPP, encryption: 'perhaps' })).toEqual([
    400,
    '/encryption: must be one of "off", "preferred", "required"',
  ]);
});

function enrol(site: TestSite) {
  return site.call('POST', `/v1/phones/${MAC}/enrol`);
}
