import Database from 'better-sqlite3';
import { AppError } from '../../schemas/app-error.ts';

/** True for a lock that another connection holds for a moment (SQLite result codes 5 and 6). */
export function isBusy(error: unknown): boolean {
  return error instanceof Database.SqliteError && /^SQLITE_(BUSY|LOCKED)/.test(error.code);
}

/** SQLite's faults in the product's words; anything else passes unchanged. */
export function translateFault(error: unknown): unknown {
  if (!(error instanceof Database.SqliteError)) return error;
  const { code } = error;
  if (isBusy(error)) {
    return new AppError('store-busy', 'another process keeps the database locked', {
      remedy: 'Try again; if it stays, look for a process that holds the database open (a backup, a shell).',
      cause: error,
    });
  }
  if (/^SQLITE_(CORRUPT|NOTADB)/.test(code)) {
    return new AppError('store-corrupt', `the database is damaged (${code})`, {
      remedy: 'Stop wisp-edge, keep the file, and restore the database from a backup.',
      retryable: false,
      cause: error,
    });
  }
  if (/^SQLITE_(CANTOPEN|READONLY|PERM|AUTH)/.test(code)) {
    return new AppError('data-dir-invalid', `the database cannot be opened or written (${code})`, {
      remedy: 'Check that the data folder exists and belongs to the user wisp-edge runs as.',
      retryable: false,
      cause: error,
    });
  }
  if (/^SQLITE_(FULL|IOERR)/.test(code)) {
    return new AppError('data-dir-invalid', `the disk took no more of the database (${code})`, {
      remedy: 'Free space on the disk of the data folder (`df -h`), and look for faults of the disk (`dmesg`).',
      cause: error,
    });
  }
  return new AppError('internal', `the database refused (${code}: ${error.message})`, { cause: error });
}
