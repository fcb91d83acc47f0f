import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { unseenRouter } from '../../control/core/degraded.ts';
import type { RouterPlan } from '../../schemas/router.ts';
import { openStore, type Store } from '../../store/sqlite/open.ts';
import { cli } from './fixture.ts';
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
  expect((await run('release', operation, '--router', 'r9', '--yes')).code).toBe(64);
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
  expect(refused.stdout).toMatch(
    /\nERROR: agent rechazó la configuración a las \S+ \S+Z y sigue con la anterior: secret-/,
  );
  writeFileSync(box.config, text.replace('"control": {', `"control": { "central": ${JSON.stringify(CENTRAL)},`));
  child.kill('SIGHUP');
  await until(store, async () => (await store.control.refusedReloads()).length === 0);
  await until(store, async () => (await store.control.centralRecord()) !== null);
  await store.control.recordCentralContact(Date.now() - 25 * 3_600_000);
  const stale = await box.run('status');
  expect(stale.stdout).toMatch(
    /\nERROR: nothing was heard of the central platform since \S+ \S+Z: no new cut starts\n/,
  );
  expect(JSON.parse((await box.run('status', '--json')).stdout)).toMatchObject({
    central: { state: 'stale' },
    refusedReloads: [],
  });
}, 60_000);

test('held operations are listed first and shown with what to do, and a release of all shows the sum and asks', async () => {
  const box = await siteBox({ brake: { floor: 0, percent: 0, count: 0 } });
  const { run } = box;
  for (const at of [5, 6])
    await run('subscribers', 'put', `s${at}`, '--name', 'Ana', '--router', 'r0', '--address', `100.64.0.${at}`);
  await box.up();
  await run('routers', 'reconcile', 'r0');
  for (const at of [5, 6]) expect((await run('cutoff', `s${at}`, '--reason', 'mora')).code).toBe(75);
  const list = await run('operations', '--lang', 'es');
  expect(list.stdout).toMatch(
    /^id +qué +para +estado +por qué +desde\nop-\S+ +cutoff +subscriber\/s6 +retenido +brake .*\nop-\S+ +cutoff +subscriber\/s5 +retenido +brake /,
  );
  expect(list.stdout).toMatch(/\nop-\S+ +reconcile +router\/r0 +verificado /);
  expect(list.stdout).toMatch(/\npor qué: brake – [^\n]+\n {2}qué hacer: Decide una persona/);
  expect(list.stdout).toContain('wisp-edge release --all');
  const { items } = JSON.parse((await run('operations', '--held', '--json')).stdout) as { items: { id: string }[] };
  expect(items).toHaveLength(2);
  const id = items[0]?.id ?? '';
  const shown = (await run('operations', id)).stdout;
  expect(shown).toMatch(/^id +op-\S+\nwhat +cutoff\nfor +subscriber\/s6\nstate +held\n/);
  expect(shown).toMatch(/\nr0:\n {2}held since .*\n {4}1 subscriber would be cut: s6\n/);
  expect((await run('operations', 'op-none')).code).toBe(1);
  const status = (await run('status', '--lang', 'es')).stdout;
  expect(status).toContain(`2 operaciones retenidas\n  ${id} (cutoff, subscriber/s6): brake\n`);
  const words = await cli(['__complete', '--', '--config', box.config, 'operations', 'op-']);
  expect(words.stdout.split('\n')).toContain(id);

  const asked = await run('release', '--all', '--lang', 'es');
  expect([asked.code, asked.stdout]).toEqual([64, '2 abonados serán cortados en r0 (en 2 operaciones)\n']);
  expect((await run('release', id, '--all', '--yes')).code).toBe(64);
  expect((await run('release', '--all', '--router', 'r0', '--yes')).code).toBe(0);
  const store = storeOf(box);
  await until(store, async () => (await store.control.routerPlan('r0'))?.heldOperations?.length === 0);
  expect((await run('release', '--all')).stdout).toBe('the brake holds nothing\n');
}, 60_000);

