import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { TestClient } from '../../lab/routeros/test/client.ts';
import { startLabRouter, type LabRouter, type LabRouterOptions } from '../../lab/routeros/router.ts';
import type { AdoptStep } from '../../schemas/adoption.ts';
import { unseenRouter } from '../../control/core/degraded.ts';
import { acquireLock } from '../../store/lock.ts';
import { openStore } from '../../store/sqlite/open.ts';
import { cli, smallConfig, temporaryFolder, writeConfig, type Ended } from './fixture.ts';

const PORTAL = '198.51.100.10';
const SUBSCRIBER = '100.64.0.5';
const VERSIONS = ['6.49', '7.16', '7.24'] as const;

interface Site {
  readonly folder: string;
  readonly dataDir: string;
  readonly router: LabRouter;
  readonly run: (...args: readonly string[]) => Promise<Ended>;
  readonly enrol: (...args: readonly string[]) => Promise<Ended>;
  /** What of the router is stored, ids aside. */
  readonly stored: () => Readonly<Record<string, readonly unknown[]>>;
}

/** A router that only its `admin` knows, and a configuration that names it as enrolment says. */
async function site(options: LabRouterOptions = {}): Promise<Site> {
  const users = [{ name: 'admin', password: 'x' }];
  const router = await startLabRouter({ preset: 'home', users, tls: 'unsigned', ...options });
  onTestFinished(() => router.close());
  const folder = temporaryFolder();
  const major = router.state.dialect.major;
  const config = writeConfig(folder, {
    ...smallConfig(),
    agent: {
      portal: { domain: 'clientes.example.net', addresses: [PORTAL] },
      routers: [
        {
          id: 'r0',
          host: '127.0.0.1',
          port: router.tlsPort,
          tls: { pin: `sha256:${router.certificate?.sha256 ?? ''}` },
          user: 'wisp-edge',
          password: { file: 'r0.password' },
        },
      ],
    },
  });
  const run = (...args: readonly string[]): Promise<Ended> => cli(['--config', config, ...args]);
  await run('init');
  return {
    folder,
    dataDir: join(folder, 'data'),
    router,
    run,
    enrol: (...args) =>
      run('router', 'enrol', 'r0', '--box', '127.0.0.1', '--port', '8729', '--routeros', String(major), ...args),
    stored: () =>
      Object.fromEntries(
        Object.entries(router.snapshot()).map(([menu, rows]) => [
          menu,
          rows.map((row) => ({ ...row, '.id': '', 'creation-time': '' })),
        ]),
      ),
  };
}

async function retire({ run, router }: Site): Promise<string> {
  const { stdout, code } = await run('router', 'retire', 'r0', '--routeros', String(router.state.dialect.major));
  expect(code).toBe(0);
  return stdout;
}

function reaches(router: LabRouter, destination: string): boolean {
  return (
    router.probe({ source: SUBSCRIBER, destination, protocol: 'tcp', destinationPort: 443 }).verdict === 'accepted'
  );
}

/** True when somebody who is not cut gets something fetched by the proxy's port. */
function isOpenProxy(router: LabRouter): boolean {
  const { verdict, proxy } = router.probe({
    source: '100.64.0.99',
    destination: '100.64.0.1',
    destinationPort: 999,
    protocol: 'tcp',
    http: { host: 'www.example.net' },
  });
  return verdict === 'proxied' && proxy?.kind !== 'deny';
}

