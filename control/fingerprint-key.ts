import { randomBytes } from 'node:crypto';
import { existsSync, linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '../schemas/app-error.ts';
import { Secret } from '../schemas/secret.ts';

const FILE = 'control-fingerprint.key';

/**
 * The key of stored request fingerprints, made at the first start. Losing it costs only this: a request that is repeated
 * across the loss is taken for another one (422). Written whole and then linked, so that no crash leaves half a key.
 */
export function fingerprintKey(dataDir: string): Secret {
  const path = join(dataDir, FILE);
  try {
    return readKey(path) ?? makeKey(path);
  } catch (cause) {
    throw unusable(path, cause);
  }
}

/** Makes the key if there is none, and names its file; one that is there is not even read, for it may be another user's. */
export function makeMissingFingerprintKey(dataDir: string): string | null {
  const path = join(dataDir, FILE);
  if (existsSync(path)) return null;
  try {
    makeKey(path);
    return path;
  } catch (cause) {
    throw unusable(path, cause);
  }
}

/** Reads the key and makes none; rejects with `data-dir-invalid` when it is missing or closed to this user. */
export function readFingerprintKey(dataDir: string): Secret {
  const path = join(dataDir, FILE);
  try {
    return new Secret(readFileSync(path, 'utf8').trim());
  } catch (cause) {
    throw unusable(path, cause);
  }
}

function unusable(path: string, cause: unknown): AppError {
  const isAnothers = cause instanceof Error && 'code' in cause && cause.code === 'EACCES';
  return new AppError('data-dir-invalid', `cannot read or make ${path}`, {
    remedy: isAnothers
      ? 'Run this as the user of control (runuser -u wisp-edge-control -- wisp-edge …), or give the file to this user.'
      : 'Run `wisp-edge init`, or check that the data folder exists and can be written.',
    retryable: false,
    cause,
  });
}

function readKey(path: string): Secret | null {
  try {
    return new Secret(readFileSync(path, 'utf8').trim());
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}

function makeKey(path: string): Secret {
  const draft = `${path}.${randomBytes(6).toString('hex')}`;
  writeFileSync(draft, `${randomBytes(32).toString('hex')}\n`, { mode: 0o600, flag: 'wx' });
  try {
    linkSync(draft, path);
  } catch (error) {
    // Another process was faster: its key counts.
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  } finally {
    rmSync(draft);
  }
  return new Secret(readFileSync(path, 'utf8').trim());
}
