import { expect, test } from 'vitest';
import type { DnsTrouble } from '../../../lab/dns/zones.ts';
import { GRACE_MS } from '../../core/portal-list.ts';
import { asksForPortal } from '../../portal-news.ts';
import { a, aaaa, RCODES, startDnsServer } from '../dns/dns-server.ts';
import { DOMAIN, portalSite, TARGET } from './site.ts';

const HOUR = 3_600_000;
const TROUBLES = ['servfail', 'nxdomain', 'refused', 'silence', 'wrong-id', 'garbage'] as const;
const GOOD = ['198.51.100.10', '2001:db8:51::10'];

test.each(TROUBLES)('a resolver’s %s takes no address away, however long it lasts', async (trouble) => {
  const { dns, round, list } = await portalSite({ timeoutMs: 200 });
  dns[0]?.zones.cname(DOMAIN, TARGET).a(TARGET, GOOD);
  await round();
  dns[0]?.zones.trouble('*', trouble);
  await round(GRACE_MS);
  await round(10 * GRACE_MS);
  expect([...(await list())].sort()).toEqual(GOOD);
  dns[0]?.zones.trouble('*', null);
  await round();
  expect([...(await list())].sort()).toEqual(GOOD);
});

test.each(TROUBLES)('beside a resolver in %s the other’s new addresses come in, and nothing goes', async (trouble) => {
  const { dns, round, list, leadsTo } = await portalSite({ resolvers: 2, timeoutMs: 200 });
  for (const { zones } of dns) zones.cname(DOMAIN, TARGET).a(TARGET, GOOD);
  await round();
  dns[0]?.zones.trouble('*', trouble);
  dns[1]?.zones.a(TARGET, [...GOOD, '198.51.100.11']);
  await round();
  expect([...(await list())].sort()).toEqual([...GOOD, '198.51.100.11'].sort());
  expect(await leadsTo()).toBe(DOMAIN);
});

test.each(['forged', 'truncated'] as const)(
  'an answer that is %s first gives the true addresses and no other',
  async (trouble) => {
    const { dns, round, list } = await portalSite();
    const many = Array.from({ length: 40 }, (_, n) => `198.51.100.${n + 1}`);
    dns[0]?.zones.cname(DOMAIN, TARGET).a(TARGET, many).trouble(DOMAIN, trouble);
    await round();
    expect([...(await list())].sort()).toEqual([...many].sort());
    if (trouble === 'truncated') expect(dns[0]?.questions.some(({ transport }) => transport === 'tcp')).toBe(true);
  },
);

test('a resolver that lies 0.0.0.0 and 127.0.0.1 brings nothing into the list and takes nothing out', async () => {
  const { dns, round, list, codes } = await portalSite({ resolvers: 2 });
  for (const { zones } of dns) zones.cname(DOMAIN, TARGET).a(TARGET, GOOD);
  await round();
  dns[0]?.zones.a(DOMAIN, ['0.0.0.0', '127.0.0.1', '::']);
  for (let day = 0; day < 3; day += 1) await round(GRACE_MS);
  expect([...(await list())].sort()).toEqual(GOOD);
  expect(await codes()).toContain('portal-resolvers-disagree');
});

test.each([
  ['a CNAME loop', (n: number) => `n${(n + 1) % 3}.example.net`, 3],
  ['a chain of 40 hosts', (n: number) => `n${n + 1}.example.net`, 40],
] as const)('%s is told as a broken chain, and takes nothing away', async (_, next, length) => {
  const { dns, round, list, codes, entries } = await portalSite();
  dns[0]?.zones.cname(DOMAIN, TARGET).a(TARGET, GOOD);
  await round();
  dns[0]?.zones.cname(DOMAIN, 'n0.example.net');
  for (let n = 0; n < length; n += 1) dns[0]?.zones.cname(`n${n}.example.net`, next(n));
  dns[0]?.zones.a('n40.example.net', ['203.0.113.66']);
  for (let day = 0; day < 3; day += 1) await round(GRACE_MS);
  expect([...(await list())].sort()).toEqual(GOOD);
  expect(await codes()).toEqual(['portal-chain-broken']);
  expect((await entries('portal.chain')).map(({ data }) => data['findings'])).toEqual([['portal-chain-broken']]);
  dns[0]?.zones.cname(DOMAIN, TARGET);
  await round();
  expect((await entries('portal.chain')).map(({ data }) => data['findings'])).toEqual([['portal-chain-broken'], []]);
});

test('with a TTL of 0 nobody is asked more than twice a minute, and a day-long one not less than every hour', async () => {
  const { dns, round } = await portalSite();
  dns[0]?.zones.a(DOMAIN, GOOD, 0);
  expect(await round()).toBe(30_000);
  dns[0]?.zones.a(DOMAIN, GOOD, 86_400);
  expect(await round()).toBe(HOUR);
});

test('a CDN that answers two others every minute: what it answers is in the list, which ends growing', async () => {
  const { dns, round, list } = await portalSite({ resolvers: 2 });
  const answered = new Set<string>();
  const pool = Array.from({ length: 200 }, (_, n) => `198.51.${100 + (n >> 7)}.${n & 127}`);
  for (let minute = 0; minute < 300; minute += 1) {
    const turned = [...pool.slice((minute * 2) % 200), ...pool].slice(0, 4);
    for (const [at, { zones }] of dns.entries())
      zones.cname(DOMAIN, TARGET, 0).a(TARGET, turned.slice(at * 2, at * 2 + 2), 0);
    await round(60_000);
    for (const address of turned) answered.add(address);
    // All of it was answered within the day: whoever resolved it then may still be there.
    expect([...(await list())].sort()).toEqual([...answered].sort());
  }
  expect(answered.size).toBe(200);
});

