import fc from 'fast-check';
import { Compile } from 'typebox/compile';
import { expect, test } from 'vitest';
import { RotationProgress } from '../../../schemas/rotation-progress.ts';
import { REFUSALS_PER_HOUR } from '../../core/probe-limits.ts';
import { play, type History, type PhoneScript, type Script } from './saga-world.ts';

const RUNS = Number(process.env['PROPERTY_RUNS'] ?? 200);
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** It is told, fetches and registers, and renews its binding as phones do. */
const PHONE: PhoneScript = {
  fetchAfter: 500,
  pollEvery: null,
  registerAfter: 300,
  refreshEvery: 5 * MINUTE,
  isNamed: true,
  goneAt: null,
};

/** Nothing goes wrong: both keys are good, the phone fetches and registers. */
const SMOOTH: Script = {
  hasOldKey: true,
  oldUntil: null,
  newFrom: 0,
  newUntil: null,
  keyAt: 0,
  silences: [],
  lockouts: [],
  forbids: false,
  phones: [PHONE],
  cancelAt: null,
  crashes: new Set(),
};

const moment = fc.integer({ min: 0, max: 10 * MINUTE });
const maybe = <Value>(value: fc.Arbitrary<Value>): fc.Arbitrary<Value | null> => fc.option(value, { freq: 3 });
const spans = fc.array(
  fc.tuple(moment, fc.integer({ min: 1, max: 5 * MINUTE })).map(([from, long]) => [from, from + long] as const),
  { maxLength: 2 },
);
const crashes = fc.uniqueArray(fc.integer({ min: 0, max: 40 }), { maxLength: 12 }).map((turns) => new Set(turns));

const phones: fc.Arbitrary<PhoneScript> = fc.record({
  fetchAfter: maybe(fc.integer({ min: 10, max: 4 * MINUTE })),
  pollEvery: maybe(fc.integer({ min: 20_000, max: 10 * MINUTE })),
  registerAfter: maybe(fc.integer({ min: 10, max: 4 * MINUTE })),
  refreshEvery: maybe(fc.integer({ min: 30_000, max: 9 * MINUTE })),
  isNamed: fc.boolean(),
  goneAt: fc.option(moment, { freq: 1 }),
});

const scripts: fc.Arbitrary<Script> = fc.record({
  hasOldKey: fc.boolean(),
  oldUntil: maybe(moment),
  newFrom: maybe(moment),
  newUntil: maybe(fc.integer({ min: 0, max: 20 * MINUTE })),
  keyAt: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 20 * MINUTE })),
  silences: spans,
  lockouts: spans,
  forbids: fc.boolean(),
  phones: fc.array(phones, { maxLength: 2 }),
  // Somebody cancels at last: a rotation without a good key waits for one for ever.
  cancelAt: fc.oneof(fc.constant(6 * HOUR), moment),
  crashes,
});

test('I11: whatever registrar, phone and crashes do, phones are given a key only after it was proven valid', () => {
  check((history) => {
    expect(history.servedNew.every(({ wasProven }) => wasProven)).toBe(true);
  });
});

test('every rotation ends, and nothing is written after the end', () => {
  check((history) => {
    expect(history.end).not.toBeNull();
    expect(history.moves.filter(({ move }) => move.end !== null)).toHaveLength(1);
  });
});

test('I7: whatever is written can be read again', () => {
  const isProgress = Compile(RotationProgress);
  fc.assert(
    fc.property(scripts, fc.integer({ min: 1_000, max: 60_000 }), (script, proveMs) => {
      for (const { move } of play(script, { proveMs, fetchMs: 180_000, registerMs: 180_000 }).moves) {
        // As the store has it: JSON.
        const stored: unknown = JSON.parse(JSON.stringify(move.progress));
        expect([...isProgress.Errors(stored)]).toEqual([]);
      }
    }),
    { numRuns: RUNS },
  );
});

test('a key that was served is rolled back only on two proofs: the new one invalid, the old one valid', () => {
  check((history) => {
    for (const { move } of history.moves.filter(({ move: { serve } }) => serve === 'old')) {
      expect({ fresh: move.progress.fresh, old: move.progress.old }).toEqual({ fresh: 'invalid', old: 'valid' });
    }
    const rolled = history.end === 'rolled_back';
    const wasServed = history.servedNew.length > 0;
    if (rolled && wasServed) expect(history.evidence).toContain('rolling-back');
  });
});

