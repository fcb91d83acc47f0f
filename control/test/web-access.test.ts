import { expect, test } from 'vitest';
import { MAC, refusalOf, YEALINK } from './phone-fixture.ts';
import { testSite, type Reply, type TestSite } from './test-site.ts';

const ANA = { registrar: 'iplan', displayName: 'Ana', owner: 'isp' };
const DELEGATED = { ...ANA, email: 'ana@example.net', webAccess: 'delegate' };

function confirm(site: TestSite, number = '1001'): Promise<Reply> {
  return site.call('POST', `/v1/extensions/${number}/confirm-delegation`, { as: 'operator' });
}

async function delegationOf(site: TestSite): Promise<unknown> {
  return (await site.call('GET', '/v1/extensions/1001')).body['delegation'];
}

test('what was delegated is delegated_pending until a person confirms it, and again once the address is another', async () => {
  const site = await testSite();
  expect((await site.put('/v1/extensions/1001', DELEGATED)).body['delegation']).toEqual({
    state: 'delegated_pending',
    since: '2026-03-01T12:00:00.000Z',
  });
  await site.put(`/v1/phones/${MAC}`, YEALINK);
  expect((await site.call('GET', `/v1/phones/${MAC}`)).body['delegatedPending']).toEqual(['1001']);
  site.now += 60_000;
  // Asked again, or renamed, it is as pending as before.
  await site.put('/v1/extensions/1001', { ...DELEGATED, displayName: 'Ana María' });
  expect(await delegationOf(site)).toMatchObject({ since: '2026-03-01T12:00:00.000Z' });
  const confirmed = await confirm(site);
  expect([confirmed.status, confirmed.body['delegation']]).toEqual([
    ...[200, { state: 'confirmed', since: '2026-03-01T12:01:00.000Z' }],
  ]);
  const head = await site.store.control.head();
  expect((await confirm(site)).body).toEqual(confirmed.body);
  expect(await site.store.control.head()).toBe(head);
  expect((await site.call('GET', `/v1/phones/${MAC}`)).body['delegatedPending']).toBeUndefined();
  await site.put('/v1/extensions/1001', { ...DELEGATED, email: 'eva@example.net' });
  expect(await delegationOf(site)).toMatchObject({ state: 'delegated_pending' });
  await site.put('/v1/extensions/1001', ANA);
  expect(await delegationOf(site)).toBeUndefined();
  expect(refusalOf(await confirm(site))).toEqual([409, 'not-delegated']);
  expect(refusalOf(await confirm(site, '9'))).toEqual([404, 'not-found']);
  const events = (await site.call('GET', '/v1/events')).text;
  expect(events).toContain('"type":"extension.delegated"');
  expect(events).toContain('"type":"extension.delegation-confirmed"');
});

test('DELEGAR wants an address, and ESTABLECER every extension of the registrar: a single put is held to it too', async () => {
  const site = await testSite();
  await site.put('/v1/extensions/1001', ANA);
  for (const [body, said] of [
    [{ ...ANA, webAccess: 'delegate' }, 'extension 1002 has no email'],
    [{ ...ANA, webAccess: 'establish', email: 'b@example.net' }, 'without email: 1001'],
  ] as const) {
    const answer = await site.put('/v1/extensions/1002', body);
    expect(refusalOf(answer)).toEqual([409, 'web-access-incomplete']);
    expect(answer.body['detail']).toContain(said);
  }
  expect((await site.call('GET', '/v1/extensions/1002')).status).toBe(404);
});

test('a planilla establishes all extensions of a registrar at once, or tells every gap and writes nothing', async () => {
  const site = await testSite();
  await site.put('/v1/extensions/1001', ANA);
  await site.put('/v1/extensions/1002', DELEGATED);
  const rows = (modes: readonly (readonly [string, string, string])[]): unknown => ({
    rows: modes.map(([extension, webAccess, email]) => ({ extension, webAccess, email })),
  });
  const some = rows([
    ['1001', 'ESTABLECER', ''],
    ['1002', 'establish', 'b@example.net'],
  ]);
  const refused = await site.call('POST', '/v1/phones/import', { body: some });
  expect(refusalOf(refused)).toEqual([409, 'planilla-refused']);
  expect(refused.body['errors']).toEqual([
    { pointer: '/rows/0/webAccess', detail: 'line 1: establish-incomplete (1001)' },
    { pointer: '/rows/1/webAccess', detail: 'line 2: establish-incomplete (1001)' },
  ]);
  const whole = rows([
    ['1001', 'Establecer', 'a@example.net'],
    ['1002', 'establish', 'b@example.net'],
  ]);
  expect((await site.call('POST', '/v1/phones/import', { body: whole })).body).toMatchObject({ written: true });
  const { body } = await site.call('GET', '/v1/extensions/1002');
  expect([body['webAccess'], body['delegation']]).toEqual(['establish', undefined]);
  const mailless = { rows: [{ extension: '1001', webAccess: 'delegar', email: '' }] };
  const lone = await site.call('POST', '/v1/phones/import', { body: mailless });
  expect(lone.body['errors']).toMatchObject([
    { pointer: '/rows/0/email', detail: 'line 1: delegate-without-email' },
    { pointer: '/rows/0/webAccess', detail: 'line 1: establish-incomplete (1001)' },
  ]);
  // Delegated by a planilla it is pending as by a single put.
  const delegated = rows([
    ['1001', 'DELEGAR', 'a@example.net'],
    ['1002', '', 'b@example.net'],
  ]);
  expect((await site.call('POST', '/v1/phones/import', { body: delegated })).status).toBe(200);
  expect(await delegationOf(site)).toMatchObject({ state: 'delegated_pending' });
});
