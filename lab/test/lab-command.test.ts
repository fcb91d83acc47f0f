import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { PRESETS, VERSIONS } from '../router/options.ts';

const MAIN = fileURLToPath(new URL('../router/main.ts', import.meta.url));

function start(...args: readonly string[]) {
  const child = spawn(process.execPath, ['--import', import.meta.resolve('tsx'), MAIN, ...args], {
    env: { PATH: process.env['PATH'] },
  });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  const said = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said.stderr += text));
  return { child, said, ended: once(child, 'close').then(() => child.exitCode) };
}

test('the lab starts one router alone, says how it is configured, and ends when told to', async () => {
  const { child, said, ended } = start(
    '--preset',
    'wisphub',
    '--routeros',
    '6.49',
    '--tls',
    '--subscriber',
    '100.64.0.9',
  );
  while (!said.stdout.includes('Ctrl-C')) await once(child.stdout, 'data');
  expect(said.stdout).toMatch(/rb-lab: RouterOS 6\.49, preset wisphub[^]*port: [1-9]\d*\n {6}tls: \{ pin: "sha256:/);
  const [, proxy = ''] = /--proxy (socks5h:\S+)/.exec(said.stdout) ?? [];
  expect(proxy).toMatch(/^socks5h:\/\/127\.0\.0\.1:\d+$/);
  child.kill('SIGTERM');
  expect([await ended, said.stderr]).toEqual([0, '']);
});

test('its help names every preset and version in both languages, and a wrong one is refused by name', async () => {
  for (const lang of ['en', 'es']) {
    const { said, ended } = start('--help', '--lang', lang);
    expect(await ended).toBe(0);
    for (const word of [...PRESETS, ...VERSIONS]) expect(said.stdout).toContain(word);
  }
  const wrong = start('--preset', 'casa', '--lang', 'es');
  expect(await wrong.ended).toBe(64);
  expect(wrong.said.stderr).toContain('--preset no puede ser casa; se puede: empty | home | wisphub');
});
