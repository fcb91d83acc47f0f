import { expect, test } from 'vitest';
import { brake, type BrakeCandidate, type AdmittedBefore, type BrakeDecision, type BrakeOperation } from './brake.ts';

const LIMITS = { percent: 10, count: 200, floor: 10, siteCount: 1000, windowMinutes: 60 };
const HOUR = 3_600_000;
const NOW = 10 * HOUR;

function cuts(number: number, operation: string, over: Partial<BrakeCandidate> = {}): readonly BrakeCandidate[] {
  return Array.from({ length: number }, (_, at) => ({
    subscriber: `${operation}-${at}`,
    operation,
    kind: 'cut' as const,
    since: 0,
    ...over,
  }));
}

function each(number: number): readonly BrakeCandidate[] {
  return Array.from({ length: number }, (_, at) => cuts(1, `op${at}`, { since: at })).flat();
}

function earlier(number: number, at: number): AdmittedBefore {
  return { own: Array.from({ length: number }, () => at), others: 0 };
}

function elsewhere(others: number): AdmittedBefore {
  return { own: [], others };
}

function judged(
  candidates: readonly BrakeCandidate[],
  subscribers: number,
  before: AdmittedBefore = elsewhere(0),
  operations: ReadonlyMap<string, BrakeOperation> = new Map(),
  limits: Partial<typeof LIMITS> = {},
): BrakeDecision {
  return brake(candidates, operations, before, { subscribers, now: NOW }, { ...LIMITS, ...limits });
}

const released: BrakeOperation = { released: 'all', expectedCuts: null, cuts: 0 };
const expects = (expectedCuts: number, asked: number): BrakeOperation => ({
  released: new Set(),
  expectedCuts,
  cuts: asked,
});

test('I8: ten of a hundred pass as one change, eleven wait whole', () => {
  expect(judged(cuts(10, 'a'), 100).admitted).toHaveLength(10);
  expect(judged(cuts(11, 'a'), 100)).toMatchObject({ admitted: [], held: { length: 11 } });
});

test('I8: one by one the first ten pass, oldest first, and the eleventh waits', () => {
  const { admitted, held } = judged([...each(11)].reverse(), 100);
  expect(admitted.map(({ operation }) => operation)).toEqual(each(10).map(({ operation }) => operation));
  expect(held.map(({ candidate }) => candidate.operation)).toEqual(['op10']);
});

test('I8: the floor lets a small router work, the percentage a large one, the count ends both', () => {
  expect(judged(cuts(10, 'a'), 12).admitted).toHaveLength(10);
  expect(judged(cuts(150, 'a'), 1500).admitted).toHaveLength(150);
  expect(judged(cuts(151, 'a'), 1500).held).toHaveLength(151);
  expect(judged(cuts(200, 'a'), 10_000).admitted).toHaveLength(200);
  expect(judged(cuts(201, 'a'), 10_000).held).toHaveLength(201);
});

test('I8: the window slides', () => {
  expect(judged(cuts(1, 'a'), 100, earlier(10, NOW - HOUR + 1)).held).toHaveLength(1);
  expect(judged(cuts(1, 'a'), 100, earlier(10, NOW - HOUR)).admitted).toHaveLength(1);
});

test('I8: other routers count for the site, not for this router', () => {
  expect(judged(cuts(10, 'a'), 100, elsewhere(50)).admitted).toHaveLength(10);
  expect(judged(cuts(10, 'a'), 100, elsewhere(50), new Map(), { siteCount: 59 }).held).toHaveLength(10);
});

test('I8: what was released by name passes, and counts for those after it', () => {
  const operations = new Map([['a', released]]);
  const { admitted, held } = judged([...cuts(50, 'a'), ...cuts(1, 'b', { since: 1 })], 100, elsewhere(0), operations);
  expect(admitted).toHaveLength(50);
  expect(held).toHaveLength(1);
});

test('I8: within ten per cent of what was announced the brake stays open, both ways', () => {
  for (const [asked, passes] of [
    [90, true],
    [110, true],
    [89, false],
    [111, false],
  ] as const) {
    const { admitted } = judged(cuts(asked, 'a'), 100, elsewhere(0), new Map([['a', expects(100, asked)]]));
    expect(admitted.length > 0).toBe(passes);
  }
});

test('I8: cuts are announced for the whole site: this router’s part of them passes', () => {
  expect(judged(cuts(40, 'a'), 100, elsewhere(0), new Map([['a', expects(100, 100)]])).admitted).toHaveLength(40);
});

test('I8: restores implied by absence count, and no announcement of cuts covers them', () => {
  const implied = cuts(11, 'a', { kind: 'implied-restore' });
  expect(judged(implied, 100).held).toHaveLength(11);
  const operations = new Map([['a', expects(20, 20)]]);
  const { admitted, held } = judged([...cuts(20, 'a'), ...implied], 100, elsewhere(0), operations);
  expect(admitted.map(({ kind }) => kind)).not.toContain('implied-restore');
  expect(admitted).toHaveLength(20);
  expect(held).toHaveLength(11);
});

test('I8: whoever is held is told what came and what was allowed', () => {
  expect(judged(cuts(11, 'a'), 100).held[0]?.detail).toBe('11 new after 0 in 60 min on this router; 10 are allowed');
});

test('I8: whoever announced another number is told which, and how many there are', () => {
  const operations = new Map([['a', expects(20, 13)]]);
  expect(judged(cuts(13, 'a'), 100, elsewhere(0), operations).held[0]?.detail).toBe(
    '13 new after 0 in 60 min on this router; 10 are allowed; declared 20, are 13 new on the whole site',
  );
});

test('I8: a release lets those through who were shown, and judges who comes later under the same name', () => {
  const shown = cuts(50, 'a');
  const operations = new Map([['a', { ...released, released: new Set(shown.map(({ subscriber }) => subscriber)) }]]);
  const later = cuts(61, 'a').slice(50);
  const { admitted, held } = judged([...shown, ...later], 100, elsewhere(0), operations);
  expect(admitted).toEqual(shown);
  expect(held.map(({ candidate }) => candidate)).toEqual(later);
});

test('I8: what was announced passes beside the window, and leaves it to others', () => {
  const operations = new Map([['a', expects(50, 50)]]);
  const { admitted, announced, held } = judged(
    [...cuts(50, 'a'), ...cuts(10, 'b', { since: 1 }), ...cuts(1, 'c', { since: 2 })],
    100,
    elsewhere(0),
    operations,
  );
  expect([admitted.length, announced.size]).toEqual([60, 50]);
  expect(held.map(({ candidate }) => candidate.operation)).toEqual(['c']);
});