test('I6: what is called registered since the fetch was registered after each phone’s own fetch', () => {
  check(({ moves, fetches, renewals }) => {
    for (const { at, move } of moves) {
      const data = move.evidence.find(({ what }) => what === 'registered')?.data;
      if (data?.['renewedSince'] !== 'fetch') continue;
      const { served, servedAt } = move.progress;
      for (const mac of data['phones'] as readonly string[]) {
        const fetch = fetches.find((one) => {
          return one.mac === mac && one.at >= (servedAt ?? 0) && served[mac]?.includes(`v${one.version}`);
        });
        // A registrar tells whole seconds.
        const since = (fetch?.at ?? Infinity) - 1_000;
        expect(renewals.some((one) => one.mac === mac && one.at >= since && one.at <= at)).toBe(true);
      }
    }
  });
});

test('an extension has at most six refusals an hour', () => {
  check(({ refusals }) => {
    for (const { at } of refusals) {
      expect(refusals.filter((other) => other.at >= at && other.at < at + HOUR).length).toBeLessThanOrEqual(
        REFUSALS_PER_HOUR,
      );
    }
  });
});

test('evidence is bounded: a registrar that is down for a night is told of once', () => {
  const { evidence, end } = play({ ...SMOOTH, silences: [[0, 12 * HOUR]] });
  expect(end).toBe('committed');
  expect(evidence.filter((what) => what === 'registrar-unreachable')).toHaveLength(1);
});

test('an extension that the registrar locks out is asked ever more seldom: each time stops the queue for all others', () => {
  const { end, lockouts } = play({ ...SMOOTH, lockouts: [[0, 8 * HOUR]] });
  expect(end).toBe('committed');
  expect(lockouts).toBeLessThanOrEqual(5 + (8 * 60) / 16);
});

test('I7: a rotation that nothing stands in the way of commits, wherever the process dies', () => {
  fc.assert(
    fc.property(crashes, fc.boolean(), (turns, hasOldKey) => {
      expect(play({ ...SMOOTH, hasOldKey, crashes: turns }).end).toBe('committed');
    }),
    { numRuns: RUNS },
  );
});

test('with the old key dead and the new one valid it goes straight on', () => {
  const { end, evidence, endedAt } = play({ ...SMOOTH, oldUntil: 0 });
  expect(end).toBe('committed');
  expect(evidence).toEqual([
    'old-key-refused',
    'new-key-valid',
    'served-new-key',
    'phones-awaited',
    'notify-received',
    'fetched',
    'registered',
    'committed',
  ]);
  expect(endedAt).toBeLessThan(10_000);
});

test('a key given with the request and refused ends after proveSeconds, and the phone keeps the old one', () => {
  const { end, evidence, endedAt, servedNew, refusals } = play({ ...SMOOTH, newFrom: null });
  expect({ end, servedNew }).toEqual({ end: 'rolled_back', servedNew: [] });
  expect(evidence.at(-1)).toBe('nothing-to-roll-back');
  expect(endedAt).toBeGreaterThanOrEqual(20_000);
  expect(endedAt).toBeLessThan(30_000);
  expect(refusals.length).toBeLessThanOrEqual(REFUSALS_PER_HOUR);
});

test.each([8_000, 12_000, 15_000, 17_000, 19_000, 21_000])(
  'a key that the registrar knows %i ms later is proven within proveSeconds, at their very end too',
  (newFrom) => {
    for (const oldUntil of [null, 0]) {
      expect(play({ ...SMOOTH, newFrom, oldUntil }).end).toBe('committed');
    }
  },
);

test('the tries of a refused key are spread over proveSeconds, however long they are', () => {
  const settings = { proveMs: 600_000, fetchMs: 180_000, registerMs: 180_000 };
  expect(play({ ...SMOOTH, newFrom: 598_000 }, settings).end).toBe('committed');
  const { end, refusals, endedAt } = play({ ...SMOOTH, newFrom: null }, settings);
  expect({ end, refusals: refusals.length }).toEqual({ end: 'rolled_back', refusals: REFUSALS_PER_HOUR });
  expect(endedAt).toBeGreaterThanOrEqual(600_000);
});

