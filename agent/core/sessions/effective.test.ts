import { expect, test } from 'vitest';
import type { Subscriber } from '../../../schemas/subscriber.ts';
import type { Menu, Row } from '../row.ts';
import { effectiveAddresses } from './effective.ts';
import { describeUser, namedSubscribers } from './identity.ts';
import { newsOf } from './news.ts';
import { refusalsOf } from './refused.ts';
import { usageOf, type RouterUsage } from './usage.ts';
import { parseAddress } from '../../../schemas/address.ts';

type Values = Readonly<Record<string, string>>;

const ppp = (name: string, address: string, over: Values = {}): Values => ({
  name,
  address,
  service: 'pppoe',
  ...over,
});
const lease = (mac: string, address: string, over: Values = {}): Values => ({
  address,
  'mac-address': mac,
  status: 'bound',
  'active-address': address,
  'active-mac-address': mac,
  ...over,
});

const MAC = 'AA:BB:CC:00:11:22';

function tables(sessions: readonly Values[], leases: readonly Values[] = []): ReadonlyMap<Menu, readonly Row[]> {
  const rows = (all: readonly Values[]): readonly Row[] =>
    all.map((values, at) => new Map(Object.entries({ '.id': `*${String(at)}`, ...values })));
  return new Map<Menu, readonly Row[]>([
    ['/ppp/active', rows(sessions)],
    ['/ip/dhcp-server/lease', rows(leases)],
  ]);
}

function usage(sessions: readonly Values[], leases: readonly Values[] = []): RouterUsage {
  return usageOf({ tables: tables(sessions, leases) });
}

function subscriber(addresses: readonly string[], over: Partial<Subscriber> = {}): Subscriber {
  return { name: 'Ana', router: 'r0', addresses: [...addresses], ...over };
}

const OTHERS = [
  { id: 's2', subscriber: { ppp: 'luis' } },
  { id: 's3', subscriber: { mac: 'aabbcc009999' } },
];

/** `10.0.0.5 ppp`; what somebody else uses with `!` before it. */
function effective(one: Subscriber, seen: RouterUsage): readonly string[] {
  const { addresses, foreign } = effectiveAddresses(
    one,
    seen,
    namedSubscribers([{ id: 's1', subscriber: one }, ...OTHERS]),
  );
  return [
    ...addresses.map(({ text, from }) => `${text} ${from}`),
    ...foreign.map(({ address }) => `!${address.text} ${address.from}`),
  ];
}

test.each<[string, Subscriber, RouterUsage, readonly string[]]>([
  [
    'nobody is online: what is declared counts',
    subscriber(['10.0.0.5'], { ppp: 'ana' }),
    usage([]),
    ['10.0.0.5 declared'],
  ],
  [
    'of several declared addresses a session elsewhere takes the place of none',
    subscriber(['10.0.0.5', '203.0.113.9'], { ppp: 'ana' }),
    usage([ppp('ana', '10.0.0.77')]),
    ['10.0.0.5 declared', '203.0.113.9 declared', '10.0.0.77 ppp'],
  ],
  [
    'of several declared addresses the one is left that somebody else uses',
    subscriber(['10.0.0.5', '203.0.113.9'], { ppp: 'ana' }),
    usage([ppp('ana', '10.0.0.77'), ppp('luis', '10.0.0.5')]),
    ['203.0.113.9 declared', '10.0.0.77 ppp'],
  ],
  [
    'a session elsewhere takes the place of a declared address',
    subscriber(['10.0.0.5'], { ppp: 'ana' }),
    usage([ppp('ana', '10.0.0.9')]),
    ['10.0.0.9 ppp'],
  ],
  [
    'a session at a declared address changes nothing',
    subscriber(['10.0.0.5', '10.0.0.6'], { ppp: 'ana' }),
    usage([ppp('ana', '10.0.0.5')]),
    ['10.0.0.5 declared', '10.0.0.6 declared'],
  ],
  [
    'declared prefixes and IPv6 stay',
    subscriber(['10.0.0.5', '10.7.0.0/29', '2001:db8::5', '2001:db8:1::/56'], { ppp: 'ana' }),
    usage([ppp('ana', '10.0.0.9')]),
    ['10.7.0.0/29 declared', '2001:db8::5 declared', '2001:db8:1::/56 declared', '10.0.0.9 ppp'],
  ],
  [
    'a session inside a declared prefix is no move',
    subscriber(['10.7.0.0/29', '10.0.0.5'], { ppp: 'ana' }),
    usage([ppp('ana', '10.7.0.3')]),
    ['10.7.0.0/29 declared', '10.0.0.5 declared'],
  ],
  [
    'two sessions of one name are both his',
    subscriber([], { ppp: 'ana' }),
    usage([ppp('ana', '10.0.0.8'), ppp('ana', '10.0.0.9')]),
    ['10.0.0.8 ppp', '10.0.0.9 ppp'],
  ],
  ['a name is compared to the letter', subscriber([], { ppp: 'ana' }), usage([ppp('Ana', '10.0.0.9')]), []],
  [
    'a name with ñ is known as UTF-8 and as WinBox writes it',
    subscriber([], { ppp: 'peña' }),
    usage([ppp('pe\xc3\xb1a', '10.0.0.8'), ppp('pe\xf1a', '10.0.0.9')]),
    ['10.0.0.8 ppp', '10.0.0.9 ppp'],
  ],
  [
    'a bound lease says where a MAC is',
    subscriber(['10.0.0.5'], { mac: 'aabbcc001122' }),
    usage([], [lease(MAC, '10.0.0.9')]),
    ['10.0.0.9 dhcp'],
  ],
  [
    'a static lease bound elsewhere counts where it is bound',
    subscriber([], { mac: 'aabbcc001122' }),
    usage([], [lease(MAC, '10.0.0.5', { 'active-address': '10.0.0.9' })]),
    ['10.0.0.9 dhcp'],
  ],
  [
    'a lease that waits, or is disabled, is nobody',
    subscriber([], { mac: 'aabbcc001122' }),
    usage([], [lease(MAC, '10.0.0.5', { status: 'waiting' }), lease(MAC, '10.0.0.6', { disabled: 'true' })]),
    [],
  ],
  [
    'an address that any other name uses is not his',
    subscriber(['10.0.0.5'], { ppp: 'ana' }),
    usage([ppp('who', '10.0.0.5')]),
    ['!10.0.0.5 declared'],
  ],
  [
    'nor is a prefix with somebody else in it',
    subscriber(['10.7.0.0/29', '10.0.0.5'], { ppp: 'ana' }),
    usage([ppp('ana', '10.0.0.5'), ppp('who', '10.7.0.3')]),
    ['10.0.0.5 declared', '!10.7.0.0/29 declared'],
  ],
  [
    'a static one keeps an address that an unknown name uses',
    subscriber(['10.0.0.5']),
    usage([ppp('who', '10.0.0.5')]),
    ['10.0.0.5 declared'],
  ],
  [
    'a static one loses it to another subscriber with a name',
    subscriber(['10.0.0.5', '10.0.0.6']),
    usage([ppp('luis', '10.0.0.5')]),
    ['10.0.0.6 declared', '!10.0.0.5 declared'],
  ],
  [
    'or with a MAC, be it the lease’s or PPPoE’s caller-id',
    subscriber(['10.0.0.5', '10.0.0.6']),
    usage([ppp('x', '10.0.0.5', { 'caller-id': 'AA:BB:CC:00:99:99' })], [lease('AA:BB:CC:00:99:99', '10.0.0.6')]),
    ['!10.0.0.5 declared', '!10.0.0.6 declared'],
  ],
])('%s', (_, one, seen, expected) => {
  expect(effective(one, seen)).toEqual(expected);
});

