import { expect, test } from 'vitest';
import type { HeldOperation } from '../../schemas/held-operation.ts';
import { unseenRouter } from '../core/degraded.ts';
import { ANA, testSite, type TestSite } from './test-site.ts';

const HOUR = 3_600_000;
const NOBODY = { count: 0, first: [] };

function withCentral(site: TestSite, kind = 'websocket'): void {
  site.settings.current = { ...site.settings.current, central: { kind, staleAfterHours: 24 } };
}

async function central(site: TestSite): Promise<unknown> {
  return (await site.call('GET', '/v1/site')).body['central'];
}

/** A snapshot with a cut on r0 and one on r1, held on both; gives its operation. */
async function heldOnBoth(site: TestSite): Promise<string> {
  const subscribers = ['r0', 'r1'].map((router, at) => ({
    id: `s${String(at)}`,
    name: 'x',
    router,
    addresses: [`10.0.0.${String(at + 5)}`],
    cutoff: { reason: 'mora' },
  }));
  const body = { generation: 1, takenAt: new Date(site.now).toISOString(), subscribers };
  const operation = String((await site.put('/v1/desired-state', body)).body['id']);
  for (const [at, router] of ['r0', 'r1'].entries()) {
    await site.other.agent.advanceOperations(site.now, [{ id: operation, router, state: 'held', reason: 'brake' }]);
    const held = [{ subject: `subscriber/s${String(at)}`, reason: 'brake', detail: '', operations: [operation] }];
    const plan = { router, at: '2026-03-01T12:00:00.000Z', steps: [], held, findings: [] };
    await site.other.agent.recordRouter(unseenRouter(router, 'manage'), plan);
  }
  return operation;
}

test('what only a platform may ask, and is accepted, is contact; reads, refusals and an operator’s actions are none', async () => {
  const site = await testSite();
  withCentral(site);
  const heard = async (): Promise<number | null> => (await site.store.control.centralRecord())?.contactAt ?? null;
  await site.call('GET', '/v1/subscribers', { as: 'platform' });
  expect((await site.call('PUT', '/v1/subscribers/s5', { body: { name: 'x' }, as: 'platform' })).status).toBe(400);
  expect((await site.call('POST', '/v1/routers/r0/reconcile', { as: 'operator' })).status).toBe(202);
  expect(await heard()).toBeNull();
  expect((await site.call('PUT', '/v1/subscribers/s5', { body: ANA, as: 'platform' })).status).toBe(201);
  expect(await heard()).toBe(site.now);
  // Within a minute one contact is as good as another; a clock that was set back waits for nothing.
  site.now += 59_000;
  await site.put('/v1/subscribers/s5/cutoff', { reason: 'mora' });
  expect(await heard()).toBe(site.now - 59_000);
  site.now -= 5 * HOUR;
  await site.call('DELETE', '/v1/subscribers/s5/cutoff');
  expect(await heard()).toBe(site.now);
});

test('a silent platform degrades the site after an hour and says so; its next instruction ends it', async () => {
  const site = await testSite();
  withCentral(site);
  expect(await central(site)).toEqual({ kind: 'websocket', state: 'none', lastContactAt: null });
  await site.put('/v1/subscribers/s5', ANA);
  expect(await central(site)).toMatchObject({ state: 'in-touch', lastContactAt: '2026-03-01T12:00:00.000Z' });
  for (const [hours, state] of [
    [0.9, 'in-touch'],
    [1, 'silent'],
    [24, 'stale'],
  ] as const) {
    site.now = Date.parse('2026-03-01T12:00:00Z') + hours * HOUR;
    expect(await central(site)).toMatchObject({ state });
    const { reasons } = (await site.call('GET', '/readyz')).body as { reasons?: readonly { code: string }[] };
    expect((reasons ?? []).map(({ code }) => code).filter((code) => code.startsWith('central-'))).toEqual(
      state === 'in-touch' ? [] : [`central-${state}`],
    );
  }
  const { text } = await site.call('GET', '/metrics');
  expect(text).toContain('wisp_edge_central_stale 1');
  expect(text).toContain(`wisp_edge_central_silent_seconds ${String(24 * 3600)}`);
  await site.other.agent.tellCentral(site.now, 'stale');
  await site.call('DELETE', '/v1/subscribers/s5/cutoff');
  expect(await central(site)).toMatchObject({ state: 'in-touch' });
  const types = (await site.store.control.entriesAfter(0, 1000)).map(({ type }) => type);
  expect(types.filter((type) => type.startsWith('central.'))).toEqual(['central.stale', 'central.back']);
});

