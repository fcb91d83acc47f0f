import { readdirSync } from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import { startLabDns } from '../../lab/dns/server.ts';
import { startLabRouter } from '../../lab/routeros/router.ts';
import { cli, smallConfig, temporaryFolder, writeConfig, ROUTER_PASSWORD } from './fixture.ts';
import { siteBox, type SiteBox } from './site-box.ts';

/** A router and a configuration; the data folder is made by `init`. */
async function site(pin?: string, portal: object = { domain: 'clientes.example.net' }) {
  const router = await startLabRouter({
    preset: 'home',
    tls: true,
    users: [{ name: 'edge', password: ROUTER_PASSWORD }],
  });
  onTestFinished(() => router.close());
  const sha256 = pin ?? router.certificate?.sha256 ?? '';
  const one = {
    id: 'r0',
    host: router.host,
    port: router.tlsPort,
    tls: { pin: `sha256:${sha256}` },
    user: 'edge',
    password: { env: 'R0_PASSWORD' },
  };
  const config = { ...smallConfig(), agent: { portal, routers: [one] } };
  const file = writeConfig(temporaryFolder(), config);
  await cli(['--config', file, 'init']);
  return { router, file };
}

test('doctor tells each finding with the command that mends it, in the user’s language', async () => {
  const { file } = await site();
  const english = await cli(['--config', file, 'doctor', 'r0']);
  expect(english).toMatchObject({ code: 0, stderr: '' });
  expect(english.stdout).toMatch(
    /warning +service-plain-api +the plain API[^\n]*\/user active print where via=api[^\n]*\n +→ \/ip service disable api\n/,
  );
  const spanish = await cli(['--config', file, '--lang', 'es', 'doctor']);
  expect(spanish.stdout).toMatch(
    /advertencia +service-plain-api +la API sin cifrar[^\n]*\n +→ \/ip service disable api\n/,
  );
  expect(english.stdout + spanish.stdout).not.toContain(ROUTER_PASSWORD);
});

test('hosts of the walled garden that do not answer this box are told once, after the routers', async () => {
  const dns = await startLabDns();
  onTestFinished(() => dns.close());
  const portal = {
    domain: 'clientes.example.net',
    addresses: ['198.51.100.10'],
    resolvers: [`${dns.host}:${dns.port}`],
    walledGarden: ['pagos.example.net'],
  };
  const { file } = await site(undefined, portal);
  const { stdout } = await cli(['--config', file, '--lang', 'es', 'doctor']);
  expect(stdout).toMatch(
    /el jardín amurallado, como lo alcanza este equipo .*\n +advertencia +garden-unreachable +desde este equipo no se llega a pagos\.example\.net/,
  );
  const { stdout: json } = await cli(['--config', file, 'doctor', '--json']);
  expect(JSON.parse(json)).toMatchObject({ site: { findings: [{ code: 'garden-unreachable' }] } });
});

test('a finding of severity error makes doctor exit 1, a router that is away 69', async () => {
  const { router, file } = await site();
  router.deviceMode.isFlagged = true;
  const { code, stdout } = await cli(['--config', file, 'doctor', '--json']);
  expect(code).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject({ routers: [{ router: 'r0', report: { reachable: true } }] });
  await router.unplug();
  expect(await cli(['--config', file, 'doctor'])).toMatchObject({ code: 69 });
});

test('the pin of the example makes doctor print the one that the router shows', async () => {
  const { router, file } = await site('0'.repeat(64));
  const { code, stdout } = await cli(['--config', file, 'doctor']);
  expect([code, stdout]).toEqual([69, expect.stringContaining(`sha256:${router.certificate?.sha256 ?? ''}`)]);
  const plan = await cli(['--config', file, 'plan']);
  expect([plan.code, plan.stderr]).toEqual([69, expect.stringContaining('router-tls')]);
});

test.each(['doctor', 'apply'])('%s before init makes nothing and says that there is no database', async (verb) => {
  const folder = temporaryFolder();
  const file = writeConfig(folder, smallConfig());
  const { code, stderr } = await cli(['--config', file, verb]);
  expect([code, stderr]).toEqual([78, expect.stringContaining('there is no database')]);
  expect(readdirSync(folder)).toEqual(['config.yaml']);
});

test.each([
  ['at', 'soon', 'is no cron line'],
  ['timeZone', 'Mars/Olympus', 'knows no time zone'],
])('a wrong agent.doctor.%s exits 78 and is named', async (key, value, said) => {
  const { file } = await site();
  const config = {
    ...smallConfig(),
    agent: { portal: { domain: 'a.example' }, routers: [], doctor: { at: '30 3 * * *', [key]: `${value} zone here` } },
  };
  writeConfig(file.replace(/\/[^/]*$/, ''), config);
  const { code, stdout } = await cli(['--config', file, 'check']);
  expect([code, stdout]).toEqual([78, expect.stringContaining(said)]);
});

/** A box whose agent runs; the portal has no address that anybody could try to reach. */
async function upAndRunning(): Promise<SiteBox> {
  const box = await siteBox({ portal: { domain: 'clientes.example.net' } });
  await box.up();
  return box;
}

test('beside a running agent doctor asks it, and tells the same in the user’s language', async () => {
  const { run, router } = await upAndRunning();
  const english = await run('doctor', 'r0');
  expect(english).toMatchObject({ code: 0, stderr: '' });
  expect(english.stdout).toMatch(/warning +service-open +[^\n]*\n +→ \/ip service set api address=/);
  const spanish = await run('--lang', 'es', 'doctor');
  expect(spanish).toMatchObject({ code: 0, stderr: '' });
  expect(spanish.stdout).toMatch(/advertencia +service-open +[^\n]*\n +→ \/ip service set api address=/);
  const json = await run('doctor', '--json', '--self-test');
  const [only] = routersOf(json.stdout);
  expect([json.code, only]).toMatchObject([0, { router: 'r0', report: { reachable: true, version: '7.24 (stable)' } }]);
  expect(json.stdout).toMatch(/"self-test-(passed|not-made)"/);
  expect(english.stdout + spanish.stdout + json.stdout).not.toContain(ROUTER_PASSWORD);
  expect(router.stats.sessionsOpen).toBeLessThanOrEqual(2);
}, 60_000);

test('beside a running agent an error exits 1, a router that is away 69, an agent that is not done 75', async () => {
  const { run, router } = await upAndRunning();
  router.deviceMode.isFlagged = true;
  const flagged = await run('doctor');
  expect([flagged.code, flagged.stdout]).toEqual([1, expect.stringContaining('device-mode-flagged')]);
  router.deviceMode.isFlagged = false;
  router.faults.arm({ path: '/system/clock/print' }, { kind: 'stuck' });
  const late = await run('doctor', '--timeout', '1');
  expect(late).toMatchObject({ code: 75, stdout: 'r0: not done after 1 s; the agent goes on\n' });
  const lateInSpanish = await run('--lang', 'es', 'doctor', '--timeout', '1');
  expect(lateInSpanish).toMatchObject({ code: 75, stdout: 'r0: sin terminar tras 1 s; el agente sigue\n' });
  await router.unplug();
  const away = await run('doctor', '--json');
  expect([away.code, routersOf(away.stdout)]).toMatchObject([69, [{ router: 'r0', report: { reachable: false } }]]);
}, 60_000);

function routersOf(stdout: string): readonly unknown[] {
  const printed: unknown = JSON.parse(stdout);
  return typeof printed === 'object' && printed !== null && 'routers' in printed && Array.isArray(printed.routers)
    ? printed.routers
    : [];
}