test('I8: who comes to be held while the question stands is not released by the answer: it says how many, and where', async () => {
  const box = await siteBox();
  const store = storeOf(box);
  await box.run('subscribers', 'put', 's5', '--name', 'Ana', '--router', 'r0', '--address', '100.64.0.5');
  const cut = await box.run('cutoff', 's5', '--reason', 'mora', '--json');
  const { id } = JSON.parse(cut.stdout) as { id: string };
  const hold = (...ids: readonly string[]): Promise<void> =>
    store.agent.recordRouter(unseenRouter('r0', 'manage'), heldBy(id, ids));
  /** Somebody reads the question, and says yes when a pass has held more. */
  const meanwhile =
    (...ids: readonly string[]) =>
    async (): Promise<string> => {
      await hold(...ids);
      return 's\n';
    };
  const released = async (): Promise<unknown> => (await store.agent.desiredFor('r0')).releases.at(-1)?.subscribers;

  await hold('s1');
  const site = await box.answer(meanwhile('s1', 's2', 's3'), 'release', id, '--lang', 'es');
  expect([site.code, site.stdout]).toEqual([75, expect.stringContaining('1 abonado será cortado en r0\n')]);
  expect(site.stdout).toContain(
    '2 abonados quedaron retenidos en r0 después de que esto se leyera, y siguen retenidos: mire y libere otra vez; wisp-edge routers r0\n',
  );
  expect(await released()).toEqual(['s1']);

  const one = await box.answer(meanwhile('s4'), 'routers', 'release', 'r0', id);
  expect([one.code, one.stdout]).toEqual([75, expect.stringContaining('1 subscriber came to be held on r0 after')]);
  // It waits for a release, and is told as nothing else.
  expect(one.stdout).not.toContain('waits for nothing here');
  const all = await box.answer(meanwhile('s4', 's5'), 'release', '--all', '--json');
  expect([all.code, JSON.parse(all.stdout)]).toMatchObject([
    75,
    { result: { released: [id], unknown: [], later: [{ router: 'r0', operation: id, count: 1 }] } },
  ]);
  expect(await released()).toEqual(['s4']);

  expect((await box.run('release', id, '--yes')).code).toBe(0);
  expect(await released()).toEqual(['s4', 's5']);
}, 60_000);

test('an empty snapshot is the whole site’s: no router is released from it alone, and the text says what to do', async () => {
  const box = await siteBox();
  await box.run('subscribers', 'put', 's5', '--name', 'Ana', '--router', 'r0', '--address', '100.64.0.5');
  const store = storeOf(box);
  await store.control.stageSnapshot('x', []);
  const result = await store.control.switchSnapshot(
    'x',
    { generation: 1, takenAt: Date.now(), expectedCuts: null, hash: 'h' },
    { actor: { name: 'test', via: 'api' }, at: Date.now(), operation: 'op-empty', routers: ['r0'] },
  );
  expect(result.outcome).toBe('accepted');
  for (const args of [
    ['release', 'op-empty', '--router', 'r0'],
    ['routers', 'release', 'r0', 'op-empty'],
  ]) {
    const refused = await box.run(...args, '--yes', '--lang', 'es');
    expect([refused.code, refused.stderr]).toEqual([64, expect.stringContaining('op-empty es una instantánea vacía')]);
    expect(refused.stderr).toContain('wisp-edge release op-empty, sin --router');
  }
  expect((await store.agent.desiredFor('r0')).subscribers).toHaveLength(1);
  expect((await box.run('operations', '--held', '--lang', 'es')).stdout).toContain('empty-snapshot');
  const whole = await box.run('release', 'op-empty', '--yes', '--lang', 'es');
  expect([whole.code, whole.stdout]).toEqual([
    0,
    expect.stringContaining('una instantánea vacía: se olvidará a 1 abonado'),
  ]);
  expect((await store.agent.desiredFor('r0')).subscribers).toEqual([]);
}, 60_000);

test('who paid and is still cut is said before anything else, and no router is as desired meanwhile', async () => {
  const box = await siteBox();
  const { run } = box;
  await run('subscribers', 'put', 's5', '--name', 'Ana', '--router', 'r0', '--address', '100.64.0.5');
  box.router.table('/ip/firewall/address-list').add({ list: 'Moroso', address: '100.64.0.5', comment: 'WispHub' });
  await box.up();
  expect((await run('restore', 's5')).code).toBe(75);
  const status = (await run('status', '--lang', 'es')).stdout;
  expect(status).toContain('\nADVERTENCIA: 1 abonado pagó y sigue cortado\n');
  expect(status).toMatch(
    /\nr0 \(manage\): conectado, NO como se desea: hay quien pagó y sigue cortado, \d+ pendientes, 1 retenido\n/,
  );
  expect((await run('routers')).stdout).toMatch(/\nr0 +manage +up +NO: paid /);
  expect((await run('routers', 'r0')).stdout).toMatch(/^WARNING: 1 subscriber paid and is still cut\nrouter +r0\n/);
}, 60_000);

