import { expect, test } from 'vitest';
import type { ObservedSubscriber } from '../../schemas/router.ts';
import type { AgentStore } from '../../store/ports.ts';
import { accepted, contexts, openTestStore } from '../../store/test/fixture.ts';
import { storedPages } from './from-store.ts';

const PORTAL = { domain: 'p.example.net', cnameTargets: [], addresses: [], walledGarden: [] };
const SETTINGS = {
  router: 'r0',
  url: 'https://{domain}/{kind}/{subscriber}/',
  backend: { kind: 'notice-server', address: '192.0.2.2', port: 8480 },
} as const;

function seenAt(...texts: readonly string[]): ObservedSubscriber {
  const addresses = texts.map((address) => ({ address, from: 'ppp' as const }));
  return { service: 'cut', notice: 'cutoff', verified: true, held: null, at: 'a', rows: [], addresses };
}

test('I9: before the first pass a page is where its subscriber was last seen, never where somebody else may be', async () => {
  const { control, agent } = openTestStore();
  const context = contexts();
  for (const [id, addresses, ppp] of [
    ['ana', ['10.0.0.5'], 'ana'],
    ['luis', [], 'luis'],
    ['new', ['10.0.0.6'], 'new'],
    ['static', ['10.0.0.7'], undefined],
  ] as const) {
    const subscriber = { name: id, router: 'r0', addresses: [...addresses], ...(ppp === undefined ? {} : { ppp }) };
    await control.acceptIntent({ kind: 'put-subscriber', id, subscriber }, context());
    await control.acceptIntent({ kind: 'cutoff', id, cutoff: { reason: 'x' } }, context());
  }
  await agent.recordObserved(
    'r0',
    new Map([
      ['ana', seenAt('10.0.0.9')],
      ['luis', seenAt('10.0.0.5')],
    ]),
  );
  const { pages } = await storedPages(SETTINGS, PORTAL, agent, 0);
  expect(pages.map(({ subscriber, address }) => `${subscriber} ${address.text}`)).toEqual([
    'ana 10.0.0.9',
    'luis 10.0.0.5',
    'static 10.0.0.7',
  ]);
});

test('I4: who came to the declared address of another keeps his page there through a restart', async () => {
  const { control, agent } = openTestStore();
  const context = contexts();
  const put = async (id: string, subscriber: { addresses: string[]; ppp?: string }): Promise<void> => {
    const whole = { name: id, router: 'r0', ...subscriber };
    await control.acceptIntent({ kind: 'put-subscriber', id, subscriber: whole }, context());
    await control.acceptIntent({ kind: 'cutoff', id, cutoff: { reason: 'x' } }, context());
  };
  await put('ana', { addresses: [], ppp: 'ana' });
  await put('held', { addresses: ['10.0.0.9'] });
  await put('moved', { addresses: ['10.0.0.7'] });
  await agent.recordObserved(
    'r0',
    new Map([
      ['ana', seenAt('10.0.0.9')],
      ['held', seenAt()],
      ['moved', seenAt('10.0.0.8')],
    ]),
  );
  await put('new', { addresses: ['10.0.0.8'] });
  const { pages } = await storedPages(SETTINGS, PORTAL, agent, 0);
  expect(pages.map(({ subscriber, address }) => `${subscriber} ${address.text}`)).toEqual([
    'ana 10.0.0.9',
    'moved 10.0.0.8',
  ]);
});

/** As a pass records a router that it left as it should be, or with something to write. */
async function recordPass(agent: AgentStore, at: number, isSettled = true): Promise<void> {
  const step = { action: 'created', menu: '/ip/firewall/nat', row: 'x', command: '/x', lane: 'bulk' } as const;
  const when = new Date(at).toISOString();
  const plan = { router: 'r0', at: when, steps: isSettled ? [] : [step], held: [], findings: [] };
  const counts = { subscribers: 0, cut: 0, notices: 0, pending: 0, held: 0, paidButCut: 0 };
  // The router was lost since.
  await agent.recordRouter(
    {
      id: 'r0',
      mode: 'manage',
      connection: 'down',
      converged: false,
      version: null,
      dialect: null,
      lastSeen: when,
      lastPass: when,
      lastError: null,
      counts,
      findings: [],
    },
    plan,
  );
}

