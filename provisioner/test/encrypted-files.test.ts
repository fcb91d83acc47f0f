import { expect, test } from 'vitest';
import { ciphersOf } from '../../schemas/phone-formats/refusal.ts';
import { FORMATS } from '../core/vendors/table.ts';
import { testSite, until } from './rotation/site.ts';

const [OLD, NEW] = ['old-key-of-1001-aaaa', 'new-key-of-1001-bbbb'];
/** Each dialect in each cipher that its phones read. */
const WAYS = Object.values(FORMATS)
  .map(({ dialect }) => dialect)
  .flatMap((vendor) => ciphersOf(vendor).map((fileCipher) => ({ vendor, fileCipher })));

test('a dialect has ciphers where it says how its phones read encrypted files, and nowhere else', () => {
  for (const { dialect, encryptedFiles } of Object.values(FORMATS))
    expect([dialect, ciphersOf(dialect).length > 0]).toEqual([dialect, encryptedFiles !== undefined]);
  expect(WAYS.map(({ vendor }) => vendor)).toContain('grandstream');
});

test.each(WAYS)(
  'I11: a $vendor is told its key by the enrolment, has its files in $fileCipher, and takes a new SIP key so',
  async ({ vendor, fileCipher }) => {
    const site = await testSite();
    const options = await site.enrolled('1001', OLD, { vendor }, { encryption: 'preferred', fileCipher });
    const phone = await site.switchOn({ ...options, url: options.enrolmentUrl }, '1001', OLD);
    expect(phone.url).toBe(options.url);
    const home = phone.fetches.filter(({ url, status }) => url.startsWith(options.url) && status === 200);
    expect(home.length).toBeGreaterThan(0);
    for (const fetch of home) expect(fetch).toMatchObject({ encrypted: true, applied: 'applied', keys: [OLD] });
    const led = phone.fetches.filter(({ url, status }) => url.startsWith(options.enrolmentUrl) && status === 200);
    for (const fetch of led) expect(fetch).toMatchObject({ encrypted: false, keys: [] });
    expect((await site.store.readPhone(phone.mac))?.document).toMatchObject({ encrypted: true });
    // Who comes with the URL that was shown finds nothing any more: it ended when the other was used.
    expect((await fetch(`${options.shownUrl}x`)).status).toBe(404);

    site.registrar.setKeys('1001', OLD, NEW);
    const id = await site.rotate({ '1001': NEW });
    expect(await site.untilRotation(id, ({ end }) => end !== null)).toMatchObject({ end: 'committed' });
    expect(phone.lines).toMatchObject([{ user: '1001', registeredWith: NEW }]);
    expect(phone.fetches.findLast(({ status }) => status === 200)).toMatchObject({ encrypted: true, keys: [NEW] });
  },
);

test.each(WAYS)(
  'I11: a $vendor that was given the URL and no key gets plain files where $fileCipher is preferred only, and works',
  async ({ vendor, fileCipher }) => {
    const site = await testSite();
    const options = await site.enrolled('1001', OLD, { vendor }, { encryption: 'preferred', fileCipher });
    const phone = await site.switchOn({ ...options, url: options.shownUrl }, '1001', OLD);
    expect(phone.fetches.filter(({ encrypted }) => encrypted)).toEqual([]);
    expect((await site.store.readPhone(phone.mac))?.document.encrypted).toBeUndefined();
    // What the enrolment led to ends with it: nobody comes later and takes the phone's place.
    await until('it ended', async () => (await fetch(`${options.url}x`)).status === 404);
    await phone.poll();
    expect(phone.lines).toMatchObject([{ registeredWith: OLD }]);
  },
);

test.each(WAYS)(
  'a $vendor without the key is given nothing that it could read where $fileCipher is required, and comes back by another enrolment',
  async ({ vendor, fileCipher }) => {
    const site = await testSite();
    const wanted = { encryption: 'required', fileCipher } as const;
    const options = await site.enrolled('1001', OLD, { vendor }, wanted);
    const first = await site.switchOn({ ...options, url: options.enrolmentUrl }, '1001', OLD);
    await first.close();

    // As from the factory: it knows the URL at most, from DHCP or a label.
    const again = await site.enrolled('1001', OLD, { vendor, mac: first.mac }, wanted);
    const reset = await site.startOnly({ ...again, url: options.url });
    await reset.poll();
    expect(reset.fetches.filter(({ status }) => status === 200)).not.toEqual([]);
    for (const { encrypted, applied, keys, status } of reset.fetches)
      if (status === 200)
        expect({ encrypted, applied, keys }).toEqual({ encrypted: true, applied: 'rejected', keys: [] });
    expect(reset.lines).toEqual([]);
    await reset.close();

    const back = await site.switchOn({ ...again, url: again.enrolmentUrl }, '1001', OLD);
    expect(back.url).toBe(again.url);
    expect(again.fileKey).not.toBe(options.fileKey);
    expect((await fetch(`${options.url}x`)).status).toBe(404);
  },
);

test('a restart gives the same bytes: a phone that has them is told so, and its key stays the same', async () => {
  const site = await testSite();
  const options = await site.enrolled('1001', OLD, { vendor: 'cisco-mpp' }, { encryption: 'preferred' });
  const phone = await site.switchOn({ ...options, url: options.enrolmentUrl }, '1001', OLD);
  const had = phone.fetches.findLast(({ status }) => status === 200);
  await site.restart();
  await phone.poll();
  expect(phone.fetches.findLast(({ status }) => status === 200)).toMatchObject({
    ...{ encrypted: true, applied: 'applied', sha256: had?.sha256 },
  });
});

test('another cipher reaches a phone that has its key without another enrolment', async () => {
  const site = await testSite();
  const options = await site.enrolled('1001', OLD, { vendor: 'cisco-mpp' }, { encryption: 'preferred' });
  const phone = await site.switchOn({ ...options, url: options.enrolmentUrl }, '1001', OLD);
  const had = phone.fetches.findLast(({ status }) => status === 200)?.sha256;
  const lines = [{ extension: '1001' }];
  const put = { ...options.sold, lines, encryption: 'preferred', fileCipher: 'aes-256-cbc' } as const;
  await site.ask({ kind: 'put-phone', mac: phone.mac, phone: put });
  await until('it has another file', async () => {
    await phone.poll();
    return phone.fetches.findLast(({ status }) => status === 200)?.sha256 !== had;
  });
  expect(phone.fetches.at(-1)).toMatchObject({ encrypted: true, applied: 'applied', keys: [OLD] });
  expect(phone.lines).toMatchObject([{ registeredWith: OLD }]);
});
