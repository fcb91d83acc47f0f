import { expect, test } from 'vitest';
import type { ObservedSubscriber, RouterPlan, RouterStatus } from '../../schemas/router.ts';
import { contexts, openTestStore, subscriber } from './fixture.ts';

const status: RouterStatus = {
  id: 'r0',
  mode: 'manage',
  connection: 'up',
  converged: true,
  version: '7.16',
  dialect: 'action-data',
  lastSeen: null,
  lastPass: null,
  lastError: null,
  counts: { subscribers: 1, cut: 0, notices: 0, pending: 0, held: 0, paidButCut: 0 },
  findings: [],
};

function seen(over: Partial<ObservedSubscriber> = {}): ObservedSubscriber {
  return { service: 'open', notice: null, verified: true, held: null, at: 'a', rows: [], ...over };
}

test('what was seen again the same is not written again', async () => {
  const { control, agent } = openTestStore();
  await control.acceptIntent({ kind: 'put-subscriber', id: 's1', subscriber: subscriber(1) }, contexts()());
  await agent.recordObserved('r0', new Map([['s1', seen()]]));
  await agent.recordObserved('r0', new Map([['s1', seen({ at: 'b' })]]));
  expect((await control.readSubscriber('s1'))?.observed?.at).toBe('a');
  await agent.recordObserved('r0', new Map([['s1', seen({ at: 'c', service: 'cut' })]]));
  expect((await control.readSubscriber('s1'))?.observed).toEqual(seen({ at: 'c', service: 'cut' }));
});

test('whoever was last seen cut leaves a departure, even restored long ago', async () => {
  const { control, agent } = openTestStore();
  const next = contexts();
  for (const number of [1, 2]) {
    const intent = { kind: 'put-subscriber', id: `s${number}`, subscriber: subscriber(number) } as const;
    await control.acceptIntent(intent, next());
  }
  await agent.recordObserved(
    'r0',
    new Map([
      ['s1', seen({ service: 'cut' })],
      ['s2', seen()],
    ]),
  );
  for (const id of ['s1', 's2']) await control.acceptIntent({ kind: 'delete-subscriber', id }, next());
  expect((await agent.desiredFor('r0')).departures.map(({ subscriber: id }) => id)).toEqual(['s1']);
});

test('the journal is told of a router when what matters has changed; a pass without a plan keeps the last one', async () => {
  const { control, agent } = openTestStore();
  const plan: RouterPlan = { router: 'r0', at: 'a', steps: [], held: [], findings: [] };
  await agent.recordRouter(status, plan);
  await agent.recordRouter({ ...status, lastPass: 'b' }, null);
  expect(await control.head()).toBe(1);
  await agent.recordRouter({ ...status, connection: 'down' }, null);
  expect((await control.entriesAfter(1, 9))[0]).toMatchObject({
    type: 'router.changed',
    data: { connection: 'down', changed: ['connection'], before: { connection: 'up' } },
  });
  expect(await control.routerPlan('r0')).toEqual(plan);
  expect(await control.routerStatuses()).toMatchObject([{ connection: 'down' }]);
});

test('a router is settled when its last plan leaves nothing to write, neither sent nor kept back by its mode', async () => {
  const { agent } = openTestStore();
  const at = '2026-01-01T00:00:00.000Z';
  const plan: RouterPlan = { router: 'r0', at, mode: 'assist', steps: [], held: [], findings: [] };
  const settledAt = async (over: Partial<RouterPlan>): Promise<number | null> => {
    await agent.recordRouter(status, { ...plan, ...over });
    return (await agent.lastSeen('r0')).settledAt;
  };
  const step = {
    action: 'created',
    menu: '/ip/firewall/address-list',
    row: 'portal:a',
    command: '/ip firewall address-list add',
    lane: 'bulk',
  } as const;
  expect(await settledAt({})).toBe(Date.parse(at));
  expect(await settledAt({ notSent: { steps: [step] } })).toBeNull();
  expect(await settledAt({ steps: [step] })).toBeNull();
});

test('I1: who was restored while his router is away, and was last seen cut there, is paid and still cut', async () => {
  const { control, agent } = openTestStore();
  const next = contexts();
  for (const number of [1, 2, 3]) {
    const intent = { kind: 'put-subscriber', id: `s${number}`, subscriber: subscriber(number) } as const;
    await control.acceptIntent(intent, next());
    if (number < 3) await control.acceptIntent({ kind: 'cutoff', id: `s${number}`, cutoff: { reason: 'x' } }, next());
  }
  const cut = seen({ service: 'cut' });
  await agent.recordObserved(
    'r0',
    new Map([
      ['s1', cut],
      ['s2', cut],
      ['s3', seen()],
    ]),
  );
  await agent.recordRouter({ ...status, connection: 'down' }, null);
  await control.acceptIntent({ kind: 'restore', id: 's1' }, next());
  const paid = async () => (await control.routerStatuses()).map(({ counts }) => counts.paidButCut);
  expect(await paid()).toEqual([1]);
  // A router that is reached is counted by the agent, pass by pass.
  await agent.recordRouter(status, null);
  expect(await paid()).toEqual([0]);
});