test('I9, I4: until it was read a router leads here, unless it was left with nothing but its proxy', async () => {
  const { agent } = openTestStore();
  const proxy = { ...SETTINGS, backend: { kind: 'web-proxy' } } as const;
  const isLeading = async (): Promise<boolean> => (await storedPages(proxy, PORTAL, agent, 0)).isLeading;
  expect(await isLeading()).toBe(true);
  const row = (menu: string) => ({ menu, id: '*1', address: '10.0.0.5', foreign: false });
  const list = row('/ip/firewall/address-list');
  await agent.recordObserved('r0', new Map([['ana', { ...seenAt('10.0.0.5'), rows: [list] }]]));
  await recordPass(agent, 1);
  const { isLeading: isLed, led } = await storedPages(proxy, PORTAL, agent, 0);
  expect([isLed, led.map(({ subscriber, address }) => `${String(subscriber)} ${address.text}`)]).toEqual([
    true,
    ['ana 10.0.0.5'],
  ]);
  const rows = [list, row('/ip/proxy/access')];
  await agent.recordObserved('r0', new Map([['ana', { ...seenAt('10.0.0.5'), rows }]]));
  expect(await isLeading()).toBe(false);
  // The rows of the proxy come before the rule that leads to it.
  await recordPass(agent, 2, false);
  expect(await isLeading()).toBe(true);
});

test('I4: before the first pass pages lead to the domain before, as long as the change is not seen through', async () => {
  const { control, agent } = openTestStore();
  const context = contexts();
  const place = { use: 'portal', firstSeen: 0 } as const;
  await agent.recordPortalAddresses(0, [
    { ...place, address: '198.51.100.10', host: 'p.example.net', lastSeen: 1 },
    { ...place, address: '198.51.100.11', host: 'new.example.net', firstSeen: 1, lastSeen: 2 },
  ]);
  expect((await storedPages(SETTINGS, PORTAL, agent, 0)).domain).toBe('p.example.net');
  const portal = { ...PORTAL, domain: 'new.example.net' };
  await recordPass(agent, 3);
  const { operation } = accepted(await control.acceptIntent({ kind: 'portal', portal }, context()));
  expect((await storedPages(SETTINGS, PORTAL, agent, 0)).domain).toBe('p.example.net');
  const routers = ['r0', 'r1'];
  await agent.advanceOperations(
    1,
    routers.map((router) => ({ id: operation?.id ?? '', router, state: 'verified' })),
  );
  expect((await storedPages(SETTINGS, PORTAL, agent, 0)).domain).toBe('new.example.net');
});

test('I4: a domain changed in the configuration is not led to before a pass has seen its address through', async () => {
  const { agent } = openTestStore();
  const portal = { ...PORTAL, domain: 'New.example.net' };
  const domain = async (): Promise<string | null> => (await storedPages(SETTINGS, portal, agent, 0)).domain;
  const place = { use: 'portal', firstSeen: 10, lastSeen: 40 } as const;
  const before = { ...place, address: '198.51.100.10', host: 'p.example.net', lastSeen: 25 };
  const now = { ...place, address: '198.51.100.11', host: 'new.example.net', firstSeen: 30 };
  await agent.recordPortalAddresses(40, [before, now]);
  expect(await domain()).toBe('p.example.net');
  await recordPass(agent, 20);
  expect(await domain()).toBe('p.example.net');
  await recordPass(agent, 35, false);
  expect(await domain()).toBe('p.example.net');
  await recordPass(agent, 36);
  expect(await domain()).toBe('New.example.net');
  // A change that was taken back: its addresses stay in the list for a day.
  await recordPass(agent, 37, false);
  const back = await storedPages(SETTINGS, PORTAL, agent, 0);
  expect(back.domain).toBe('p.example.net');
  // Nobody else is known: nothing is spoilt.
  await agent.recordPortalAddresses(40, [now]);
  expect(await domain()).toBe('New.example.net');
  // Another address of it that is not through yet changes nothing.
  await recordPass(agent, 38);
  await agent.recordPortalAddresses(40, [before, now, { ...now, address: '198.51.100.12', firstSeen: 39 }]);
  expect(await domain()).toBe('New.example.net');
});
