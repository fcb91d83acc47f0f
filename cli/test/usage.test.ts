import { expect, test } from 'vitest';
import { cli } from './fixture.ts';
import { siteBox } from './site-box.ts';

test('a router that the configuration does not have is wrong usage, whichever verb it is given to', async () => {
  const { run } = await siteBox();
  const calls = [
    ['plan', 'nope'],
    ['apply', 'nope'],
    ['doctor', 'nope'],
    ['adopt', 'nope'],
    ['routers', 'nope'],
    ['routers', 'reconcile', 'nope'],
    ['routers', 'release', 'nope', 'op-1', '--yes'],
    ['routers', 'claim', 'nope', 's1', '--yes'],
    ['subscribers', '--router', 'nope'],
    ['subscribers', 'put', 's1', '--name', 'Ana', '--router', 'nope', '--address', '192.0.2.9'],
    ['release', '--all', '--router', 'nope', '--yes'],
    ['router', 'retire', 'nope'],
  ];
  for (const call of calls) {
    const { code, stdout, stderr } = await run(...call, '--lang', 'es');
    expect([call, code, stdout]).toEqual([call, 64, '']);
    expect(stderr).toContain('no existe el router nope; conocidos: r0');
  }
});

test('help of a verb below a verb is that verb’s, and of a word that is no verb there is none', async () => {
  for (const call of [
    ['help', 'routers', 'release'],
    ['routers', 'help', 'release'],
    ['--lang', 'en', 'help', 'routers', 'release'],
  ]) {
    const { code, stdout } = await cli(call);
    expect([code, stdout]).toEqual([0, expect.stringContaining('Usage: wisp-edge routers release')]);
  }
  expect((await cli(['help'])).stdout).toContain('Usage: wisp-edge [options] [verb]');
  for (const call of [
    ['help', 'nosuchverb'],
    ['help', 'portal', 'nosuchverb'],
    ['portal', 'help', 'nosuchverb'],
    ['help', 'status', 'nosuchverb'],
  ]) {
    const { code, stdout, stderr } = await cli([...call, '--lang', 'es']);
    expect([call, code, stdout]).toEqual([call, 64, '']);
    expect(stderr).toMatch(/^error: no existe el verbo nosuchverb\n\nUso: /);
  }
});

test('options that do not go together are told in the person’s words', async () => {
  const call = ['adopt', 'r0', '--step', 'claim', '--hand-back'];
  const { code, stderr } = await cli([...call, '--lang', 'es']);
  expect(code).toBe(64);
  expect(stderr).toMatch(/^error: --step <STEP> y --hand-back no van juntas\n\nUso: /);
  expect((await cli(call)).stderr).toMatch(/^error: --step <STEP> does not go with --hand-back\n/);
});
