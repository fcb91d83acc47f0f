import { execFile } from 'node:child_process';
import { afterEach, describe, expect, test } from 'vitest';
import { findPeer } from '../../test/peers.ts';
import { startLabRouter, type LabRouter, type LabRouterOptions } from '../router.ts';

// A second client we did not write: Debian's python3-librouteros, in a process of its own.
const peer = findPeer('python3-librouteros', '/usr/bin/python3', ['-c', 'import librouteros']);
const routers: LabRouter[] = [];

afterEach(async () => {
  await Promise.all(routers.splice(0).map((router) => router.close()));
});

async function start(options: LabRouterOptions): Promise<LabRouter> {
  const router = await startLabRouter(options);
  routers.push(router);
  return router;
}

/**
 * Runs Python with a logged-in `api`; what it prints is JSON. Latin-1: librouteros 3.1.0 counts a word's
 * characters, not its bytes, so with UTF-8 it sends broken words.
 */
function python(router: LabRouter, body: string, login = 'plain'): Promise<unknown> {
  const script = [
    'import json, librouteros',
    'from librouteros.query import Key, And, Or',
    'from librouteros.exceptions import TrapError',
    `from librouteros.login import ${login}`,
    `api = librouteros.connect('127.0.0.1', 'edge', 'edge', port=${router.port}, login_method=${login}, encoding='latin-1')`,
    body,
  ].join('\n');
  return new Promise((resolve, reject) => {
    execFile('/usr/bin/python3', ['-c', script], { timeout: 15_000 }, (error, stdout, stderr) => {
      if (error !== null) reject(new Error(stderr, { cause: error }));
      else resolve(JSON.parse(stdout));
    });
  });
}

describe.skipIf(!peer.isThere)(`python3-librouteros ${peer.skipReason}`, () => {
  test('rows go in, queries find them, set and remove work', async () => {
    const router = await start({ version: '7.16' });
    const body = `
al = api.path('/ip/firewall/address-list')
ids = [al.add(list='Moroso' if i % 2 else 'Aviso', address=f'192.0.2.{i}', comment=f'señal {i}') for i in range(10)]
address, lst, comment = Key('address'), Key('list'), Key('comment')
both = list(al.select(address, comment).where(Or(address == '192.0.2.3', address == '192.0.2.4')))
neither = len(list(al.select(address).where(lst != 'Moroso')))
al.update(**{'.id': ids[0], 'disabled': True})
al.remove(ids[1], ids[2])
print(json.dumps([ids[0], both, neither, len(list(al))]))`;
    expect(await python(router, body)).toEqual([
      '*1',
      [
        { address: '192.0.2.3', comment: 'señal 3' },
        { address: '192.0.2.4', comment: 'señal 4' },
      ],
      5,
      8,
    ]);
    expect(router.table('/ip/firewall/address-list').rows()[0]?.['disabled']).toBe('true');
  });

  test('!empty is no row', async () => {
    const router = await start({ version: '7.24' });
    expect(await python(router, `print(json.dumps(list(api.path('/ip/firewall/address-list'))))`)).toEqual([]);
  });

  test('traps arrive as its TrapError', async () => {
    const router = await start({ version: '7.24' });
    const body = `
try:
    api.path('/ip/proxy/access').add(**{'redirect-to': 'x'})
except TrapError as e:
    print(json.dumps(str(e)))`;
    expect(await python(router, body)).toBe('unknown parameter');
  });

  test('it logs in by the token form', async () => {
    const router = await start({ version: '6.49', login: 'challenge' });
    expect(await python(router, `print(json.dumps(list(api.path('/system/identity'))))`, 'token')).toEqual([
      { name: 'lab' },
    ]);
  });

  test('twenty thousand rows are read whole', async () => {
    const router = await start({ version: '7.24' });
    const table = router.table('/ip/firewall/address-list');
    for (let at = 0; at < 20_000; at += 1)
      table.add({ list: 'x', address: `10.${at >> 16}.${(at >> 8) & 255}.${at & 255}` });
    const body = `
rows = list(api.path('/ip/firewall/address-list').select(Key('.id'), Key('address')))
print(json.dumps([len(rows), len({r['address'] for r in rows})]))`;
    expect(await python(router, body)).toEqual([20_000, 20_000]);
  });
});