test.each(VERSIONS)(
  'on %s: enrolled, the agent logs in by api-ssl and the pin, and may do what it must and no more',
  async (version) => {
    const one = await site({ version });
    const { router, enrol, run, stored, folder } = one;
    expect((await run('plan', 'r0')).code).toBe(78); // no password file yet
    const { stdout: script, stderr, code } = await enrol('--open-input', '--certificate');
    expect(code).toBe(0);
    const file = join(folder, 'r0.password');
    const password = readFileSync(file, 'utf8').trim();
    expect(password).toMatch(/^[A-Za-z0-9]{24}$/);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(script).toContain(password);
    expect(stderr).not.toContain(password);
    expect(stderr).toContain('user: wisp-edge');

    router.console('admin', script);
    const once = stored();
    router.console('admin', script);
    expect(stored()).toEqual(once); // I5
    const again = await enrol('--open-input', '--certificate');
    expect([again.stdout, again.stderr]).toEqual([script, expect.stringContaining('the password is that of')]);

    await run('subscribers', 'put', 's5', '--name', 'Ana', '--router', 'r0', '--address', SUBSCRIBER);
    await run('cutoff', 's5', '--reason', 'Factura vencida', '--no-wait');
    expect((await run('apply', 'r0')).code).toBe(0);
    expect([reaches(router, '93.184.216.34'), reaches(router, PORTAL)]).toEqual([false, true]);

    const client = await TestClient.logIn(router.port, 'wisp-edge', password);
    const traps = await client.run('/user/add', '=name=mallory', '=group=full');
    expect(traps.traps[0]?.['message']).toBe('not enough permissions (9)');
  },
);

test.each(VERSIONS)(
  'I1 I3 I4: on %s retirement leaves the router as it was, nobody cut, and no moment of harm',
  async (version) => {
    const one = await site({ version });
    const { router, enrol, run, stored } = one;
    const strangers = [
      router.table('/ip/firewall/address-list').add({ list: 'Moroso', address: '100.64.0.77', comment: 'wisp-edge' }),
      router.table('/ip/firewall/address-list').add({ list: 'server_wisphub', address: '192.0.2.77' }),
    ];
    router.table('/ip/dhcp-server/network').add({ address: '10.5.0.0/24', 'dhcp-option-set': '' });
    const before = stored();
    router.console('admin', (await enrol('--open-input', '--certificate')).stdout);
    await run(
      'subscribers',
      'put',
      's5',
      '--name',
      'Ana',
      '--router',
      'r0',
      '--address',
      SUBSCRIBER,
      '--address',
      '2001:db8:64:5::/64',
    );
    await run('cutoff', 's5', '--reason', 'Factura vencida', '--no-wait');
    expect((await run('apply', 'r0')).code).toBe(0);

    const harm: string[] = [];
    for (const table of router.state.tables.values()) {
      table.subscribe(({ kind }) => {
        if (!reaches(router, PORTAL)) harm.push(`${kind} in ${table.menu}: the portal is out of reach`);
        if (isOpenProxy(router)) harm.push(`${kind} in ${table.menu}: the proxy is open`);
      });
    }
    const forward = { name: 'pay.example', type: 'FWD', comment: 'wisp-edge:garden:pay.example' };
    router.table('/ip/dns/static').add(forward);
    tellPhones(router);
    const script = await retire(one);
    router.console('admin', script);
    expect(harm).toEqual([]);
    expect(reaches(router, '93.184.216.34')).toBe(true);
    // What the proxy was set to before, nobody remembers: it is off again.
    const { '/ip/proxy': proxy, ...rest } = stored();
    const { '/ip/proxy': proxyBefore, ...restBefore } = before;
    expect(rest).toEqual(restBefore);
    expect(proxy).toMatchObject([{ enabled: 'false' }]);
    expect(proxyBefore).toMatchObject([{ enabled: 'false' }]);
    expect(
      router
        .table('/ip/firewall/address-list')
        .rows()
        .map((row) => row['.id']),
    ).toEqual(strangers);
    router.console('admin', script);
    expect(stored()['/ip/firewall/filter']).toEqual(before['/ip/firewall/filter']);
  },
);

