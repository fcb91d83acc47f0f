import fc from 'fast-check';
import type { LabRouter } from '../../../lab/routeros/router.ts';
import { NOTICE_KINDS } from '../../../schemas/subscriber.ts';
import type { Wish } from '../../core/desired/live.ts';
import { PORTAL_ADDRESS } from './harness.ts';

type Attributes = Readonly<Record<string, string>>;

/** Rows of ours, told from the others by the letter of the promise and not by the product's own code. */
export function isOurs(row: Attributes): boolean {
  const kinds = 'cutoff|maintenance|payment-due|custom|notice|once|portal|garden|always|rule|jump';
  if (row['dynamic'] === 'true') return false;
  // Of a DHCP server's options and their sets the name says it.
  if (/^wisp-edge-phones(?:-\d+)?$/.test(row['name'] ?? '')) return true;
  return new RegExp(`^wisp-edge:(${kinds}):[!-~]+$`).test(row['comment'] ?? '');
}

const WATCHED = [
  '/ip/firewall/address-list',
  '/ipv6/firewall/address-list',
  '/ip/proxy/access',
  '/ip/firewall/nat',
  '/ip/firewall/filter',
  '/ipv6/firewall/filter',
] as const;

/**
 * Every row that is not ours, byte by byte and in order; the proxy's settings apart, which we share, and the set that a DHCP
 * network is lent while it has none.
 */
export function foreignRows(router: LabRouter): Readonly<Record<string, readonly Attributes[]>> {
  const menus = Object.entries(router.snapshot()).filter(([menu]) => menu !== '/ip/proxy');
  return Object.fromEntries(
    menus.map(([menu, rows]) => [menu, rows.filter((row) => !isOurs(row)).map((row) => withoutLoan(menu, row))]),
  );
}

function withoutLoan(menu: string, row: Attributes): Attributes {
  const isLent = menu === '/ip/dhcp-server/network' && row['dhcp-option-set'] === 'wisp-edge-phones';
  return isLent ? { ...row, 'dhcp-option-set': '' } : row;
}

/** The network whose phones are told where to ask, and what its router is told of it. */
export const PHONES_NETWORK = '10.5.0.0/24';
export const PHONE_DHCP = { networks: [PHONES_NETWORK], options: [66, 160], url: 'https://phones.example.net:8471/' };

/** A person's DHCP server: the phones' network, another one, and options of his own that a third has. */
export function furnishDhcp(router: LabRouter): void {
  router.table('/ip/dhcp-server/option').add({ name: 'opt60', code: '60', value: "'IPTV'" });
  router.table('/ip/dhcp-server/option/sets').add({ name: 'tv', options: 'opt60' });
  for (const [address, set] of [
    [PHONES_NETWORK, ''],
    ['10.6.0.0/24', ''],
    ['10.7.0.0/24', 'tv'],
  ] as const)
    router.table('/ip/dhcp-server/network').add({ address, comment: 'red', 'dhcp-option': '', 'dhcp-option-set': set });
}

/** Rows of ours that stand twice. */
export function doubles(router: LabRouter): readonly string[] {
  const seen = new Set<string>();
  return WATCHED.flatMap((menu) =>
    router
      .table(menu)
      .rows()
      .filter(isOurs)
      .map(
        (row) => `${menu} ${row['comment'] ?? ''} ${row['list'] ?? ''} ${row['address'] ?? row['src-address'] ?? ''}`,
      ),
  ).filter((name) => seen.size === seen.add(name).size);
}

export const SUBSCRIBERS = [0, 1, 2, 3, 4, 5];

const ADDRESSES = fc.subarray(
  [
    (i: number) => `100.64.1.${10 + i}`,
    (i: number) => `100.64.2.${10 + i}`,
    (i: number) => `100.64.${10 + i}.0/29`,
    (i: number) => `2001:db8:64:1::${10 + i}`,
  ],
  { minLength: 1, maxLength: 3 },
);

