import { expect, test } from 'vitest';
import type { RouterPlan } from '../../schemas/router.ts';
import { accepted, contexts, openTestStore, subscriber, unseenStatus } from './fixture.ts';

const cutoff = { reason: 'no payment' };

test('a subscriber is created once; the same content again changes nothing', async () => {
  const { control } = openTestStore();
  const next = contexts();
  const put = { kind: 'put-subscriber', id: 's1', subscriber: subscriber(1) } as const;
  const first = accepted(await control.acceptIntent(put, next()));
  const again = accepted(await control.acceptIntent(put, next()));
  expect([first.created, again.created]).toEqual([true, false]);
  expect(again.record?.revision).toBe(first.record?.revision);
  expect(await control.head()).toBe(first.seq);
});

test('a cut-off makes an operation for its router, and the same value answers that operation', async () => {
  const { control, agent } = openTestStore();
  const next = contexts();
  await control.acceptIntent({ kind: 'put-subscriber', id: 's1', subscriber: subscriber(1) }, next());
  const cut = accepted(await control.acceptIntent({ kind: 'cutoff', id: 's1', cutoff }, next()));
  const again = accepted(await control.acceptIntent({ kind: 'cutoff', id: 's1', cutoff }, next()));
  expect(cut.operation).toMatchObject({ id: 'o2', kind: 'cutoff', subject: 'subscriber/s1', state: 'received' });
  expect(again.operation?.id).toBe('o2');
  await agent.advanceOperations(9_000, [{ id: 'o2', router: 'r0', state: 'verified', evidence: { rows: 2 } }]);
  const later = accepted(await control.acceptIntent({ kind: 'cutoff', id: 's1', cutoff }, next()));
  expect(later.operation).toMatchObject({ id: 'o2', state: 'verified' });
  const other = accepted(await control.acceptIntent({ kind: 'cutoff', id: 's1', cutoff: { reason: 'fraud' } }, next()));
  expect(other.operation?.id).toBe('o5');
});

test('a restore supersedes the open and the held cut, and a cut the open restore', async () => {
  const { control, agent } = openTestStore();
  const next = contexts();
  await control.acceptIntent({ kind: 'put-subscriber', id: 's1', subscriber: subscriber(1) }, next());
  await control.acceptIntent({ kind: 'cutoff', id: 's1', cutoff }, next());
  await agent.advanceOperations(3_000, [{ id: 'o2', router: 'r0', state: 'held', reason: 'brake' }]);
  const restore = accepted(await control.acceptIntent({ kind: 'restore', id: 's1' }, next()));
  expect(await control.readOperation('o2')).toMatchObject({ state: 'superseded' });
  expect(restore.record?.cutoff).toBeNull();
  await control.acceptIntent({ kind: 'cutoff', id: 's1', cutoff }, next());
  expect(await control.readOperation('o3')).toMatchObject({ state: 'superseded' });
  expect((await agent.openOperations('r0')).map(({ id }) => id)).toEqual(['o4']);
});

test('a restore of somebody who is not cut is accepted, for a row may be left', async () => {
  const { control } = openTestStore();
  const next = contexts();
  await control.acceptIntent({ kind: 'put-subscriber', id: 's1', subscriber: subscriber(1) }, next());
  const restore = accepted(await control.acceptIntent({ kind: 'restore', id: 's1' }, next()));
  expect(restore.operation).toMatchObject({ kind: 'restore', state: 'received' });
  const again = accepted(await control.acceptIntent({ kind: 'restore', id: 's1' }, next()));
  expect(again.operation?.id).toBe(restore.operation?.id);
});

test('an unknown subscriber is not found', async () => {
  const { control } = openTestStore();
  const next = contexts();
  for (const kind of ['restore', 'delete-subscriber'] as const) {
    expect(await control.acceptIntent({ kind, id: 's9' }, next())).toEqual({ outcome: 'not-found' });
  }
});