/** What the agent leaves in a DHCP server whose phones it tells where to ask, as it was before the network was lent. */
function tellPhones(router: LabRouter): void {
  for (const code of ['66', '160'])
    router
      .table('/ip/dhcp-server/option')
      .add({ name: `wisp-edge-phones-${code}`, code, value: "'https://x.example/'" });
  const options = 'wisp-edge-phones-66,wisp-edge-phones-160';
  router.table('/ip/dhcp-server/option/sets').add({ name: 'wisp-edge-phones', options });
  const network = router.table('/ip/dhcp-server/network').find({ address: '10.5.0.0/24' });
  router.table('/ip/dhcp-server/network').set(network?.['.id'] ?? '', { 'dhcp-option-set': 'wisp-edge-phones' });
}

test('I3: retirement leaves an option of ours that a set of somebody else has, and what was pasted for one phone', async () => {
  const one = await site({});
  const { router } = one;
  router.table('/ip/dhcp-server/network').add({ address: '10.5.0.0/24' });
  tellPhones(router);
  router
    .table('/ip/dhcp-server/option')
    .add({ name: 'wisp-edge-aabbcc001122-66', code: '66', value: "'https://x/e/y/'" });
  router.table('/ip/dhcp-server/option/sets').add({ name: 'tv', options: 'wisp-edge-phones-66' });
  const printed = router.console('admin', await retire(one));
  expect(printed.join('\n')).toContain('options wisp-edge-phones-... stay');
  expect(
    router
      .table('/ip/dhcp-server/option')
      .rows()
      .map(({ name }) => name),
  ).toEqual(['wisp-edge-phones-66', 'wisp-edge-aabbcc001122-66']);
  expect(router.table('/ip/dhcp-server/option/sets').rows()).toMatchObject([
    { name: 'tv', options: 'wisp-edge-phones-66' },
  ]);
  expect(router.table('/ip/dhcp-server/network').rows()).toMatchObject([{ 'dhcp-option-set': '' }]);
});

test('I3: a proxy that somebody else uses stays on its own ports; on ours alone it stays on, and stays shut to strangers', async () => {
  const elsewhere = await site({});
  const single = (router: LabRouter, attributes: Record<string, string>): void => {
    router.table('/ip/proxy').set('*1', attributes);
  };
  single(elsewhere.router, { enabled: 'yes', port: '8080' });
  elsewhere.router.console('admin', (await elsewhere.enrol('--certificate')).stdout);
  expect((await elsewhere.run('apply', 'r0')).code).toBe(0);
  expect(elsewhere.router.table('/ip/proxy').rows()[0]?.['port']).toBe('999,8080');
  elsewhere.router.console('admin', await retire(elsewhere));
  expect(elsewhere.router.table('/ip/proxy').rows()).toMatchObject([{ enabled: 'true', port: '8080' }]);
  expect(JSON.stringify(elsewhere.stored())).not.toContain('"wisp-edge:');

  const shared = await site({});
  single(shared.router, { enabled: 'yes', port: '999' });
  shared.router
    .table('/ip/proxy/access')
    .add({ 'src-address': '100.64.0.7', action: 'redirect', 'action-data': 'https://x.example/' });
  shared.router.console('admin', (await shared.enrol('--certificate')).stdout);
  expect((await shared.run('apply', 'r0')).code).toBe(0);
  const printed = shared.router.console('admin', await retire(shared));
  expect(printed.join(' ')).toContain('keep strangers out');
  expect(isOpenProxy(shared.router)).toBe(false);
  expect(shared.router.table('/ip/proxy/access').rows()).toHaveLength(2);
});

test('enrolled again with the password file lost, our user has the new password; one that is not ours is told of', async () => {
  const { router, enrol, folder } = await site({});
  router.console('admin', (await enrol()).stdout);
  rmSync(join(folder, 'r0.password'));
  const { stdout: again } = await enrol();
  const printed = router.console('admin', again).join('\n');
  expect(printed).toContain('has the password of this script now');
  const client = await TestClient.logIn(
    router.port,
    'wisp-edge',
    readFileSync(join(folder, 'r0.password'), 'utf8').trim(),
  );
  client.end();
  const users = router.table('/user');
  users.set(users.find({ name: 'wisp-edge' })?.['.id'] ?? '', { comment: 'de Juan' });
  const foreign = router.console('admin', again).join('\n');
  expect(foreign).toMatch(/left alone[^]*\/user set \[find where name=wisp-edge\] password=/);
  expect(foreign).not.toContain('has the password');
});

