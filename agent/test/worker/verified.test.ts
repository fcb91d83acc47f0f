import { expect, onTestFinished, test } from 'vitest';
import { scene } from './harness.ts';

const CUT = { reason: 'no payment' };
const LIST = '/ip/firewall/address-list';
const FILTER = '/ip/firewall/filter';

test('I6: a row that vanishes right after the write is written again before the cut is verified', async () => {
  const { router, put, settle } = await scene();
  await put('s1');
  const removeIt = (): void => {
    const row = router.table(LIST).find({ list: 'Moroso' });
    if (row !== undefined) router.table(LIST).remove(row['.id'] ?? '');
  };
  // The portal's row is the first list row that is added, the cut's the second.
  const armed = router.faults.arm({ path: `${LIST}/add`, nth: 2 }, { kind: 'edit', when: 'after', edit: removeIt });
  const cut = await settle({ kind: 'cutoff', id: 's1', cutoff: CUT });
  expect(armed.fired).toBe(1);
  expect(cut.state).toBe('verified');
  const row = router.table(LIST).find({ list: 'Moroso' });
  expect(cut.history.at(-1)?.evidence?.['rows']).toContainEqual(expect.objectContaining({ id: row?.['.id'] }));
});

test('I6: a jump that a person switches off meanwhile is switched on before the cut is verified', async () => {
  const { router, put, settle, converged } = await scene();
  await put('s1');
  await converged();
  const jump = router.table(FILTER).find({ comment: 'wisp-edge:jump:forward' })?.['.id'] ?? '';
  const edit = (): void => {
    router.table(FILTER).set(jump, { disabled: 'yes' });
  };
  router.faults.arm({ path: `${LIST}/add` }, { kind: 'edit', when: 'after', edit });
  expect(await settle({ kind: 'cutoff', id: 's1', cutoff: CUT })).toMatchObject({ state: 'verified' });
  expect(router.table(FILTER).find({ '.id': jump })).toMatchObject({ disabled: 'false' });
});

test('I6: where device-mode bars the proxy a cut is held, and the findings say so', async () => {
  const { router, put, settle, store } = await scene();
  router.deviceMode.isProxyAllowed = false;
  await put('s1');
  expect(await settle({ kind: 'cutoff', id: 's1', cutoff: CUT })).toMatchObject({
    state: 'held',
    reason: 'router-degraded',
  });
  const [status] = await store.control.routerStatuses();
  expect(status?.findings.map(({ code }) => code)).toEqual(
    expect.arrayContaining(['device-mode-proxy', 'row-inactive']),
  );
});

test('I6: a stranger’s rule inside our chain holds a cut until it is gone', async () => {
  const { router, put, settle, reached, ask, converged, store } = await scene();
  await put('s1');
  await converged();
  const id = router.table(FILTER).add({ chain: 'wisp-edge-forward', action: 'accept', comment: 'hers' });
  const held = await settle({ kind: 'cutoff', id: 's1', cutoff: CUT });
  expect(held).toMatchObject({ state: 'held', reason: 'router-degraded' });
  const [status] = await store.control.routerStatuses();
  expect(status?.findings).toContainEqual(expect.objectContaining({ code: 'stranger-in-chain' }));
  expect(router.table(FILTER).find({ '.id': id })).toBeDefined();
  router.table(FILTER).remove(id);
  await ask({ kind: 'reconcile', router: 'r0' });
  await reached(held.id, 'verified');
});

test('I5: everything asked for twice writes nothing the second time', async () => {
  const { router, put, settle, converged } = await scene();
  await put('s1');
  await settle({ kind: 'cutoff', id: 's1', cutoff: CUT });
  await converged();
  router.resetStats();
  await put('s1');
  await settle({ kind: 'cutoff', id: 's1', cutoff: CUT });
  await converged();
  expect(router.stats.writes).toEqual({});
});

