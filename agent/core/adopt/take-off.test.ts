import { expect, test } from 'vitest';
import type { ListAddress } from '../desired/rows.ts';
import type { ObservedRouter } from '../observed.ts';
import type { Step } from '../plan/step.ts';
import type { Menu, Row } from '../row.ts';
import { ownRowsOff } from './take-off.ts';

const LISTS: Menu = '/ip/firewall/address-list';

test('I3: what is given back has no row of ours in its DNS, and keeps its own', () => {
  const rows: readonly Row[] = [
    new Map([
      ['.id', '*1'],
      ['name', 'nas.lan'],
    ]),
    new Map([
      ['.id', '*2'],
      ['comment', 'wisp-edge:garden:pay.example'],
    ]),
  ];
  const observed = seen('/ip/dns/static', rows);
  expect(stepsOff(observed, [])).toMatchObject([{ kind: 'remove', menu: '/ip/dns/static', id: '*2' }]);
});

const PORTAL = 'server_wisphub';
const AT = '198.51.100.7';
const ELSEWHERE = '198.51.100.8';

test.each<{ why: string; stays: boolean; others: readonly (readonly [string, string])[]; dns: readonly ListAddress[] }>(
  [
    { why: 'no name is in the list', stays: false, others: [], dns: [dns('pay.example', AT)] },
    { why: 'a name has it now', stays: true, others: [[PORTAL, 'pay.example']], dns: [dns('pay.example', AT)] },
    {
      why: 'only another list has the name',
      stays: false,
      others: [['Moroso', 'pay.example']],
      dns: [dns('pay.example', AT)],
    },
    { why: 'nobody asks about the name', stays: true, others: [[PORTAL, 'x.example']], dns: [dns('pay.example', AT)] },
    {
      why: 'nobody asks about one of two',
      stays: true,
      others: [
        [PORTAL, 'x.example'],
        [PORTAL, 'b.example'],
      ],
      dns: [dns('pay.example', AT), dns('b.example', ELSEWHERE)],
    },
    { why: 'no address is known', stays: true, others: [[PORTAL, 'x.example']], dns: [] },
    {
      why: 'a name without an answer had it',
      stays: true,
      others: [[PORTAL, 'pay.example']],
      dns: [dns('pay.example', AT, true)],
    },
    {
      why: 'a name had it and is elsewhere',
      stays: false,
      others: [[PORTAL, 'pay.example']],
      dns: [dns('pay.example', AT, true), dns('pay.example', ELSEWHERE)],
    },
    {
      why: 'a name that nobody asks about had it',
      stays: false,
      others: [[PORTAL, 'x.example']],
      dns: [dns('pay.example', AT, true)],
    },
    {
      why: 'the name is of the walled garden',
      stays: true,
      others: [[PORTAL, 'pay.example']],
      dns: [{ ...dns('pay.example', AT), use: 'garden' }],
    },
    {
      why: 'the router has its own there',
      stays: false,
      others: [
        [PORTAL, 'pay.example'],
        [PORTAL, AT],
      ],
      dns: [dns('pay.example', AT)],
    },
  ],
)('I4: whether the row at an address of the portal stays after a hand-back: $why', ({ stays, others, dns }) => {
  const rows = [ours(AT), ...others.map(([list, address], at) => listed(`*a${String(at)}`, list, address))];
  const kind = stays ? 'set' : 'remove';
  expect(stepsOff(seen(LISTS, rows), dns)).toMatchObject([{ kind, id: `*${AT}` }]);
});

test('I4: an address is the same in any spelling, of a list of IPv6 too', () => {
  const rows = [ours('2001:db8::a'), listed('*n', PORTAL, 'pay.example')];
  const steps = stepsOff(seen('/ipv6/firewall/address-list', rows), [dns('pay.example', '2001:DB8:0::A')]);
  expect(steps).toMatchObject([{ kind: 'set', id: '*2001:db8::a' }]);
});

test('four times the rows of the portal, beside four times the others, are no more than five times the work', () => {
  expect(workOf(400)).toBeLessThan(5 * workOf(100));
});

function dns(host: string, address: string, isGone = false): ListAddress {
  return { host, address, use: 'portal', ...(isGone ? { isGone } : {}) };
}

function ours(address: string): Row {
  return new Map([...listed(`*${address}`, PORTAL, address), ['comment', 'wisp-edge:portal:pay.example']]);
}

function listed(id: string, list: string, address: string): Row {
  return new Map(Object.entries({ '.id': id, list, address }));
}

function seen(menu: Menu, rows: readonly Row[]): ObservedRouter {
  return {
    tables: new Map([[menu, rows]]),
    missing: new Set(),
    version: '7.24',
    dialect: 'action-data',
    deviceMode: null,
    ownAddresses: [],
  };
}

function stepsOff(observed: ObservedRouter, addresses: readonly ListAddress[]): readonly Step[] {
  return ownRowsOff(observed, [], () => undefined, addresses).flatMap(({ sequences }) => sequences.flat());
}

/** How often rows and addresses of DNS were looked at, for so many of the portal and as many of a name and of others. */
function workOf(count: number): number {
  let looks = 0;
  const looked = (row: Row): Row => {
    const counted = new Map(row);
    counted.get = (name) => {
      looks += 1;
      return row.get(name);
    };
    return counted;
  };
  const numbers = Array.from({ length: count }, (_, at) => at);
  const at = (number: number): string => `10.0.${String(number >> 8)}.${String(number & 255)}`;
  const rows = numbers.flatMap((number) => [
    ours(at(number)),
    listed(`*n${String(number)}`, PORTAL, `h${String(number)}.example`),
    listed(`*m${String(number)}`, 'Moroso', at(number)),
  ]);
  const addresses = numbers.map((number): ListAddress => ({
    host: `h${String(number)}.example`,
    use: 'portal',
    get address() {
      looks += 1;
      return at(number);
    },
  }));
  const steps = stepsOff(seen(LISTS, rows.map(looked)), addresses);
  expect(steps.filter(({ kind }) => kind === 'set')).toHaveLength(count);
  return looks;
}
