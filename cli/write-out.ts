import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { AppError } from '../schemas/app-error.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { say, type Invocation } from './invocation.ts';

/** Writes a text to standard output (`-` or nothing), or to a file that is not there yet: none is ever overwritten. */
export function writeOut(invocation: Invocation, path: string | undefined, text: string): ExitCode {
  const { io, messages } = invocation;
  const { faults } = messages.phones.planilla;
  if (path === undefined || path === '-') {
    io.stdout.write(text);
    return EXIT.ok;
  }
  try {
    writeFileSync(resolve(io.cwd, path), text, { flag: 'wx' });
  } catch (cause) {
    const isThere = cause instanceof Error && 'code' in cause && cause.code === 'EEXIST';
    const message = isThere ? faults.exists(path) : faults.unwritable(path);
    throw new AppError('invalid-input', message, { retryable: false, cause });
  }
  say(invocation, messages.desk.written(path));
  return EXIT.ok;
}
