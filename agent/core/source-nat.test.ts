import { expect, test } from 'vitest';
import { parseAddress } from '../../schemas/address.ts';
import type { Row } from './row.ts';
import { sourceNatOnPath } from './source-nat.ts';

const subscribers = ['100.64.0.5', '100.64.0.6'].flatMap((text) => parseAddress(text) ?? []);
const path = {
  server: { kind: 'notice-server', address: '192.0.2.2', port: 8480 },
  lists: { cutoff: 'Moroso', notice: 'Aviso' },
  subscribers,
} as const;

function rules(...all: readonly Readonly<Record<string, string>>[]): readonly Row[] {
  return all.map((values, at) => new Map(Object.entries({ '.id': `*${at + 1}`, chain: 'srcnat', ...values })));
}

const MASQUERADE = { action: 'masquerade' };

test.each([
  ['a bare masquerade', [MASQUERADE], '*1'],
  ['a src-nat for the subscribers', [{ action: 'src-nat', 'src-address': '100.64.0.0/10' }], '*1'],
  ['one for everything but another place', [{ ...MASQUERADE, 'dst-address': '!10.0.0.0/8' }], '*1'],
  ['one for what was dst-natted', [{ ...MASQUERADE, 'connection-nat-state': 'dstnat' }], '*1'],
  ['one whose port is ours', [{ ...MASQUERADE, protocol: 'tcp', 'dst-port': '80,8000-9000' }], '*1'],
  ['one after a rule for others', [{ action: 'accept', 'dst-address': '10.0.0.0/8' }, MASQUERADE], '*2'],
  ['the second, when the first is off', [{ ...MASQUERADE, disabled: 'true' }, MASQUERADE], '*2'],
  ['one that counts first', [{ action: 'log' }, MASQUERADE], '*2'],
])('%s surely hides subscribers from the listener', (_name, given, id) => {
  expect(sourceNatOnPath(rules(...given), path)?.get('.id')).toBe(id);
});

test.each([
  ['by the WAN alone', [{ ...MASQUERADE, 'out-interface-list': 'WAN' }]],
  ['out of one interface', [{ ...MASQUERADE, 'out-interface': 'ether1' }]],
  ['for another place', [{ ...MASQUERADE, 'dst-address': '198.51.100.0/24' }]],
  ['for all but ours', [{ ...MASQUERADE, 'dst-address': '!192.0.2.2' }]],
  ['for other sources', [{ ...MASQUERADE, 'src-address': '10.0.0.0/8' }]],
  ['for some of the subscribers', [{ ...MASQUERADE, 'src-address': '100.64.0.5' }]],
  ['for UDP', [{ ...MASQUERADE, protocol: 'udp' }]],
  ['for another port', [{ ...MASQUERADE, protocol: 'tcp', 'dst-port': '443' }]],
  ['for a list that we do not know', [{ ...MASQUERADE, 'src-address-list': 'vip' }]],
  ['after the exception that the finding asks for', [{ action: 'accept', 'dst-address': '192.0.2.2' }, MASQUERADE]],
  ['after a jump that may end it', [{ action: 'jump', 'jump-target': 'x' }, MASQUERADE]],
  ['in another chain', [{ ...MASQUERADE, chain: 'other' }]],
])('a masquerade %s is no sure harm', (_name, given) => {
  expect(sourceNatOnPath(rules(...given), path)).toBeNull();
});