test('a row of one subscriber that the router refuses does not keep the others from being cut', async () => {
  const { router, put, settle, reached, ask } = await scene();
  await put('s1', { addresses: ['100.64.0.5'] });
  await put('s2', { addresses: ['100.64.0.6'] });
  const refusal = router.faults.arm(
    { path: '/ip/proxy/access/add', nth: 2, times: 1 },
    { kind: 'trap', message: 'failure: value of action-data is not to my taste' },
  );
  const first = await ask({ kind: 'cutoff', id: 's1', cutoff: CUT });
  expect(await settle({ kind: 'cutoff', id: 's2', cutoff: CUT })).toMatchObject({ state: 'verified' });
  await reached(first, 'verified');
  expect(refusal.fired).toBe(1);
});

test('I7: the open connections of a cut are removed even if the process ended between the rows and them', async () => {
  const { router, put, ask, restart, reached, eventually, store } = await scene();
  await put('s1');
  const connections = router.state.tables.get('/ip/firewall/connection');
  connections?.insert({
    attributes: { protocol: 'tcp', 'src-address': '100.64.0.5:5000', 'dst-address': '93.184.216.34:443' },
  });
  router.faults.arm({ path: '/ip/firewall/connection/print' }, { kind: 'reset', when: 'before' });
  const operation = await ask({ kind: 'cutoff', id: 's1', cutoff: CUT });
  await eventually(
    async () =>
      (await store.control.routerStatuses())[0]?.lastError !== null &&
      router.table(LIST).find({ list: 'Moroso' }) !== undefined,
  );
  await restart();
  await reached(operation, 'verified');
  expect(connections?.size).toBe(0);
});

test('a router whose version made us believe the wrong dialect is understood after all', async () => {
  const { router, put, settle, store } = await scene({ router: { version: '6.49' } });
  const menus = router.state.dialect.menus.get('/ip/proxy/access');
  for (const command of ['add', 'set']) {
    const before = menus?.get(command) ?? new Set<string>();
    // The lab reads a version's dialect once, for every test of this process.
    onTestFinished(() => {
      if (menus instanceof Map) menus.set(command, before);
    });
    const known = new Set(before);
    known.delete('redirect-to');
    known.add('action-data');
    if (menus instanceof Map) menus.set(command, known);
  }
  const words = router.state.dialect.values.get('/ip/proxy/access');
  const actions: unknown = words?.get('action');
  onTestFinished(() => {
    if (words instanceof Map) words.set('action', actions);
  });
  if (words instanceof Map) words.set('action', ['allow', 'deny', 'redirect']);
  await put('s1');
  expect(await settle({ kind: 'cutoff', id: 's1', cutoff: CUT })).toMatchObject({ state: 'verified' });
  expect((await store.control.routerStatuses())[0]).toMatchObject({ dialect: 'action-data' });
});

test('a router that cannot be asked for its arguments is judged by its version', async () => {
  const { router, put, settle } = await scene({ router: { version: '7.16' } });
  router.faults.arm({ path: '/console/inspect', times: Infinity }, { kind: 'trap', message: 'no such command prefix' });
  await put('s1');
  expect(await settle({ kind: 'cutoff', id: 's1', cutoff: CUT })).toMatchObject({ state: 'verified' });
});

test('I6: a cut is not verified while the portal row that it leans on is missing', async () => {
  const { router, put, ask, reached, converged, store } = await scene();
  await put('s1');
  await converged();
  const removeIt = (): void => {
    const row = router.table(LIST).find({ list: 'server_wisphub' });
    if (row !== undefined) router.table(LIST).remove(row['.id'] ?? '');
  };
  // The cut's list row is written, then all is read again: just before that the portal's row goes.
  router.faults.arm({ path: `${LIST}/add` }, { kind: 'edit', when: 'after', edit: removeIt });
  const operation = await ask({ kind: 'cutoff', id: 's1', cutoff: CUT });
  const states: Promise<string | undefined>[] = [];
  router.onCommand((request) => {
    if (request.path === `${LIST}/add` && request.attributes.get('list') === 'server_wisphub')
      states.push(store.control.readOperation(operation).then((found) => found?.state));
  });
  await reached(operation, 'verified');
  expect(await Promise.all(states)).toEqual(['applied']);
});
