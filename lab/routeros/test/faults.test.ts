import { connect } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import type { Fault } from '../faults.ts';
import { startLabRouter, type LabRouter } from '../router.ts';
import { TestClient, type TestReply } from './client.ts';

const LIST = '/ip/firewall/address-list';

interface Bench {
  readonly router: LabRouter;
  readonly client: TestClient;
  readonly add: (address: string) => Promise<TestReply>;
  readonly rowCount: () => number;
}

async function start(): Promise<Bench> {
  const router = await startLabRouter();
  const client = await TestClient.logIn(router.port);
  onTestFinished(async () => {
    client.end();
    await router.close();
  });
  return {
    router,
    client,
    add: (address) => client.run(`${LIST}/add`, '=list=x', `=address=${address}`),
    rowCount: () => router.table(LIST).rows().length,
  };
}

test.each<[Fault, number]>([
  [{ kind: 'reset', when: 'before' }, 0],
  [{ kind: 'reset', when: 'after' }, 1],
  [{ kind: 'reset' }, 1],
  [{ kind: 'close', when: 'before' }, 0],
  [{ kind: 'close', when: 'mid-reply' }, 1],
  [{ kind: 'fatal' }, 0],
  [{ kind: 'reboot', when: 'after' }, 1],
])('%j ends the session and leaves %d rows', async (fault, rows) => {
  const { router, client, add, rowCount } = await start();
  router.faults.arm({ path: `${LIST}/add` }, fault);
  await expect(add('192.0.2.1')).rejects.toThrow('closed');
  await client.closed;
  expect(rowCount()).toBe(rows);
});

test('a fault waits for the nth command of its path', async () => {
  const { router, add, rowCount } = await start();
  const armed = router.faults.arm({ path: `${LIST}/*`, nth: 3 }, { kind: 'trap', message: 'failure: flash is full' });
  const replies = await Promise.all(['192.0.2.1', '192.0.2.2', '192.0.2.3', '192.0.2.4'].map(add));
  expect(replies.map(({ traps }) => traps.length)).toEqual([0, 0, 1, 0]);
  expect(replies[2]?.traps).toEqual([{ message: 'failure: flash is full' }]);
  expect(armed.fired).toBe(1);
  expect(rowCount()).toBe(3);
});

test('one-byte chunks carry the same reply', async () => {
  const { router, add } = await start();
  router.faults.arm({ path: `${LIST}/add` }, { kind: 'one-byte-chunks' });
  const [first, second] = await Promise.all([add('192.0.2.1'), add('192.0.2.2')]);
  expect([first.ret, second.ret]).toEqual(['*1', '*2']);
});

test('unknown reply words and replies sent twice reach the client', async () => {
  const { router, client, add } = await start();
  router.faults.arm({ path: `${LIST}/add` }, { kind: 'unknown-word', word: '!hello' });
  expect((await add('192.0.2.1')).words).toEqual(['!hello', '!done']);
  router.faults.arm({ path: `${LIST}/add` }, { kind: 'duplicate-reply' });
  await add('192.0.2.2');
  await client.run('/system/identity/print');
  expect(client.sentences.filter((words) => words.includes('=ret=*2'))).toHaveLength(2);
});

test('a stuck command can be cancelled, others go on, and it was not done', async () => {
  const { router, client, add, rowCount } = await start();
  router.faults.arm({ path: `${LIST}/add` }, { kind: 'stuck' });
  const stuck = add('192.0.2.1');
  expect((await client.run('/system/identity/print')).rows).toHaveLength(1);
  await client.run('/cancel', '=tag=2');
  expect((await stuck).traps[0]?.['message']).toBe('interrupted');
  expect(rowCount()).toBe(0);
});

test.each<Fault>([{ kind: 'hang' }, { kind: 'half-sentence' }])(
  'after %j the connection is mute and open',
  async (fault) => {
    const { router, add, rowCount } = await start();
    router.faults.arm({ path: `${LIST}/add` }, fault);
    let isSettled = false;
    void add('192.0.2.1')
      .finally(() => (isSettled = true))
      .catch(() => undefined);
    const served = new Promise<void>((resolve) =>
      router.onCommand(() => {
        resolve();
      }),
    );
    await served;
    const other = await TestClient.logIn(router.port);
    await other.run('/system/identity/print');
    other.end();
    expect(isSettled).toBe(false);
    expect(rowCount()).toBe(1);
  },
);

test('a person may edit before every third command', async () => {
  const { router, add } = await start();
  const edits: number[] = [];
  const edit = (): void => void edits.push(router.table(LIST).rows().length);
  router.faults.arm({ path: `${LIST}/add`, nth: 3, every: 3, times: Infinity }, { kind: 'edit', edit });
  for (let at = 1; at <= 9; at += 1) await add(`192.0.2.${at}`);
  expect(edits).toEqual([2, 5, 8]);
});

test('a person edits between two commands', async () => {
  const { router, add } = await start();
  const edit = (): void => {
    router.table(LIST).add({ list: 'x', address: '192.0.2.2' });
  };
  router.faults.arm({ path: `${LIST}/add` }, { kind: 'edit', edit, when: 'before' });
  expect((await add('192.0.2.2')).traps[0]?.['message']).toBe('failure: already have such entry');
});

test('a reboot takes dynamic rows, the uptime and for a while the port', async () => {
  const { router, client } = await start();
  router.table(LIST).add({ list: 'x', address: '192.0.2.1' });
  router.table(LIST).add({ list: 'x', address: '192.0.2.2', timeout: '1h' });
  const { port } = router;
  router.reboot(150);
  await client.closed;
  const refused = await new Promise<string>((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', (error) => {
      resolve('code' in error ? String(error.code) : '');
    });
    socket.on('connect', () => {
      resolve('open');
    });
  });
  expect(refused).toBe('ECONNREFUSED');
  expect(
    router
      .table(LIST)
      .rows()
      .map((row) => row['address']),
  ).toEqual(['192.0.2.1']);
  await expect
    .poll(() =>
      TestClient.logIn(port).then(
        (again) => {
          again.end();
          return true;
        },
        () => false,
      ),
    )
    .toBe(true);
  expect(router.port).toBe(port);
  expect(router.table('/system/resource').rows()[0]?.['uptime']).toBe('0s');
});

test('the same seed fails the same commands', async () => {
  const { router, add } = await start();
  const run = async (): Promise<number[]> => {
    router.faults.random(7, { trap: 0.3 });
    const replies = await Promise.all(Array.from({ length: 40 }, (_, at) => add(`192.0.2.${at}`)));
    router.faults.clear();
    router.table(LIST).remove(
      ...router
        .table(LIST)
        .rows()
        .map((row) => row['.id'] ?? ''),
    );
    return replies.map(({ traps }) => traps.length);
  };
  const [first, second] = [await run(), await run()];
  expect(first).toEqual(second);
  expect(first.filter((count) => count > 0).length).toBeGreaterThan(4);
});
