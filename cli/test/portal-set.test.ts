import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Portal } from '../../schemas/portal.ts';
import { openStore, type Store } from '../../store/sqlite/open.ts';
import { cli } from './fixture.ts';
import { siteBox, type SiteBox } from './site-box.ts';

const DOMAIN = 'clientes.example.net';
const CONFIGURED = {
  domain: DOMAIN,
  cnameTargets: ['portal.wisphub.net'],
  addresses: ['198.51.100.10'],
  walledGarden: ['recaptcha'],
};

function storeOf({ folder }: SiteBox): Store {
  const store = openStore({ file: join(folder, 'data', 'wisp-edge.db') });
  onTestFinished(() => {
    store.close();
  });
  return store;
}

const portalIn = async (store: Store): Promise<Portal | null> => (await store.control.readPortal())?.portal ?? null;

test('portal set shows what it will change and asks; what is not given stays as it is in force', async () => {
  const box = await siteBox({ portal: CONFIGURED });
  const store = storeOf(box);
  const set = (...args: readonly string[]) => box.run('portal', 'set', '--no-wait', ...args);
  const unasked = await set('--domain', 'Nuevo.example.net', '--garden', 'paypal', '--garden', 'recaptcha');
  expect(unasked.code).toBe(64);
  expect(unasked.stdout).toMatch(/^domain +clientes\.example\.net → nuevo\.example\.net\nwalled garden +\+ paypal\n/);
  expect(unasked.stdout).toContain('0 cut-offs and 0 notices will lead to nuevo.example.net, after 3 good checks');
  expect(unasked.stderr).toContain('--yes');
  const asked = (input: string) =>
    cli(['--config', box.config, 'portal', 'set', '--no-wait', '--domain', 'nuevo.example.net'], {
      input,
      isInputTerminal: true,
    });
  expect(await asked('n\n')).toMatchObject({ code: 1, stdout: expect.stringContaining('nothing was set') as string });
  expect(await portalIn(store)).toBe(null);

  await asked('y\n');
  expect(await portalIn(store)).toEqual({ ...CONFIGURED, domain: 'nuevo.example.net' });
  // The second change is one of what is in force now, and not of what the file says.
  await set('--yes', '--no-garden', '--address', '198.51.100.11', '--address', '198.51.100.12');
  expect(await portalIn(store)).toEqual({
    domain: 'nuevo.example.net',
    cnameTargets: ['portal.wisphub.net'],
    addresses: ['198.51.100.11', '198.51.100.12'],
    walledGarden: [],
  });
  const again = await set('--address', '198.51.100.12', '--address', '198.51.100.11', '--lang', 'es');
  expect(again).toMatchObject({ code: 0, stdout: 'nada que cambiar: esto es lo que vale\n' });
  const json = await set('--yes', '--json', '--no-cname-target');
  expect(JSON.parse(json.stdout)).toMatchObject({ kind: 'portal', subject: 'portal/portal' });
  expect(json.stderr).toMatch(/^CNAME targets +- portal\.wisphub\.net\n/);
});

test.each([
  [[], 'say what to set'],
  [['--domain', 'no host'], '--domain: must be a host name'],
  [['--address', '127.0.0.1'], '--address: '],
  [['--garden', 'recapcha'], '--garden: no bundle recapcha'],
])('portal set %j is refused, and nothing is written', async (args, why) => {
  const box = await siteBox({ portal: CONFIGURED });
  expect(await box.run('portal', 'set', '--yes', ...args)).toMatchObject({
    code: 64,
    stdout: '',
    stderr: expect.stringContaining(why) as string,
  });
  expect(await portalIn(storeOf(box))).toBe(null);
});

test('what was set wins over the file: set, check and the log of a reload say where they differ', async () => {
  const box = await siteBox({ portal: CONFIGURED });
  const running = await box.up();
  expect((await box.run('check')).stdout).not.toContain('portal-config-ignored');
  const set = await box.run('portal', 'set', '--yes', '--address', '198.51.100.11', '--lang', 'es');
  expect(set.code).toBe(0);
  expect(set.stderr).toMatch(/portal-config-ignored {2}agent\.portal\.addresses de la configuración difiere/);
  const list = box.router.table('/ip/firewall/address-list');
  expect(list.find({ list: 'server_wisphub', address: '198.51.100.11' })).toBeDefined();
  const checked = await box.run('check', '--lang', 'en');
  expect([checked.code, checked.stdout]).toEqual([
    0,
    expect.stringMatching(/\nwarning {2}portal-config-ignored {2}agent\.portal\.addresses .*\n.*\nall is good\n$/),
  ]);
  expect(JSON.parse((await box.run('check', '--json')).stdout)).toMatchObject({
    good: true,
    warnings: [{ code: 'portal-config-ignored' }],
  });
  writeFileSync(box.config, readFileSync(box.config, 'utf8').replace(DOMAIN, 'nuevo.example.net'));
  running.child.kill('SIGHUP');
  expect(await running.line('portal of the configuration not in force')).toContain(
    'agent.portal.domain, agent.portal.addresses',
  );
}, 60_000);

test('the bundles complete behind --garden, the known hosts behind confirm', async () => {
  const box = await siteBox({ portal: CONFIGURED });
  const at = Date.now();
  await storeOf(box).agent.recordPortalAddresses(at, [
    { address: '203.0.113.66', host: DOMAIN, use: 'portal', firstSeen: at, lastSeen: at },
  ]);
  const words = async (...typed: readonly string[]) =>
    (await cli(['__complete', '--', '--config', box.config, ...typed])).stdout.trim().split('\n');
  expect(await words('portal', 's')).toEqual(['set']);
  expect(await words('portal', 'set', '--garden', 'pay')).toEqual(['paypal', 'payu']);
  expect(await words('portal', 'confirm', 'c')).toEqual([DOMAIN]);
});