test('without a central link nothing is noted, nothing is stale, and no metric speaks of it', async () => {
  const site = await testSite();
  await site.put('/v1/subscribers/s5', ANA);
  site.now += 9000 * HOUR;
  expect(await central(site)).toEqual({ kind: 'none', state: 'none', lastContactAt: null });
  expect(await site.store.control.centralRecord()).toBeNull();
  expect((await site.call('GET', '/metrics')).text).not.toContain('wisp_edge_central_');
});

test('a held operation is released once on every router, or on those named; never by the platform that asked for it', async () => {
  const site = await testSite();
  const operation = await heldOnBoth(site);
  const path = `/v1/operations/${operation}/release`;
  const released = async (): Promise<readonly boolean[]> =>
    Promise.all(
      ['r0', 'r1'].map(async (router) => (await site.other.agent.openOperations(router)).some((one) => one.released)),
    );
  expect((await site.call('POST', path, { as: 'platform' })).status).toBe(403);
  expect((await site.call('POST', '/v1/operations/op-none/release')).status).toBe(404);
  expect((await site.call('POST', path, { body: { routers: ['r9'] } })).status).toBe(404);
  expect(await released()).toEqual([false, false]);
  const one = await site.call('POST', path, { as: 'operator', body: { routers: ['r1'] } });
  expect(one.body).toMatchObject({ kind: 'release', state: 'verified', result: { routers: ['r1'], unknown: [] } });
  expect(await released()).toEqual([false, true]);
  const all = await site.call('POST', path, { as: 'operator' });
  expect(all.body).toMatchObject({ subject: 'site/norte-1', result: { released: [operation], routers: ['r0', 'r1'] } });
  expect(await released()).toEqual([true, true]);
});

/** A pass over a router ends: the brake holds these subscribers under an operation. */
async function hold(site: TestSite, router: string, operation: string, ids: readonly string[]): Promise<void> {
  const held = ids.map((id) => ({ subject: `subscriber/${id}`, reason: 'brake', detail: '', operations: [operation] }));
  const heldOperation: HeldOperation = {
    ...{ operation, kind: 'desired-state', reason: 'brake', detail: '', since: '2026-03-01T12:00:00.000Z' },
    ...{ cut: { count: ids.length, first: [...ids] }, restored: NOBODY, noticed: NOBODY },
    ...{ way: 'release', commands: [], omitted: 0 },
  };
  const plan = {
    router,
    at: '2026-03-01T12:00:00.000Z',
    steps: [],
    held,
    heldOperations: [heldOperation],
    findings: [],
  };
  await site.other.agent.recordRouter(unseenRouter(router, 'manage'), plan);
}

/** What a router's plan says to send back with a release. */
async function shownOn(site: TestSite, router: string): Promise<number> {
  const { body } = await site.call('GET', `/v1/routers/${router}/plan`);
  const [held] = body['heldOperations'] as readonly HeldOperation[];
  if (held?.shown === undefined) throw new Error(`${router} shows nothing to send back`);
  return held.shown;
}