test('an operation for a router outside of the configuration is held', async () => {
  const { control } = openTestStore();
  const next = contexts();
  await control.acceptIntent({ kind: 'put-subscriber', id: 's1', subscriber: subscriber(1, { router: 'r9' }) }, next());
  const cut = accepted(await control.acceptIntent({ kind: 'cutoff', id: 's1', cutoff }, next()));
  expect(cut.operation).toMatchObject({ state: 'held', reason: 'unknown-router' });
});

test('whoever leaves a router with a cut becomes a departure until the agent is done or he returns', async () => {
  const { control, agent } = openTestStore();
  const next = contexts();
  await control.acceptIntent({ kind: 'put-subscriber', id: 's1', subscriber: subscriber(1) }, next());
  await control.acceptIntent({ kind: 'cutoff', id: 's1', cutoff }, next());
  await control.acceptIntent({ kind: 'put-subscriber', id: 's1', subscriber: subscriber(1, { router: 'r1' }) }, next());
  expect((await agent.desiredFor('r0')).departures).toMatchObject([{ subscriber: 's1', named: true }]);
  expect((await agent.openOperations('r1')).map(({ id }) => id)).toEqual(['o2']);
  await control.acceptIntent({ kind: 'put-subscriber', id: 's1', subscriber: subscriber(1) }, next());
  expect((await agent.desiredFor('r0')).departures).toEqual([]);
  expect((await agent.desiredFor('r1')).departures).toHaveLength(1);
  await control.acceptIntent({ kind: 'delete-subscriber', id: 's1' }, next());
  expect((await agent.desiredFor('r0')).departures).toHaveLength(1);
  await agent.finishDepartures('r0', ['s1']);
  expect((await agent.desiredFor('r0')).departures).toEqual([]);
  expect(await control.readOperation('o2')).toMatchObject({ state: 'superseded' });
});

test.each([
  ['10.0.0.1', '10.0.0.1', true],
  ['10.0.0.0/24', '10.0.0.9', true],
  ['10.0.0.9', '10.0.0.0/25', true],
  ['10.0.0.200', '10.0.0.0/25', false],
  ['2001:db8::/56', '2001:db8:0:a::1', true],
  ['2001:db8:0:a::1', '2001:DB8::/48', true],
  ['2001:db8:1::/48', '2001:db8::1', false],
])('%s held, %s asked: conflict %s', async (held, asked, isHeld) => {
  const { control } = openTestStore();
  const next = contexts();
  const put = (id: string, address: string, router = 'r0') =>
    control.acceptIntent(
      { kind: 'put-subscriber', id, subscriber: subscriber(1, { router, addresses: [address] }) },
      next(),
    );
  await put('a', held);
  expect((await put('b', asked)).outcome).toBe(isHeld ? 'address-held' : 'accepted');
  expect((await put('c', asked, 'r1')).outcome).toBe('accepted');
});

test('If-Match is checked against the document', async () => {
  const { control } = openTestStore();
  const next = contexts();
  const put = { kind: 'put-subscriber', id: 's1', subscriber: subscriber(1) } as const;
  expect((await control.acceptIntent(put, next({ ifMatch: 'any' }))).outcome).toBe('precondition-failed');
  const { record } = accepted(await control.acceptIntent(put, next()));
  const revision = record?.revision ?? 0;
  const cut = { kind: 'cutoff', id: 's1', cutoff } as const;
  expect((await control.acceptIntent(cut, next({ ifMatch: revision + 1 }))).outcome).toBe('precondition-failed');
  expect((await control.acceptIntent(cut, next({ ifMatch: revision }))).outcome).toBe('accepted');
});

