import Database from 'better-sqlite3';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { migrate, readMigrations } from '../sqlite/migrate.ts';
import { contexts, temporaryFolder } from './fixture.ts';
import { MAC, phoneSite, putExtension, putPhone, servedKey } from './phone-fixture.ts';

const MIGRATIONS = readMigrations(new URL('../sqlite/migrations/', import.meta.url));

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
