import { readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { AppError } from '../../schemas/app-error.ts';
import { acquireLock } from '../../store/lock.ts';
import { EN } from '../messages/en.ts';
import { ES } from '../messages/es.ts';
import { showError } from '../show-error.ts';
import { cli, smallConfig, startCli, temporaryFolder, writeConfig, ROUTER_PASSWORD } from './fixture.ts';

test('version prints the version, as text and as JSON', async () => {
  expect(await cli(['version'])).toMatchObject({ code: 0, stdout: expect.stringContaining('wisp-edge 0.') as string });
  expect(await cli(['--version'])).toMatchObject({ code: 0, stdout: (await cli(['version'])).stdout });
  const { stdout } = await cli(['--version', '--json']);
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
  const help = (await cli(['--lang', 'es', 'subscribers', 'put', '--help'])).stdout;
  expect(help).toContain('Uso: wisp-edge subscribers put [opciones] <subscriber>');
  expect(help).toMatch(/--name <TEXT> [^]*\(obligatoria\)[^]*--router <ROUTER> [^]*\(obligatoria\)/);
  expect((await cli(['--lang', 'es', 'router', 'enrol', '--help'])).stdout).toMatch(
    /RouterOS: 6 \| 7 \(por\s+defecto: 7\)/,
  );
  expect((await cli(['cutoff', '--help'])).stdout).toMatch(/obligatory\s+when\s+cutting/);
  expect(help).not.toMatch(/default|choices|options/);
});

test('a missing configuration exits 78 and says where it was looked for', async () => {
  const { code, stderr } = await cli(['status'], { cwd: temporaryFolder() });
  expect([code, stderr]).toEqual([78, expect.stringContaining('/etc/wisp-edge/config.yaml')]);
  expect((await cli(['--config', 'none.yaml', 'check'])).code).toBe(78);
});

test.each(['check', 'up'])('%s exits 78 where the database is damaged, as with the folder it is in', async (verb) => {
  const folder = temporaryFolder();
  const config = writeConfig(folder, smallConfig());
  await cli(['--config', config, 'init']);
  for (const side of ['-wal', '-shm']) rmSync(join(folder, 'data', `wisp-edge.db${side}`), { force: true });
  writeFileSync(
    join(folder, 'data', 'wisp-edge.db'),
    'no database at all, but long enough to be read as one'.repeat(100),
  );
  const { code, stdout, stderr } = await cli(['--config', config, verb]);
  expect([code, stdout + stderr]).toEqual([78, expect.stringContaining('store-corrupt')]);
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

test('a data folder that is there and cannot be used is not called missing', async () => {
  const folder = temporaryFolder();
  const config = writeConfig(folder, smallConfig());
  symlinkSync('data', join(folder, 'data'));
  for (const verb of ['check', 'status', 'plan', 'doctor']) {
    const { code, stdout, stderr } = await cli(['--config', config, verb]);
    expect([verb, code, stdout + stderr]).toEqual([verb, 78, expect.stringContaining('(ELOOP)')]);
  }
  const cause = Object.assign(new Error('EACCES'), { code: 'EACCES', path: '/var/lib/wisp-edge/wisp-edge.db' });
  const denied = new AppError('data-dir-invalid', 'cannot use it', { retryable: false, cause });
  expect(showError(denied, ES)).toMatch(/este usuario no puede usar \/var\/lib[^]*runuser/);
  for (const messages of [EN, ES]) expect(showError(denied, messages)).not.toContain('wisp-edge init');
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
  rmSync(join(folder, 'data', 'control-fingerprint.key'));
  const keyless = await cli(['--config', config, 'check']);
  expect([keyless.code, keyless.stdout]).toEqual([78, expect.stringContaining('control-fingerprint.key')]);
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
  const apply = await cli(['--config', config, 'apply']);
  expect([apply.code, apply.stdout]).toEqual([
    69,
    expect.stringMatching(
      /^r0: the running agent was asked\nr0 is not connected: router-unreachable: [^\n]*\n {2}what to do: /,
    ),
  ]);
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
  const { stderr } = await ended;
  expect(stderr).not.toContain(ROUTER_PASSWORD);
  // Why it went, and how each daemon did: the last words, in this order.
  expect(stderr).toMatch(/"reason":"SIGTERM","daemons":\["agent","control"\],"msg":"stopping"/);
  for (const daemon of ['agent', 'control'])
    expect(stderr).toMatch(new RegExp(`"stopping"[^]*"daemon":"${daemon}","tookMs":\\d+,"msg":"stopped"`));
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
