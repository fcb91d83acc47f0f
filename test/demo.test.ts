import { spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '..');

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function run(command: string, args: readonly string[], cwd: string): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    child.once('error', reject);
    child.once('close', (code) => {
      resolve({ code, stdout, stderr });
    });
  });
}

/** What went wrong, without the lines of the daemons’ logs. */
function notes(stderr: string): string {
  return stderr
    .split('\n')
    .filter((line) => !line.startsWith('{'))
    .join('\n');
}

function asObject(value: unknown): object {
  if (typeof value !== 'object' || value === null) throw new TypeError('a line of stdout is no object');
  return value;
}

test.each(['embedded', 'drachtio'])(
  'npm run demo -- --once --json does the main job on 6.49, 7.16, 7.24 and two phones by %s SIP and says nothing but steps on stdout',
  async (sip) => {
    const { code, stdout, stderr } = await run('npm', ['run', 'demo', '--', '--once', '--json', '--sip', sip], ROOT);
    const steps = stdout
      .trimEnd()
      .split('\n')
      .map((line) => asObject(JSON.parse(line)));
    const names = ['step', 'subject', 'verified', 'ms'];
    expect(steps.length, notes(stderr)).toBeGreaterThanOrEqual(3 * 12 + 2 * 10);
    for (const step of steps) {
      expect(Object.keys(step)).toEqual(names);
      expect(step, notes(stderr)).toMatchObject({ verified: true });
    }
    expect(code, notes(stderr)).toBe(0);
  },
);

test('the bin runs from any working directory', async () => {
  const { code, stdout } = await run(process.execPath, [join(ROOT, 'bin/wisp-edge.js'), 'version'], tmpdir());
  expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringMatching(/^wisp-edge \d+\.\d+\.\d+/) as string });
});
