import { statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { AppError } from '../schemas/app-error.ts';
import type { Config } from '../schemas/config/config.ts';
import { ConfigError } from './config/fault.ts';
import { configFile, DEFAULT_PLACES, loadConfig } from './config/load.ts';
import { readRemains } from './config/remains.ts';
import { storeFile } from './data-folder.ts';
import type { Invocation } from './invocation.ts';

/** A file that no daemon could start with, and what is wrong with it. */
export interface Broken {
  readonly file: string;
  /** When it was last written, ms; null where it cannot even be read. */
  readonly changedAt: number | null;
  readonly error: unknown;
}

/** Where the store is, and what the configuration adds to it: nothing, where the file on disk is broken. */
export interface StatusPlace {
  readonly db: string;
  readonly dataDir: string;
  readonly site: string | null;
  readonly config: Config | null;
  readonly broken: Broken | null;
}

/**
 * The agent goes on when the file on disk breaks, so its state must be seen then too: by the database that the file still
 * names, or by `db`. Throws what is wrong with the configuration where neither says where that is.
 */
export function placeOf({ configPath, io }: Invocation, db: string | undefined): StatusPlace {
  const named = db === undefined ? null : resolve(io.cwd, db);
  try {
    const loaded = loadConfig(configPath, io.cwd);
    const file = named ?? storeFile(loaded);
    return { db: file, dataDir: dirname(file), site: loaded.config.site, config: loaded.config, broken: null };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const file = configPath === null && named !== null ? null : configFile(configPath, io.cwd);
    const remains = file === null ? null : readRemains(file);
    const found = named ?? (remains?.dataDir == null ? null : storeFile({ dataDir: remains.dataDir }));
    if (found === null) throw error;
    const broken = {
      file: file ?? DEFAULT_PLACES.join(', '),
      changedAt: remains?.changedAt ?? null,
      ...otherFile(error, file),
      error,
    };
    return { db: found, dataDir: dirname(found), site: remains?.site ?? null, config: null, broken };
  }
}

/** The file that is wrong where it is not the configuration itself: a bundle of the walled garden. */
function otherFile(error: AppError, configuration: string | null): Partial<Broken> {
  const file = error instanceof ConfigError ? error.problems[0]?.file : undefined;
  if (file === undefined || file === configuration) return {};
  return { file, changedAt: statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? null };
}
