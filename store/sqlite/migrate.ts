import type Database from 'better-sqlite3';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { AppError } from '../../schemas/app-error.ts';
import { integer, isRow, text } from './rows.ts';

/** One numbered SQL file. Once released it never changes: its checksum is kept in the database. */
export interface Migration {
  readonly number: number;
  readonly name: string;
  readonly sql: string;
}

/** Reads `NNNN-name.sql` files, in order. */
export function readMigrations(folder: URL): readonly Migration[] {
  return readdirSync(folder)
    .filter((name) => /^\d{4}-.+\.sql$/.test(name))
    .sort()
    .map((name) => ({ number: Number(name.slice(0, 4)), name, sql: readFileSync(new URL(name, folder), 'utf8') }));
}

/** Brings the database forward, all or nothing. Refuses one that a newer or a different wisp-edge has written. */
export function migrate(db: Database.Database, migrations: readonly Migration[], at: number): void {
  if (isCurrent(db, migrations)) return;
  const advance = db.transaction(() => {
    db.exec(
      'CREATE TABLE IF NOT EXISTS migrations (number INTEGER PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL, applied_at INTEGER NOT NULL) STRICT',
    );
    const applied = readApplied(db);
    const newest = Math.max(0, ...migrations.map(({ number }) => number));
    for (const [number, { name, checksum }] of applied) {
      const mine = migrations.find((migration) => migration.number === number);
      if (mine === undefined && number > newest) throw newerStore(name);
      if (mine === undefined || checksumOf(mine.sql) !== checksum) throw otherStore(name);
    }
    for (const { number, name, sql } of migrations) {
      if (applied.has(number)) continue;
      db.exec(sql);
      db.prepare('INSERT INTO migrations VALUES (?, ?, ?, ?)').run(number, name, checksumOf(sql), at);
    }
  });
  advance.immediate();
}

function isCurrent(db: Database.Database, migrations: readonly Migration[]): boolean {
  if (db.prepare("SELECT 1 FROM sqlite_master WHERE name = 'migrations'").get() === undefined) return false;
  const applied = readApplied(db);
  return (
    applied.size === migrations.length &&
    migrations.every(({ number, sql }) => applied.get(number)?.checksum === checksumOf(sql))
  );
}

function readApplied(db: Database.Database): ReadonlyMap<number, { readonly name: string; readonly checksum: string }> {
  const rows = db.prepare('SELECT number, name, checksum FROM migrations').all().filter(isRow);
  return new Map(
    rows.map((row) => [integer(row, 'number'), { name: text(row, 'name'), checksum: text(row, 'checksum') }]),
  );
}

function checksumOf(sql: string): string {
  return createHash('sha256').update(sql).digest('hex');
}

function newerStore(name: string): AppError {
  return new AppError('store-newer', `the database was written by a newer wisp-edge (${name})`, {
    remedy: 'Install that version again, or restore the backup made before the upgrade.',
    retryable: false,
  });
}

function otherStore(name: string): AppError {
  return new AppError('store-corrupt', `migration ${name} of the database is not the one of this version`, {
    remedy: 'Install the released version that made this database, or restore a backup.',
    retryable: false,
  });
}
