import { expect, test } from 'vitest';
import { stillUnmarked, unmarkedSince } from './drift.ts';
import type { ObservedRouter } from './observed.ts';
import type { Menu, Row } from './row.ts';

const LIST: Menu = '/ip/firewall/address-list';
const OURS = { '.id': '*1', list: 'Moroso', address: '100.64.0.5', comment: 'wisp-edge:cutoff:s1' };

test.each([
  { what: 'stands with another id after a reboot', now: [{ ...OURS, '.id': '*A7', comment: 'x' }], is: true },
  {
    what: 'is written as a prefix of one',
    now: [{ ...OURS, '.id': '*A7', address: '100.64.0.5/32', comment: '' }],
    is: true,
  },
  { what: 'is gone, and its id is another row’s', now: [{ ...OURS, address: '100.64.0.9', comment: 'x' }], is: false },
  { what: 'has our mark again', now: [{ ...OURS, '.id': '*A7' }], is: false },
  { what: 'is in another list', now: [{ ...OURS, list: 'Aviso', comment: 'x' }], is: false },
  { what: 'is one that the router made itself', now: [{ ...OURS, comment: 'x', dynamic: 'true' }], is: false },
])('a row of ours that lost its mark and $what is still drift: $is', ({ now, is }) => {
  const lost = unmarkedSince(read([OURS]), read([{ ...OURS, comment: 'x' }]));
  expect(lost).toMatchObject([{ kind: 'cutoff', owner: 's1' }]);
  expect(stillUnmarked(lost, read(now))).toEqual(is ? lost : []);
});

function read(rows: readonly Readonly<Record<string, string>>[]): Pick<ObservedRouter, 'tables'> {
  const tables = new Map<Menu, readonly Row[]>([[LIST, rows.map((row) => new Map(Object.entries(row)))]]);
  return { tables };
}
