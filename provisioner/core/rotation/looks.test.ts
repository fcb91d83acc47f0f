import { expect, test } from 'vitest';
import type { BindingsSeen, RotationProgress } from '../../../schemas/rotation-progress.ts';
import { looksOf, referenceOf, withLook } from './looks.ts';

const PROGRESS: RotationProgress = {
  old: 'valid',
  fresh: 'valid',
  enteredAt: 0,
  keyAt: 0,
  tries: 0,
  nextAt: 0,
  served: {},
  servedAt: 0,
  pushedAt: 0,
  isRollingBack: false,
};

function look(at: number): BindingsSeen {
  return { at, bindings: [] };
}

test('the looks of a rotation that an earlier version began are its last two', () => {
  expect(looksOf({ ...PROGRESS, before: look(9), earlier: look(4) })).toEqual([look(4), look(9)]);
  expect(looksOf({ ...PROGRESS, before: look(9) })).toEqual([look(9)]);
  expect(looksOf({ ...PROGRESS, before: null, earlier: null })).toEqual([]);
  expect(withLook({ ...PROGRESS, before: look(9) }, look(12))).toEqual([look(9), look(12)]);
});

test('however many looks are made the first stays, and there are never more than twelve', () => {
  let looks: BindingsSeen[] = [];
  for (let at = 1; at <= 40; at += 1) looks = withLook({ ...PROGRESS, looks }, look(at));
  expect(looks).toHaveLength(12);
  expect([looks[0]?.at, looks[1]?.at, looks.at(-1)?.at]).toEqual([1, 30, 40]);
});

test('a phone is compared with the last look from before its fetch', () => {
  const looks = [look(1), look(5), look(9)];
  expect([2, 5, 6, 20].map((at) => referenceOf(looks, at)?.at)).toEqual([1, 1, 5, 9]);
  expect([referenceOf(looks, 0)?.at, referenceOf([], 5)]).toEqual([1, null]);
});
