import { expect, test } from 'vitest';
import { MAX_WAITS, OperationWaits } from '../operation-waits.ts';
import { ANA, testSite, type TestSite } from './test-site.ts';

async function waitingCut(site: TestSite, seconds: number): ReturnType<TestSite['put']> {
  return site.put('/v1/subscribers/s5/cutoff', { reason: 'mora' }, { prefer: `wait=${String(seconds)}` });
}

/** Resolves once the agent sees an open operation on a router. */
async function openOperation(site: TestSite): Promise<string> {
  for (;;) {
    const [found] = await site.other.agent.openOperations('r0');
    if (found !== undefined) return found.id;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

test.each([
  ['verified', undefined],
  ['failed', undefined],
  ['held', 'brake'],
] as const)('a waiting request is answered 200 when the agent says %s on its own connection', async (state, reason) => {
  const site = await testSite();
  await site.put('/v1/subscribers/s5', ANA);
  const waiting = waitingCut(site, 60);
  const id = await openOperation(site);
  const advance = { id, router: 'r0', state, ...(reason === undefined ? {} : { reason }) };
  await site.other.agent.advanceOperations(site.now, [advance]);
  const answer = await waiting;
  expect([answer.status, answer.body['state'], answer.headers['preference-applied']]).toEqual([200, state, 'wait=60']);
  expect(answer.headers['content-location']).toBe(`/v1/operations/${id}`);
});

test('a waiting request is answered when a later one supersedes it', async () => {
  const site = await testSite();
  await site.put('/v1/subscribers/s5', ANA);
  const waiting = waitingCut(site, 60);
  await openOperation(site);
  await site.call('DELETE', '/v1/subscribers/s5/cutoff');
  expect((await waiting).body['state']).toBe('superseded');
});

test('at the end of the wait the operation is answered as it stands', async () => {
  const site = await testSite();
  await site.put('/v1/subscribers/s5', ANA);
  const answer = await waitingCut(site, 0);
  expect([answer.status, answer.body['state'], answer.headers['location']]).toEqual([
    202,
    'received',
    `/v1/operations/${String(answer.body['id'])}`,
  ]);
});

test('a preference that cannot be read is ignored', async () => {
  const site = await testSite();
  await site.put('/v1/subscribers/s5', ANA);
  const answer = await site.put('/v1/subscribers/s5/cutoff', { reason: 'mora' }, { prefer: 'wait=soon' });
  expect(answer.status).toBe(202);
  expect(answer.headers).not.toHaveProperty('preference-applied');
});

test('more waits than there is room for are answered at once', async () => {
  const site = await testSite();
  await site.put('/v1/subscribers/s5', ANA);
  const waiting = Array.from({ length: MAX_WAITS }, () => waitingCut(site, 60));
  const id = await openOperation(site);
  const over = await Promise.race([...waiting, waitingCut(site, 60)]);
  expect(over.status).toBe(202);
  await site.other.agent.advanceOperations(site.now, [{ id, router: 'r0', state: 'verified' }]);
  const statuses = (await Promise.all(waiting)).map((answer) => answer.status);
  expect(statuses.filter((status) => status === 200).length).toBeGreaterThanOrEqual(MAX_WAITS - 1);
});

test('a caller who hangs up leaves no wait behind', async () => {
  const waits = new OperationWaits({ readOperation: () => Promise.resolve(null) });
  const aborter = new AbortController();
  const waiting = waits.settled('op-1', 60, aborter.signal);
  expect(waits.size).toBe(1);
  aborter.abort();
  await waiting;
  expect(waits.size).toBe(0);
});

test('closing the server lets waiting requests go', async () => {
  const site = await testSite();
  await site.put('/v1/subscribers/s5', ANA);
  const waiting = waitingCut(site, 60);
  await openOperation(site);
  await site.app.close();
  expect((await waiting).status).toBe(202);
});
