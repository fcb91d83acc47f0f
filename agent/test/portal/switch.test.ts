import { expect, test } from 'vitest';
import { GRACE_MS } from '../../core/portal-list.ts';
import { DOMAIN, portalSite, TARGET } from './site.ts';

const OLD = ['198.51.100.10'];
const NEW_DOMAIN = 'pagos.example.net';
const NEW = ['198.51.100.20', '2001:db8:51::20'];

async function twoDomains(resolvers = 2): Promise<Awaited<ReturnType<typeof portalSite>>> {
  const site = await portalSite({ resolvers, portal: { cnameTargets: ['old.wisphub.test', TARGET] } });
  for (const { zones } of site.dns) {
    zones.cname(DOMAIN, 'old.wisphub.test').a('old.wisphub.test', OLD);
    zones.cname(NEW_DOMAIN, TARGET).a(TARGET, NEW);
  }
  await site.round();
  return site;
}

test('a fresh store leads to the portal at once; a new domain’s addresses come at once, its notices after three rounds', async () => {
  const { put, round, list, leadsTo, codes } = await twoDomains();
  expect(await leadsTo()).toBe(DOMAIN);
  await put({ domain: NEW_DOMAIN });
  expect(await round(0)).toBe(20_000);
  expect([...(await list('portal'))].sort()).toEqual([...OLD, ...NEW].sort());
  expect(await codes()).toEqual(['portal-awaited']);
  await round(20_000);
  expect(await leadsTo()).toBe(DOMAIN);
  await round(20_000);
  expect(await leadsTo()).toBe(NEW_DOMAIN);
  expect(await codes()).toEqual([]);
  expect([...(await list('portal'))].sort()).toEqual([...OLD, ...NEW].sort());
});

test.each([
  ['does not know the name yet', 'nxdomain'],
  ['leads elsewhere', null],
] as const)('as long as one resolver %s notices stay where they lead', async (_, trouble) => {
  const { dns, put, round, leadsTo, codes } = await twoDomains();
  if (trouble === null) dns[1]?.zones.cname(NEW_DOMAIN, 'parking.example');
  else dns[1]?.zones.trouble(NEW_DOMAIN, trouble);
  dns[1]?.zones.a('parking.example', ['203.0.113.66']);
  await put({ domain: NEW_DOMAIN });
  for (let n = 0; n < 6; n += 1) await round(20_000);
  expect(await leadsTo()).toBe(DOMAIN);
  expect(await codes()).toContain('portal-resolvers-disagree');
  dns[1]?.zones.trouble(NEW_DOMAIN, null).cname(NEW_DOMAIN, TARGET).a(TARGET, NEW);
  for (let n = 0; n < 3; n += 1) await round(20_000);
  expect(await leadsTo()).toBe(NEW_DOMAIN);
});

test('a resolver that is silent holds nothing up', async () => {
  const { dns, put, round, leadsTo } = await twoDomains();
  dns[1]?.zones.trouble('*', 'servfail');
  await put({ domain: NEW_DOMAIN });
  for (let n = 0; n < 3; n += 1) await round(20_000);
  expect(await leadsTo()).toBe(NEW_DOMAIN);
});

test('notices never turn to a domain that leads to the staff’s host, and the event names it', async () => {
  const { dns, put, round, leadsTo, entries } = await twoDomains(1);
  dns[0]?.zones.cname(NEW_DOMAIN, 'sistema.wisphub.test').a('sistema.wisphub.test', ['203.0.113.9']);
  await put({ domain: NEW_DOMAIN, cnameTargets: [] });
  for (let n = 0; n < 6; n += 1) await round(20_000);
  expect(await leadsTo()).toBe(DOMAIN);
  const [event, ...more] = await entries('portal.chain');
  expect(event).toMatchObject({
    subject: 'portal/portal',
    data: { domain: NEW_DOMAIN, findings: ['portal-admin-host'] },
  });
  expect(more).toEqual([]);
});

test('the count outlives a restart, and the domain that notices lead to is followed for as long as they do', async () => {
  const { dns, put, round, list, leadsTo, restart } = await twoDomains(1);
  dns[0]?.zones.trouble(NEW_DOMAIN, 'nxdomain');
  await put({ domain: NEW_DOMAIN });
  await round(20_000);
  dns[0]?.zones.a('old.wisphub.test', ['198.51.100.11']);
  for (let day = 0; day < 3; day += 1) await round(24 * 3_600_000);
  expect(await list('portal')).toEqual(['198.51.100.11']);
  dns[0]?.zones.trouble(NEW_DOMAIN, null);
  await round(20_000);
  restart();
  await round(20_000);
  restart();
  expect(await leadsTo()).toBe(DOMAIN);
  await round(20_000);
  expect(await leadsTo()).toBe(NEW_DOMAIN);
});

