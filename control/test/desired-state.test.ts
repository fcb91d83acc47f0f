import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { canonicalJson } from '../../schemas/canonical-json.ts';
import { ANA, testSite } from './test-site.ts';

const takenAt = '2026-03-01T00:00:00Z';

function rows(count: number): { id: string; name: string; router: string; addresses: string[] }[] {
  return Array.from({ length: count }, (_, at) => ({
    ...ANA,
    id: `s${String(at)}`,
    addresses: [
      `10.${String(Math.floor(at / 62_500))}.${String(Math.floor(at / 250) % 250)}.${String((at % 250) + 1)}`,
    ],
  }));
}

test('a snapshot is the desired state; the same again is the same operation', async () => {
  const site = await testSite();
  const body = { generation: 1, takenAt, expectedCuts: 0, subscribers: rows(3) };
  const first = await site.put('/v1/desired-state', body);
  expect([first.status, first.body['kind'], first.headers['location']]).toEqual([
    202,
    'desired-state',
    `/v1/operations/${String(first.body['id'])}`,
  ]);
  expect((await site.put('/v1/desired-state', body)).body['id']).toBe(first.body['id']);
  const hash = createHash('sha256').update(canonicalJson(body)).digest('hex');
  const { body: own } = await site.call('GET', '/v1/site');
  expect(own).toMatchObject({
    subscribers: 3,
    generation: { generation: 1, hash, takenAt: '2026-03-01T00:00:00.000Z' },
  });
});

test('an older generation, or the same with other content, is 409 and names the last', async () => {
  const site = await testSite();
  await site.put('/v1/desired-state', { generation: 5, takenAt, subscribers: rows(2) });
  for (const body of [
    { generation: 4, takenAt, subscribers: rows(2) },
    { generation: 5, takenAt, subscribers: rows(1) },
  ]) {
    const answer = await site.put('/v1/desired-state', body);
    expect([answer.status, answer.body['detail']]).toEqual([409, 'the generation last accepted is 5']);
  }
});

test('a delta stands on its base', async () => {
  const site = await testSite();
  await site.put('/v1/desired-state', { generation: 1, takenAt, subscribers: rows(2) });
  const delta = {
    baseGeneration: 1,
    generation: 2,
    put: [{ ...ANA, id: 's9', addresses: ['10.0.9.9'] }],
    remove: ['s0'],
  };
  expect((await site.call('PATCH', '/v1/desired-state', { body: delta })).status).toBe(202);
  const list = await site.call('GET', '/v1/subscribers');
  expect(list.body).toMatchObject({ items: [{ id: 's1' }, { id: 's9' }] });
  const wrong = await site.call('PATCH', '/v1/desired-state', { body: { baseGeneration: 7, generation: 8 } });
  expect(wrong.status).toBe(409);
});

test.each([
  [{ generation: 1, takenAt: '2026-03-01T00:00:00', subscribers: [] }, ['/takenAt']],
  [{ generation: 1, takenAt: '2026-02-30T00:00:00Z', subscribers: [] }, ['/takenAt']],
  [{ generation: -1, takenAt, subscribers: [] }, ['/generation']],
  [{ generation: 1, takenAt, subscribers: {} }, ['/subscribers']],
  [{ generation: 1, takenAt, subscribers: [], extra: 1 }, ['/extra']],
  [
    {
      generation: 1,
      takenAt,
      subscribers: [...rows(2), { ...ANA, id: 's0', addresses: ['127.0.0.1'] }, { ...ANA, id: 's7', notice: 1 }, 5],
    },
    ['/subscribers/2/addresses/0', '/subscribers/2/id', '/subscribers/3/notice', '/subscribers/4'],
  ],
  [
    {
      generation: 1,
      takenAt,
      subscribers: [{ ...ANA, id: 's1', cutoff: { reason: '', until: 1 }, notices: { x: {} } }],
    },
    ['/subscribers/0/cutoff/reason', '/subscribers/0/cutoff/until', '/subscribers/0/notices/x'],
  ],
])('faults of a snapshot are named by pointer', async (body, pointers) => {
  const site = await testSite();
  const answer = await site.put('/v1/desired-state', body);
  expect(answer.status).toBe(400);
  const errors: unknown = answer.body['errors'];
  const found = Array.isArray(errors) ? errors.map((error: { pointer?: unknown }) => error.pointer) : [];
  expect(found).toEqual(expect.arrayContaining(pointers));
  expect((await site.call('GET', '/v1/site')).body['generation']).toBeNull();
});

test('a fault late in a large snapshot leaves nothing behind', async () => {
  const site = await testSite();
  const subscribers = [...rows(1200), { ...ANA, id: 'bad', addresses: ['0.0.0.0'] }];
  const answer = await site.put('/v1/desired-state', { generation: 1, takenAt, subscribers });
  expect(answer.body['errors']).toMatchObject([{ pointer: '/subscribers/1200/addresses/0' }]);
  expect((await site.call('GET', '/v1/subscribers')).body['items']).toEqual([]);
});

test('unknown routers, shared addresses and an empty snapshot are accepted, for the store holds them', async () => {
  const site = await testSite();
  const odd = [
    { ...ANA, id: 'a', router: 'r9' },
    { ...ANA, id: 'b' },
  ];
  expect((await site.put('/v1/desired-state', { generation: 1, takenAt, subscribers: odd })).status).toBe(202);
  const empty = await site.put('/v1/desired-state', { generation: 2, takenAt, subscribers: [] }, { prefer: 'wait=5' });
  expect([empty.status, empty.body['state'], empty.body['reason']]).toEqual([200, 'held', 'empty-snapshot']);
  // Nobody empties the site by releasing it on one router.
  const operation = String(empty.body['id']);
  for (const [path, body] of [
    [`/v1/operations/${operation}/release`, { routers: ['r0'] }],
    ['/v1/routers/r0/release', { operations: [operation] }],
  ] as const) {
    const refused = await site.call('POST', path, { body });
    expect([refused.status, refused.body['type']]).toEqual([409, 'urn:wisp-edge:problem:release-is-whole']);
  }
});

test('ten thousand subscribers do not stop the event loop', async () => {
  const site = await testSite();
  const body = { generation: 1, takenAt, subscribers: rows(10_000) };
  await site.put('/v1/desired-state', { generation: 0, takenAt, subscribers: rows(1) });
  const raw = JSON.stringify(body);
  // Counted in CPU time, not by the clock: a busy neighbour must not fail this test.
  const spentMs = (): number => process.cpuUsage().user / 1000;
  let longest = 0;
  let last = spentMs();
  const ticks = setInterval(() => {
    longest = Math.max(longest, spentMs() - last);
    last = spentMs();
  }, 1);
  const headers = { 'content-type': 'application/json' };
  const answer = await site.call('PUT', '/v1/desired-state', { raw, headers });
  clearInterval(ticks);
  expect(answer.status).toBe(202);
  expect(longest).toBeLessThan(200);
});