test('I8: a release on one router binds those of the plan that was read, and says how many joined since', async () => {
  const site = await testSite();
  const operation = await heldOnBoth(site);
  await hold(site, 'r0', operation, ['s0']);
  const body = { operations: [operation], shown: { [operation]: await shownOn(site, 'r0') } };
  await hold(site, 'r0', operation, ['s0', 's7', 's8']);
  const path = '/v1/routers/r0/release';
  expect((await site.call('POST', path, { as: 'operator', body })).body).toMatchObject({
    state: 'verified',
    result: { released: [operation], unknown: [], later: [{ router: 'r0', operation, count: 2 }] },
  });
  const releases = async () => (await site.other.agent.desiredFor('r0')).releases.map((one) => one.subscribers);
  expect(await releases()).toEqual([['s0']]);
  const again = { operations: [operation], shown: { [operation]: await shownOn(site, 'r0') } };
  expect((await site.call('POST', path, { as: 'operator', body: again })).body['result']).toEqual({
    released: [operation],
    unknown: [],
  });
  expect(await releases()).toEqual([['s0'], ['s0', 's7', 's8']]);
  for (const shown of [{ [operation]: 'all' }, { [operation]: 0 }, { 'a b': 1 }, [1]])
    expect((await site.call('POST', path, { body: { ...body, shown } })).status).toBe(400);
});

test('a release may name as many operations as it is allowed to, with what was shown of each', async () => {
  const site = await testSite();
  const operations = Array.from({ length: 10_000 }, (_, at) => `op-${String(at).padStart(61, '0')}`);
  const shown = Object.fromEntries(operations.map((id) => [id, 1]));
  const answer = await site.call('POST', '/v1/routers/r0/release', { as: 'operator', body: { operations, shown } });
  expect([answer.status, answer.body['state']]).toEqual([202, 'verified']);
});

test('I8: a release on every router binds those of the plans that were read; a router that is not among them waits', async () => {
  const site = await testSite();
  const operation = await heldOnBoth(site);
  await hold(site, 'r0', operation, ['s0']);
  await hold(site, 'r1', operation, ['s1']);
  const release = async (shown: Readonly<Record<string, number>>): Promise<unknown> =>
    (await site.call('POST', `/v1/operations/${operation}/release`, { as: 'operator', body: { shown } })).body[
      'result'
    ];
  const r0 = await shownOn(site, 'r0');
  const r1 = await shownOn(site, 'r1');
  const later = [{ router: 'r1', operation, count: 1 }];
  expect(await release({ r0 })).toEqual({ released: [operation], unknown: [], routers: ['r0'], later });
  await hold(site, 'r1', operation, ['s9']);
  expect(await release({ r0, r1 })).toMatchObject({ routers: ['r0'], later });
  expect(await release({ r1: await shownOn(site, 'r1') })).toMatchObject({
    routers: ['r1'],
    later: [{ router: 'r0' }],
  });
  expect((await site.other.agent.desiredFor('r1')).releases).toMatchObject([{ subscribers: ['s9'] }]);
});