test('what the tracker finds does not make it ask again: a CDN would be asked without a pause', async () => {
  const { dns, round, put, entries } = await portalSite();
  dns[0]?.zones.cname(DOMAIN, TARGET).a(TARGET, GOOD);
  await round();
  await put({ domain: 'otro.example.net' });
  await round();
  const changes = await entries('portal.changed');
  expect(changes.length).toBeGreaterThan(2);
  expect(changes.filter(asksForPortal).map(({ data }) => data['domain'])).toEqual(['otro.example.net']);
});

test('a name of the walled garden that nobody knows is asked ever more seldom; the portal beside it is not', async () => {
  const { dns, round } = await portalSite({ portal: { walledGarden: ['nadie.example.net'] } });
  dns[0]?.zones.a(DOMAIN, GOOD, 60);
  const asked = (name: string): number => (dns[0]?.questions ?? []).filter((one) => one.name === name).length / 2;
  let waitMs = await round();
  for (let past = 0; past < 6 * HOUR; past += waitMs) waitMs = await round(waitMs);
  expect(asked('nadie.example.net')).toBeLessThan(20);
  expect(asked(DOMAIN)).toBeGreaterThan(300);
});

test('a resolver that is mute to AAAA for days takes no IPv6 address away, one that denies it does after a day', async () => {
  const state = { is: 'well' as 'well' | 'mute' | 'failing' | 'denying' };
  const server = await startDnsServer((asked) => {
    if (asked.type === 'A') asked.reply([a(asked.name, '198.51.100.10')]);
    else if (state.is === 'well') asked.reply([aaaa(asked.name, '2001:db8:51::10')]);
    else if (state.is === 'failing') asked.reply([], { flags: RCODES.servFail });
    else if (state.is === 'denying') asked.reply([]);
  });
  const { round, list } = await portalSite({
    resolvers: 0,
    others: [server.text],
    portal: { cnameTargets: [] },
    timeoutMs: 200,
  });
  await round();
  for (const is of ['mute', 'failing'] as const) {
    state.is = is;
    for (let day = 0; day < 3; day += 1) await round(GRACE_MS);
    expect([...(await list())].sort()).toEqual(GOOD);
  }
  state.is = 'denying';
  await round(GRACE_MS - 1);
  expect(await list()).toEqual(['198.51.100.10']);
});

test('a portal that has fewer addresses for good keeps the old ones until a person confirms that they are gone', async () => {
  const { dns, round, list, codes, store } = await portalSite();
  const three = ['198.51.100.1', '198.51.100.2', '198.51.100.3'];
  dns[0]?.zones.cname(DOMAIN, TARGET).a(TARGET, three);
  await round();
  dns[0]?.zones.a(TARGET, three.slice(0, 1));
  for (let day = 0; day < 5; day += 1) await round(GRACE_MS);
  expect([...(await list())].sort()).toEqual(three);
  expect(await codes()).toEqual(['portal-shrunk']);
  const seen = (await store.agent.readPortalRound())?.at ?? 0;
  const word = { actor: { name: 'ana', via: 'cli' }, at: seen, operation: 'none', routers: [] } as const;
  expect(await store.control.acceptIntent({ kind: 'portal-confirm', host: DOMAIN }, word)).toMatchObject({
    outcome: 'accepted',
    operation: null,
  });
  await round();
  expect(await list()).toEqual(three.slice(0, 1));
  expect(await codes()).toEqual([]);
});

test('I4: a confirmation says nothing of what vanished after a clock was set back under it, also once that is right again', async () => {
  const { dns, round, list, codes, store, restart } = await portalSite();
  const ten = Array.from({ length: 10 }, (_, at) => `198.51.100.${10 + at}`);
  dns[0]?.zones.cname(DOMAIN, TARGET).a(TARGET, ten);
  await round();
  const at = ((await store.agent.readPortalRound())?.at ?? 0) + 1;
  const word = { actor: { name: 'ana', via: 'cli' }, at, operation: 'none', routers: [] } as const;
  await store.control.acceptIntent({ kind: 'portal-confirm', host: DOMAIN }, word);
  // A box without a clock of its own comes up, and learns the time a minute later.
  restart();
  await round(-400 * GRACE_MS);
  expect(await store.agent.readPortalConfirmations()).toEqual(new Map());
  dns[0]?.zones.a(TARGET, ten.slice(0, 1));
  await round(400 * GRACE_MS + 60_000);
  for (let day = 0; day < 3; day += 1) await round(GRACE_MS);
  expect([...(await list())].sort()).toEqual(ten);
  expect(await codes()).toEqual(['portal-shrunk']);
});

test('every trouble, one after the other, each with its own trap', async () => {
  const troubles: readonly (DnsTrouble | null)[] = [...TROUBLES, 'forged', 'truncated', null];
  const { dns, round, list } = await portalSite({ resolvers: 3, timeoutMs: 200 });
  for (const { zones } of dns) zones.cname(DOMAIN, TARGET).a(TARGET, GOOD);
  await round();
  for (const [at, trouble] of troubles.entries()) {
    const turned = [0, 1, 2].map((nth) => troubles[(at + nth * 4) % troubles.length] ?? null);
    for (const [nth, one] of turned.entries()) dns[nth]?.zones.trouble('*', one);
    await round(GRACE_MS / 2);
    expect([trouble, [...(await list())].sort()]).toEqual([trouble, GOOD]);
  }
});