test('where a wrong key is answered 403 a dead old key is noted, and the new one has its turn', () => {
  const { end, evidence, endedAt } = play({ ...SMOOTH, forbids: true, oldUntil: 0 });
  expect(end).toBe('committed');
  expect(evidence.slice(0, 3)).toEqual(['old-key-forbidden', 'new-key-valid', 'served-new-key']);
  // One stop of the registrar's queue, and no more.
  expect(endedAt).toBeLessThan(75_000);
});

test('where a wrong key is answered 403 a wrong new one ends in need of support after the second', () => {
  const { end, evidence, refusals, servedNew } = play({ ...SMOOTH, forbids: true, newFrom: null });
  expect({ end, servedNew }).toEqual({ end: 'needs_support', servedNew: [] });
  expect(evidence).toEqual(['old-key-valid', 'new-key-forbidden', 'new-key-forbidden', 'new-key-not-judged']);
  expect(refusals).toHaveLength(2);
});

test('a served key that is forbidden is never rolled back, and does not hold the saga for good', () => {
  const stuck = { ...SMOOTH, forbids: true, newUntil: 3_000, phones: [{ ...PHONE, fetchAfter: 5_000 }] };
  const { end, evidence, endedAt } = play(stuck);
  expect({ end, last: evidence.at(-1) }).toEqual({ end: 'needs_support', last: 'new-key-not-judged' });
  expect(evidence).not.toContain('rolling-back');
  expect(endedAt).toBeLessThan(25 * HOUR);
  const cancelled = play({ ...stuck, cancelAt: 20 * MINUTE });
  expect({ end: cancelled.end, last: cancelled.evidence.at(-1) }).toEqual({ end, last: 'new-key-not-judged' });
  expect(cancelled.endedAt).toBeLessThan(40 * MINUTE);
});

test('of two phones the slow one does not make the fast one register again', () => {
  for (const isNamed of [true, false]) {
    const fast = { ...PHONE, isNamed, refreshEvery: 9 * MINUTE };
    const slow = { ...PHONE, isNamed, fetchAfter: null, pollEvery: 40_000, registerAfter: 2_000 };
    const { end, evidence, endedAt } = play({ ...SMOOTH, phones: [fast, slow] });
    expect({ end, pushes: evidence.filter((what) => what.startsWith('notify-')).length }).toEqual({
      end: 'committed',
      pushes: 2,
    });
    expect(endedAt).toBeLessThan(MINUTE);
  }
});

test('of two phones both must fetch and register', () => {
  for (const isNamed of [true, false]) {
    const well = { ...PHONE, isNamed };
    const lost = { ...well, registerAfter: null, refreshEvery: null };
    const { end, evidence } = play({ ...SMOOTH, phones: [well, lost] });
    expect({ end, last: evidence.at(-1) }).toEqual({ end: 'needs_support', last: 'phone-never-registered' });
  }
});

test('a phone that is deleted while it is awaited is not waited for', () => {
  const gone = { ...PHONE, fetchAfter: null, goneAt: MINUTE };
  const one = play({ ...SMOOTH, phones: [gone] });
  expect({ end: one.end, evidence: one.evidence.slice(-2) }).toEqual({
    end: 'committed',
    evidence: ['no-phone-has-the-line', 'committed'],
  });
  expect(one.evidence).not.toContain('fetched');
  const both = play({ ...SMOOTH, phones: [PHONE, gone] });
  expect({ end: both.end, evidence: both.evidence.slice(-2) }).toEqual({
    end: 'committed',
    evidence: ['registered', 'committed'],
  });
});

test('I6: a phone that refreshes its binding before it fetches, and not after, is not registered', () => {
  // Bound anew 10 s after the start and then after 110 s; it fetches in between, and goes on with the old key.
  const deaf = { ...PHONE, fetchAfter: 20_000, registerAfter: null, refreshEvery: 110_000 };
  const { end, endedAt } = play({ ...SMOOTH, phones: [deaf] });
  expect(end).toBe('committed');
  expect(endedAt).toBeGreaterThanOrEqual(120_000);
});

