import { expect, test } from 'vitest';
import { parseAddress } from '../../../schemas/address.ts';
import type { LiveSubscriber } from '../desired/live.ts';
import { stepsOf } from '../plan/plan.ts';
import { namedLifts } from './named-lifts.ts';
import type { WisphubRow } from './parts.ts';
import { takeOver } from './take-over.ts';

const NOBODY: ReadonlySet<string> = new Set();

test.each([
  { what: 'his alone', address: '100.64.0.5', live: [one('a', '100.64.0.5', false)], ahead: true, once: false },
  {
    what: 'a prefix of his',
    address: '100.64.0.4/30',
    live: [one('a', '100.64.0.5', false)],
    ahead: true,
    once: false,
  },
  {
    what: 'a prefix of his and of one who is cut',
    address: '100.64.0.4/30',
    live: [one('a', '100.64.0.5', false), one('b', '100.64.0.6', true)],
    ...{ ahead: false, once: true },
  },
  {
    what: 'a prefix of his and of one who was not restored by name',
    address: '100.64.0.4/30',
    live: [one('a', '100.64.0.5', false), one('b', '100.64.0.6', false)],
    ...{ ahead: false, once: false },
  },
  {
    what: 'one of somebody who is cut',
    address: '100.64.0.6',
    live: [one('b', '100.64.0.6', true)],
    ahead: false,
    once: false,
  },
  { what: 'one of nobody', address: '100.64.0.9', live: [one('a', '100.64.0.5', false)], ahead: false, once: false },
])(
  'I1 I2: who was restored by name has a row lifted ahead of ours that is $what: $ahead',
  ({ address, live, ahead, once }) => {
    const rows = [row(address)];
    const input = { rows, live, desired: { subscriberLists: [] }, held: NOBODY, restored: new Set(['a']) };
    const over = takeOver(input);
    expect([over.byName.length > 0, over.byNameOnceOurs.length > 0]).toEqual([ahead, once]);
    // Either way it goes once ours stand.
    expect(stepsOf(over).filter(({ kind }) => kind === 'remove')).toHaveLength(1);
    // The lane lifts for him, were he restored now, what a pass would lift ahead of ours.
    const cut = live.map((each) => ({ ...each, cut: { url: null, operation: 'o', since: 0 } }));
    expect(namedLifts(rows, cut, NOBODY).has('a')).toBe(ahead);
  },
);

test('I2: who is frozen keeps his row, whoever was restored beside him', () => {
  const live = [one('a', '100.64.0.5', false), one('b', '100.64.0.6', false)];
  const [rows, frozen, restored] = [[row('100.64.0.4/30')], new Set(['b']), new Set(['a', 'b'])];
  const over = takeOver({ rows, live, desired: { subscriberLists: [] }, held: frozen, restored });
  expect(over).toMatchObject({ stages: [], byName: [], byNameOnceOurs: [], left: rows });
  expect(namedLifts([row('100.64.0.6')], live, frozen).size).toBe(0);
});

function row(address: string): WisphubRow {
  const values = { '.id': '*1', list: 'Moroso', address };
  return { part: 'cutoff-list', menu: '/ip/firewall/address-list', place: 0, row: new Map(Object.entries(values)) };
}

function one(id: string, text: string, isCut: boolean): LiveSubscriber {
  const address = parseAddress(text);
  if (address === null) throw new Error(text);
  return {
    ...{ id, addresses: [{ ...address, from: 'declared' }], foreign: [], hasIdentity: false, notices: [] },
    cut: isCut ? { url: null, operation: 'o', since: 0 } : null,
  };
}
