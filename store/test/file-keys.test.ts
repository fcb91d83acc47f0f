import { createHash } from 'node:crypto';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { Secret } from '../../schemas/secret.ts';
import type { EncryptedHome } from '../phone-ports.ts';
import { migrate, readMigrations } from '../sqlite/migrate.ts';
import { temporaryFolder } from './fixture.ts';
import { enrol, fetchOf, MAC, phoneSite, putExtension, putPhone, type PhoneSite } from './phone-fixture.ts';

const FILE_KEY = 'a37d2fb9055c1d04883a0745eb0917a4';
const PREFERRED: EncryptedHome = { fileKey: new Secret(FILE_KEY), token: new Secret('a-encrypted') };
const REQUIRED: EncryptedHome = { fileKey: new Secret(FILE_KEY), token: null };

test('a file key is told to the provisioner with its token alone, and stands nowhere else', async () => {
  const site = await withPhone();
  await site.ask({ ...enrol(MAC, 'a'), encrypted: PREFERRED });
  expect(await homes(site)).toEqual([
    ['a-encrypted', FILE_KEY],
    ['a-enrolment', null],
    ['a-provisioning', null],
  ]);
  await site.ask({ ...enrol(MAC, 'b'), encrypted: REQUIRED });
  expect(await homes(site)).toEqual([
    ['b-enrolment', null],
    ['b-provisioning', FILE_KEY],
  ]);
});

test('the first use of either URL ends the other: a phone has one, and nobody comes after it by the other', async () => {
  for (const [used, isEncrypted] of [
    ['a-encrypted', true],
    ['a-provisioning', undefined],
  ] as const) {
    const site = await withPhone();
    await site.ask({ ...enrol(MAC, 'a'), encrypted: PREFERRED });
    await site.provisioner.recordFetches([fetched('a-enrolment', 2_000)]);
    expect((await site.control.readPhone(MAC))?.document.encrypted).toBeUndefined();
    await site.provisioner.recordFetches([fetched(used, 3_000)]);
    expect((await homes(site)).map(([token]) => token)).toEqual([used]);
    expect((await site.control.readPhone(MAC))?.document.encrypted).toBe(isEncrypted);
  }
});

test.each([
  ['required', 'b-provisioning', 'ends', REQUIRED],
  ['preferred', 'a-encrypted', 'stays', PREFERRED],
  ['preferred', 'b-provisioning', 'stays', PREFERRED],
] as const)(
  'I9 I11: a password of before is good until a URL of an enrolment with encryption %s is used: by %s it %s',
  async (_mode, used, becomes, encrypted) => {
    const site = await withPhone();
    await site.ask({ ...enrol(MAC, 'a'), credentials: new Secret('a-password') });
    await site.provisioner.recordFetches([fetched('a-password', 2_000)]);
    await site.ask({ ...enrol(MAC, 'b'), encrypted });
    expect((await homes(site)).map(([token]) => token)).toContain('a-password');
    await site.provisioner.recordFetches([fetched(used, 3_000)]);
    const left = (await homes(site)).map(([token]) => token);
    expect(left.includes('a-password')).toBe(becomes === 'stays');
    expect(left).toContain(used);
  },
);

test('another enrolment is another key; the one in use stays with its URL until the new one is used', async () => {
  const site = await withPhone();
  await site.ask({ ...enrol(MAC, 'a'), encrypted: REQUIRED });
  await site.provisioner.recordFetches([fetched('a-provisioning', 2_000)]);
  const next = { fileKey: new Secret('0'.repeat(32)), token: null };
  await site.ask({ ...enrol(MAC, 'b'), encrypted: next });
  expect(await homes(site)).toContainEqual(['a-provisioning', FILE_KEY]);
  await site.provisioner.recordFetches([fetched('b-provisioning', 3_000)]);
  expect(await homes(site)).toEqual([['b-provisioning', '0'.repeat(32)]]);
});

test('a key that was moved to another token does not open, and an enrolment token has none', async () => {
  const site = await withPhone();
  await site.ask({ ...enrol(MAC, 'a'), encrypted: PREFERRED });
  const db = new Database(site.file);
  expect(() => db.exec("UPDATE phone_tokens SET file_key = x'00' WHERE kind = 'enrolment'")).toThrow(/CHECK/);
  db.exec(`UPDATE phone_tokens SET file_key = (SELECT file_key FROM phone_tokens WHERE file_key IS NOT NULL)
    WHERE kind = 'provisioning'`);
  db.close();
  await expect(site.provisioner.servedPhones('all')).rejects.toMatchObject({ code: 'seal-broken' });
});

test('encryption is required of no phone that reads no encrypted files, and a cipher of none that does not read it', async () => {
  const { ask } = phoneSite();
  const snom = { vendor: 'snom', model: 'D785' } as const;
  expect(await ask(putPhone(MAC, [], { ...snom, encryption: 'required' }))).toMatchObject({
    outcome: 'not-carried',
    detail: 'snom: no way to encrypt its files is known, so encryption cannot be required of it',
  });
  expect(await ask(putPhone(MAC, [], { vendor: 'cisco-spa', fileCipher: 'aes128gcm' }))).toMatchObject({
    outcome: 'not-carried',
    detail: 'cisco-spa: its phones read no file in aes128gcm, but in aes-256-cbc',
  });
  expect(await ask(putPhone(MAC, [], { ...snom, encryption: 'preferred' }))).toMatchObject({ created: true });
  const mpp = { vendor: 'cisco-mpp', encryption: 'required', fileCipher: 'aes-256-cbc' } as const;
  expect(await ask(putPhone(MAC, [], mpp))).toMatchObject({ outcome: 'accepted', phone: { document: mpp } });
});

function fetched(token: string, at: number) {
  const tokenHash = createHash('sha256').update(token).digest('hex');
  return fetchOf(MAC, { tokenHash, at, isWhole: !token.endsWith('enrolment') });
}

test('a phone that was enrolled before there were file keys keeps its plain files', async () => {
  const file = join(temporaryFolder(), 'store.db');
  const db = new Database(file);
  const migrations = readMigrations(new URL('../sqlite/migrations/', import.meta.url));
  migrate(
    db,
    migrations.filter(({ number }) => number < 22),
    0,
  );
  const phone = JSON.stringify({ vendor: 'grandstream', lines: [] });
  db.prepare('INSERT INTO phones (mac, revision, served_revision, phone) VALUES (?, 1, 1, ?)').run(MAC, phone);
  db.prepare("INSERT INTO phone_tokens VALUES ('ab', ?, 'provisioning', NULL, NULL, 1000, 1)").run(MAC);
  db.close();
  const site = phoneSite(file);
  const [served] = await site.provisioner.servedPhones('all');
  expect(served?.tokens).toMatchObject([{ hash: 'ab', isUsed: true, fileKey: null }]);
  expect((await site.control.readPhone(MAC))?.document.encrypted).toBeUndefined();
});

async function withPhone(): Promise<PhoneSite> {
  const site = phoneSite();
  await site.ask(putExtension('1001', 'k'));
  await site.ask(putPhone(MAC, ['1001'], { vendor: 'cisco-mpp' }));
  return site;
}

/** Tokens with their file keys, in the order of their names. */
async function homes({ provisioner }: PhoneSite): Promise<readonly (readonly [string | undefined, string | null])[]> {
  const [phone] = await provisioner.servedPhones('all');
  return (phone?.tokens ?? [])
    .map(({ token, fileKey }) => [token?.reveal(), fileKey?.reveal() ?? null] as const)
    .toSorted(([one = ''], [other = '']) => (one < other ? -1 : 1));
}
