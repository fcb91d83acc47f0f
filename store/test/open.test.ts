import Database from 'better-sqlite3';
import { statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { AppError } from '../../schemas/app-error.ts';
import { migrate } from '../sqlite/migrate.ts';
import { openStore } from '../sqlite/open.ts';
import { contexts, openTestStore, subscriber, temporaryFolder } from './fixture.ts';

function codeOf(work: () => unknown): string {
  try {
    work();
    return 'no error';
  } catch (error) {
    return error instanceof AppError ? error.code : String(error);
  }
}

test('the file is made for owner and group, and opens again', () => {
  const file = join(temporaryFolder(), 'store.db');
  openStore({ file }).close();
  expect(statSync(file).mode & 0o777).toBe(0o660);
  openStore({ file }).close();
});

test('a database of a newer version is not touched', () => {
  const file = join(temporaryFolder(), 'store.db');
  openStore({ file }).close();
  const db = new Database(file);
  db.prepare("INSERT INTO migrations VALUES (9999, '9999-future.sql', 'x', 0)").run();
  db.close();
  expect(codeOf(() => openStore({ file }))).toBe('store-newer');
});

test('a changed migration is refused', () => {
  const db = new Database(':memory:');
  migrate(db, [{ number: 1, name: '0001-a.sql', sql: 'CREATE TABLE a (x)' }], 0);
  expect(
    codeOf(() => {
      migrate(db, [{ number: 1, name: '0001-a.sql', sql: 'CREATE TABLE b (x)' }], 0);
    }),
  ).toBe('store-corrupt');
});

test('a migration that fails leaves nothing behind, and the next one goes on', () => {
  const db = new Database(':memory:');
  const first = { number: 1, name: '0001-a.sql', sql: 'CREATE TABLE a (x)' };
  migrate(db, [first], 0);
  const broken = { number: 2, name: '0002-b.sql', sql: 'CREATE TABLE b (x); CREATE TABLE a (x)' };
  expect(() => {
    migrate(db, [first, broken], 0);
  }).toThrow();
  expect(db.prepare("SELECT name FROM sqlite_master WHERE name = 'b'").get()).toBeUndefined();
  migrate(db, [first, { number: 2, name: '0002-c.sql', sql: 'CREATE TABLE c (x)' }], 0);
  expect(db.prepare('SELECT count(*) AS n FROM migrations').get()).toEqual({ n: 2 });
});

test('a damaged file is named as such', async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'text.db'), 'this is no database at all, whatever its name says. '.repeat(100));
  expect(codeOf(() => openStore({ file: join(folder, 'text.db') }))).toBe('store-corrupt');
  const file = join(folder, 'store.db');
  const store = openStore({ file });
  const next = contexts();
  for (let number = 0; number < 200; number += 1) {
    const intent = { kind: 'put-subscriber', id: `s${number}`, subscriber: subscriber(number) } as const;
    await store.control.acceptIntent(intent, next());
  }
  store.close();
  truncateSync(file, Math.floor(statSync(file).size / 2 / 4096) * 4096);
  expect(codeOf(() => openStore({ file }))).toBe('store-corrupt');
});

test('a missing folder is a data-dir-invalid with a remedy', () => {
  expect(codeOf(() => openStore({ file: join(temporaryFolder(), 'none', 'store.db') }))).toBe('data-dir-invalid');
});

test('a writer waits for another process, and two writers lose nothing', async () => {
  const file = join(temporaryFolder(), 'store.db');
  const stores = [openTestStore(file), openTestStore(file)] as const;
  const db = new Database(file);
  db.exec('BEGIN IMMEDIATE');
  const event = { at: 1, type: 'test', subject: 'site/x', router: null, data: {} };
  const writes = stores.map((store) => store.control.appendEvent(event));
  await stores[0].control.head();
  db.exec('COMMIT');
  db.close();
  await Promise.all(writes);
  expect(await stores[0].control.head()).toBe(2);
});
