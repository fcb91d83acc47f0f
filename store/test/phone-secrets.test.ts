import Database from 'better-sqlite3';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { generateSealKeys } from '../sealed.ts';
import { openStore } from '../sqlite/open.ts';
import { contexts, openTestStore, temporaryFolder } from './fixture.ts';
import {
  advance,
  enrol,
  MAC,
  phoneSite,
  putExtension,
  putPhone,
  rotate,
  sipKey,
  workingPhone,
} from './phone-fixture.ts';

/** Every byte of the database and of its side files, as they lie on disk now. */
function bytesOf(file: string): Buffer {
  const folder = dirname(file);
  return Buffer.concat(readdirSync(folder).map((name) => readFileSync(join(folder, name))));
}

/** The ways in which a text might lie in a file. */
function spellings(text: string): readonly Buffer[] {
  const bytes = Buffer.from(text);
  const hex = bytes.toString('hex');
  // Without the last characters, which depend on what follows.
  const base64 = bytes.toString('base64').replace(/=*$/, '').slice(0, -2);
  return [bytes, Buffer.from(hex), Buffer.from(hex.toUpperCase()), Buffer.from(base64), Buffer.from(text, 'utf16le')];
}

test('I9: no key and no token lies readable on the disk, nor in what the store answers and journals', async () => {
  const site = phoneSite();
  const secrets = [
    'Served-Key-7f3a',
    'Validate-Key-91bd',
    'Rotated-Key-c04e',
    'Given-Key-55aa',
    'Tok-provisioning',
    'Tok-enrolment',
  ];
  const [served = '', tried = '', rotated = '', given = ''] = secrets;
  const answers: unknown[] = [];
  const idempotency = { key: 'k', owner: 'central', fingerprint: 'f' };
  answers.push(await site.ask(putExtension('1001', served), { idempotency }));
  answers.push(await site.ask(putPhone(MAC, ['1001'])));
  answers.push(await site.ask(enrol(MAC, 'Tok'), { idempotency: { ...idempotency, key: 'e' } }));
  answers.push(await site.ask({ kind: 'validate', number: '1001', sipKey: sipKey(tried) }));
  answers.push(await site.ask(rotate('rot-1', ['1001'], { '1001': rotated })));
  const request = { kind: 'rotation-key', rotation: 'rot-1', number: '1001', sipKey: sipKey(given) } as const;
  answers.push(await site.ask(request));
  await advance(site, '1001', { step: 'staged', serve: 'new', operation: { state: 'applied' } });
  const said = JSON.stringify([
    ...answers,
    await site.control.entriesAfter(0, 100),
    await site.control.readRotation('rot-1'),
    await site.provisioner.servedPhones('all'),
    await site.provisioner.openRotations(),
    await site.provisioner.openWork(),
  ]);
  for (const secret of secrets) expect(said).not.toContain(secret);

  const disk = bytesOf(site.file);
  for (const secret of secrets) {
    for (const spelling of spellings(secret)) expect(disk.includes(spelling), secret).toBe(false);
  }
  expect(disk.includes(Buffer.from(MAC))).toBe(true);
});

test('no sealed key can be moved: elsewhere it does not open', async () => {
  const site = phoneSite();
  await workingPhone(site);
  await site.ask(putExtension('1002', 'other'));
  await site.ask(rotate('rot-1', ['1001'], { '1001': 'new' }));
  const db = new Database(site.file);
  const broken = { code: 'seal-broken', retryable: false };
  // Another extension's key: its phones would register as somebody else's.
  db.exec("UPDATE extensions SET key = (SELECT key FROM extensions WHERE number = '1002') WHERE number = '1001'");
  await expect(site.provisioner.servedPhones('all')).rejects.toMatchObject(broken);
  // A key that was not proven, straight from the rotation.
  db.exec("UPDATE extensions SET key = (SELECT new_key FROM rotation_extensions) WHERE number = '1001'");
  await expect(site.provisioner.servedPhones('all')).rejects.toMatchObject(broken);
  await expect(advance(site, '1001', { step: 'staged', serve: 'new' })).rejects.toMatchObject(broken);
  db.exec(
    "UPDATE rotation_extensions SET old_key = new_key, old_mark = 'x', old_refused_by = '[]', old_changed_at = 0",
  );
  await expect(site.provisioner.openRotations()).rejects.toMatchObject(broken);
  db.close();
});

test('what was opened before is not given for other bytes at its place', async () => {
  const site = phoneSite();
  await workingPhone(site);
  await site.provisioner.servedPhones('all');
  const db = new Database(site.file);
  db.exec("UPDATE extensions SET key = CAST(substr(key, 1, length(key) - 1) || x'00' AS BLOB)");
  db.close();
  await expect(site.provisioner.servedPhones('all')).rejects.toMatchObject({ code: 'seal-broken' });
});

test('control can write a key and never read one', async () => {
  const site = phoneSite();
  await workingPhone(site);
  const { publicKey } = site.keys;
  const store = openStore({ file: site.file, sealTo: { provisioner: publicKey } });
  const unreadable = { code: 'secret-unreadable', retryable: false };
  await expect(store.provisioner.servedPhones('all')).rejects.toMatchObject(unreadable);
  await expect(store.provisioner.openWork()).rejects.toMatchObject(unreadable);
  await expect(store.provisioner.openRotations()).rejects.toMatchObject(unreadable);
  store.close();
});

test('without the public key nothing secret is accepted, and all else is', async () => {
  const { control } = openTestStore(join(temporaryFolder(), 'store.db'));
  const next = contexts([]);
  const refused = control.acceptPhoneIntent(putExtension('1001', 'k'), next());
  await expect(refused).rejects.toMatchObject({ code: 'secret-unreadable' });
  await expect(refused).rejects.toHaveProperty('remedy', expect.stringContaining('wisp-edge init'));
  expect(await control.acceptPhoneIntent(putExtension('1001'), next())).toMatchObject({ outcome: 'accepted' });
});

test('keys of another pair, or of another kind, are seal-broken', async () => {
  const site = phoneSite();
  await workingPhone(site);
  const { provisioner } = phoneSite(site.file, generateSealKeys());
  await expect(provisioner.servedPhones('all')).rejects.toMatchObject({ code: 'seal-broken' });
  const { control } = phoneSite(site.file, { ...site.keys, publicKey: 'not a key' });
  const refused = control.acceptPhoneIntent(putExtension('1002', 'k'), contexts([])());
  await expect(refused).rejects.toMatchObject({ code: 'seal-broken' });
});
