import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { AppError } from '../../schemas/app-error.ts';

/** Reads a file that the configuration names (a certificate), relative to the configuration. */
export function readTextFile(path: string, baseDir: string): string {
  const file = resolve(baseDir, path);
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new AppError('config-unreadable', `cannot read ${file}, which the configuration names`, {
      remedy: 'Make the file, readable for the user wisp-edge runs as, or correct the path.',
      retryable: false,
      cause: error,
    });
  }
}
