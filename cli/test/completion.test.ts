import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findPeer } from '../../lab/test/peers.ts';
import { SHELLS, completionScript } from '../completion/scripts.ts';
import { cli, temporaryFolder, ROUTER_PASSWORD } from './fixture.ts';
import { siteBox } from './site-box.ts';

const MAIN = new URL('../main.ts', import.meta.url).pathname;
const TSX = import.meta.resolve('tsx');

async function words(...typed: readonly string[]): Promise<readonly string[]> {
  const { code, stdout, stderr } = await cli(['__complete', '--', ...typed]);
  expect([code, stderr]).toEqual([0, '']);
  return stdout.split('\n').filter((word) => word !== '');
}

test('verbs, verbs below them, options and choices are offered from their own definitions', async () => {
  expect(await words('sub')).toEqual(['subscribers']);
  expect(await words('')).toEqual(expect.arrayContaining(['up', 'cutoff', 'routers', 'rotate', 'completion']));
  expect(await words('')).not.toContain('__complete');
  expect(await words('notices', 'r')).toEqual(['reissue']);
  expect(await words('notices', 'put', 's5', '')).toEqual(['maintenance', 'payment-due', 'custom']);
  expect(await words('cutoff', 's5', '--not')).toEqual(['--not-before', '--not-after']);
  expect(await words('phones', 'put', 'x', '--vendor', 'y')).toEqual(['yealink']);
  expect(await words('--lang', 'e')).toEqual(['es', 'en']);
  expect(await words('--lang', '=', 'e')).toEqual(['es', 'en']);
  expect(await words('completion', '')).toEqual([...SHELLS]);
  expect(await words('cutoff', 's5', '--reason', '')).toEqual([]);
});

test('ids come from the store: routers, subscribers by prefix and never more than 200, held operations', async () => {
  const { config, run } = await siteBox();
  const put = (id: string, address: string) =>
    run('subscribers', 'put', id, '--name', 'x', '--router', 'r0', '--address', address);
  for (const [id, address] of [
    ['s5', '100.64.0.5'],
    ['s51', '100.64.0.51'],
    ['t1', '100.64.0.6'],
  ] as const)
    await put(id, address);
  const ask = (...typed: readonly string[]) => words('--config', config, ...typed);
  expect(await ask('cutoff', 's5')).toEqual(['s5', 's51']);
  expect(await ask('cutoff', '')).toEqual(['s5', 's51', 't1']);
  expect(await ask('subscribers', '--router', '')).toEqual(['r0']);
  expect(await ask('routers', 'claim', 'r0', 't')).toEqual(['t1']);
  expect(await ask('routers', 'claim', 'r0', 't1', 's51')).toEqual(['s51']);
  expect(await ask('routers', '')).toEqual(['reconcile', 'release', 'claim', 'r0']);
  expect(await ask('routers', 'release', 'r0', '')).toEqual([]);
});

test('completion never fails aloud: without configuration, store or sense it offers what it can', async () => {
  expect(await words('--config', '/none.yaml', 'routers', '')).toEqual(['reconcile', 'release', 'claim']);
  expect(await words('no-such-verb', '')).toEqual([]);
  expect(await words()).toContain('up');
  expect((await cli(['__complete'])).code).toBe(0);
});

test('in a real bash the script completes verbs, options and ids', async () => {
  const { config, folder, run } = await siteBox();
  await run('subscribers', 'put', 's51', '--name', 'x', '--router', 'r0', '--address', '100.64.0.5');
  writeFileSync(join(folder, 'wisp-edge'), `#!/bin/sh\nexec '${process.execPath}' --import '${TSX}' '${MAIN}' "$@"\n`, {
    mode: 0o755,
  });
  const script = `
    source <(wisp-edge completion bash)
    try() { COMP_WORDS=(wisp-edge "$@"); COMP_CWORD=$#; _wisp_edge wisp-edge; echo "\${COMPREPLY[*]}"; }
    complete -p wisp-edge
    try rest
    try --config ${config} restore s
    try notices put s51 pay
    try subscribers put s6 --no-auto-n
    try cutoff s51 --reason ''
  `;
  const { stdout, stderr, status } = spawnSync('bash', ['--norc', '-c', script], {
    encoding: 'utf8',
    env: { PATH: `${folder}:${process.env['PATH'] ?? ''}`, R0_PASSWORD: ROUTER_PASSWORD },
  });
  expect([status, stderr]).toEqual([0, '']);
  expect(stdout.split('\n')).toEqual([
    'complete -o default -F _wisp_edge wisp-edge',
    'restore',
    's51',
    'payment-due',
    '--no-auto-notice',
    '',
    '',
  ]);
}, 180_000);

for (const shell of ['zsh', 'fish'] as const) {
  const peer = findPeer(shell, shell, ['--version']);
  test.skipIf(!peer.isThere)(`the script for ${shell} is one that the shell can read ${peer.skipReason}`.trim(), () => {
    const file = join(temporaryFolder(), 'completion');
    writeFileSync(file, completionScript(shell));
    const { status, stderr } = spawnSync(shell, ['-n', file], { encoding: 'utf8' });
    expect([status, stderr]).toEqual([0, '']);
  });
}

const fish = findPeer('fish', 'fish', ['--version']);
test.skipIf(!fish.isThere)(`fish completes with it ${fish.skipReason}`.trim(), { timeout: 60_000 }, () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'completion'), completionScript('fish'));
  const program = `#!/bin/sh\nexec '${process.execPath}' --import '${TSX}' '${MAIN}' "$@"\n`;
  writeFileSync(join(folder, 'wisp-edge'), program, { mode: 0o755 });
  const ask = `source ${join(folder, 'completion')}; complete -C 'wisp-edge subs'`;
  const env = { ...process.env, PATH: `${folder}:${process.env['PATH'] ?? ''}`, HOME: folder };
  expect(spawnSync('fish', ['-c', ask], { encoding: 'utf8', env }).stdout.trim()).toBe('subscribers');
});