test('a repeated key gets the stored answer, with another request it is refused', async () => {
  const { control } = openTestStore();
  const next = contexts();
  const key = { key: 'k1', owner: 'central', fingerprint: 'f1' };
  const put = { kind: 'put-subscriber', id: 's1', subscriber: subscriber(1) } as const;
  const first = accepted(await control.acceptIntent(put, next({ idempotency: key })));
  const again = await control.acceptIntent(put, next({ idempotency: key }));
  expect(again).toEqual({ outcome: 'replayed', created: true, operation: null, record: first.record });
  const other = await control.acceptIntent(put, next({ idempotency: { ...key, fingerprint: 'f2' } }));
  expect(other).toEqual({ outcome: 'key-reused' });
  await control.prune(10_000_000, 100);
  expect((await control.acceptIntent(put, next({ idempotency: key }))).outcome).toBe('accepted');
});

test('portal and reissue concern every router; the operation is verified when each part is', async () => {
  const { control, agent } = openTestStore();
  const next = contexts();
  const portal = { domain: 'clientes.example.net', cnameTargets: [], addresses: [], walledGarden: [] };
  const put = accepted(await control.acceptIntent({ kind: 'portal', portal }, next()));
  expect(put.operation).toMatchObject({ kind: 'portal', subject: 'portal/portal', state: 'received' });
  expect(await control.readPortal()).toEqual({ portal, revision: 1 });
  // It is one event, however many routers there are.
  const told = (await control.entriesAfter(0, 100)).filter(({ type }) => type === 'portal.changed');
  expect(told.map(({ router }) => router)).toEqual([null]);
  await agent.advanceOperations(5_000, [{ id: 'o1', router: 'r0', state: 'verified', evidence: { rows: 3 } }]);
  expect(await control.readOperation('o1')).toMatchObject({ state: 'received' });
  await agent.advanceOperations(6_000, [{ id: 'o1', router: 'r1', state: 'verified', evidence: { rows: 4 } }]);
  expect((await control.readOperation('o1'))?.history.at(-1)).toEqual({
    state: 'verified',
    at: '1970-01-01T00:00:06.000Z',
    evidence: { routers: { r0: { rows: 3 }, r1: { rows: 4 } } },
  });
  const reissue = accepted(await control.acceptIntent({ kind: 'reissue' }, next()));
  expect(reissue.operation?.subject).toBe('site/norte-1');
});

test('an operation that failed on one router is not over while another router holds a part of it', async () => {
  const { control, agent } = openTestStore();
  const next = contexts();
  await control.acceptIntent({ kind: 'reissue' }, next());
  await agent.advanceOperations(5_000, [{ id: 'o1', router: 'r0', state: 'failed', reason: 'expired' }]);
  expect(await control.readOperation('o1')).toMatchObject({ state: 'received' });
  await agent.advanceOperations(6_000, [{ id: 'o1', router: 'r1', state: 'held', reason: 'brake' }]);
  expect(await control.readOperation('o1')).toMatchObject({ state: 'held', reason: 'brake' });
  await control.acceptIntent({ kind: 'release', router: 'r1', operations: ['o1'] }, next());
  await agent.advanceOperations(7_000, [{ id: 'o1', router: 'r1', state: 'verified' }]);
  expect(await control.readOperation('o1')).toMatchObject({ state: 'failed', reason: 'expired' });
});

test('a release lets held parts of its router through and says what it did not know', async () => {
  const { control, agent } = openTestStore();
  const next = contexts();
  await control.acceptIntent({ kind: 'put-subscriber', id: 's1', subscriber: subscriber(1) }, next());
  await control.acceptIntent({ kind: 'cutoff', id: 's1', cutoff }, next());
  await agent.advanceOperations(3_000, [{ id: 'o2', router: 'r0', state: 'held', reason: 'brake' }]);
  await agent.recordRouter(unseenStatus('r0'), heldBy('brake', 'o2', ['s1']));
  const release = accepted(
    await control.acceptIntent({ kind: 'release', router: 'r0', operations: ['o2', 'nope'] }, next()),
  );
  expect(release.operation).toMatchObject({ state: 'verified', result: { released: ['o2'], unknown: ['nope'] } });
  expect(await agent.openOperations('r0')).toMatchObject([
    { id: 'o2', state: 'planned', released: true, reason: null },
  ]);
  expect((await control.readOperation('o2'))?.history.map(({ state }) => state)).toEqual([
    'received',
    'held',
    'planned',
  ]);
});

