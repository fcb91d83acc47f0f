import { copyFileSync, mkdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { ObservedSubscriber } from '../../schemas/router.ts';
import { openStore } from '../../store/sqlite/open.ts';
import { cli } from './fixture.ts';
import { siteBox } from './site-box.ts';

const BROKEN = [
  ['a value that is none', 'site: n1\ndataDir: data\nagent: { brake: { count: many } }\n'],
  ['a broken line', 'site: n1\ndataDir: data\nagent:\n\trouters: [\n'],
  ['broken JSON', '{\n  "site": "n1",\n  "dataDir": "data",\n  "agent": {{ }\n'],
] as const;

test('status of a running agent is seen with a broken file on disk, and says so', async () => {
  const box = await siteBox();
  await box.up();
  await box.run('subscribers', 'put', 's1', '--name', 'Ana', '--router', 'r0', '--address', '100.64.0.5');
  // Until then the agent may not have told anything of the router.
  expect(await box.run('apply', 'r0')).toMatchObject({ code: 0 });
  for (const [what, text] of BROKEN) {
    writeFileSync(box.config, text);
    const { code, stdout } = await box.run('status', '--lang', 'es');
    expect([what, code]).toEqual([what, 78]);
    expect(stdout).toMatch(
      /^ERROR: \S+config\.yaml, tal como se escribió a las \S+ \S+Z, está dañado: el agente en ejecución sigue con la configuración que leyó antes \(desde 2\d{3}-[^)]+\)/,
    );
    expect(stdout).toContain('n1: el agente está en ejecución');
    expect(stdout).toContain('1 abonado');
    expect(stdout).toMatch(/^r0 \(/m);
  }
  const { stdout } = await box.run('status', '--json');
  expect(JSON.parse(stdout)).toMatchObject({
    site: 'n1',
    agentRunning: true,
    counts: { subscribers: 1 },
    configuration: { broken: true, file: box.config },
  });
});

test('since when the agent runs as it does is its start, and then the last reload that it took over', async () => {
  const box = await siteBox();
  const text = readFileSync(box.config, 'utf8');
  const before = Date.now();
  const running = await box.up();
  await box.run('routers', 'reconcile', 'r0');
  const runsWith = async (): Promise<{ readonly since: number; readonly print: string }> => {
    writeFileSync(box.config, BROKEN[0][1]);
    const { stdout } = await box.run('status', '--json');
    writeFileSync(box.config, text);
    const form =
      /"agentRunsWith":\s*\{\s*"since":\s*"([^"]+)",\s*"configuration":\s*\{\s*"r0":\s*"([0-9a-f]{16})"\s*\}/;
    const [, since = '', print = ''] = form.exec(stdout) ?? [];
    return { since: Date.parse(since), print };
  };
  const started = await runsWith();
  expect(started.since).toBeGreaterThanOrEqual(before - 1);
  expect(started).toEqual(await runsWith());
  expect((await box.run('plan', 'r0', '--json')).stdout).toContain(started.print);
  const asked = Date.now();
  running.child.kill('SIGHUP');
  await running.line('configuration reloaded');
  expect((await runsWith()).since).toBeGreaterThanOrEqual(asked - 1);
  // Refused: the agent goes on as it did.
  const reloaded = await runsWith();
  writeFileSync(box.config, BROKEN[0][1]);
  running.child.kill('SIGHUP');
  await running.line('configuration not reloaded');
  expect((await runsWith()).since).toBe(reloaded.since);
}, 60_000);

test('where a bundle is broken, status names that file and when it was written', async () => {
  const box = await siteBox({
    portal: { domain: 'clientes.example.net', addresses: ['198.51.100.10'], bundlesDir: 'bundles' },
  });
  mkdirSync(join(box.folder, 'bundles'));
  const file = join(box.folder, 'bundles', 'bank.yaml');
  writeFileSync(file, 'name: bank\nhosts: [{ host: bank.example.net }]');
  expect(await box.run('init')).toMatchObject({ code: 0 });
  writeFileSync(file, 'name: bank\nhosts: []');
  utimesSync(file, 1_700_000_000, 1_700_000_000);
  const { code, stdout } = await box.run('status');
  expect([code, stdout]).toEqual([
    78,
    expect.stringContaining(`ERROR: ${file}, as written at 2023-11-14 22:13:20Z, is broken`),
  ]);
});

