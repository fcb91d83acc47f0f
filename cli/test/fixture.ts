import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url));
const TSX = import.meta.resolve('tsx');

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

/** The CLI as its own process. */
export function startCli(args: readonly string[], options: { cwd?: string; env?: Record<string, string> } = {}) {
  const child = spawn(process.execPath, ['--import', TSX, MAIN, ...args], {
    cwd: options.cwd ?? tmpdir(),
    env: { PATH: process.env['PATH'], LANG: 'C', R0_PASSWORD: 'hunter2', ...options.env },
  });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  const output = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output.stderr += text));
  const ended = once(child, 'close').then((): Ended => ({ code: child.exitCode, ...output }));
  /** Resolves with the first line on stderr that holds a text. */
  const line = async (text: string): Promise<string> => {
    for (;;) {
      const found = output.stderr.split('\n').find((candidate) => candidate.includes(text));
      if (found !== undefined) return found;
      await Promise.race([
        once(child.stderr, 'data'),
        ended.then((end) => Promise.reject(new Error(`ended before "${text}": ${JSON.stringify(end)}`))),
      ]);
    }
  };
  return { child, ended, line };
}

export function cli(
  args: readonly string[],
  options: { cwd?: string; env?: Record<string, string> } = {},
): Promise<Ended> {
  return startCli(args, options).ended;
}
