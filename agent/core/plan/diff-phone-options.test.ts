import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Menu, Row } from '../row.ts';
import type { PhoneDhcp } from '../settings.ts';
import { diffPhoneOptions } from './diff-phone-options.ts';
import { addAttributes, printStep, type Step } from './step.ts';

const OPTION = '/ip/dhcp-server/option';
const SETS = '/ip/dhcp-server/option/sets';
const NETWORK = '/ip/dhcp-server/network';
const MENUS = [OPTION, SETS, NETWORK] as const;
const URL = 'https://phones.example.net:8471/';
const WANTED: PhoneDhcp = { networks: ['10.5.0.0/24'], options: [66, 160], url: URL };
const BOTH = 'wisp-edge-phones-66,wisp-edge-phones-160';

type Values = Readonly<Record<string, string>>;
/** A router's three menus, rows by id. */
type World = Readonly<Record<typeof OPTION | typeof SETS | typeof NETWORK, readonly Values[]>>;
const EMPTY: World = { [OPTION]: [], [SETS]: [], [NETWORK]: [] };

const option = (code: number, over: Values = {}): Values => ({
  '.id': `*${code}`,
  name: `wisp-edge-phones-${code}`,
  code: String(code),
  value: `'${URL}'`,
  ...over,
});
const set = (over: Values = {}): Values => ({ '.id': '*1', name: 'wisp-edge-phones', options: BOTH, ...over });
const network = (over: Values = {}): Values => ({ '.id': '*7', address: '10.5.0.0/24', ...over });
const led = network({ 'dhcp-option-set': 'wisp-edge-phones' });

const observedOf = (part: Partial<World>) => {
  const world: World = { ...EMPTY, ...part };
  const rowsIn = (menu: keyof World): readonly Row[] => world[menu].map((values) => new Map(Object.entries(values)));
  return {
    tables: new Map<Menu, readonly Row[]>(MENUS.map((menu) => [menu, rowsIn(menu)])),
  };
};
const commands = (world: Partial<World>, wanted: PhoneDhcp | null = WANTED): readonly string[] =>
  diffPhoneOptions(observedOf(world), wanted).steps.map((step) => printStep(step, (url) => url));

const ADD_66 = `/ip dhcp-server option add name=wisp-edge-phones-66 code=66 value="'${URL}'"`;
const ADD_160 = `/ip dhcp-server option add name=wisp-edge-phones-160 code=160 value="'${URL}'"`;
const ADD_SET = `/ip dhcp-server option sets add name=wisp-edge-phones options=${BOTH}`;
const LEAD = '/ip dhcp-server network set *7 dhcp-option-set=wisp-edge-phones';

test.each<[string, Partial<World>, readonly string[]]>([
  ['a network alone', { [NETWORK]: [network()] }, [ADD_66, ADD_160, ADD_SET, LEAD]],
  [
    'a network that says none',
    { [NETWORK]: [network({ 'dhcp-option-set': 'none', 'dhcp-option': '' })] },
    [ADD_66, ADD_160, ADD_SET, LEAD],
  ],
  ['all that is wanted', { [OPTION]: [option(66), option(160)], [SETS]: [set()], [NETWORK]: [led] }, []],
  [
    'a value that a person wrote in the other spelling',
    { [OPTION]: [option(66, { value: `s'${URL}'` }), option(160)], [SETS]: [set()], [NETWORK]: [led] },
    [],
  ],
  [
    'an earlier URL, set in place',
    { [OPTION]: [option(66, { value: "'http://old/'" }), option(160)], [SETS]: [set()], [NETWORK]: [led] },
    [`/ip dhcp-server option set *66 value="'${URL}'"`],
  ],
  [
    'a set in another order',
    {
      [OPTION]: [option(66), option(160)],
      [SETS]: [set({ options: 'wisp-edge-phones-160,wisp-edge-phones-66' })],
      [NETWORK]: [led],
    },
    [],
  ],
  [
    'a set that lost an option, whose id is left',
    { [OPTION]: [option(66)], [SETS]: [set({ options: 'wisp-edge-phones-66,*A0' })], [NETWORK]: [led] },
    [ADD_160, `/ip dhcp-server option sets set *1 options=${BOTH}`],
  ],
  [
    'an option more than is wanted: the set lets go of it first',
    {
      [OPTION]: [option(66), option(114), option(160)],
      [SETS]: [set({ options: `${BOTH},wisp-edge-phones-114` })],
      [NETWORK]: [led],
    },
    [`/ip dhcp-server option sets set *1 options=${BOTH}`, '/ip dhcp-server option remove *114'],
  ],
  [
    'a network that is named no more beside one that is',
    {
      [OPTION]: [option(66), option(160)],
      [SETS]: [set()],
      [NETWORK]: [led, { ...led, '.id': '*8', address: '10.6.0.0/24' }],
    },
    ['/ip dhcp-server network set *8 dhcp-option-set=none'],
  ],
])('on a router with %s', (_, world, wanted) => {
  expect(commands(world)).toEqual(wanted);
});