test('a plan tells the first commands of what is held, all that are kept when asked to, and no token', async () => {
  const site = await testSite();
  const operation = await heldOnBoth(site);
  const command = '/ip proxy access add action-data="https://a.example/x?t=geheim"';
  const held: HeldOperation = {
    operation,
    kind: 'desired-state',
    reason: 'brake',
    detail: '30 new',
    since: '2026-03-01T12:00:00.000Z',
    cut: { count: 30, first: ['s0'] },
    restored: NOBODY,
    noticed: NOBODY,
    way: 'release',
    commands: Array.from({ length: 30 }, () => ({ sign: '+' as const, row: 'cutoff:s0', command })),
    omitted: 5,
  };
  const heldAll = Array.from({ length: 501 }, (_, at) => ({
    subject: `subscriber/s${String(at)}`,
    reason: 'brake',
    detail: '',
    operations: [operation],
  }));
  const plan = { router: 'r0', at: '2026-03-01T12:00:00.000Z', steps: [], held: heldAll, findings: [] };
  const up = { ...unseenRouter('r0', 'manage'), connection: 'up' as const };
  await site.other.agent.recordRouter(up, { ...plan, heldOperations: [held] });
  const read = async (query: string): Promise<HeldOperation | undefined> => {
    const { body, text } = await site.call('GET', `/v1/routers/r0/plan${query}`);
    expect(text).not.toContain('geheim');
    return (body['heldOperations'] as readonly HeldOperation[])[0];
  };
  const first = await read('');
  expect([first?.commands.length, first?.omitted]).toEqual([20, 15]);
  const all = await read('?all=true');
  expect([all?.commands.length, all?.omitted]).toEqual([30, 5]);
  const short = (await site.call('GET', '/v1/routers/r0/plan')).body;
  expect([(short['held'] as readonly unknown[]).length, short['heldOmitted']]).toEqual([500, 1]);
  const whole = (await site.call('GET', '/v1/routers/r0/plan?all=true')).body;
  expect([(whole['held'] as readonly unknown[]).length, whole['heldOmitted']]).toEqual([501, undefined]);
  expect((await site.call('GET', '/v1/routers/r0/plan?all=yes')).status).toBe(400);
  // What is held on is held since it first was, whatever the next pass says of it.
  const later = { ...held, since: '2026-03-01T13:00:00.000Z', detail: '31 new' };
  await site.other.agent.recordRouter(up, { ...plan, heldOperations: [later] });
  expect(await read('')).toMatchObject({ since: held.since, detail: '31 new' });
});

test('the site tells whose token asks, and of a configuration that a daemon refused', async () => {
  const site = await testSite();
  expect((await site.call('GET', '/v1/site', { as: 'operator' })).body).toMatchObject({
    caller: { name: 'operator', scopes: ['operator'] },
  });
  const refused = { at: site.now, code: 'config-invalid', detail: 'line 3' };
  await site.store.control.recordReload('agent', refused);
  const degraded = (await site.call('GET', '/v1/site')).body['degraded'];
  expect(degraded).toContainEqual({
    subject: 'configuration/agent',
    code: 'reload-refused',
    detail: 'config-invalid: line 3; the earlier configuration stays in force',
    es: { detail: 'config-invalid: line 3; sigue vigente la configuración anterior' },
  });
  await site.store.control.recordReload('agent', null);
  expect(JSON.stringify((await site.call('GET', '/v1/site')).body['degraded'])).not.toContain('reload-refused');
});

test('a router tells what it has yet to do, be it reachable or not', async () => {
  const site = await testSite();
  await site.put('/v1/subscribers/s5', ANA);
  await site.call('DELETE', '/v1/subscribers/s5/cutoff');
  site.now += 60_000;
  await site.put('/v1/subscribers/s5/notices/custom', { text: 'x' });
  expect((await site.call('GET', '/v1/routers/r0')).body['pending']).toEqual({
    count: 2,
    oldestAt: '2026-03-01T12:00:00.000Z',
    oldestRestoreAt: '2026-03-01T12:00:00.000Z',
  });
  expect((await site.call('GET', '/v1/routers/r1')).body['pending']).toEqual({
    count: 0,
    oldestAt: null,
    oldestRestoreAt: null,
  });
});

test('a router tells how many rows somebody else changed on it and how many were put right, over all kinds', async () => {
  const site = await testSite();
  const counts = [
    { kind: 'cutoff', found: 3, repaired: 2 },
    { kind: 'jump', found: 1, repaired: 1 },
  ];
  await site.store.agent.recordDrift('r0', { counts, events: [] });
  expect((await site.call('GET', '/v1/routers/r0')).body['drift']).toEqual({ found: 4, repaired: 3 });
  expect((await site.call('GET', '/v1/routers/r1')).body['drift']).toEqual({ found: 0, repaired: 0 });
});