test('a person reads by whom an address is used', () => {
  const find = namedSubscribers(OTHERS);
  const said = [...usage([ppp('luis', '10.0.0.5'), ppp('pe\xc3\xb1a', '10.0.0.6')]).named('luis')].map((user) =>
    describeUser(user, find),
  );
  expect(said).toEqual(['the PPP user luis (subscriber s2)']);
  const [unknown] = usage([ppp('pe\xc3\xb1a', '10.0.0.6')]).named('pe\xc3\xb1a');
  expect(unknown === undefined ? '' : describeUser(unknown, find)).toBe('the PPP user peña');
});

const parsed = (...texts: readonly string[]) => texts.map(parseAddress).filter((address) => address !== null);

test.each<[string, readonly string[] | null, string | null]>([
  ['10.0.0.5', null, null],
  ['100.64.0.5', null, null],
  ['168.0.0.5', null, 'released-ip'],
  ['127.0.0.5', null, 'loopback'],
  ['169.254.0.5', ['169.254.0.0/16'], 'link-local'],
  ['168.0.0.5', ['168.0.0.0/16'], null],
  ['168.0.0.5', ['100.64.0.0/10'], 'released-ip'],
  ['100.64.0.5', ['100.64.0.0/16'], null],
  ['100.65.0.5', ['100.64.0.0/16'], 'it lies outside of the prefixes that the configuration names for this router'],
  ['203.0.113.1', null, 'it is the router’s default gateway'],
  ['203.0.113.2', null, 'it is the router’s own address'],
  ['203.0.113.0/29', null, 'it is the router’s own address'],
])('I2: %s with the prefixes %j is refused because %j', (text, prefixes, why) => {
  const [address] = parsed(text);
  const ground = {
    own: parsed('203.0.113.2'),
    gateways: parsed('203.0.113.1'),
    prefixes: prefixes === null ? null : parsed(...prefixes),
  };
  expect(address === undefined ? 'no address' : refusalsOf(ground)(address)).toBe(why);
});

test('of what a listen says only that is news which concerns somebody watched, or a row of ours', () => {
  const before = { tables: tables([ppp('ana', '10.0.0.5'), ppp('who', '10.0.0.6')]) };
  const watched = {
    find: namedSubscribers([{ id: 's1', subscriber: { ppp: 'ana' } }]),
    addresses: new Set(['10.0.0.77']),
  };
  const isNews = newsOf(before, watched);
  const says = (id: string, values: Values): boolean =>
    isNews('/ppp/active', new Map(Object.entries({ '.id': id, ...values })));
  expect(says('*0', ppp('ana', '10.0.0.5'))).toBe(false);
  expect(says('*0', { '.dead': 'yes' })).toBe(true);
  expect(says('*1', { '.dead': 'yes' })).toBe(false);
  expect(says('*9', { '.dead': 'yes' })).toBe(false);
  expect(says('*9', ppp('ana', '10.0.0.9'))).toBe(true);
  expect(says('*9', ppp('who', '10.0.0.9'))).toBe(false);
  expect(says('*9', ppp('who', '10.0.0.77'))).toBe(true);
});
