import { accessSync, chmodSync, constants, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { makeMissingFingerprintKey } from '../control/fingerprint-key.ts';
import { AppError } from '../schemas/app-error.ts';
import { makeMissingKeys } from '../store/keys.ts';
import { acquireLock } from '../store/lock.ts';
import { openStore, type Store } from '../store/sqlite/open.ts';
import type { LoadedConfig } from './config/load.ts';

/** Set-group-id, so that files of one daemon belong to the group of all. */
const FOLDER_MODE = 0o2770;

export function storeFile({ dataDir }: Pick<LoadedConfig, 'dataDir'>): string {
  return join(dataDir, 'wisp-edge.db');
}

/** Makes the data folder, the database and the keys that are missing, touches nothing else, and names what it made. */
export function makeMissing(loaded: LoadedConfig): readonly string[] {
  const made: string[] = [];
  const { dataDir, config } = loaded;
  try {
    if (!existsSync(dataDir)) {
      mkdirSync(dataDir, { recursive: true });
      chmodSync(dataDir, FOLDER_MODE);
      made.push(dataDir);
    }
    const file = storeFile(loaded);
    if (!existsSync(file)) made.push(file);
    openStore({ file, site: config.site }).close();
    made.push(...makeMissingKeys(dataDir));
    const fingerprint = makeMissingFingerprintKey(dataDir);
    return fingerprint === null ? made : [...made, fingerprint];
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new AppError('data-dir-invalid', `cannot make what is missing in ${dataDir}`, {
      remedy: 'Check dataDir in the configuration, and whom the folder belongs to.',
      retryable: false,
      cause: error,
    });
  }
}

/** Opens the database of a site that was set up; never makes one. SIP keys can be written with `sealTo`. */
export function openExistingStore(loaded: LoadedConfig, sealTo?: { readonly provisioner: string }): Store {
  return openStoreAt(storeFile(loaded), { site: loaded.config.site, sealTo });
}

/** The same, for whoever knows only where the file is. */
export function openStoreAt(file: string, more: Omit<Parameters<typeof openStore>[0], 'file'> = {}): Store {
  if (isThere(file, constants.R_OK | constants.W_OK)) return openStore({ file, ...more });
  throw new AppError('data-dir-invalid', `there is no database ${file}`, {
    remedy: 'Run `wisp-edge init`, or correct dataDir in the configuration.',
    retryable: false,
  });
}

/** True when an agent holds the data folder. */
export function isAgentRunning(loaded: Pick<LoadedConfig, 'dataDir'>): boolean {
  return isRunning(loaded, 'agent');
}

/** True when this daemon holds the data folder. */
export function isRunning({ dataDir }: Pick<LoadedConfig, 'dataDir'>, daemon: 'agent' | 'provisioner'): boolean {
  if (!isThere(join(dataDir, 'locks'))) return false;
  try {
    acquireLock(dataDir, daemon).release();
    return false;
  } catch (error) {
    if (error instanceof AppError && error.code === 'lock-held') return true;
    throw error;
  }
}

/** False where there is nothing; what is there and closed to this user is a fault of its own, not a missing file. */
function isThere(path: string, mode: number = constants.F_OK): boolean {
  try {
    accessSync(path, mode);
    return true;
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown';
    if (code === 'ENOENT' || code === 'ENOTDIR') return false;
    throw new AppError('data-dir-invalid', `cannot use ${path} (${code})`, {
      retryable: false,
      cause,
    });
  }
}