test('a release of what the brake does not hold is refused, with the reason and who ends it', async () => {
  const box = await siteBox({ portal: { domain: 'clientes.example.net', addresses: [] } });
  const { run } = box;
  await run('subscribers', 'put', 's5', '--name', 'Ana', '--router', 'r0', '--address', '100.64.0.5');
  await box.up();
  const cut = JSON.parse((await run('cutoff', 's5', '--reason', 'mora', '--json')).stdout) as {
    id: string;
    reason: string;
  };
  expect(cut.reason).toBe('portal-unknown');
  const shown = (await run('operations', cut.id)).stdout;
  expect(shown).toMatch(/\n {2}on r0: held \(portal-unknown\)\n {2}why: portal-unknown – /);
  for (const args of [
    ['release', cut.id],
    ['routers', 'release', 'r0', cut.id],
  ]) {
    const refused = await run(...args, '--yes', '--lang', 'es');
    expect([refused.code, refused.stdout]).toEqual([1, '']);
    expect(refused.stderr).toMatch(/está retenida, pero no por el freno \(portal-unknown\).*\n {2}qué hacer: /);
  }
}, 60_000);

function heldBy(operation: string, ids: readonly string[]): RouterPlan {
  const held = ids.map((id) => ({ subject: `subscriber/${id}`, reason: 'brake', detail: '', operations: [operation] }));
  const nobody = { count: 0, first: [] };
  const one = { operation, kind: 'cutoff', reason: 'brake', detail: '', since: '2026-03-01T12:00:00.000Z' } as const;
  const whom = { cut: { count: ids.length, first: [...ids] }, restored: nobody, noticed: nobody };
  const heldOperations = [{ ...one, ...whom, way: 'release' as const, commands: [], omitted: 0 }];
  return { router: 'r0', at: '2026-03-01T12:00:00.000Z', steps: [], held, heldOperations, findings: [] };
}

test('a snapshot sent again tells under which operation the brake holds its cuts, and its own release says the same', async () => {
  const box = await siteBox({ brake: { floor: 0, percent: 0, count: 0 } });
  const { run } = box;
  await box.up();
  const store = storeOf(box);
  const send = async (generation: number): Promise<string> => {
    const operation = `op-${generation}`;
    const cutoff = { reason: 'mora' };
    await store.control.stageSnapshot(operation, [
      { id: 's5', name: 'Ana', router: 'r0', addresses: ['100.64.0.5'], cutoff },
    ]);
    await store.control.switchSnapshot(
      operation,
      { generation, takenAt: Date.now(), expectedCuts: null, hash: operation },
      { actor: { name: 'test', via: 'api' }, at: Date.now(), operation, routers: ['r0'] },
    );
    await until(store, async () => (await store.control.readOperation(operation))?.state === 'held');
    return operation;
  };
  const [first, again] = [await send(1), await send(2)];
  const shown = (await run('operations', again)).stdout;
  expect(shown).toContain(`the brake holds cut-offs that it asks for under ${first}: `);
  expect(shown).toContain(`wisp-edge release ${first}. Then this one goes on by itself`);
  const enEspanol = (await run('operations', again, '--lang', 'es')).stdout;
  expect(enEspanol).toContain(`el freno retiene cortes que esta pide con el nombre de ${first}: una persona la mira`);
  for (const args of [
    ['release', again, '--yes'],
    ['routers', 'release', 'r0', again, '--yes'],
  ]) {
    const released = await run(...args);
    expect([released.code, released.stderr]).toEqual([
      1,
      `${again} has no cut-offs of its own held; it waits for those held under ${first}. To release them: wisp-edge release ${first}\n`,
    ]);
  }
  expect((await run('release', again, '--yes', '--lang', 'es')).stderr).toContain(
    `espera los retenidos con el nombre de ${first}. Para liberarlos: wisp-edge release ${first}`,
  );
  expect((await run('release', first, '--yes')).code).toBe(0);
  await until(store, async () => (await store.control.readOperation(again))?.state === 'verified');
}, 60_000);