/** What one subscriber may be wanted to be. */
export const wishOf = (index: number): fc.Arbitrary<Wish> =>
  fc
    .record({
      addresses: ADDRESSES,
      isCut: fc.boolean(),
      ownUrl: fc.boolean(),
      kinds: fc.subarray([...NOTICE_KINDS]),
      once: fc.boolean(),
    })
    .map(({ addresses, isCut, ownUrl, kinds, once }): Wish => {
      const id = `s${index}`;
      const url = ownUrl ? { url: `https://pago.example.net/?t=${index}&a=b` } : {};
      return {
        id,
        subscriber: { name: id, router: 'r0', addresses: addresses.map((make) => make(index)) },
        cutoff: isCut
          ? { value: { reason: 'x', ...url }, operation: `cut-${id}`, since: 0, notBefore: null, notAfter: null }
          : null,
        notices: kinds.map((kind) => ({
          kind,
          value: { once, ...url },
          operation: `${kind}-${id}`,
          start: null,
          end: null,
        })),
      };
    });

export const wishesArbitrary: fc.Arbitrary<readonly Wish[]> = fc.tuple(...SUBSCRIBERS.map(wishOf));

const COMMENTS = [
  undefined,
  'WispHub',
  'se\xf1al \xe2\x82',
  'wisp-edge:cutoff',
  'wisp-edge:cutoff:s1 and more',
  'wisp-edge:other:s1',
  'x wisp-edge:cutoff:s1',
];
const LIST_ADDRESSES = [
  '100.64.1.11',
  '100.64.1.12',
  '100.64.200.7',
  '100.64.201.0/24',
  '100.64.202.1-100.64.202.9',
  'portal.example.org',
  '198.51.100.200',
];
const RULES: readonly (readonly [menu: string, values: Attributes])[] = [
  ['/ip/firewall/filter', { chain: 'forward', action: 'accept' }],
  [
    '/ip/firewall/filter',
    { chain: 'forward', action: 'fasttrack-connection', 'connection-state': 'established,related' },
  ],
  ['/ip/firewall/filter', { chain: 'input', action: 'accept' }],
  ['/ip/firewall/filter', { chain: 'forward', action: 'drop', 'src-address': '10.77.0.0/16' }],
  ['/ip/firewall/nat', { chain: 'dstnat', action: 'accept', protocol: 'tcp', 'dst-port': '80' }],
  ['/ip/firewall/nat', { chain: 'srcnat', action: 'masquerade' }],
  ['/ipv6/firewall/filter', { chain: 'forward', action: 'accept' }],
  ['/ipv6/firewall/filter', { chain: 'input', action: 'accept' }],
  ['/ip/proxy/access', { action: 'allow' }],
  ['/ip/proxy/access', { action: 'deny', 'dst-host': '*.example.org' }],
  ['/ip/proxy/access', { action: 'allow', 'src-address': '100.64.0.0/16' }],
  ['/ip/proxy/access', { action: 'deny', 'src-address': '100.64.1.12', 'local-port': '999' }],
  ['/ip/proxy/access', { action: 'allow', 'local-port': '8080' }],
];

/** Rules that a `rule` may name. */
export const RULE_COUNT = RULES.length;

/** One thing that a person, another program or time may have done to a router. */
export type Mischief =
  | {
      readonly do: 'list';
      readonly list: string;
      readonly address: string;
      readonly comment: string | undefined;
      readonly flag: 'disabled' | 'dynamic' | 'none';
    }
  | {
      readonly do: 'rule';
      readonly rule: number;
      readonly comment: string | undefined;
      readonly disabled: boolean;
      readonly onTop: boolean;
    }
  | { readonly do: 'proxy'; readonly enabled: boolean; readonly port: string }
  | { readonly do: 'dhcp'; readonly harm: (typeof DHCP_HARMS)[number]; readonly pick: number }
  | { readonly do: 'harm'; readonly harm: (typeof HARMS)[number]; readonly pick: number };

export const HARMS = ['remove', 'disable', 'double', 'matcher', 'value', 'chain', 'sink', 'rise', 'steal'] as const;

export const DHCP_HARMS = [
  'option-gone',
  'set-gone',
  'value',
  'code',
  'set-emptied',
  'let-go',
  'own-set',
  'own-option',
] as const;

export const dhcpMischiefArbitrary: fc.Arbitrary<Mischief> = fc.record({
  do: fc.constant('dhcp' as const),
  harm: fc.constantFrom(...DHCP_HARMS),
  pick: fc.nat(99),
});

