import { RouterOSAPI } from 'node-routeros';
import { afterEach, expect, test } from 'vitest';
import type { RouterVersion } from '../dialect.ts';
import { startLabRouter, type LabRouter, type LabRouterOptions } from '../router.ts';

// A client we did not write. It dies on `!empty`, so on 7.24 it only gets prints that have rows.
const LIST = '/ip/firewall/address-list';
const open: { router: LabRouter; api: RouterOSAPI }[] = [];

afterEach(async () => {
  for (const { router, api } of open.splice(0)) {
    if (api.connected) await api.close();
    await router.close();
  }
});

async function start(options: LabRouterOptions, isTls = false): Promise<{ router: LabRouter; api: RouterOSAPI }> {
  const router = await startLabRouter({ ...options, tls: isTls });
  const tls = { ca: router.certificate?.certificatePem ?? '', servername: 'lab' };
  const api = new RouterOSAPI({
    host: '127.0.0.1',
    port: isTls ? router.tlsPort : router.port,
    user: 'edge',
    password: 'edge',
    timeout: 5,
    ...(isTls ? { tls } : {}),
  });
  open.push({ router, api });
  await api.connect();
  return { router, api };
}

test.each<RouterVersion>(['6.49', '7.16', '7.24'])('it adds, reads and removes rows on %s', async (version) => {
  const { router, api } = await start({ version });
  for (let at = 1; at <= 20; at += 1) await api.write(`${LIST}/add`, ['=list=Moroso', `=address=192.0.2.${at}`]);
  const rows = await api.write(`${LIST}/print`, ['?address=192.0.2.7']);
  expect(rows).toHaveLength(1);
  await api.write(`${LIST}/remove`, ['=.id=*7']);
  expect(router.table(LIST).rows()).toHaveLength(19);
});

test('it hears the traps', async () => {
  const { api } = await start({ version: '7.16' });
  await api.write(`${LIST}/add`, ['=list=Moroso', '=address=192.0.2.1']);
  await expect(api.write(`${LIST}/add`, ['=list=Moroso', '=address=192.0.2.1'])).rejects.toThrow(
    'already have such entry',
  );
  await expect(api.write('/ip/proxy/access/add', ['=redirect-to=x'])).rejects.toThrow('unknown parameter');
});

test('it falls back to the login before 6.43', async () => {
  const { router } = await start({ version: '6.49', login: 'challenge' });
  expect(router.stats.logins).toBe(1);
});

test('it speaks to api-ssl with the certificate made at start', async () => {
  const { api } = await start({ version: '7.16' }, true);
  expect(await api.write('/system/identity/print')).toEqual([{ name: 'lab' }]);
});