test('I3: a user, a group and a certificate that are there already stay as they are, and api-ssl as it was', async () => {
  const one = await site({ tls: true });
  const { router, enrol, stored } = one;
  router.table('/user/group').add({ name: 'wisp-edge', policy: 'read,api' });
  router.table('/user').add({ name: 'wisp-edge', group: 'wisp-edge', comment: 'de Juan' });
  const service = router.table('/ip/service').find({ name: 'api-ssl' })?.['.id'] ?? '';
  router.table('/ip/service').set(service, { address: '192.0.2.0/24', port: '18729' });
  const before = stored();
  const printed = router.console('admin', (await enrol()).stdout);
  expect(stored()).toEqual(before);
  expect(printed.join('\n')).toMatch(/left alone[^]*not on port 8729[^]*must be among them/);
  router.console('admin', await retire(one));
  expect(stored()).toEqual({ ...before, '/ip/proxy': stored()['/ip/proxy'] });
});

test.each(VERSIONS)(
  'on %s: an api-ssl that was off is switched on for the box alone, and retirement puts it back',
  async (version) => {
    const one = await site({ version });
    const { router, enrol } = one;
    const services = router.table('/ip/service');
    services.set(services.find({ name: 'api-ssl' })?.['.id'] ?? '', { disabled: 'yes' });
    // An open connection is a row of the same name on 7.24.
    const client = await TestClient.logIn(router.port, 'admin', 'x');
    router.console('admin', (await enrol()).stdout);
    const now = (): unknown => services.find({ name: 'api-ssl', dynamic: 'false' });
    expect(now()).toMatchObject({ disabled: 'false', certificate: 'wisp-edge-api', address: '127.0.0.1/32' });
    router.console('admin', await retire(one));
    expect(now()).toMatchObject({ disabled: 'true', certificate: 'none', address: '' });
    client.end();
  },
);

test('I3: an api-ssl that was off and named its addresses keeps them', async () => {
  const one = await site({});
  const services = one.router.table('/ip/service');
  const id = services.find({ name: 'api-ssl' })?.['.id'] ?? '';
  services.set(id, { disabled: 'yes', address: '127.0.0.0/8' });
  one.router.console('admin', (await one.enrol()).stdout);
  expect(services.find({ '.id': id })).toMatchObject({ disabled: 'false', address: '127.0.0.0/8' });
  one.router.console('admin', await retire(one));
  expect(services.find({ '.id': id })).toMatchObject({ disabled: 'true', address: '127.0.0.0/8' });
});

test('I3: an api-ssl that is on without a certificate is left alone and told of, unless --certificate is given', async () => {
  const { router, enrol, stored } = await site({});
  const before = stored();
  const printed = router.console('admin', (await enrol()).stdout).join('\n');
  for (const menu of ['/ip/service', '/certificate']) expect(stored()[menu]).toEqual(before[menu]);
  expect(printed).toContain('--certificate');
  expect(printed).toContain('certificate=wisp-edge-api');
  router.console('admin', (await enrol('--certificate')).stdout);
  expect(router.table('/ip/service').find({ name: 'api-ssl' })).toMatchObject({ certificate: 'wisp-edge-api' });
});