test('once the agent is killed, what is told of its routers is told as what was seen last, with its time', async () => {
  const box = await siteBox();
  const running = await box.up();
  await box.run('routers', 'reconcile', 'r0');
  expect((await box.run('routers')).stdout).toMatch(/\nr0 +manage +up +/);
  running.child.kill('SIGKILL');
  await running.ended;
  const at = '\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\dZ';
  expect((await box.run('routers', '--lang', 'es')).stdout).toMatch(
    new RegExp(
      `^el agente no está en ejecución: [^\\n]*lo último que vio[^\\n]*\\nid +modo +visto +[^]*\\nr0 +manage +${at} `,
    ),
  );
  const one = (await box.run('routers', 'r0')).stdout;
  expect(one).toMatch(new RegExp(`^the agent does not run: this is what it saw last[^]*\\nseen +${at}\\n`));
  expect(one).not.toMatch(/^connection/m);
  expect((await box.run('status')).stdout).toMatch(new RegExp(`^r0 \\(manage\\): last seen ${at}, `, 'm'));
  expect(JSON.parse((await box.run('routers', '--json')).stdout)).toMatchObject({ agentRunning: false });
});

test('where the file does not say where the database is, status needs --db, and reads that', async () => {
  const box = await siteBox();
  writeFileSync(box.config, 'site: [');
  const none = await box.run('status');
  expect([none.code, none.stdout]).toEqual([78, '']);
  const db = join(box.folder, 'data', 'wisp-edge.db');
  const { code, stdout } = await box.run('status', '--db', db);
  expect([code, stdout]).toEqual([
    78,
    expect.stringMatching(/is broken: no daemon can start with it\n[^]*0 subscribers/),
  ]);
  copyFileSync(db, join(box.folder, 'kept.db'));
  const kept = await cli(['status', '--db', 'kept.db'], { cwd: box.folder });
  expect([kept.code, kept.stdout]).toEqual([78, expect.stringContaining('0 subscribers')]);
});

test('subscribers of a router whose id was changed in the file are told of, and not shown as seen now', async () => {
  const box = await siteBox();
  await box.run('subscribers', 'put', 's1', '--name', 'Ana', '--router', 'r0', '--address', '100.64.0.5');
  const store = openStore({ file: join(box.folder, 'data', 'wisp-edge.db'), site: 'n1' });
  const at = '2026-01-01T00:00:00.000Z';
  const cut: ObservedSubscriber = { service: 'cut', notice: null, verified: true, held: null, at, rows: [] };
  await store.agent.recordObserved('r0', new Map([['s1', cut]]));
  store.close();
  expect((await box.run('check')).stdout).not.toContain('WARNING');
  expect((await box.run('subscribers', 's1')).stdout).toMatch(/\nservice +cut/);
  writeFileSync(box.config, readFileSync(box.config, 'utf8').replace(/"?id"?: *"?r0"?/, '"id": "r0x"'));
  for (const verb of ['check', 'status'])
    expect((await box.run(verb, '--lang', 'es')).stdout).toContain(
      'ADVERTENCIA: 1 abonado es de routers que la configuración no tiene (r0)',
    );
  const shown = (await box.run('subscribers', 's1', '--lang', 'es')).stdout;
  expect(shown).toContain('r0 (no está en la configuración)');
  expect(shown).not.toMatch(/\nservicio +cortado/);
});

test('of a router in mode assist status says why it is not as desired, and how much is not written', async () => {
  const { run, up } = await siteBox({}, { mode: 'assist' });
  await up();
  expect(await run('apply', 'r0')).toMatchObject({ code: 0 });
  const { routers } = JSON.parse((await run('status', '--json')).stdout) as { routers: { notSent?: number }[] };
  const steps = routers[0]?.notSent ?? 0;
  expect(steps).toBeGreaterThan(1);
  const told = `\n  ${String(steps)} pasos de lo deseado sin escribir, porque el router está en modo assist: wisp-edge plan r0\n`;
  expect((await run('status', '--lang', 'es')).stdout).toMatch(
    /^r0 \(assist\): conectado, aún no como se desea, 0 pend/m,
  );
  expect((await run('status', '--lang', 'es')).stdout).toContain(told);
  expect((await run('routers', 'r0', '--lang', 'es')).stdout).toContain(told);
  expect((await run('status')).stdout).toContain(`  ${String(steps)} steps of what is wanted not written, for`);
}, 120_000);