test('the old key is kept past a commit unless the registrar refused it: a phone may still register with it', () => {
  // It fetches and does not apply; its routine refresh, with the old key, cannot be told from a registration.
  const deaf = { ...PHONE, registerAfter: null, refreshEvery: 130_000 };
  const { end, moves } = play({ ...SMOOTH, phones: [deaf] });
  expect(end).toBe('committed');
  expect(moves.at(-1)?.move).toMatchObject({
    keepOldKey: true,
    evidence: [{ what: 'committed', data: { kept: 'old-key', oldKey: 'valid' } }],
  });
  expect(play({ ...SMOOTH, oldUntil: 0 }).moves.at(-1)?.move.keepOldKey).toBe(false);
});

test('a key given with the request and refused needs support when the old one is dead as well', () => {
  const { end, evidence } = play({ ...SMOOTH, newFrom: null, oldUntil: 0 });
  expect({ end, last: evidence.at(-1) }).toEqual({ end: 'needs_support', last: 'no-key-is-valid' });
});

test('a key that a person gave while it waited, and that is refused, is dropped and another one awaited', () => {
  const { evidence, moves, end } = play({ ...SMOOTH, keyAt: 5_000, newFrom: null, cancelAt: HOUR });
  expect(moves.filter(({ move }) => move.dropNewKey)).toHaveLength(1);
  expect(evidence.slice(-3)).toEqual(['new-key-dropped', 'awaiting-key', 'cancelled']);
  expect(end).toBe('cancelled');
});

test('a refused key that the registrar learns within proveSeconds goes on', () => {
  const { end, evidence } = play({ ...SMOOTH, newFrom: 8_000 });
  expect(end).toBe('committed');
  expect(evidence.slice(0, 3)).toEqual(['old-key-valid', 'new-key-refused', 'new-key-refused']);
});

test('a phone that never fetches needs support as long as the new key is valid', () => {
  const { end, evidence } = play({ ...SMOOTH, phones: [{ ...PHONE, fetchAfter: null }] });
  expect({ end, last: evidence.at(-1) }).toEqual({ end: 'needs_support', last: 'phone-never-fetched' });
  expect(evidence.filter((what) => what.startsWith('notify-'))).toHaveLength(3);
});

test('a phone that takes no NOTIFY and asks by itself commits', () => {
  expect(play({ ...SMOOTH, phones: [{ ...PHONE, fetchAfter: null, pollEvery: 2 * MINUTE }] }).end).toBe('committed');
});

test('a phone that fetches and never registers needs support', () => {
  const { end, evidence } = play({ ...SMOOTH, phones: [{ ...PHONE, registerAfter: null, refreshEvery: null }] });
  expect({ end, last: evidence.at(-1) }).toEqual({ end: 'needs_support', last: 'phone-never-registered' });
});

test('a key that the registrar forgets after it was served is rolled back once the phone has the old one', () => {
  const { end, evidence } = play({ ...SMOOTH, newUntil: 3_000, phones: [{ ...PHONE, fetchAfter: 5_000 }] });
  expect(end).toBe('rolled_back');
  expect(evidence).toContain('rolling-back');
  expect(evidence.at(-1)).toBe('old-key-fetched');
});

test('an extension whose phones never fetched commits once the key is proven', () => {
  const { end, evidence } = play({ ...SMOOTH, phones: [] });
  expect({ end, evidence: evidence.slice(-2) }).toEqual({
    end: 'committed',
    evidence: ['no-phone-had-fetched', 'committed'],
  });
});

test('a cancel before the key is served ends it; after that it is noted and ignored', () => {
  expect(play({ ...SMOOTH, keyAt: HOUR, cancelAt: MINUTE }).end).toBe('cancelled');
  const late = play({ ...SMOOTH, phones: [{ ...PHONE, fetchAfter: 20_000 }], cancelAt: 10_000 });
  expect(late.end).toBe('committed');
  expect(late.evidence).toContain('cancel-ignored');
});

function check(holds: (history: History) => void): void {
  fc.assert(
    fc.property(scripts, (script) => {
      holds(play(script));
    }),
    { numRuns: RUNS },
  );
}
