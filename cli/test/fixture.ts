import { spawn, type ChildProcess } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import type { LeakWatch } from '../../lab/leaks/leak-watch.ts';
import { leakWatch } from '../../lab/test/watched.ts';
import { run } from '../program.ts';

const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url));
const TSX = import.meta.resolve('tsx');
/** What `R0_PASSWORD` says, the password of `smallConfig`'s router. */
export const ROUTER_PASSWORD = 'hunter2-Wd8rTq5';
const ENVIRONMENT = { LANG: 'C', R0_PASSWORD: ROUTER_PASSWORD };
/** Of what a test sets in the environment, what is no secret. */
const OPEN_VARIABLES = /^(PATH|LANG|LC_\w+|LOG_LEVEL|NOTIFY_SOCKET|WATCHDOG_\w+|NO_COLOR|TERM|COLUMNS)$/;

/** A folder of the test's own, gone afterwards. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'wisp-edge-cli-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  return folder;
}

/** Writes a configuration (JSON is YAML) and gives its path. */
export function writeConfig(folder: string, config: unknown): string {
  const file = join(folder, 'config.yaml');
  writeFileSync(file, typeof config === 'string' ? config : JSON.stringify(config, null, 2));
  return file;
}

/** A small configuration that starts: control on a free port, one router that nobody answers for. */
export function smallConfig(): Record<string, unknown> {
  return {
    site: 'norte-1',
    dataDir: 'data',
    control: { listen: { host: '127.0.0.1', port: 0 } },
    agent: {
      portal: { domain: 'clientes.example.net' },
      routers: [{ id: 'r0', host: '127.0.0.1', port: 1, tls: false, user: 'edge', password: { env: 'R0_PASSWORD' } }],
    },
  };
}

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A CLI process that runs. */
export interface RunningCli {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** Resolves with the first line on stderr that holds a text. */
  readonly line: (text: string) => Promise<string>;
}

interface CliOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** What comes in on stdin, within this process; as a function, once somebody reads there. */
  readonly input?: string | (() => Promise<string>);
  /** Whether stdin is a terminal, within this process: where somebody can be asked. */
  readonly isInputTerminal?: boolean;
  /** Over all calls of one test; without it, each has its own. */
  readonly watch?: LeakWatch;
}

/** The CLI as its own process. */
export function startCli(args: readonly string[], options: CliOptions = {}): RunningCli {
  const watch = watchOf(options);
  const child = spawn(process.execPath, ['--import', TSX, MAIN, ...args], {
    cwd: options.cwd ?? tmpdir(),
    env: { PATH: process.env['PATH'], ...ENVIRONMENT, ...options.env },
  });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  const output = { stdout: '', stderr: '' };
  // It runs from its first word on: its command line can be read then.
  for (const stream of [child.stdout, child.stderr]) {
    stream.once('data', () => {
      watch.lookAtProcessList();
    });
  }
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output.stderr += text));
  const ended = once(child, 'close').then((): Ended => {
    look(watch, args, output);
    return { code: child.exitCode, ...output };
  });
  const line = async (text: string): Promise<string> => {
    for (;;) {
      const found = output.stderr.split('\n').find((candidate) => candidate.includes(text));
      if (found !== undefined) return found;
      const early = ended.then((end) => Promise.reject(new Error(`ended before "${text}": ${JSON.stringify(end)}`)));
      await Promise.race([once(child.stderr, 'data'), early]);
    }
  };
  return { child, ended, line };
}

/** The CLI within this process: quick, for what needs no signals. */
export async function cli(args: readonly string[], options: CliOptions = {}): Promise<Ended> {
  const watch = watchOf(options);
  const output = { stdout: '', stderr: '' };
  const collect = (name: keyof typeof output): Writable =>
    new Writable({
      write(chunk: Buffer, _encoding, done) {
        output[name] += chunk.toString('utf8');
        done();
      },
    });
  const code = await run(args, {
    stdin: Readable.from(inputOf(options)),
    stdout: collect('stdout'),
    stderr: collect('stderr'),
    env: { ...ENVIRONMENT, ...options.env },
    cwd: options.cwd ?? tmpdir(),
    isTerminal: false,
    isInputTerminal: options.isInputTerminal ?? false,
    signals: new EventEmitter(),
    exit: () => undefined,
  });
  look(watch, args, output);
  return { code, ...output };
}

async function* inputOf({ input = '' }: CliOptions): AsyncGenerator<string> {
  yield typeof input === 'string' ? input : await input();
}

/** Knows what comes in by the environment and by standard input; neither may come out. */
function watchOf({ watch = leakWatch(), env = {}, input = '' }: CliOptions): LeakWatch {
  for (const [name, value] of Object.entries({ ...ENVIRONMENT, ...env })) {
    if (!OPEN_VARIABLES.test(name)) watch.learn(name, value);
  }
  for (const line of typeof input === 'string' ? input.split('\n') : []) watch.learn('a line of standard input', line);
  return watch;
}

function look(watch: LeakWatch, args: readonly string[], { stdout, stderr }: Omit<Ended, 'code'>): void {
  watch.look(`what ${args.join(' ')} says`, stdout);
  watch.look(`what ${args.join(' ')} complains of`, stderr);
}
