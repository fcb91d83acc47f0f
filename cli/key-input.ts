import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { text as textOf } from 'node:stream/consumers';
import { Writable } from 'node:stream';
import { validatorOf } from '../control/http/validate.ts';
import { AppError } from '../schemas/app-error.ts';
import { SipKeyText } from '../schemas/extension.ts';
import type { Invocation } from './invocation.ts';

const check = validatorOf(SipKeyText);

/**
 * SIP keys from a file or from standard input (`-`), for every process of the box can read the arguments of another. One
 * line a key, `number key`; for a single number the key alone will do. At a terminal it is asked for and not shown.
 */
export async function readKeys(
  invocation: Invocation,
  path: string,
  numbers: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const { io } = invocation;
  if (path !== '-') return parseKeys(invocation, readKeyFile(invocation, path), numbers);
  if (!io.isInputTerminal) return parseKeys(invocation, await textOf(io.stdin), numbers);
  const keys = new Map<string, string>();
  for (const number of numbers) {
    const typed = await askHidden(invocation, invocation.messages.phones.askKey(number));
    for (const [, key] of parseKeys(invocation, typed, [number])) keys.set(number, key);
  }
  return keys;
}

/** The one key of a number. */
export async function readKey(invocation: Invocation, path: string, number: string): Promise<string> {
  const key = (await readKeys(invocation, path, [number])).get(number);
  if (key === undefined) throw wrongInput(invocation.messages.phones.faults.noKey);
  return key;
}

/** Keys by number; what is wrong is told by its line, never by what stands there. */
function parseKeys({ messages }: Invocation, input: string, numbers: readonly string[]): ReadonlyMap<string, string> {
  const { faults } = messages.phones;
  const keys = new Map<string, string>();
  for (const [at, line] of input.split(/\r?\n/).entries()) {
    const words = line.split(/[ \t]+/).filter((word) => word !== '');
    if (words.length === 0) continue;
    const [number, key] = words.length === 1 && numbers.length === 1 ? [numbers[0], words[0]] : [words[0], words[1]];
    if (number === undefined || words.length > 2 || !numbers.includes(number) || keys.has(number)) {
      throw wrongInput(numbers.length === 1 ? faults.keyInput(at + 1) : faults.keyNumber(at + 1));
    }
    const checked = check(key);
    if (!checked.ok) throw wrongInput(faults.keyInput(at + 1));
    keys.set(number, checked.value);
  }
  if (keys.size === 0) throw wrongInput(faults.noKey);
  return keys;
}

function readKeyFile({ io, messages }: Invocation, path: string): string {
  try {
    return readFileSync(resolve(io.cwd, path), 'utf8');
  } catch (cause) {
    throw new AppError('invalid-input', messages.phones.faults.keyFile(path), { retryable: false, cause });
  }
}

/** Asks at the terminal without an echo. */
async function askHidden({ io }: Invocation, prompt: string): Promise<string> {
  const nowhere = new Writable({
    write(_chunk, _encoding, done) {
      done();
    },
  });
  const reader = createInterface({ input: io.stdin, output: nowhere, terminal: true });
  const ending = new AbortController();
  reader.on('SIGINT', () => {
    ending.abort();
  });
  io.stderr.write(prompt);
  try {
    return await reader.question('', { signal: ending.signal });
  } catch (cause) {
    throw new AppError('aborted', 'no key was typed', { retryable: false, cause });
  } finally {
    reader.close();
    io.stderr.write('\n');
  }
}

function wrongInput(message: string): AppError {
  return new AppError('invalid-input', message, { retryable: false });
}