test('other targets of the same domain wait as well; what is led to meanwhile is known by its targets', async () => {
  const { dns, put, round, store, codes } = await twoDomains(1);
  await put({ cnameTargets: ['old.wisphub.test'] });
  await round(20_000);
  expect(await codes()).toEqual(['portal-awaited']);
  for (let n = 0; n < 2; n += 1) await round(20_000);
  expect((await store.agent.readPortalRound())?.lead.cnameTargets).toEqual(['old.wisphub.test']);
  dns[0]?.zones.cname(DOMAIN, 'parking.example').a('parking.example', ['203.0.113.66']);
  await round(3_600_000);
  expect(await codes()).toEqual(['portal-chain-outside']);
});

test('I4: a wildcard that answers before the CNAME is made wins no switch; an address that the target has does', async () => {
  const { dns, put, round, leadsTo, codes } = await twoDomains(1);
  dns[0]?.zones.a('nuevo.example.net', ['203.0.113.80']);
  await put({ domain: 'nuevo.example.net' });
  for (let n = 0; n < 6; n += 1) await round(20_000);
  expect(await leadsTo()).toBe(DOMAIN);
  expect(await codes()).toEqual(['portal-no-alias', 'portal-awaited']);
  dns[0]?.zones.a('nuevo.example.net', NEW.slice(0, 1));
  for (let n = 0; n < 3; n += 1) await round(20_000);
  expect(await leadsTo()).toBe('nuevo.example.net');
});

test.each([
  ['outside the targets', 'evil.example.org', '203.0.113.66'],
  ['to the host of the staff', 'sistema.wisphub.test', '203.0.113.99'],
] as const)(
  'I4: what a CNAME %s gives is let through for nobody, and the portal’s own stays',
  async (_, target, address) => {
    const { dns, round, list, codes } = await portalSite({ resolvers: 2 });
    for (const { zones } of dns) zones.cname(DOMAIN, TARGET).a(TARGET, OLD);
    await round();
    // At one resolver, then at both, for longer than the grace.
    for (const [at, { zones }] of dns.entries()) {
      zones.cname(DOMAIN, target).a(target, [address]);
      for (let n = 0; n < 3; n += 1) await round(GRACE_MS);
      expect([at, await list()]).toEqual([at, OLD]);
    }
    expect((await codes()).some((code) => /outside|admin/.test(code))).toBe(true);
  },
);

test('an address that came by a way that is forbidden since goes with the first good answer, and no other does', async () => {
  const STAFF = '203.0.113.99';
  const { dns, put, round, list } = await portalSite({ portal: { cnameTargets: ['staff.example.net'] } });
  dns[0]?.zones.cname(DOMAIN, 'staff.example.net').a('staff.example.net', [STAFF]);
  await round();
  await put({ cnameTargets: [TARGET] });
  dns[0]?.zones.cname(DOMAIN, TARGET).a(TARGET, ['198.51.100.10', '198.51.100.11']);
  for (let n = 0; n < 3; n += 1) await round(20_000);
  // It was the portal until now: whoever resolved it a moment ago is let through.
  expect([...(await list())].sort()).toEqual(['198.51.100.10', '198.51.100.11', STAFF]);
  dns[0]?.zones.cname(DOMAIN, 'staff.example.net');
  await round();
  dns[0]?.zones.cname(DOMAIN, TARGET).a(TARGET, ['198.51.100.10']);
  await round();
  expect([...(await list())].sort()).toEqual(['198.51.100.10', '198.51.100.11']);
});

test('I4: no notice turns to a domain that has IPv6 addresses alone', async () => {
  const { dns, put, round, leadsTo, codes } = await twoDomains(1);
  dns[0]?.zones.cname('seis.example.net', TARGET).a(TARGET, ['2001:db8:51::20']);
  await put({ domain: 'seis.example.net' });
  for (let n = 0; n < 6; n += 1) await round(20_000);
  expect(await leadsTo()).toBe(DOMAIN);
  expect(await codes()).toContain('portal-no-ipv4');
});
