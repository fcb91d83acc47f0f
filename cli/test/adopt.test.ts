import { expect, test } from 'vitest';
import { siteBox } from './site-box.ts';

const LISTS = { portal: 'servers_wisphub' };

test('a router of WispHub’s is shown, taken over and handed back from the command line', async () => {
  const { run, up, router } = await siteBox({ lists: LISTS }, { preset: 'wisphub', mode: 'assist' });
  const put = ['subscribers', 'put', '1011', '--name', 'Carla Corte', '--router', 'r0', '--address', '100.64.10.11'];
  expect((await run(...put)).code).toBe(0);
  const none = await run('adopt', 'r0', '--lang', 'es');
  expect([none.code, none.stdout]).toEqual([1, 'el agente todavía no miró r0: wisp-edge routers r0\n']);
  await up();
  await run('cutoff', '1011', '--reason', 'suspendida', '--no-wait');
  await run('routers', 'reconcile', 'r0');
  const shown = await run('adopt', 'r0');
  expect(shown.code).toBe(0);
  expect(shown.stdout).toMatch(/^r0: step observe, mode assist, as read at /);
  expect(shown.stdout).toMatch(/\ncut-off list +\/ip firewall address-list +11 +0\n/);
  expect(shown.stdout).toMatch(
    /\(wisphub-orphans\): 10 addresses in Moroso [^\n]*\n {2}policy: manage: removed last of all/,
  );
  expect(shown.stdout).toMatch(
    /\n {2}# cutoff:1011 – not ours; was comment="Carla Corte"\n {2}\/ip firewall address-list set \*\w+ comment=wisp-edge:cutoff:1011\n/,
  );
  expect(shown.stdout).toMatch(/\nnext: wisp-edge adopt r0 --step claim\n$/);
  expect((await run('adopt', 'r0', '--lang', 'es')).stdout).toMatch(
    /\n {2}política: manage: se quitan al final de todo/,
  );

  const plan = await run('plan', 'r0');
  expect(plan.stdout).toMatch(
    /\nr0 \(mode assist, [^\n]*\n {2}nothing is sent\n {2}of what mode manage would write, this is not sent in mode assist:\n[^]*cutoff:1011/,
  );

  const early = await run('adopt', 'r0', '--step', 'manage', '--yes');
  expect([early.code, early.stdout]).toEqual([
    1,
    expect.stringMatching(/router\/r0: failed\n {2}why: router-not-claimed/),
  ]);
  const asked = await run('adopt', 'r0', '--step', 'claim');
  expect([asked.code, asked.stderr]).toEqual([64, expect.stringContaining('--yes')]);
  expect((await run('adopt', 'r0', '--step', 'claim', '--yes')).code).toBe(0);
  for (const [lang, told] of [
    ['en', 'Leave `mode` in the file'],
    ['es', 'Deje `mode` en el archivo'],
  ] as const) {
    const waits = await run('cutoff', '1011', '--reason', 'suspendida', '--lang', lang);
    expect([waits.code, waits.stdout]).toEqual([75, expect.stringContaining(told)]);
    expect(waits.stdout).toContain('wisp-edge adopt r0 --step manage');
    expect(waits.stdout).not.toContain('mode: manage');
  }
  const braked = await run('adopt', 'r0', '--step', 'manage', '--yes', '--json');
  expect([braked.code, JSON.parse(braked.stdout)]).toMatchObject([0, { kind: 'adopt', state: 'verified' }]);
  expect(router.table('/ip/firewall/nat').rows().filter(isOnOfWisphub)).toEqual([]);
  expect((await run('adopt', 'r0')).stdout).toMatch(/\nback: wisp-edge adopt r0 --hand-back\n$/);
  router.console('edge', '/ip firewall nat set [find where comment~"^WispHub"] disabled=no');
  await run('routers', 'reconcile', 'r0');
  const undone = (await run('adopt', 'r0')).stdout;
  expect(undone).toMatch(/\nmanage: ours first[^]*\nthe take-over was undone at the router: [^\n]*--step manage/);
  expect(undone).not.toMatch(/^hand-back:/m);
  expect((await run('adopt', 'r0', '--lang', 'es')).stdout).toContain('la toma se deshizo en el router');
  expect((await run('adopt', 'r0', '--step', 'manage', '--yes')).code).toBe(0);
  expect(router.table('/ip/firewall/nat').rows().filter(isOnOfWisphub)).toEqual([]);
  const back = await run('adopt', 'r0', '--hand-back', '--yes');
  expect([back.code, back.stdout]).toEqual([0, expect.stringContaining('hand-back: what was WispHub’s first')]);
  expect(router.table('/ip/firewall/nat').rows().filter(isOnOfWisphub)).toHaveLength(4);
  expect((await run('adopt', 'r0', '--step', 'manage', '--hand-back')).code).toBe(64);
  expect((await run('adopt', 'r9')).code).not.toBe(0);
}, 120_000);

test('a router that has nothing of WispHub’s is offered no step', async () => {
  const { run, up } = await siteBox({ lists: LISTS }, { mode: 'assist' });
  await up();
  await run('routers', 'reconcile', 'r0');
  const { stdout } = await run('adopt', 'r0');
  expect(stdout).toContain('nothing of WispHub’s is on r0');
  expect(stdout).not.toContain('next:');
}, 120_000);

function isOnOfWisphub(row: Readonly<Record<string, string>>): boolean {
  return row['comment']?.startsWith('WispHub') === true && row['disabled'] !== 'true';
}