test('I8: a release lets through whom the brake holds at that moment, until its operation ends; other reasons it leaves', async () => {
  const { control, agent } = openTestStore();
  const next = contexts();
  const ask = async () =>
    accepted(await control.acceptIntent({ kind: 'release', router: 'r0', operations: ['o2'] }, next())).operation
      ?.result;
  await control.acceptIntent({ kind: 'put-subscriber', id: 's1', subscriber: subscriber(1) }, next());
  await control.acceptIntent({ kind: 'cutoff', id: 's1', cutoff }, next());
  expect(await ask()).toEqual({ released: [], unknown: ['o2'] });
  await agent.recordRouter(unseenStatus('r0'), heldBy('central-stale', 'o2', ['s1']));
  expect(await ask()).toEqual({ released: [], unknown: ['o2'] });
  expect((await agent.desiredFor('r0')).releases).toEqual([]);
  await agent.recordRouter(unseenStatus('r0'), heldBy('brake', 'o2', ['s2', 's1']));
  expect(await ask()).toEqual({ released: ['o2'], unknown: [] });
  await agent.recordRouter(unseenStatus('r0'), heldBy('brake', 'o2', ['s3']));
  expect((await agent.desiredFor('r0')).releases).toMatchObject([{ name: 'o2', subscribers: ['s1', 's2'] }]);
});

test('I10: a second release under a name adds to the first: whoever was let through and is not cut yet stays so', async () => {
  const { control, agent } = openTestStore();
  const next = contexts();
  const release = async (...held: readonly string[]): Promise<void> => {
    await agent.recordRouter(unseenStatus('r0'), heldBy('brake', 'orphans-r0', held));
    await control.acceptIntent({ kind: 'release', router: 'r0', operations: ['orphans-r0'] }, next());
  };
  await release('a', 'b');
  await release('c');
  // Each with its time: a later word makes none of them last longer.
  expect((await agent.desiredFor('r0')).releases).toEqual([
    { name: 'orphans-r0', subscribers: ['a', 'b'], at: 1_000 },
    { name: 'orphans-r0', subscribers: ['c'], at: 2_000 },
  ]);
});

test('I3: a claim is an operation of its router, and ends with it: a later row was shown to nobody', async () => {
  const { control, agent } = openTestStore();
  const next = contexts();
  await control.acceptIntent({ kind: 'claim', router: 'r0', subscribers: ['s1', 's2'] }, next());
  expect((await agent.desiredFor('r0')).claims).toEqual(['s1', 's2']);
  expect(await agent.openOperations('r0')).toMatchObject([{ kind: 'claim', names: ['s1', 's2'] }]);
  await control.acceptIntent({ kind: 'claim', router: 'r0', subscribers: ['s2'] }, next());
  await agent.advanceOperations(3_000, [{ id: 'o1', router: 'r0', state: 'applied' }]);
  expect((await agent.desiredFor('r0')).claims).toEqual(['s1', 's2']);
  await agent.advanceOperations(4_000, [{ id: 'o1', router: 'r0', state: 'verified' }]);
  // The second word about s2 still holds.
  expect((await agent.desiredFor('r0')).claims).toEqual(['s2']);
});

function heldBy(reason: string, operation: string, subscribers: readonly string[]): RouterPlan {
  const held = subscribers.map((id) => ({ subject: `subscriber/${id}`, reason, detail: '', operations: [operation] }));
  return { router: 'r0', at: '1970-01-01T00:00:03.000Z', steps: [], held, findings: [] };
}