test('the journal names what of a router changed, from what, and the rows that are left to write', async () => {
  const { control, agent } = openTestStore();
  await agent.recordRouter({ ...status, converged: true }, null);
  const step = {
    action: 'created',
    menu: '/ip/firewall/address-list',
    row: 'cutoff:s1',
    command: '/ip firewall address-list add',
    lane: 'cut',
  } as const;
  const plan: RouterPlan = { router: 'r0', at: 'a', steps: [step], held: [], findings: [] };
  await agent.recordRouter({ ...status, converged: false, counts: { ...status.counts, held: 2 } }, plan);
  expect((await control.entriesAfter(1, 9))[0]?.data).toMatchObject({
    changed: ['converged', 'held'],
    before: { converged: true, held: 0 },
    steps: 1,
    rows: ['/ip/firewall/address-list cutoff:s1'],
  });
});

test('old admissions are forgotten, but for those of a subscriber who is still cut', async () => {
  const { agent, control } = openTestStore();
  const context = contexts();
  await control.acceptIntent({ kind: 'put-subscriber', id: 's1', subscriber: subscriber(1) }, context());
  await control.acceptIntent({ kind: 'cutoff', id: 's1', cutoff: { reason: 'no payment' } }, context());
  const cut = { router: 'r0', subscriber: 's1', operation: 'o2', kind: 'cut', at: 10 } as const;
  await agent.recordAdmissions([cut, { ...cut, subscriber: 's2' }]);
  await agent.forgetAdmissionsBefore(20);
  expect(await agent.admissionsSince(0)).toEqual([cut]);
});

test('admissions keep their first time and are forgotten by time', async () => {
  const { agent } = openTestStore();
  const cut = { router: 'r0', subscriber: 's1', operation: 'o1', kind: 'cut', at: 10 } as const;
  await agent.recordAdmissions([cut]);
  await agent.recordAdmissions([
    { ...cut, at: 20 },
    { ...cut, subscriber: 's2', at: 20 },
  ]);
  expect((await agent.admissionsSince(0)).map(({ at }) => at)).toEqual([10, 20]);
  await agent.forgetAdmissionsBefore(20);
  expect(await agent.admissionsSince(0)).toHaveLength(1);
});

test('portal addresses are one list; the journal is told when one comes or goes', async () => {
  const { agent, control } = openTestStore();
  const one = { address: '192.0.2.1', host: 'a.example', use: 'portal', firstSeen: 1, lastSeen: 1 } as const;
  await agent.recordPortalAddresses(1, [one, { ...one, address: '192.0.2.2' }]);
  await agent.recordPortalAddresses(2, [
    { ...one, lastSeen: 2 },
    { ...one, address: '192.0.2.2' },
  ]);
  expect(await control.head()).toBe(1);
  await agent.recordPortalAddresses(3, [{ ...one, lastSeen: 2 }]);
  expect(await control.readPortalAddresses()).toEqual([{ ...one, lastSeen: 2 }]);
  expect(await control.head()).toBe(2);
});

test('a confirmation that says nothing any more goes with the list it was about, one given since stays', async () => {
  const { agent, control } = openTestStore();
  const next = contexts();
  const one = { address: '192.0.2.1', host: 'a.example', use: 'portal', firstSeen: 1, lastSeen: 1 } as const;
  const both = [one, { ...one, host: 'b.example' }];
  await agent.recordPortalAddresses(1, both);
  for (const host of ['a.example', 'b.example']) await control.acceptIntent({ kind: 'portal-confirm', host }, next());
  const given = await agent.readPortalConfirmations();
  expect([...given.keys()].sort()).toEqual(['a.example', 'b.example']);
  await agent.recordPortalAddresses(
    2,
    both,
    null,
    new Map([...given].map(([host, at]) => [host, host === 'a.example' ? at : at - 1])),
  );
  expect([...(await agent.readPortalConfirmations()).keys()]).toEqual(['b.example']);
});

test('counts tell what is wanted and how operations stand', async () => {
  const { control } = openTestStore();
  const next = contexts();
  await control.acceptIntent({ kind: 'put-subscriber', id: 's1', subscriber: subscriber(1) }, next());
  await control.acceptIntent({ kind: 'cutoff', id: 's1', cutoff: { reason: 'x' } }, next());
  await control.acceptIntent({ kind: 'restore', id: 's1' }, next());
  await control.acceptIntent({ kind: 'notice', id: 's1', notice: 'custom', value: { text: 'x' } }, next());
  expect(await control.counts()).toMatchObject({
    subscribers: 1,
    cutoffs: 0,
    notices: 1,
    operations: { received: 2, superseded: 1 },
    oldestPendingRestoreAt: 3_000,
  });
});