export const mischiefArbitrary: fc.Arbitrary<Mischief> = fc.oneof(
  fc.record({
    do: fc.constant('list' as const),
    list: fc.constantFrom('Moroso', 'Aviso', 'server_wisphub', 'Otra'),
    address: fc.constantFrom(...LIST_ADDRESSES),
    comment: fc.constantFrom(...COMMENTS),
    flag: fc.constantFrom('disabled' as const, 'dynamic' as const, 'none' as const),
  }),
  fc.record({
    do: fc.constant('rule' as const),
    rule: fc.nat(RULES.length - 1),
    comment: fc.constantFrom(...COMMENTS),
    disabled: fc.boolean(),
    onTop: fc.boolean(),
  }),
  fc.record({
    do: fc.constant('proxy' as const),
    enabled: fc.boolean(),
    port: fc.constantFrom('8080', '999', '8080,999', '3128,8080'),
  }),
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('harm' as const), harm: fc.constantFrom(...HARMS), pick: fc.nat(999) }),
  },
);

/** Does it. What the router itself would refuse (a double in a list) is left out. */
export function commit(router: LabRouter, mischief: Mischief): void {
  switch (mischief.do) {
    case 'list':
      addListRow(router, mischief);
      return;
    case 'rule':
      addRule(router, mischief);
      return;
    case 'proxy': {
      const table = router.table('/ip/proxy');
      // A menu of one row prints no id.
      const id = router.state.tables.get('/ip/proxy')?.rows()[0]?.id ?? '';
      table.set(id, { enabled: mischief.enabled ? 'yes' : 'no', port: mischief.port });
      return;
    }
    case 'dhcp':
      harmDhcp(router, mischief);
      return;
    case 'harm':
      harm(router, mischief);
  }
}

/** What a person may do to his DHCP server, and to what of it is ours; a router without one is left alone. */
function harmDhcp(router: LabRouter, { harm: kind, pick }: Extract<Mischief, { do: 'dhcp' }>): void {
  const options = router.table('/ip/dhcp-server/option');
  const sets = router.table('/ip/dhcp-server/option/sets');
  const networks = router.table('/ip/dhcp-server/network');
  const idOf = (rows: readonly Attributes[]): string | null => rows[pick % Math.max(1, rows.length)]?.['.id'] ?? null;
  const option = idOf(options.rows().filter(isOurs));
  const set = idOf(sets.rows().filter(isOurs));
  const network = idOf(networks.rows());
  switch (kind) {
    case 'option-gone':
      if (option !== null) options.remove(option);
      return;
    case 'set-gone':
      if (set !== null) sets.remove(set);
      return;
    case 'value':
      if (option !== null) options.set(option, { value: "'http://old.example/'" });
      return;
    case 'code':
      if (option !== null) options.set(option, { code: '67' });
      return;
    case 'set-emptied':
      if (set !== null) sets.set(set, { options: '' });
      return;
    case 'let-go':
      if (network !== null) networks.set(network, { 'dhcp-option-set': 'none' });
      return;
    case 'own-set':
      if (network !== null && sets.find({ name: 'tv' }) !== undefined)
        networks.set(network, { 'dhcp-option-set': 'tv' });
      return;
    case 'own-option':
      if (network !== null && options.find({ name: 'opt60' }) !== undefined)
        networks.set(network, { 'dhcp-option': pick % 2 === 0 ? 'opt60' : '' });
  }
}

