import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { Secret } from '../../../schemas/secret.ts';
import type { OpenRotation, PhoneWork } from '../../../store/phone-ports.ts';
import { Rotations } from '../../rotations.ts';
import { Underway } from '../../underway.ts';
import { Work } from '../../work.ts';
import { at } from '../sip/harness-values.ts';

const EXTENSION = { registrar: 'lab', displayName: 'Ana', owner: 'isp' } as const;
const REGISTRAR = at({ port: 5060 });
const STEP_MS = 1_000;

/** A promise that never settles. */
function never<Result>(): Promise<Result> {
  return new Promise<Result>(() => undefined);
}

/** What Rotations and Work are given, with a registrar's prober that never comes back. */
function stalled() {
  const clock = { at: 0, now: () => clock.at, monotonic: () => clock.at, sleep: (): Promise<void> => never() };
  const underway = new Underway(clock);
  const nothing = (): Promise<never> => Promise.reject(new Error('not asked in this test'));
  return {
    clock,
    underway,
    shared: {
      prober: { verify: () => never<never>(), notify: () => never<never>() },
      served: {
        refresh: nothing,
        phonesOf: () => [],
        wholeSha256s: () => [],
        phone: () => null,
        isLeftAlone: () => false,
      },
      registrars: () => new Map([[REGISTRAR.id, REGISTRAR]]),
      clock,
      underway,
      stepMs: () => STEP_MS,
      signal: new AbortController().signal,
      log: { info: () => undefined, error: () => undefined },
    },
    store: {
      fetchesSince: () => Promise.resolve([]),
      recordRegistrations: () => Promise.resolve(),
      advanceRotation: nothing,
      advanceWork: nothing,
      lastRegistration: nothing,
      formerKeys: nothing,
    },
  };
}

test('a step of a rotation that never ends is overdue', async () => {
  const { clock, underway, shared, store } = stalled();
  const progress = {
    ...{ old: null, fresh: null, enteredAt: 0, keyAt: 0, tries: 0, nextAt: 0 },
    ...{ served: {}, servedAt: null, pushedAt: null, isRollingBack: false },
  };
  const key = new Secret('a key');
  const one: OpenRotation['extensions'][number] = {
    ...{ number: '1001', step: 'baseline', end: null, evidence: [], extension: EXTENSION },
    ...{ oldKey: key, newKey: key, keptKeys: [], progress, revision: 1 },
  };
  const open: OpenRotation = {
    ...{ id: 'rot-1', operation: 'o1', reason: 'test', createdAt: 0, batch: { canary: 1, wave: 1 } },
    ...{ isCancelAsked: false, extensions: [one] },
  };
  const rotations = new Rotations({
    ...shared,
    store: { ...store, openRotations: () => Promise.resolve([open]) },
    settings: () => ({ proveMs: 1, fetchMs: 1, registerMs: 1 }),
  });
  await rotations.refresh();
  await setImmediate();
  expect(underway.overdue).toEqual([]);
  clock.at += STEP_MS + 1;
  expect(underway.overdue).toEqual(['rotation rot-1/1001']);
});

test('a validate that never ends is overdue', async () => {
  const { clock, underway, shared, store } = stalled();
  const work: PhoneWork = {
    ...{ kind: 'validate', operation: 'o1', acceptedAt: 0, number: '1001', extension: EXTENSION },
    ...{ key: new Secret('a key'), isGiven: false },
  };
  const running = new Work({
    ...shared,
    store: { ...store, openWork: () => Promise.resolve([work]) },
    fetchMs: () => 1,
  });
  await running.refresh();
  await setImmediate();
  clock.at += STEP_MS + 1;
  expect(underway.overdue).toEqual(['operation o1']);
});
