import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { AppError } from '../../schemas/app-error.ts';
import type { SecretSource } from '../../schemas/config/secret-source.ts';
import { readSecret } from './secrets.ts';

function folderWith(name: string, content: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'wisp-edge-secret-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true });
  });
  writeFileSync(join(folder, name), content);
  return folder;
}

test('a secret comes from a file without its last newline, the environment or a credential', () => {
  const folder = folderWith('pass', ' with spaces \n');
  expect(readSecret({ file: 'pass' }, folder, {}).reveal()).toBe(' with spaces ');
  expect(readSecret({ env: 'P' }, folder, { P: 'x' }).reveal()).toBe('x');
  expect(readSecret({ credential: 'pass' }, '/', { CREDENTIALS_DIRECTORY: folder }).reveal()).toBe(' with spaces ');
});

test.each<SecretSource>([
  { file: 'none' },
  { file: 'empty' },
  { env: 'NONE' },
  { credential: 'c' },
  { credential: '../x' },
])('what cannot be read is secret-unreadable with a remedy: %j', (source) => {
  const folder = folderWith('empty', '\n');
  try {
    readSecret(source, folder, {
      CREDENTIALS_DIRECTORY: 'credential' in source && source.credential === 'c' ? undefined : folder,
    });
    expect.unreachable();
  } catch (error) {
    expect(error).toBeInstanceOf(AppError);
    expect(error).toMatchObject({ code: 'secret-unreadable', remedy: expect.any(String) as string });
  }
});
