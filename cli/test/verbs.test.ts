import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { acquireLock } from '../../store/lock.ts';
import { cli, smallConfig, startCli, temporaryFolder, writeConfig, ROUTER_PASSWORD } from './fixture.ts';

test('version prints the version, as text and as JSON', async () => {
  expect(await cli(['version'])).toMatchObject({ code: 0, stdout: expect.stringContaining('wisp-edge 0.') as string });
  const { stdout } = await cli(['version', '--json']);
  expect(JSON.parse(stdout)).toHaveProperty('version');
});

test.each([
  [['frobnicate'], 'there is no verb frobnicate'],
  [['status', '--nope'], 'there is no option --nope'],
  [['check', 'extra'], 'extra is too much'],
  [[], 'name a verb'],
  [['apply', '--timeout', 'x'], 'this value is not possible'],
])('wrong usage %j exits 64 with the usage on stderr', async (args, said) => {
  const { code, stdout, stderr } = await cli(args);
  expect(code).toBe(64);
  expect(stderr).toContain(said);
  expect(stderr).toContain('Usage:');
  expect(stdout).toBe('');
});

test('the language comes from the environment or from --lang', async () => {
  expect((await cli(['nada'], { env: { LANG: 'es_AR.UTF-8' } })).stderr).toMatch(/no existe el verbo nada[^]*Uso:/);
  expect((await cli(['--lang', 'es', '--help'])).stdout).toContain('Códigos de salida');
});

test('a missing configuration exits 78 and says where it was looked for', async () => {
  const { code, stderr } = await cli(['status'], { cwd: temporaryFolder() });
  expect([code, stderr]).toEqual([78, expect.stringContaining('/etc/wisp-edge/config.yaml')]);
  expect((await cli(['--config', 'none.yaml', 'check'])).code).toBe(78);
});

test('init makes what is missing, and the second time nothing', async () => {
  const folder = temporaryFolder();
  const config = writeConfig(folder, smallConfig());
  const first = await cli(['--config', config, 'init']);
  expect(first).toMatchObject({ code: 0, stderr: '' });
  expect(statSync(join(folder, 'data')).mode & 0o7777).toBe(0o2770);
  expect(readdirSync(join(folder, 'data', 'keys')).sort()).toContain('agent.key');
  expect(statSync(join(folder, 'data', 'keys', 'agent.key')).mode & 0o777).toBe(0o600);
  const key = readFileSync(join(folder, 'data', 'keys', 'agent.key'), 'utf8');
  expect(await cli(['--config', config, 'init'])).toMatchObject({ code: 0, stdout: 'nothing was missing\n' });
  expect(readFileSync(join(folder, 'data', 'keys', 'agent.key'), 'utf8')).toBe(key);
});

test('check says what is right and what is wrong', async () => {
  const folder = temporaryFolder();
  const config = writeConfig(folder, smallConfig());
  const missing = await cli(['--config', config, 'check'], { env: { R0_PASSWORD: '' } });
  expect(missing.code).toBe(78);
  expect(missing.stdout).toMatch(/r0 password[^\n]*R0_PASSWORD is not set/);
  expect(missing.stdout).toContain('2 to mend');
  await cli(['--config', config, 'init']);
  expect(await cli(['--config', config, 'check'])).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('all is good') as string,
  });
  const { stdout } = await cli(['--config', config, 'check', '--json']);
  expect(JSON.parse(stdout)).toMatchObject({ good: true });
  expect(stdout).not.toContain(ROUTER_PASSWORD);
});

test('a router that cannot be reached makes plan exit 69, and secrets stay off a pipe', async () => {
  const folder = temporaryFolder();
  const config = writeConfig(folder, smallConfig());
  await cli(['--config', config, 'init']);
  const { code, stderr } = await cli(['--config', config, 'plan', 'r0']);
  expect([code, stderr]).toEqual([69, expect.stringContaining('router-unreachable')]);
  expect((await cli(['--config', config, 'plan', 'r9'])).code).toBe(64);
  expect((await cli(['--config', config, 'plan', '--secrets'])).code).toBe(64);
});

test('up serves, says that it is ready, reloads, and ends on SIGTERM', async () => {
  const folder = temporaryFolder();
  const config = writeConfig(folder, smallConfig());
  const { child, ended, line } = startCli(['--config', config, 'up']);
  const url = controlOf(await line('"ready"'));
  expect((await fetch(`${url}/healthz`)).status).toBe(200);
  expect((await cli(['--config', config, 'status'])).stdout).toContain('the agent runs');
  expect((await cli(['--config', config, 'agent'])).code).toBe(75);
  expect((await cli(['--config', config, 'apply', '--timeout', '0.2'])).code).toBe(75);
  const second = await cli(['--config', config, 'control']);
  expect([second.code, second.stderr]).toEqual([75, expect.stringContaining('lock-held')]);
  const listen = { host: '127.0.0.1', port: Number(new URL(url).port) };
  const taken = writeConfig(temporaryFolder(), { ...smallConfig(), control: { listen } });
  await cli(['--config', taken, 'init']);
  const elsewhere = await cli(['--config', taken, 'control']);
  expect([elsewhere.code, elsewhere.stderr]).toEqual([69, expect.stringContaining('listen-failed')]);
  writeFileSync(config, 'site: [');
  child.kill('SIGHUP');
  await line('configuration not reloaded');
  writeConfig(folder, smallConfig());
  child.kill('SIGHUP');
  await line('configuration reloaded');
  child.kill('SIGTERM');
  expect(await ended).toMatchObject({ code: 0 });
  expect((await ended).stderr).not.toContain(ROUTER_PASSWORD);
  acquireLock(join(folder, 'data'), 'agent').release();
});

test('a secret that is missing ends up before anything runs', async () => {
  const config = writeConfig(temporaryFolder(), smallConfig());
  const { code, stderr } = await cli(['--config', config, '--lang', 'es', 'up'], { env: { R0_PASSWORD: '' } });
  expect([code, stderr]).toEqual([78, expect.stringMatching(/R0_PASSWORD[^]*qué hacer/)]);
  expect(stderr).not.toContain('"ready"');
});

test('the process itself exits with the code', async () => {
  const [none, usage] = await Promise.all([startCli(['status']).ended, startCli(['frobnicate']).ended]);
  expect([none.code, usage.code]).toEqual([78, 64]);
});

test('a daemon whose data folder was not made ends with a remedy', async () => {
  const config = writeConfig(temporaryFolder(), smallConfig());
  const { code, stderr } = await cli(['--config', config, 'control']);
  expect([code, stderr]).toEqual([78, expect.stringContaining('wisp-edge init')]);
});

function controlOf(line: string): string {
  const ready: unknown = JSON.parse(line);
  if (typeof ready !== 'object' || ready === null || !('control' in ready)) throw new Error(line);
  return String(ready.control);
}
