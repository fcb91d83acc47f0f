import { expect, test } from 'vitest';
import { forwardRows } from '../desired/forwards.ts';
import type { Row } from '../row.ts';
import { diffForwards } from './diff-forwards.ts';
import { printStep } from './step.ts';

const LISTS = { cutoff: 'Moroso', notice: 'Aviso', portal: 'portal', always: 'a', once: 'o', seen: 's' };
const wanted = (to: string | null = null) =>
  forwardRows(['pay.example'], { gardenForward: { to, bundles: [] }, lists: LISTS });
const row = (values: Readonly<Record<string, string>>): Row =>
  new Map(
    Object.entries({ '.id': '*1', name: 'pay.example', type: 'FWD', 'match-subdomain': 'true', ...values }).filter(
      ([, value]) => value !== '',
    ),
  );
const OURS = { comment: 'wisp-edge:garden:pay.example', 'address-list': 'portal' };
const commands = (rows: readonly Row[], to: string | null = null): readonly string[] =>
  diffForwards(rows, wanted(to)).steps.map((step) => printStep(step, (url) => url));

const ADD = '/ip dns static add name=pay.example type=FWD match-subdomain=yes address-list=portal';
const MARK = 'comment=wisp-edge:garden:pay.example';

test.each([
  ['is missing', [], null, [`${ADD} ${MARK}`]],
  ['stands', [row(OURS)], null, []],
  ['is disabled', [row({ ...OURS, disabled: 'true' })], null, ['/ip dns static set *1 disabled=no']],
  ['fills another list', [row({ ...OURS, 'address-list': 'x' })], null, ['/ip dns static set *1 address-list=portal']],
  ['asks nobody in particular', [row(OURS)], '192.0.2.53', ['/ip dns static set *1 forward-to=192.0.2.53']],
  [
    'asks a resolver, and shall not: such a value cannot be set to nothing',
    [row({ ...OURS, 'forward-to': '192.0.2.53' })],
    null,
    ['/ip dns static remove *1', `${ADD} ${MARK}`],
  ],
  ['stands twice', [row(OURS), row({ ...OURS, '.id': '*2' })], null, ['/ip dns static remove *2']],
  [
    'stands beside one of another name',
    [row(OURS), row({ ...OURS, '.id': '*2', name: 'x.example' })],
    null,
    ['/ip dns static remove *2'],
  ],
] as const)('a row of ours that %s', (_, rows, to, steps) => {
  expect(commands(rows, to)).toEqual(steps);
});

test.each([
  ['an address', { type: 'A' }, true],
  ['an address, as RouterOS prints the default', { type: '' }, true],
  ['an alias', { type: 'CNAME' }, true],
  ['another list', { 'address-list': 'x' }, true],
  ['this name alone', { 'address-list': 'portal', 'match-subdomain': 'false' }, true],
  ['the same', { 'address-list': 'portal', 'forward-to': '192.0.2.1' }, false],
])('I3: beside a row of another that gives %s none of ours is written, nor left', (_, values, isTaken) => {
  const theirs = row(values);
  const { steps, taken } = diffForwards([theirs, row({ ...OURS, '.id': '*2' })], wanted());
  expect(steps).toMatchObject([{ kind: 'remove', id: '*2' }]);
  expect(taken.map((one) => one.row)).toEqual(isTaken ? [theirs] : []);
});

test.each([
  ['disabled', { type: 'A', disabled: 'true' }],
  ['of a mail server', { type: 'MX' }],
])('a row of another that is %s is no hindrance', (_, values) => {
  expect(commands([row(values)])).toEqual([`${ADD} ${MARK}`]);
});