test('while an agent manages the router no script of retirement is printed, unless --anyway', async () => {
  const { run, dataDir } = await site({});
  const lock = acquireLock(dataDir, 'agent');
  try {
    expect(await run('router', 'retire', 'r0')).toMatchObject({
      code: 75,
      stdout: '',
      stderr: expect.stringContaining('r0 is in mode manage and the agent runs') as string,
    });
    expect(await run('router', 'retire', 'r0', '--anyway')).toMatchObject({ code: 0 });
    expect(await run('router', 'retire', 'r9')).toMatchObject({
      code: 64,
      stdout: '',
      stderr: expect.stringContaining('there is no router r9') as string,
    });
  } finally {
    lock.release();
  }
  const { code, stdout } = await run('router', 'retire', 'r0');
  expect([code, stdout]).toEqual([0, expect.stringMatching(/^# FIRST stop the agent, or set mode: observe/m)]);
});

test('a router that was taken over from WispHub is given back before it is retired, unless --anyway', async () => {
  const { run, dataDir } = await site({});
  const store = openStore({ file: join(dataDir, 'wisp-edge.db') });
  const step = async (name: AdoptStep): Promise<string> => {
    const operation = `op-${name}`;
    const context = { actor: { name: 'test', via: 'cli' }, at: 1, operation, routers: ['r0'] } as const;
    await store.control.acceptIntent({ kind: 'adopt', router: 'r0', step: name }, context);
    return operation;
  };
  await step('claim');
  const retired = () => run('router', 'retire', 'r0');
  expect(await retired()).toMatchObject({ code: 0 });
  await step('manage');
  await store.agent.recordTaken('r0', [{ menu: '/ip/firewall/nat', id: '*5', place: 3, values: { disabled: 'no' } }]);
  expect(await retired()).toMatchObject({
    code: 75,
    stdout: '',
    stderr: expect.stringContaining('wisp-edge adopt r0 --hand-back') as string,
  });
  const back = await step('hand-back');
  expect(await retired()).toMatchObject({ code: 75, stdout: '' });
  expect(await run('router', 'retire', 'r0', '--anyway')).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('takes off router r0') as string,
    stderr: expect.stringContaining('WispHub’s rows stay switched off') as string,
  });
  await store.agent.settleAdoption('r0', back, 0);
  store.close();
  expect(await retired()).toMatchObject({ code: 0, stdout: expect.stringContaining('takes off router r0') as string });
  const lock = acquireLock(dataDir, 'agent');
  try {
    // The configuration says manage; what was given back is not written to.
    expect(await retired()).toMatchObject({ code: 0, stderr: '' });
  } finally {
    lock.release();
  }
});

test('retirement is for the RouterOS that was seen, also of a router that left the configuration, and tells what stays', async () => {
  const one = await site({ version: '6.49' });
  const store = openStore({ file: join(one.dataDir, 'wisp-edge.db') });
  const status = { ...unseenRouter('r8', 'manage'), connection: 'up', version: '6.49.10 (long-term)' } as const;
  await store.agent.recordRouter(status, null);
  store.close();
  const { code, stdout } = await one.run('router', 'retire', 'r8');
  expect([code, stdout]).toEqual([0, expect.stringContaining('router r8 what is ours, RouterOS 6')]);
  expect((await one.run('router', 'retire', 'r8', '--routeros', '7')).stdout).toContain('RouterOS 7');
  const printed = one.router.console('admin', stdout).join('\n');
  expect(printed).toMatch(/What \/ip proxy says [^]*stays as it is now/);
});

test('names of other products, networks in place of a box and bad passwords are refused', async () => {
  const { enrol, run, folder } = await site({});
  expect(await enrol('--user', 'WispHub-api')).toMatchObject({ code: 64, stdout: '' });
  expect((await enrol('--user', 'a b')).code).toBe(64);
  const network = await run('router', 'enrol', 'r0', '--box', '192.0.2.0/24');
  expect([network.code, network.stderr]).toEqual([64, expect.stringContaining('192.0.2.0/24 is no address of a box')]);
  writeFileSync(join(folder, 'short'), 'corta\n');
  const short = await enrol('--password-file', join(folder, 'short'));
  expect([short.code, short.stderr]).toEqual([64, expect.not.stringContaining('corta')]);
  expect((await enrol('--password-file', join(folder, 'none', 'there'))).code).toBe(64);
});
