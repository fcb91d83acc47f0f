import { expect, onTestFinished, test } from 'vitest';
import { startLabRouter } from '../../lab/routeros/router.ts';
import { cli, smallConfig, temporaryFolder, writeConfig, ROUTER_PASSWORD } from './fixture.ts';

async function site(pin?: string) {
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
  const config = { ...smallConfig(), agent: { portal: { domain: 'clientes.example.net' }, routers: [one] } };
  return { router, file: writeConfig(temporaryFolder(), config) };
}

test('doctor tells each finding with the command that mends it, in the user’s language', async () => {
  const { file } = await site();
  const english = await cli(['--config', file, 'doctor', 'r0']);
  expect(english).toMatchObject({ code: 0, stderr: '' });
  expect(english.stdout).toMatch(/warning +service-plain-api +the plain API[^\n]*\n +→ \/ip service disable api\n/);
  const spanish = await cli(['--config', file, '--lang', 'es', 'doctor']);
  expect(spanish.stdout).toMatch(/aviso +service-plain-api +la API sin cifrar[^\n]*\n +→ \/ip service disable api\n/);
  expect(english.stdout + spanish.stdout).not.toContain(ROUTER_PASSWORD);
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
