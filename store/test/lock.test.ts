import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, onTestFinished, test } from 'vitest';
import { AppError } from '../../schemas/app-error.ts';
import { acquireLock } from '../lock.ts';
import { temporaryFolder } from './fixture.ts';

const HOLDER = `
  import { acquireLock } from ${JSON.stringify(new URL('../lock.ts', import.meta.url).href)};
  acquireLock(process.argv[1], 'agent');
  process.stdout.write('held');
  process.stdin.resume();
`;

test('a lock is held once, names its holder and is free after release', () => {
  const folder = temporaryFolder();
  const lock = acquireLock(folder, 'agent');
  expect(() => acquireLock(folder, 'agent')).toThrow(new RegExp(`pid ${process.pid}`));
  acquireLock(folder, 'control').release();
  lock.release();
  acquireLock(folder, 'agent').release();
});

test('the lock of a killed process is free at once', async () => {
  const folder = temporaryFolder();
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', HOLDER, folder]);
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  await once(child.stdout, 'data');
  expect(() => acquireLock(folder, 'agent')).toThrow(AppError);
  expect(() => acquireLock(folder, 'agent')).toThrow(new RegExp(`pid ${child.pid}`));
  child.kill('SIGKILL');
  await once(child, 'exit');
  acquireLock(folder, 'agent').release();
});
