import { connect } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { utf8Bytes } from '../backdoor.ts';
import type { RouterVersion } from '../dialect.ts';
import { startLabRouter, type LabRouter, type LabRouterOptions } from '../router.ts';
import { TestClient, type TestReply } from './client.ts';

const opened: { router: LabRouter; clients: TestClient[] }[] = [];

afterEach(async () => {
  for (const { router, clients } of opened.splice(0)) {
    for (const client of clients) client.end();
    await router.close();
  }
});

async function start(options: LabRouterOptions = {}): Promise<{ router: LabRouter; client: TestClient }> {
  const router = await startLabRouter(options);
  const client = await TestClient.logIn(router.port);
  opened.push({ router, clients: [client] });
  return { router, client };
}

const message = (reply: TestReply): string => reply.traps[0]?.['message'] ?? '';
const LIST = '/ip/firewall/address-list';
const FILTER = '/ip/firewall/filter';
const ACCESS = '/ip/proxy/access';

test('add answers the id, print gives the row as the router writes it', async () => {
  const { client } = await start();
  const { ret } = await client.run(`${LIST}/add`, '=list=Moroso', '=address=203.0.113.77/24', '=comment=a=b');
  expect(ret).toBe('*1');
  const { rows } = await client.run(`${LIST}/print`, '=.proplist=.id,address,comment,dynamic,disabled,nothing');
  expect(rows).toEqual([
    { '.id': '*1', address: '203.0.113.0/24', comment: 'a=b', dynamic: 'false', disabled: 'false' },
  ]);
});

test.each<[RouterVersion, readonly string[]]>([
  ['6.49', ['!done']],
  ['7.16', ['!done']],
  ['7.24', ['!empty', '!done']],
])('RouterOS %s answers an empty print with %j', async (version, words) => {
  const { client } = await start({ version });
  expect((await client.run(`${LIST}/print`)).words).toEqual(words);
  expect((await client.run(`${LIST}/print`, '?list=none')).words).toEqual(words);
});

test.each<[RouterVersion, string, string]>([
  ['6.49', '=action-data=https://x', 'unknown parameter'],
  ['6.49', '=action=redirect', 'input does not match any value of action'],
  ['6.49', '=redirect-to=https://x', ''],
  ['7.16', '=redirect-to=https://x', 'unknown parameter'],
  ['7.16', '=action-data=https://x', ''],
  ['7.24', '=action=redirect', ''],
])('RouterOS %s on a proxy access row with %s says "%s"', async (version, word, says) => {
  const { client } = await start({ version });
  expect(message(await client.run(`${ACCESS}/add`, word))).toBe(says);
});

test.each([
  ['/ip/nothing/print', 'no such command prefix'],
  ['/ip/proxy/nothing', 'no such command'],
  ['#', 'no such command'],
  ['/ip/firewall/address-list/move', 'no such command'],
])('%s is answered "%s"', async (path, says) => {
  const { client } = await start();
  expect(message(await client.run(path))).toBe(says);
});

test('device-mode is a menu of version 7 only', async () => {
  const { client } = await start({ version: '6.49' });
  expect(message(await client.run('/system/device-mode/print'))).toBe('no such command prefix');
});

test('the same address twice in one list is refused, also by set; in another list it is not', async () => {
  const { client, router } = await start();
  await client.run(`${LIST}/add`, '=list=Moroso', '=address=192.0.2.1');
  expect(message(await client.run(`${LIST}/add`, '=list=Moroso', '=address=192.0.2.1/32'))).toBe(
    'failure: already have such entry',
  );
  const other = await client.run(`${LIST}/add`, '=list=Aviso', '=address=192.0.2.1');
  expect(other.traps).toEqual([]);
  const moved = await client.run(`${LIST}/set`, `=.id=${other.ret ?? ''}`, '=list=Moroso');
  expect(message(moved)).toBe('failure: already have such entry');
  router.table(LIST).add({ list: 'Moroso', address: '192.0.2.1', disabled: 'true' }, { force: true });
  expect(router.table(LIST).rows()).toHaveLength(3);
});

test('one unknown id among several removes nothing', async () => {
  const { client, router } = await start();
  const add = (address: string): Promise<TestReply> => client.run(`${LIST}/add`, '=list=x', `=address=${address}`);
  await Promise.all(['192.0.2.1', '192.0.2.2'].map(add));
  expect(message(await client.run(`${LIST}/remove`, '=.id=*1,*99'))).toBe('no such item');
  expect(router.table(LIST).rows()).toHaveLength(2);
  await client.run(`${LIST}/remove`, '=.id=*1,*2');
  expect(router.table(LIST).rows()).toEqual([]);
});