function addListRow(router: LabRouter, { list, address, comment, flag }: Extract<Mischief, { do: 'list' }>): void {
  const values = {
    list,
    address,
    ...(comment === undefined ? {} : { comment }),
    ...(flag === 'disabled' ? { disabled: 'yes' } : {}),
  };
  try {
    router.table('/ip/firewall/address-list').add(values, { dynamic: flag === 'dynamic' });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
}

function addRule(router: LabRouter, { rule, comment, disabled, onTop }: Extract<Mischief, { do: 'rule' }>): void {
  const [menu, values] = RULES[rule] ?? ['/ip/firewall/filter', { chain: 'forward', action: 'accept' }];
  const table = router.table(menu);
  const top = table.rows().find((row) => row['dynamic'] !== 'true')?.['.id'];
  const attributes = { ...values, ...(comment === undefined ? {} : { comment }), disabled: disabled ? 'yes' : 'no' };
  table.add(attributes, onTop && top !== undefined ? { before: top } : {});
}

function harm(router: LabRouter, { harm: kind, pick }: Extract<Mischief, { do: 'harm' }>): void {
  const all = WATCHED.flatMap((menu) =>
    router
      .table(menu)
      .rows()
      .filter(isOurs)
      .map((row) => ({ menu, row })),
  );
  const chosen = all[pick % Math.max(1, all.length)];
  if (chosen === undefined) return;
  const { menu, row } = chosen;
  const table = router.table(menu);
  const id = row['.id'] ?? '';
  const isList = menu.endsWith('address-list');
  const isRule = menu.startsWith('/ip/firewall/') ? !isList : menu === '/ipv6/firewall/filter';
  switch (kind) {
    case 'remove':
      table.remove(id);
      return;
    case 'disable':
      table.set(id, { disabled: 'yes' });
      return;
    case 'double': {
      if (isList) return;
      const names = ['.id', 'dynamic', 'invalid', 'inactive', 'bytes', 'packets', 'hits', 'creation-time'];
      table.add(Object.fromEntries(Object.entries(row).filter(([name]) => !names.includes(name))), {
        force: true,
        ...(pick % 2 === 0 ? { before: id } : {}),
      });
      return;
    }
    case 'matcher':
      if (!isList)
        table.set(
          id,
          isRule
            ? { 'src-address': menu.startsWith('/ipv6') ? '2001:db8:9::/64' : '10.9.9.9' }
            : { 'dst-host': 'x.example' },
        );
      return;
    case 'value':
      if (isRule) table.set(id, { action: 'accept' });
      else if (!isList) table.set(id, { action: 'allow' });
      return;
    case 'chain':
      if (isRule) table.set(id, { chain: pick % 2 === 0 ? 'elsewhere' : menu.endsWith('nat') ? 'srcnat' : 'output' });
      return;
    case 'sink':
      if (!isList) table.move(id);
      return;
    case 'rise': {
      const top = table.rows().find((one) => one['dynamic'] !== 'true' && one['.id'] !== id)?.['.id'];
      if (!isList && top !== undefined) table.move(id, top);
      return;
    }
    case 'steal':
      // Somebody copied our comment onto a row of another subscriber.
      if (isList && row['comment']?.startsWith('wisp-edge:cutoff:') === true)
        table.set(id, { comment: 'wisp-edge:cutoff:s0' });
  }
}

const INTERNET = '93.184.216.34';

/**
 * Somebody else's row in the cut-off list: that row is his word, which the jump makes true wherever it stands and which
 * is not ours to take back (I3). It is reported, and a restore it prevents is held.
 */
function isCutByAnother(router: LabRouter, address: string): boolean {
  return router
    .table('/ip/firewall/address-list')
    .rows()
    .some(
      (row) => row['list'] === 'Moroso' && row['disabled'] !== 'true' && row['address'] === address && !isOurs(row),
    );
}

/** What must never get worse once it is good, by name. */
export function goods(router: LabRouter, wishes: readonly Wish[]): ReadonlyMap<string, boolean> {
  const found = new Map<string, boolean>();
  const { source, destination, destinationPort } = {
    source: '198.51.100.77',
    destination: '203.0.113.2',
    destinationPort: 999,
  };
  const stranger = router.probe({ source, destination, destinationPort, protocol: 'tcp', isWan: true });
  found.set('the proxy is shut to a stranger', stranger.verdict !== 'proxied');
  const neighbour = router.probe({
    source: '100.64.99.9',
    destination: '100.64.0.1',
    destinationPort,
    protocol: 'tcp',
  });
  found.set('the proxy is shut to a subscriber without notice', neighbour.verdict !== 'proxied');
  for (const wish of wishes) {
    for (const text of wish.subscriber.addresses) {
      if (text.includes(':')) continue;
      const from = text.replace('.0/29', '.3');
      const reach = (to: string, port: number): boolean =>
        router.probe({ source: from, destination: to, destinationPort: port, protocol: 'tcp' }).verdict === 'accepted';
      if (wish.cutoff !== null) {
        found.set(`${from} reaches the portal on 443`, reach(PORTAL_ADDRESS, 443));
        found.set(`${from} reaches the portal on 80`, reach(PORTAL_ADDRESS, 80));
      } else if (!isCutByAnother(router, from)) found.set(`${from} has its service`, reach(INTERNET, 443));
    }
  }
  return found;
}
