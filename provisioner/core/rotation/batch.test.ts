import { expect, test } from 'vitest';
import type { RotationEnd, RotationStep } from '../../../schemas/rotation.ts';
import type { RotationProgress } from '../../../schemas/rotation-progress.ts';
import { admitted } from './batch.ts';
import { standingOf } from './standing.ts';

interface Member {
  readonly number: string;
  readonly step: RotationStep;
  readonly end: RotationEnd | null;
  readonly progress: RotationProgress;
}

function member(number: string, end: RotationEnd | null = null, over: Partial<RotationProgress> = {}): Member {
  const progress: RotationProgress = {
    old: null,
    fresh: null,
    enteredAt: 0,
    keyAt: 0,
    tries: 0,
    nextAt: 0,
    before: null,
    served: {},
    servedAt: null,
    pushedAt: null,
    isRollingBack: false,
    ...over,
  };
  return { number, step: end === 'committed' ? 'committed' : 'baseline', end, progress };
}

const STARTED = { old: 'valid' } as const;

test('the canary goes alone; the rest follows in waves once it has committed', () => {
  const batch = { canary: 1, wave: 2 };
  const numbers = (...members: Member[]): readonly string[] => admitted(members, batch).numbers;
  expect(numbers(member('1'), member('2'), member('3'), member('4'))).toEqual(['1']);
  expect(numbers(member('1', null, STARTED), member('2'), member('3'), member('4'))).toEqual(['1']);
  expect(numbers(member('1', 'committed'), member('2'), member('3'), member('4'))).toEqual(['2', '3']);
  expect(numbers(member('1', 'committed'), member('2', null, STARTED), member('3', 'committed'), member('4'))).toEqual([
    '2',
    '4',
  ]);
});

test('the first that ends other than committed stops the rest: those begun go on, the others may end', () => {
  for (const end of ['rolled_back', 'needs_support', 'cancelled'] as const) {
    const { isStopped, numbers } = admitted([member('1', end), member('2', null, STARTED), member('3')], {
      canary: 1,
      wave: 1,
    });
    expect({ isStopped, numbers }).toEqual({ isStopped: true, numbers: ['2', '3'] });
  }
});

test('a rotation’s operation is held while one of it waits for somebody, and ends with the gravest end', () => {
  const state = (...members: Member[]): unknown => {
    const { state: word, reason } = standingOf(members);
    return reason === null ? word : `${word} ${reason}`;
  };
  expect(state(member('1'), member('2'))).toBe('received');
  expect(state(member('1', null, STARTED), member('2'))).toBe('planned');
  expect(state(member('1', null, { ...STARTED, hold: 'awaiting-key' }), member('2', null, STARTED))).toBe(
    'held awaiting-key',
  );
  expect(state({ ...member('1'), step: 'staged' }, member('2'))).toBe('applied');
  expect(state(member('1', 'committed'), member('2', 'committed'))).toBe('verified');
  expect(state(member('1', 'committed'), member('2', 'cancelled'))).toBe('failed cancelled');
  expect(state(member('1', 'rolled_back'), member('2', 'cancelled'))).toBe('failed rolled-back');
  expect(state(member('1', 'rolled_back'), member('2', 'needs_support'))).toBe('failed needs-support');
});
