import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { AppError } from '../../schemas/app-error.ts';
import type { SecretSource } from '../../schemas/config/secret-source.ts';
import { Secret } from '../../schemas/secret.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Reads a secret from its file, environment variable or systemd credential; never a word of it in an error. */
export function readSecret(source: SecretSource, baseDir: string, env: Environment): Secret {
  if ('env' in source) {
    const value = env[source.env];
    if (value !== undefined && value !== '') return new Secret(value);
    throw unreadable(`the environment variable ${source.env} is not set`, `Set ${source.env} for the service.`);
  }
  if ('file' in source) return readSecretFile(resolve(baseDir, source.file));
  const folder = env['CREDENTIALS_DIRECTORY'];
  if (folder === undefined || !/^[A-Za-z0-9._-]+$/.test(source.credential)) {
    throw unreadable(
      `there is no systemd credential ${source.credential}`,
      `Add LoadCredential=${source.credential}:… to the unit.`,
    );
  }
  return readSecretFile(resolve(folder, source.credential));
}

function readSecretFile(file: string): Secret {
  const text = readFileOr(file);
  const value = text.replace(/\r?\n$/, '');
  if (value !== '') return new Secret(value);
  throw unreadable(`the secret file ${file} is empty`, 'Write the secret into it, on one line.');
}

function readFileOr(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw unreadable(
      `cannot read the secret file ${file}`,
      'Make the file, readable for the user wisp-edge runs as.',
      error,
    );
  }
}

function unreadable(message: string, remedy: string, cause?: unknown): AppError {
  return new AppError('secret-unreadable', message, { remedy, retryable: false, cause });
}
