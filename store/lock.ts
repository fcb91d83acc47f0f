import Database from 'better-sqlite3';
import {
  chmodSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { AppError } from '../schemas/app-error.ts';

/** One process holds it; it is free as soon as that process is gone, however it ended. */
export interface Lock {
  release(): void;
  /** The holder begins anew in the same process, with another configuration: `heldSince` tells of this moment. */
  renew(): void;
}

/** True for a name that can be a file's. */
const NAME = /^[a-z0-9-]{1,32}$/;

/** `wisp-edge status` takes the lock for a moment to see whether it is free: that must not keep a daemon from starting. */
const PATIENCE_MS = 100;

/**
 * Takes the lock `name` of a data folder or fails at once with `lock-held`. The kernel drops SQLite's file lock with the
 * process, also after kill -9; the pid beside it only tells a person who holds it.
 */
export function acquireLock(dataDir: string, name: string): Lock {
  if (!NAME.test(name)) throw new AppError('internal', `not a lock name: ${name}`, { retryable: false });
  const folder = join(dataDir, 'locks');
  const pidFile = join(folder, `${name}.pid`);
  const db = openLockFile(folder, name);
  try {
    db.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    db.close();
    throw new AppError('lock-held', `${name} is already running here${holderOf(pidFile)}`, {
      remedy: 'Stop that process first, or give this one another data folder.',
      retryable: false,
      cause: error,
    });
  }
  notePid(pidFile);
  return {
    release: () => {
      if (!db.open) return;
      rmSync(pidFile, { force: true });
      db.close();
    },
    renew: () => {
      if (db.open) notePid(pidFile);
    },
  };
}

/**
 * Since when the holder of a lock runs as it does, in ms: since it took the lock, or began anew. Says nothing about whether
 * there still is one; null where nobody can tell.
 */
export function heldSince(dataDir: string, name: string): number | null {
  return statSync(join(dataDir, 'locks', `${name}.pid`), { throwIfNoEntry: false })?.mtimeMs ?? null;
}

function openLockFile(folder: string, name: string): Database.Database {
  try {
    makeShared(folder, name);
    const db = new Database(join(folder, `${name}.lock`), { timeout: PATIENCE_MS });
    db.pragma('journal_mode = MEMORY');
    return db;
  } catch (error) {
    throw isLocked(error)
      ? new AppError('lock-held', `${name} is already running here${holderOf(join(folder, `${name}.pid`))}`, {
          remedy: 'Stop that process first, or give this one another data folder.',
          retryable: false,
          cause: error,
        })
      : new AppError('data-dir-invalid', `cannot make the lock ${name} in ${folder}`, {
          remedy: 'Run `wisp-edge init`, or check that the data folder can be written.',
          retryable: false,
          cause: error,
        });
  }
}

/** Folder and file belong to the group of all daemons, whatever the umask; the data folder itself must be there. */
function makeShared(folder: string, name: string): void {
  if (!existsSync(folder)) {
    mkdirSync(folder, { mode: 0o770 });
    // The set-group-id bit comes from the data folder: a unit with RestrictSUIDSGID= may not set it.
    if ((statSync(folder).mode & 0o777) !== 0o770) chmodSync(folder, 0o2770);
  }
  const file = join(folder, `${name}.lock`);
  if (existsSync(file)) return;
  closeSync(openSync(file, 'a'));
  chmodSync(file, 0o660);
}

/** A dead holder of another user may have left its own, which only its user could write: it is replaced, not opened. */
function notePid(pidFile: string): void {
  rmSync(pidFile, { force: true });
  writeFileSync(pidFile, `${process.pid}\n`, { mode: 0o660 });
}

function isLocked(error: unknown): boolean {
  return error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY');
}

function holderOf(pidFile: string): string {
  try {
    return ` (pid ${readFileSync(pidFile, 'utf8').trim()})`;
  } catch {
    return '';
  }
}