test('taken off in reverse, and the network has what it had', () => {
  const world = { [OPTION]: [option(66), option(160)], [SETS]: [set()], [NETWORK]: [led] };
  expect(commands(world, null)).toEqual([
    '/ip dhcp-server network set *7 dhcp-option-set=none',
    '/ip dhcp-server option sets remove *1',
    '/ip dhcp-server option remove *66',
    '/ip dhcp-server option remove *160',
  ]);
  const { steps } = diffPhoneOptions(observedOf({ [NETWORK]: [network()] }), WANTED);
  expect(steps.at(-1)?.foreign).toEqual({ was: { 'dhcp-option-set': 'none' } });
});

test.each<[string, Values, readonly Values[]]>([
  ['a set of its own', { 'dhcp-option-set': 'tv' }, [{ '.id': '*2', name: 'tv', options: 'opt60' }]],
  ['options of its own', { 'dhcp-option': 'opt121' }, []],
  ['the id of a set that is gone', { 'dhcp-option-set': '*9' }, []],
])('I3: a network with %s stays as it is, and is told of', (_, values, sets) => {
  const world = { [OPTION]: [option(66), option(160)], [SETS]: [set(), ...sets], [NETWORK]: [network(values)] };
  const { steps, taken } = diffPhoneOptions(observedOf(world), WANTED);
  expect(steps).toEqual([]);
  expect(taken).toMatchObject([{ network: '10.5.0.0/24' }]);
});

test.each<[string, Values, readonly Values[]]>([
  ['its options', { 'dhcp-option': `opt121,${BOTH}` }, []],
  ['its set', { 'dhcp-option-set': 'tv' }, [{ '.id': '*2', name: 'tv', options: `opt60,${BOTH}` }]],
])(
  'a person who puts ours among %s has done what was wanted; ours leave that list again, and nothing else',
  (_, values, sets) => {
    const world = { [OPTION]: [option(66), option(160)], [SETS]: [set(), ...sets], [NETWORK]: [network(values)] };
    const { steps, taken } = diffPhoneOptions(observedOf(world), WANTED);
    expect([steps, taken]).toEqual([[], []]);
    const off = commands(world, null);
    expect(off[0]).toMatch(/(dhcp-option=opt121|options=opt60)$/);
    expect(off.slice(1)).toEqual([
      '/ip dhcp-server option sets remove *1',
      '/ip dhcp-server option remove *66',
      '/ip dhcp-server option remove *160',
    ]);
  },
);

test('a network that the router made itself cannot be changed: as if it were not there', () => {
  const { steps, absent } = diffPhoneOptions(observedOf({ [NETWORK]: [network({ dynamic: 'true' })] }), WANTED);
  expect(steps.filter(({ menu }) => menu === NETWORK)).toEqual([]);
  expect(absent).toEqual(['10.5.0.0/24']);
});

test('what a person pasted for one phone is no row of ours', () => {
  const pasted = { '.id': '*5', name: 'wisp-edge-aabbcc001122-66', code: '66', value: "'https://x/e/y/'" };
  expect(commands({ [OPTION]: [pasted] }, null)).toEqual([]);
});

/** What RouterOS does with a step: an id for a name that is gone, a refusal of a name that is not there. */
function run(world: World, step: Step): World {
  const menu = step.menu as keyof World;
  const has = (where: keyof World, name: string): boolean => world[where].some((row) => row['name'] === name);
  const check = (values: Values): void => {
    for (const [property, where] of [
      ['options', OPTION],
      ['dhcp-option', OPTION],
      ['dhcp-option-set', SETS],
    ] as const)
      for (const name of (values[property] ?? '').split(','))
        if (name !== '' && name !== 'none' && !name.startsWith('*') && !has(where, name))
          throw new Error(`${property}=${name}`);
  };
  if (step.kind === 'add') {
    const values: Values = addAttributes(step);
    check(values);
    if (has(menu, values['name'] ?? '')) throw new Error('already have such entry');
    return { ...world, [menu]: [...world[menu], { '.id': `*${values['name'] ?? ''}`, ...values }] };
  }
  if (step.kind === 'set') {
    check(step.values);
    return { ...world, [menu]: world[menu].map((row) => (row['.id'] === step.id ? { ...row, ...step.values } : row)) };
  }
  if (step.kind !== 'remove') throw new Error(step.kind);
  return { ...world, [menu]: world[menu].filter((row) => row['.id'] !== step.id) };
}

