import Database from 'better-sqlite3';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { migrate, readMigrations } from '../sqlite/migrate.ts';
import { contexts, temporaryFolder } from './fixture.ts';
import { fetchOf, MAC, OTHER_MAC, phoneSite, putExtension, putPhone, servedKey } from './phone-fixture.ts';

const MIGRATIONS = readMigrations(new URL('../sqlite/migrations/', import.meta.url));

test('tokens of before phones had passwords are kept, those in use and those that ended', async () => {
  const file = join(temporaryFolder(), 'store.db');
  const db = new Database(file);
  migrate(
    db,
    MIGRATIONS.filter(({ number }) => number < 21),
    0,
  );
  db.exec(`
    INSERT INTO phones (mac, revision, served_revision, phone) VALUES ('${MAC}', 1, 1, '{"vendor":"yealink","lines":[]}');
    INSERT INTO phone_tokens (hash, mac, kind, token, expires_at, used_at, enrolment)
      VALUES ('h1', '${MAC}', 'provisioning', NULL, NULL, 500, 2), ('h2', '${MAC}', 'enrolment', NULL, 9000, NULL, 3);
    INSERT INTO ended_tokens (hash, mac, kind, at) VALUES ('h0', '${MAC}', 'provisioning', 400);`);
  db.close();
  const site = phoneSite(file);
  const [phone] = await site.provisioner.servedPhones('all');
  expect(phone?.tokens).toEqual([
    { hash: 'h1', kind: 'provisioning', token: null, expiresAt: null, isUsed: true, fileKey: null },
    { hash: 'h2', kind: 'enrolment', token: null, expiresAt: 9000, isUsed: false, fileKey: null },
  ]);
  expect(phone?.endedTokens).toEqual([{ hash: 'h0', kind: 'provisioning' }]);
  await site.ask({ kind: 'delete-phone', mac: MAC });
  const left = new Database(file, { readonly: true });
  onTestFinished(() => {
    left.close();
  });
  expect(left.prepare('SELECT hash FROM phone_tokens UNION SELECT hash FROM ended_tokens').all()).toEqual([]);
});

test('a database from before phones keeps what it holds and takes phones', async () => {
  const file = join(temporaryFolder(), 'store.db');
  const db = new Database(file);
  migrate(db, MIGRATIONS.slice(0, 2), 0);
  db.exec(`
    INSERT INTO operations (id, kind, subject, state, history, names, seq, accepted_at, open)
      VALUES ('o1', 'reconcile', 'router/r0', 'received', '[]', '[]', 1, 1000, 1);
    INSERT INTO parts (operation, router, state, open) VALUES ('o1', 'r0', 'received', 1);
    INSERT INTO journal (at, type, subject, router, operation, data)
      VALUES (1000, 'operation.received', 'router/r0', 'r0', 'o1', '{}');`);
  db.close();

  const site = phoneSite(file);
  expect(await site.control.readOperation('o1')).toMatchObject({ kind: 'reconcile', state: 'received' });
  const next = contexts([]);
  await site.control.acceptPhoneIntent(putExtension('1001', 'k'), next({ operation: 'x1' }));
  await site.control.acceptPhoneIntent(putPhone(MAC, ['1001']), next({ operation: 'x2' }));
  expect(await servedKey(site)).toBe('k');
  expect((await site.control.entriesAfter(0, 10)).map(({ seq }) => seq)).toEqual([1, 2, 3]);
});

test('I11: lines of before keep the slots of their places, and what else a phone may have is cleared until it fetches', async () => {
  const file = join(temporaryFolder(), 'store.db');
  const db = new Database(file);
  const before = MIGRATIONS.filter(({ number }) => number < 20);
  migrate(db, before, 0);
  const phone = (mac: string, lastFetch: number | null): string => `
    INSERT INTO phones (mac, revision, served_revision, phone, last_fetch)
      VALUES ('${mac}', 9, 7, '{"vendor":"yealink","lines":[{"extension":"1001"},{"extension":"1002"}]}', ${lastFetch ?? 'NULL'});
    INSERT INTO lines VALUES ('${mac}', 0, '1001'), ('${mac}', 1, '1002');`;
  db.exec(`
    INSERT INTO extensions (number, revision, served_revision, extension, key_refused_by)
      SELECT value, 1, 1, '{"registrar":"iplan","displayName":"Ana","owner":"isp"}', '[]'
      FROM json_each('["1001","1002"]');
    ${phone(MAC, 1_000)} ${phone(OTHER_MAC, null)}`);
  db.close();

  const { provisioner } = phoneSite(file);
  const read = async (): Promise<Record<string, readonly (string | null)[][]>> =>
    Object.fromEntries(
      (await provisioner.servedPhones('all')).map(({ mac, slots }) => [
        mac,
        slots.map(({ extension, former }) => [extension, former]),
      ]),
    );
  const others = Array.from({ length: 14 }, () => [null, '*']);
  expect(await read()).toEqual({ [MAC]: [['1001', null], ['1002', null], ...others], [OTHER_MAC]: [] });
  await provisioner.recordFetches([fetchOf(MAC, { revision: 7 })]);
  expect((await read())[MAC]?.slice(1)).toEqual([['1002', null], ...others.map(() => [null, null])]);
});
