import Database from 'better-sqlite3';
import { chmodSync, closeSync, existsSync, openSync } from 'node:fs';
import { AppError } from '../../schemas/app-error.ts';
import type { ProvisionerStore } from '../phone-ports.ts';
import type { AgentStore, ControlStore } from '../ports.ts';
import { agentStore } from './agent-store.ts';
import { Connection } from './connection.ts';
import { controlStore } from './control-store.ts';
import { translateFault } from './faults.ts';
import { migrate, readMigrations } from './migrate.ts';
import { provisionerStore } from './provisioner-store.ts';
import { Seals, type SealingKeys } from './seals.ts';

/** With `sealTo` keys and tokens can be written, with `openWith` read as well; without either what needs them fails. */
export interface StoreOptions extends SealingKeys {
  readonly file: string;
  /** The site's name, for the subject of what concerns the whole site. */
  readonly site?: string;
  /** The wall clock in ms, for the few writes that bring no time of their own. */
  readonly now?: () => number;
  /** Milliseconds that only go up: bounds how long others wait for a slice of work. */
  readonly monotonic?: () => number;
}

/** One daemon's connection to the store, seen from every side. */
export interface Store {
  readonly control: ControlStore;
  readonly agent: AgentStore;
  readonly provisioner: ProvisionerStore;
  close(): void;
}

/** So long SQLite itself waits for a lock, and the event loop with it, before the caller's asynchronous retries take over. */
const BUSY_TIMEOUT_MS = 20;
const CACHE_KIB = 2_000;
const FILE_MODE = 0o660;

/** Opens the database, makes or migrates it, and checks that it is sound. Each daemon opens its own. */
export function openStore({
  file,
  site = 'site',
  now = Date.now,
  monotonic = () => performance.now(),
  ...keys
}: StoreOptions): Store {
  const db = openDatabase(file, now());
  const connection = new Connection(db, site, now, monotonic);
  const seals = new Seals(keys);
  return {
    control: controlStore(connection, seals),
    agent: agentStore(connection),
    provisioner: provisionerStore(connection, seals),
    close: () => {
      connection.close();
    },
  };
}

function openDatabase(file: string, at: number): Database.Database {
  let db: Database.Database | null = null;
  try {
    makeFile(file);
    db = new Database(file, { timeout: 5_000 });
    prepare(db, at);
    return db;
  } catch (error) {
    db?.close();
    throw isFileFault(error) ? dataDirInvalid(file, error) : translateFault(error);
  }
}

function prepare(db: Database.Database, at: number): void {
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = FULL');
  db.pragma('foreign_keys = ON');
  // Each daemon has a connection: better-sqlite3's own 16 MB of pages would be three times idle.
  db.pragma(`cache_size = -${CACHE_KIB}`);
  const verdict = db.pragma('quick_check(1)', { simple: true });
  if (verdict !== 'ok') {
    throw new AppError('store-corrupt', `the database is damaged: ${String(verdict)}`, {
      remedy: 'Stop wisp-edge, keep the file, and restore the database from a backup.',
      retryable: false,
    });
  }
  migrate(db, readMigrations(new URL('./migrations/', import.meta.url)), at);
  db.pragma(`busy_timeout = ${BUSY_TIMEOUT_MS}`);
}

/** SQLite gives its side files the mode of the main one. */
function makeFile(file: string): void {
  if (existsSync(file)) return;
  closeSync(openSync(file, 'a', FILE_MODE));
  chmodSync(file, FILE_MODE);
}

function isFileFault(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error;
}

function dataDirInvalid(file: string, cause: unknown): AppError {
  return new AppError('data-dir-invalid', `cannot make the database ${file}`, {
    remedy: 'Run `wisp-edge init`, or check that the data folder exists and can be written.',
    retryable: false,
    cause,
  });
}