const NAMES = [
  'wisp-edge-phones-66',
  'wisp-edge-phones-114',
  'wisp-edge-phones-160',
  'opt60',
  'wisp-edge-aabbcc001122-66',
];
const ADDRESSES = ['10.5.0.0/24', '10.6.0.0/24', '10.7.0.0/24'];
const wantedArbitrary: fc.Arbitrary<PhoneDhcp | null> = fc.option(
  fc.record({
    networks: fc.subarray(ADDRESSES, { minLength: 1 }),
    options: fc.subarray([66, 114, 160], { minLength: 1 }),
    url: fc.constantFrom(URL, 'http://192.0.2.2/'),
  }),
);
const worldArbitrary: fc.Arbitrary<World> = fc
  .record({
    options: fc.subarray(NAMES),
    hasOwnSet: fc.boolean(),
    hasTv: fc.boolean(),
    lists: fc.array(fc.subarray(NAMES), { minLength: 5, maxLength: 5 }),
    networks: fc.subarray(ADDRESSES),
    sets: fc.array(fc.constantFrom('', 'none', 'wisp-edge-phones', 'tv', '*9'), { minLength: 3, maxLength: 3 }),
    value: fc.constantFrom(`'${URL}'`, "'http://old/'", '0x00'),
  })
  .map(({ options, hasOwnSet, hasTv, lists, networks, sets, value }): World => {
    const known = (names: readonly string[] = []): string => names.filter((name) => options.includes(name)).join(',');
    const setNames = [...(hasOwnSet ? ['wisp-edge-phones'] : []), ...(hasTv ? ['tv'] : [])];
    return {
      [OPTION]: options.map((name, at) => ({ '.id': `*A${at}`, name, code: /(\d+)$/.exec(name)?.[1] ?? '60', value })),
      [SETS]: setNames.map((name, at) => ({ '.id': `*B${at}`, name, options: known(lists[at]) })),
      [NETWORK]: networks.map((address, at) => ({
        '.id': `*C${at}`,
        address,
        'dhcp-option': known(lists[2 + at]?.slice(3)),
        'dhcp-option-set': [...setNames, '', 'none', '*9'].includes(sets[at] ?? '') ? (sets[at] ?? '') : '',
      })),
    };
  });

const isOurName = (name: string): boolean => /^wisp-edge-phones(-\d+)?$/.test(name);
/** All that is not ours, networks and lists without our names: byte for byte what a person has. */
const foreignOf = (world: World): unknown => ({
  [OPTION]: world[OPTION].filter(({ name = '' }) => !isOurName(name)),
  [SETS]: world[SETS].filter(({ name = '' }) => !isOurName(name)).map((row) => ({
    ...row,
    options: others(row['options']),
  })),
  [NETWORK]: world[NETWORK].map((row) => ({
    ...row,
    'dhcp-option': others(row['dhcp-option']),
    'dhcp-option-set': ['', 'none', 'wisp-edge-phones'].includes(row['dhcp-option-set'] ?? '')
      ? ''
      : row['dhcp-option-set'],
  })),
});
const others = (list = ''): string =>
  list
    .split(',')
    .filter((name) => !isOurName(name))
    .join(',');

/** A network of the world that names what is not there: a phone gets nothing of what was meant. */
const dangling = (world: World): readonly string[] =>
  world[NETWORK].flatMap((row) => {
    const name = row['dhcp-option-set'] ?? '';
    const held = world[SETS].find((one) => one['name'] === name);
    const names = [...(held?.['options'] ?? '').split(','), ...(row['dhcp-option'] ?? '').split(',')].filter(isOurName);
    const isSetGone = name === 'wisp-edge-phones' && held === undefined;
    return [...(isSetGone ? [name] : []), ...names.filter((one) => !world[OPTION].some((row) => row['name'] === one))];
  });

test('I3 I5: whatever stands there, foreign rows keep what is theirs, every prefix is harmless, and twice changes nothing', () => {
  fc.assert(
    fc.property(worldArbitrary, wantedArbitrary, wantedArbitrary, (first, wanted, next) => {
      let world = first;
      for (const wish of [wanted, next, null]) {
        const unnamed = world[NETWORK].filter((row) => wish?.networks.includes(row['address'] ?? '') !== true);
        for (const step of diffPhoneOptions(observedOf(world), wish).steps) {
          world = run(world, step);
          expect(foreignOf(world)).toEqual(foreignOf(first));
          expect(dangling(world)).toEqual([]);
        }
        for (const row of unnamed) {
          const now = world[NETWORK].find((one) => one['.id'] === row['.id']);
          expect(now?.['dhcp-option-set']).not.toBe('wisp-edge-phones');
        }
        expect(diffPhoneOptions(observedOf(world), wish).steps).toEqual([]);
      }
      // Nothing of ours is left, in no row and no list.
      expect(JSON.stringify(world)).not.toMatch(/wisp-edge-phones/);
    }),
    { numRuns: 500 },
  );
});
