import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { RouterStatus } from '../../schemas/router.ts';
import { openStore } from '../../store/sqlite/open.ts';
import { ROUTER_PASSWORD } from './fixture.ts';
import { siteBox, type SiteBox } from './site-box.ts';

/** Waits, from one change of the store to the next, until the router's status is so. */
async function untilStatus({ folder }: SiteBox, is: (status: RouterStatus) => boolean): Promise<void> {
  const store = openStore({ file: join(folder, 'data', 'wisp-edge.db') });
  onTestFinished(() => {
    store.close();
  });
  const found = new AbortController();
  const look = async (): Promise<void> => {
    if ((await store.control.routerStatuses()).some(is)) found.abort();
  };
  const watching = store.control.watch(20, found.signal, () => void look());
  await look();
  await watching.catch(() => undefined);
}

test('beside a running agent plan says that the router was not read since, why, and exits 69', async () => {
  const box = await siteBox();
  await box.up();
  await untilStatus(box, ({ converged }) => converged);
  const fresh = await box.run('plan');
  expect([fresh.code, fresh.stderr]).toEqual([0, '']);
  expect(fresh.stdout).not.toContain('another configuration');
  expect(fresh.stdout).toMatch(/^r0: the running agent’s plan, by what it read at \S+Z\n[^]*nothing to do/);
  await box.router.unplug();
  await untilStatus(box, ({ connection }) => connection === 'down');
  const old = await box.run('plan');
  expect(old.code).toBe(69);
  expect(old.stdout).toContain('nothing to do');
  expect(old.stderr).toMatch(/^r0: since \S+Z the router could not be read[^\n]*\nr0: error \(router-/);
});

test('beside a running agent plan says when the file is not what the agent runs with', async () => {
  const box = await siteBox();
  await box.up();
  await untilStatus(box, ({ converged }) => converged);
  const text = readFileSync(box.config, 'utf8');
  writeFileSync(box.config, text.replace('"portal": {', '"notices": {"port": 1999}, "portal": {'));
  const { code, stdout } = await box.run('plan');
  expect([code, stdout]).toEqual([0, expect.stringContaining('another configuration than the file’s')]);
  const json = await box.run('plan', '--json');
  expect(JSON.parse(json.stdout)).toMatchObject({ routers: [{ plan: { steps: [] }, isOfThisFile: false }] });
  expect(stdout).not.toContain(ROUTER_PASSWORD);
});