test('place-before, move and enable keep the order the client asked for', async () => {
  const { client, router } = await start();
  const rule = async (comment: string, ...more: readonly string[]): Promise<string> =>
    (await client.run(`${FILTER}/add`, '=chain=forward', `=comment=${comment}`, ...more)).ret ?? '';
  const a = await rule('a');
  const b = await rule('b');
  const c = await rule('c', `=place-before=${a}`);
  const order = (): string[] =>
    router
      .table(FILTER)
      .rows()
      .map((row) => row['comment'] ?? '');
  expect(order()).toEqual(['c', 'a', 'b']);
  await client.run(`${FILTER}/move`, `=numbers=${b}`, `=destination=${c}`);
  expect(order()).toEqual(['b', 'c', 'a']);
  await client.run(`${FILTER}/move`, `=numbers=${b}`);
  expect(order()).toEqual(['c', 'a', 'b']);
  await client.run(`${FILTER}/disable`, `=.id=${a}`);
  expect(router.table(FILTER).find({ comment: 'a' })?.['disabled']).toBe('true');
  await client.run(`${FILTER}/enable`, `=.id=${a}`);
  expect(router.table(FILTER).find({ comment: 'a' })?.['disabled']).toBe('false');
});

test('nothing goes above the FastTrack dummy, and nobody changes it', async () => {
  const { client } = await start({ preset: 'home' });
  const [dummy, first] = (await client.run(`${FILTER}/print`)).rows;
  expect(dummy?.['dynamic']).toBe('true');
  const add = (id: string | undefined): Promise<TestReply> =>
    client.run(`${FILTER}/add`, '=chain=forward', `=place-before=${id ?? ''}`);
  expect(message(await add(dummy?.['.id']))).toBe('failure: cannot change builtin');
  expect((await add(first?.['.id'])).traps).toEqual([]);
  expect(message(await client.run(`${FILTER}/disable`, `=.id=${dummy?.['.id'] ?? ''}`))).toBe(
    'failure: cannot change builtin',
  );
});

test('a matcher is taken away by =!name= and by unset', async () => {
  const { client, router } = await start();
  const { ret } = await client.run(
    `${FILTER}/add`,
    '=chain=forward',
    '=protocol=tcp',
    '=dst-port=80',
    '=src-address=!192.0.2.9/24',
  );
  expect(router.table(FILTER).rows()[0]?.['src-address']).toBe('!192.0.2.0/24');
  await client.run(`${FILTER}/set`, `=.id=${ret ?? ''}`, '=!dst-port=');
  await client.run(`${FILTER}/unset`, `=.id=${ret ?? ''}`, '=value-name=src-address');
  const [row] = router.table(FILTER).rows();
  expect([row?.['dst-port'], row?.['src-address'], row?.['protocol']]).toEqual([undefined, undefined, 'tcp']);
});

test('get gives one value, or the row, as ret', async () => {
  const { client } = await start();
  const { ret } = await client.run(`${LIST}/add`, '=list=x', '=address=192.0.2.1');
  const id = `=.id=${ret ?? ''}`;
  expect((await client.run(`${LIST}/get`, id, '=value-name=address')).ret).toBe('192.0.2.1');
  expect((await client.run('/ip/proxy/get', '=value-name=port')).ret).toBe('8080');
  expect((await client.run(`${LIST}/get`, id)).ret).toContain('address=192.0.2.1;');
  expect(message(await client.run(`${LIST}/get`, '=.id=*77', '=value-name=address'))).toBe('no such item');
});

test('listen tells what changes until it is cancelled', async () => {
  const { client } = await start();
  const listening = client.run(`${LIST}/listen`, '?list=x');
  const { ret } = await client.run(`${LIST}/add`, '=list=x', '=address=192.0.2.1');
  await client.run(`${LIST}/add`, '=list=y', '=address=192.0.2.1');
  await client.run(`${LIST}/remove`, `=.id=${ret ?? ''}`);
  await client.run('/cancel', '=tag=2');
  const { rows, traps } = await listening;
  expect(rows.map((row) => [row['.id'], row['.dead'] ?? null])).toEqual([
    ['*1', null],
    ['*1', 'yes'],
  ]);
  expect(traps).toEqual([{ category: '2', message: 'interrupted' }]);
});

test('a bare cancel stops every running command of the connection', async () => {
  const { client } = await start();
  const both = [client.run(`${LIST}/listen`), client.run('/ip/proxy/monitor')];
  await client.run('/cancel');
  for (const reply of await Promise.all(both)) expect(reply.traps[0]?.['category']).toBe('2');
});

test('bytes that are no UTF-8 come back as they were', async () => {
  const { client, router } = await start();
  router.table(LIST).add({ list: 'x', address: '192.0.2.1', comment: 'se\xf1al' });
  router.table(LIST).add({ list: 'x', address: '192.0.2.2', comment: utf8Bytes('señal') });
  const { rows } = await client.run(`${LIST}/print`);
  expect(rows.map((row) => row['comment'])).toEqual(['se\xf1al', 'se\xc3\xb1al']);
  expect(() => router.table(LIST).add({ list: 'x', address: '192.0.2.3', comment: '張' })).toThrow('utf8Bytes');
});

