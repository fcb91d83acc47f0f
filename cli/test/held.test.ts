import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { RouterPlan } from '../../schemas/router.ts';
import { openStore, type Store } from '../../store/sqlite/open.ts';
import { siteBox, type SiteBox } from './site-box.ts';

const TOKEN = 'tok-Zk3vQ9mT7xpT4wX8';

const CENTRAL = { kind: 'websocket', url: 'wss://central.example', key: { env: 'R0_PASSWORD' } };

function storeOf({ folder }: SiteBox): Store {
  const store = openStore({ file: join(folder, 'data', 'wisp-edge.db') });
  onTestFinished(() => {
    store.close();
  });
  return store;
}

/** Waits, from one commit to the next, until the store says so. */
async function until(store: Store, is: () => Promise<boolean>): Promise<void> {
  const found = new AbortController();
  const look = async (): Promise<void> => {
    if (!found.signal.aborted && (await is())) found.abort();
  };
  const watching = store.control.watch(20, found.signal, () => void look());
  await look();
  await watching.catch(() => undefined);
}

test('a held cut is shown as the commands that a release would write, and is released on the whole site by name', async () => {
  const box = await siteBox({ brake: { floor: 0, percent: 0, count: 0 } });
  const { run } = box;
  await run('subscribers', 'put', 's5', '--name', 'Ana', '--router', 'r0', '--address', '100.64.0.5');
  await box.up();
  const url = `https://x.example/a?token=${TOKEN}`;
  expect((await run('cutoff', 's5', '--reason', 'mora', '--url', url)).code).toBe(75);
  const shown = (await run('plan', 'r0')).stdout;
  const operation = /held since [^:]*:\d\d:\d\dZ: brake – (op-\S+) \(cutoff\)/.exec(shown)?.[1] ?? '';
  expect(shown).toContain('    1 subscriber would be cut: s5\n');
  expect(shown).toContain('    the limit: 0 in 60 min on this router; 0 were let through, 1 are asked for\n');
  expect(shown).toMatch(/\n {4}\+ \/ip proxy access add src-address=100\.64\.0\.5 .*\n/);
  expect(shown).toMatch(/\n {4}\+ \/ip firewall address-list add list=Moroso address=100\.64\.0\.5 .*\n/);
  expect(shown).toMatch(/\n {4}- \/ip firewall connection remove \[find where /);
  expect(shown).toContain(`wisp-edge release ${operation}\n`);
  expect(shown).toContain('to withdraw it: wisp-edge restore s5\n');
  expect(shown).not.toContain(TOKEN);
  const json = JSON.parse((await run('plan', 'r0', '--json')).stdout) as { routers: { plan: RouterPlan }[] };
  expect(json.routers[0]?.plan.heldOperations).toMatchObject([{ operation, cut: { count: 1, first: ['s5'] } }]);
  expect(JSON.stringify(json)).not.toContain(TOKEN);

  // Where nobody can be asked the numbers are shown, and nothing is released.
  const unasked = await run('release', operation, '--lang', 'es');
  expect([unasked.code, unasked.stdout]).toEqual([64, '1 abonado será cortado en r0\n']);
  expect(unasked.stderr).toContain('--yes');
  expect((await run('release', operation, '--router', 'r9', '--yes')).code).toBe(1);
  const released = await run('release', operation, '--yes');
  expect([released.code, released.stdout]).toEqual([0, expect.stringContaining(`let through: ${operation}`)]);
  const store = storeOf(box);
  await until(store, async () => (await store.control.readOperation(operation))?.state === 'verified');
}, 60_000);

test('a held cut is withdrawn by a restore: nothing of it is left to release', async () => {
  const box = await siteBox({ brake: { floor: 0, percent: 0, count: 0 } });
  const { run } = box;
  await run('subscribers', 'put', 's5', '--name', 'Ana', '--router', 'r0', '--address', '100.64.0.5');
  await box.up();
  expect((await run('cutoff', 's5', '--reason', 'mora')).code).toBe(75);
  expect((await run('restore', 's5')).code).toBe(0);
  expect((await run('routers', 'reconcile', 'r0')).code).toBe(0);
  expect((await run('plan', 'r0')).stdout).not.toContain('held since');
}, 60_000);

test('status tells of a configuration that was refused, until one is taken over, and of a silent platform', async () => {
  const box = await siteBox();
  const text = readFileSync(box.config, 'utf8');
  const { child } = await box.up();
  const store = storeOf(box);
  writeFileSync(box.config, text.replace('"env": "R0_PASSWORD"', '"file": "nowhere.password"'));
  child.kill('SIGHUP');
  await until(store, async () => (await store.control.refusedReloads()).length === 2);
  const refused = await box.run('status', '--lang', 'es');
  expect(refused.stdout).toMatch(/\nERROR: agent rechazó la configuración a las \S+ y sigue con la anterior: secret-/);
  writeFileSync(box.config, text.replace('"control": {', `"control": { "central": ${JSON.stringify(CENTRAL)},`));
  child.kill('SIGHUP');
  await until(store, async () => (await store.control.refusedReloads()).length === 0);
  await until(store, async () => (await store.control.centralRecord()) !== null);
  await store.control.recordCentralContact(Date.now() - 25 * 3_600_000);
  const stale = await box.run('status');
  expect(stale.stdout).toMatch(/\nERROR: nothing was heard of the central platform since \S+: no new cut starts\n/);
  expect(JSON.parse((await box.run('status', '--json')).stdout)).toMatchObject({
    central: { state: 'stale' },
    refusedReloads: [],
  });
}, 60_000);
