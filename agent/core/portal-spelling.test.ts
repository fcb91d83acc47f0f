import { expect, test } from 'vitest';
import { portalSpelling } from './portal-spelling.ts';
import type { Menu, Row } from './row.ts';

type Asked = Parameters<typeof portalSpelling>[1];
type Values = Readonly<Record<string, string>>;

const NAT = '/ip/firewall/nat';
const LIST = '/ip/firewall/address-list';
const rule = (list: string, over: Values = {}): Values => ({ '.id': '*1', 'dst-address-list': list, ...over });
const row = (list: string, over: Values = {}): Values => ({ list, address: '192.0.2.1', ...over });
const OURS = { comment: 'wisp-edge:portal:c.example' };

function spelling(nat: readonly Values[], lists: readonly Values[], over: Partial<Asked> = {}): string {
  const toRow = (values: Values): Row => new Map(Object.entries(values));
  const tables = new Map<Menu, readonly Row[]>([
    [NAT, nat.map(toRow)],
    [LIST, lists.map(toRow)],
  ]);
  const { list, findings } = portalSpelling({ tables }, { ...SETTINGS, ...over });
  return [list, ...findings.map(({ code }) => code)].join(' ');
}

const NAMES = { cutoff: 'Moroso', notice: 'Aviso', always: 'a', once: 'o', seen: 's' };
const SETTINGS: Asked = { router: 'r0', lists: { ...NAMES, portal: 'server_wisphub' }, adoptsPortalList: true };

test.each<readonly [string, readonly Values[], readonly Values[], string]>([
  ['a bare router has the configured name', [], [], 'server_wisphub'],
  ['rules decide', [rule('servers_wisphub')], [row('server_wisphub')], 'servers_wisphub portal-list-adopted'],
  ['a negated rule too', [rule('!servers_wisphub')], [], 'servers_wisphub portal-list-adopted'],
  ['rows alone decide where nothing else does', [], [row('servers_wisphub')], 'servers_wisphub portal-list-adopted'],
  ['a dynamic row is nobody’s choice', [], [row('servers_wisphub', { dynamic: 'true' })], 'server_wisphub'],
  [
    'where rules look at the configured name it stays',
    [rule('server_wisphub')],
    [row('servers_wisphub')],
    'server_wisphub',
  ],
  [
    'where rules look at both, the configured name, and the other is told',
    [rule('server_wisphub'), rule('servers_wisphub')],
    [row('server_wisphub'), row('servers_wisphub')],
    'server_wisphub portal-list-other',
  ],
  [
    'where both will do our rows stay where they are',
    [rule('server_wisphub'), rule('servers_wisphub')],
    [row('servers_wisphub', OURS)],
    'servers_wisphub portal-list-adopted portal-list-other',
  ],
  [
    'our own rows and rules adopt nothing',
    [rule('servers_wisphub', { comment: 'wisp-edge:rule:dstnat-portal' })],
    [row('servers_wisphub', OURS)],
    'server_wisphub',
  ],
  [
    'a disabled rule decides nothing',
    [rule('servers_wisphub', { disabled: 'true' })],
    [row('server_wisphub')],
    'server_wisphub',
  ],
])('%s', (_, nat, lists, expected) => {
  expect(spelling(nat, lists)).toBe(expected);
});

test('a name that the configuration chose is kept, and rules that look at another are told', () => {
  const nat = [rule('servers_wisphub')];
  expect(spelling(nat, [], { adoptsPortalList: false })).toBe('server_wisphub portal-list-other');
  const lists = { ...NAMES, portal: 'portal' };
  expect(spelling(nat, [], { lists, adoptsPortalList: false })).toBe('portal portal-list-other');
});