test('text that is no address becomes a name with dynamic children', async () => {
  const router = await startLabRouter({
    resolveName: (name) => Promise.resolve(name === 'portal.example' ? [{ address: '192.0.2.8', ttlSeconds: 60 }] : []),
  });
  const client = await TestClient.logIn(router.port);
  opened.push({ router, clients: [client] });
  const { ret } = await client.run(`${LIST}/add`, '=list=x', '=address=portal.example');
  await router.namesSettled();
  const rows = (): unknown =>
    router
      .table(LIST)
      .rows()
      .map((row) => [row['address'], row['dynamic'], row['comment']]);
  expect(rows()).toEqual([
    ['portal.example', 'false', undefined],
    ['192.0.2.8', 'true', 'portal.example'],
  ]);
  await client.run(`${LIST}/remove`, `=.id=${ret ?? ''}`);
  expect(rows()).toEqual([]);
});

test('IPv6 list addresses are printed with their length', async () => {
  const { client } = await start();
  await client.run('/ipv6/firewall/address-list/add', '=list=x', '=address=2001:DB8::1');
  expect((await client.run('/ipv6/firewall/address-list/print')).rows[0]?.['address']).toBe('2001:db8::1/128');
});

test('a group without write may read and not write', async () => {
  const { router } = await start({
    users: [
      { name: 'edge', password: 'edge' },
      { name: 'eye', password: 'x', group: 'read' },
    ],
  });
  const eye = await TestClient.logIn(router.port, 'eye', 'x');
  expect((await eye.run(`${LIST}/print`)).traps).toEqual([]);
  expect(message(await eye.run(`${LIST}/add`, '=list=x', '=address=192.0.2.1'))).toBe('not enough permissions (9)');
  expect(router.stats.writesTotal).toBe(0);
  eye.end();
});

test('a wrong password is refused and the old login form works where asked for', async () => {
  const { router } = await start();
  const stranger = await TestClient.open(router.port);
  const refused = await stranger.run('/login', '=name=edge', '=password=wrong');
  expect(message(refused)).toBe('invalid user name or password (6)');
  stranger.end();
});

test('more sessions than max-sessions are closed at once', async () => {
  const { router } = await start({ maxSessions: 1 });
  const second = connect(router.port, '127.0.0.1');
  const ended = await new Promise<boolean>((resolve) => {
    second.on('end', () => {
      resolve(true);
    });
    second.resume();
  });
  expect(ended).toBe(true);
  second.destroy();
});

test('the statistics tell commands, rows written and how many were in flight', async () => {
  const { router, client } = await start({ costs: { writeMs: 1 } });
  const adds = Array.from({ length: 5 }, (_, at) => client.run(`${LIST}/add`, '=list=x', `=address=192.0.2.${at}`));
  await Promise.all(adds);
  expect(router.stats.commands[`${LIST}/add`]).toBe(5);
  expect(router.stats.writes).toEqual({ [LIST]: 5 });
  expect(router.stats.maxInFlight).toBe(5);
  expect(router.stats.sessionsOpen).toBe(1);
});

test('a barred proxy takes configuration and shows it inactive', async () => {
  const { client } = await start({ deviceMode: { isProxyAllowed: false } });
  expect((await client.run('/ip/proxy/set', '=enabled=yes', '=port=999')).traps).toEqual([]);
  await client.run(`${ACCESS}/add`, '=action=deny');
  const [row] = (await client.run(`${ACCESS}/print`)).rows;
  expect([row?.['inactive'], row?.['.about']]).toEqual(['true', 'inactivated, not allowed by device-mode']);
  expect((await client.run('/ip/proxy/monitor', '=once=')).rows[0]?.['status']).toBe('stopped');
  expect((await client.run('/system/device-mode/print')).rows[0]?.['proxy']).toBe('false');
});

test('a flagged router refuses new proxy rows', async () => {
  const { client } = await start({ deviceMode: { isFlagged: true } });
  expect(message(await client.run(`${ACCESS}/add`, '=action=deny'))).toContain('failure: configuration flagged');
  expect((await client.run(`${ACCESS}/add`, '=action=deny', '=disabled=yes')).traps).toEqual([]);
});

test('a snapshot is equal until something is written', async () => {
  const { client, router } = await start({ preset: 'home' });
  const before = router.snapshot();
  await client.run(`${FILTER}/print`);
  expect(router.snapshot()).toEqual(before);
  await client.run(`${LIST}/add`, '=list=x', '=address=192.0.2.1');
  expect(router.snapshot()).not.toEqual(before);
});
