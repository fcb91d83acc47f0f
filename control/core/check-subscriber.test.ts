import { expect, test } from 'vitest';
import type { SubscriberState } from '../../schemas/subscriber.ts';
import { checkNotice } from './check-instructions.ts';
import { checkPortal, checkState, checkSubscriber } from './check-subscriber.ts';

const base = { name: 'Ana', router: 'r0', addresses: ['10.0.0.5'] };
const NOW = Date.parse('2026-03-01T00:00:00Z');

test('addresses and MAC come out canonical, each once', () => {
  const { value, faults } = checkSubscriber(
    { ...base, addresses: ['10.0.0.5/32', '10.0.0.5', '10.0.1.7/24', '2001:DB8::0:1'], mac: 'AA-BB-CC-00-11-22' },
    '',
  );
  expect(faults).toEqual([]);
  expect(value.addresses).toEqual(['10.0.0.5', '10.0.1.0/24', '2001:db8::1']);
  expect(value.mac).toBe('aabbcc001122');
});

test('an IPv4 address in IPv6 spelling is that IPv4 address', () => {
  const { value, faults } = checkSubscriber({ ...base, addresses: ['::ffff:10.0.0.5', '::FFFF:a00:107/120'] }, '');
  expect([value.addresses, faults]).toEqual([['10.0.0.5', '10.0.1.0/24'], []]);
});

test.each([
  '127.0.0.1',
  '169.254.1.1',
  '224.0.0.1',
  '0.0.0.0',
  '255.255.255.255',
  '10.0.0.0/23',
  '2001:db8::/47',
  '::ffff:127.0.0.1',
  '::ffff:0.0.0.0',
  '::/96',
])('%s is refused where it stands', (address) => {
  const { faults } = checkSubscriber({ ...base, addresses: ['10.0.0.5', address] }, '/subscribers/3');
  expect(faults.map((fault) => fault.pointer)).toEqual(['/subscribers/3/addresses/1']);
});

test('times of a row are checked with their pointers', () => {
  const row: SubscriberState = {
    id: 's1',
    ...base,
    cutoff: { reason: 'x', notBefore: '2026-03-02T00:00:00Z', notAfter: '2026-03-01T00:00:00Z' },
    notices: { custom: { end: '2026-02-30T00:00:00Z' } },
  };
  expect(checkState(row, '/put/0', NOW).faults.map((fault) => fault.pointer)).toEqual([
    '/put/0/cutoff/notAfter',
    '/put/0/notices/custom/end',
  ]);
});

test('a link with a login token ends within six months, one without may stay', () => {
  const end = '2026-09-01T00:00:01Z';
  expect(checkNotice({ url: 'https://a.example/?t=1', end }, '', NOW)).toHaveLength(1);
  expect(checkNotice({ url: 'https://a.example/?t=1', end: '2026-09-01T00:00:00Z' }, '', NOW)).toEqual([]);
  expect(checkNotice({ url: 'https://a.example/', end }, '', NOW)).toEqual([]);
});

test('host names of the portal are lower-cased', () => {
  const portal = { domain: 'Clientes.Example.NET', cnameTargets: ['P.net'], addresses: [], walledGarden: ['PayPal'] };
  expect(checkPortal(portal, ['paypal']).value).toEqual({
    domain: 'clientes.example.net',
    cnameTargets: ['p.net'],
    addresses: [],
    walledGarden: ['paypal'],
  });
});

test('what is neither a bundle nor a host name is refused by its place', () => {
  const portal = { domain: 'c.net', cnameTargets: [], addresses: [], walledGarden: ['js.example.net', 'paipal'] };
  expect(checkPortal(portal, ['paypal', 'stripe']).faults).toEqual([
    { pointer: '/walledGarden/1', detail: 'no bundle paipal; there are paypal, stripe' },
  ]);
});
