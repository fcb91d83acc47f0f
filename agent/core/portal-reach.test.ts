import { expect, test } from 'vitest';
import { parseAddress, type Address } from '../../schemas/address.ts';
import type { ListAddress } from './desired/rows.ts';
import { listAddresses, portalReach } from './portal-reach.ts';
import type { Row } from './row.ts';

const LIST = 'server_wisphub';
const A = '198.51.100.10';
const B = '198.51.100.20';
const SIX = '2001:db8:51::10';

function addresses(...texts: readonly string[]): readonly Address[] {
  return texts.map((text) => parseAddress(text)).filter((one) => one !== null);
}
const V4 = addresses('100.64.0.5');
const V6 = addresses('2001:db8:64::5');

function known(address: string, host = 'p.example', over: Partial<ListAddress> = {}): ListAddress {
  return { address, host, use: 'portal', ...over };
}

function row(id: string, address: string, over: Readonly<Record<string, string>> = {}): Row {
  return new Map(Object.entries({ '.id': id, list: LIST, address, ...over }));
}
const off = (id: string, address: string, over = {}): Row => row(id, address, { disabled: 'true', ...over });

function doubt(
  portalAddresses: readonly ListAddress[],
  rows: readonly Row[],
  of: readonly Address[] = V4,
  lists: readonly string[] = [LIST],
): string | null {
  return portalReach({ portalAddresses, domain: 'P.example', lists, rows })(of);
}

test('I4: an address of the domain in force that a disabled foreign row bars is no way to the portal', () => {
  expect(doubt([known(A)], [])).toBeNull();
  expect(doubt([known(A)], [off('*7', A)])).toMatch(/^row \*7 of list server_wisphub .* bars 198\.51\.100\.10/);
  expect(doubt([known(A)], [off('*7', A), row('*8', '192.0.2.1')])).not.toBeNull();
});

test.each<[string, readonly Row[], boolean]>([
  ['the enabled row of somebody else', [row('*1', A)], true],
  ['a wider enabled row beside it', [off('*7', A), row('*8', '198.51.100.0/28')], true],
  ['a range beside it', [off('*7', A), row('*8', '198.51.100.1-198.51.100.20')], true],
  [
    'a row of ours that somebody switched off, and that is switched on again',
    [off('*7', A, { comment: 'wisp-edge:portal:p.example' })],
    true,
  ],
  ['an enabled row of another list', [off('*7', A), row('*8', A, { list: 'other' })], false],
  ['a wider row that is disabled as well', [off('*7', A), off('*8', '198.51.100.0/28')], false],
  ['a disabled row of another list', [off('*7', A, { list: 'other' })], true],
])('I4: %s', (_, rows, isReached) => {
  expect(doubt([known(A)], rows) === null).toBe(isReached);
});

test('I4: an address of another domain, or that the domain had before, is no way to the portal in force', () => {
  const rows = [off('*7', A)];
  expect(doubt([known(A), known(B)], rows)).toBeNull();
  for (const other of [known(B, 'before.example'), known(B, 'config'), known(B, 'p.example', { isGone: true })])
    expect(doubt([known(A), other], rows)).not.toBeNull();
  expect(doubt([known(A), { ...known(B), use: 'garden' }], rows)).not.toBeNull();
});

test('I4: the portal’s IPv6 is no way for somebody with IPv4 alone', () => {
  const both = [known(A), known(SIX)];
  expect(doubt(both, [off('*7', A)])).not.toBeNull();
  expect(doubt(both, [off('*7', A)], V6)).toBeNull();
  // His page comes over IPv4.
  expect(doubt(both, [off('*7', A)], [...V4, ...V6])).not.toBeNull();
  expect(doubt([known(SIX)], [])).toMatch(/no IPv4 address/);
  expect(doubt([known(SIX)], [], [...V4, ...V6])).toBeNull();
  // An IPv4 portal is all that there is for everybody.
  expect(doubt([known(A)], [], V6)).toBeNull();
  expect(doubt([known(A)], [off('*7', A)], V6)).not.toBeNull();
});

test('while the domain has no address those given for the portal count, then whatever the list holds', () => {
  expect(doubt([known(A, 'config')], [off('*7', A)])).not.toBeNull();
  expect(doubt([known(A, 'config'), known(B, 'before.example')], [off('*7', B)])).toBeNull();
  expect(doubt([known(B, 'before.example')], [])).toBeNull();
  expect(doubt([], [row('*1', '192.0.2.1')])).toBeNull();
  for (const rows of [
    [],
    [row('*1', 'portal.example.net')],
    [off('*7', A)],
    [row('*1', A, { comment: 'wisp-edge:portal:x' })],
  ])
    expect(doubt([], rows)).toMatch(/holds no address/);
});

test('I4: where rules look at another list too, both must let him through', () => {
  const rows = [off('*7', A, { list: 'servers_wisphub' })];
  expect(doubt([known(A)], rows, V4, [LIST, 'servers_wisphub'])).toMatch(/list servers_wisphub/);
});

test('an address that the last answer about its host did not have is gone', () => {
  const seen = (address: string, host: string, lastSeen: number) =>
    ({ address, host, use: 'portal', firstSeen: 0, lastSeen }) as const;
  const found = listAddresses([seen(A, 'p', 5), seen(B, 'p', 9), seen(SIX, 'config', 5)]);
  expect(found.map(({ address, isGone = false }) => [address, isGone])).toEqual([
    [A, true],
    [B, false],
    [SIX, false],
  ]);
});
