import { expect, test } from 'vitest';
import { siteBox } from './site-box.ts';

test.each([
  ['observe', 'r0 is in mode observe and was left out'],
  ['assist', 'r0 is in mode assist: its list has the portal'],
])(
  'a reissue ends although a router is in mode %s, and says that it was left out',
  async (mode, said) => {
    const { run, up } = await siteBox({}, { mode });
    await run('subscribers', 'put', 's5', '--name', 'Ana', '--router', 'r0', '--address', '100.64.0.5');
    await run('cutoff', 's5', '--reason', 'mora', '--no-wait');
    await up();
    const reissued = await run('notices', 'reissue', '--report');
    expect([reissued.code, reissued.stdout]).toEqual([0, expect.stringContaining(said)]);
    const json = (await run('notices', 'reissue', '--report', '--json')).stdout;
    expect(json).toContain(`"leftOut": {\n    "r0": "${mode}"\n  }`);
    expect((await run('notices', 'reissue', '--lang', 'es')).stdout).toContain(`r0 está en modo ${mode}`);
  },
  60_000,
);
