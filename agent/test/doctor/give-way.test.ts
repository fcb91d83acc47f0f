import { expect, test } from 'vitest';
import type { LabRouter } from '../../../lab/routeros/router.ts';
import { systemClock } from '../../adapters/clock.ts';
import { AppError } from '../../../schemas/app-error.ts';
import type { Clock } from '../../ports.ts';
import { clinic, found, type Clinic } from './clinic.ts';

const ACCESS = '/ip/proxy/access';
const FILTER = '/ip/firewall/filter';
const LIST = '/ip/firewall/address-list';
const CUT = { reason: 'no payment' };
/** How long a self-test asks, and how long it may be at taking its rows off. */
const ASKING_MS = 6000;
const TAKE_OFF_MS = 4000;
/** The latter where a pass cannot wait. */
const GIVE_WAY_MS = 1000;
/** Longer than a test may take. */
const ENDLESS_MS = 600_000;

const ofSelfTest = (router: LabRouter): readonly string[] =>
  [ACCESS, FILTER].filter((menu) => router.table(menu).find({ comment: 'wisp-edge:rule:self-test' }) !== undefined);

/** Sleeps of `endless` ms never end by themselves, those of `none` at once. */
function clockWith(endless: readonly number[], none: readonly number[] = []): Clock {
  const msOf = (ms: number): number => (endless.includes(ms) ? ENDLESS_MS : none.includes(ms) ? 0 : ms);
  return { ...systemClock, sleep: (ms, signal) => systemClock.sleep(msOf(ms), signal) };
}

/** A router whose proxy is silent for ever; `asked` resolves when the rows of a self-test stand and it is waited for. */
async function silent(clock: Clock): Promise<{ readonly one: Clinic; readonly asked: Promise<void> }> {
  let onAsked = (): void => undefined;
  const asked = new Promise<void>((resolve) => {
    onAsked = resolve;
  });
  const one: Clinic = await clinic({
    clock,
    probes: {
      askProxy: (_host, _port, { signal }) => {
        if (ofSelfTest(one.router).length < 2) return Promise.resolve({ kind: 'silent' });
        onAsked();
        return new Promise((_resolve, reject) => {
          const end = (): void => {
            reject(new AppError('aborted', 'a probe was stopped by us'));
          };
          signal.addEventListener('abort', end, { once: true });
          if (signal.aborted) end();
        });
      },
    },
  });
  return { one, asked };
}

async function cutAndTested(clock: Clock): Promise<Clinic & { readonly doctor: string }> {
  const { one, asked } = await silent(clock);
  await one.put('s1');
  await one.settle({ kind: 'cutoff', id: 's1', cutoff: CUT });
  const doctor = await one.ask({ kind: 'doctor', router: 'r0', selfTest: true });
  await asked;
  return Object.assign(one, { doctor });
}

const isCut = ({ router }: Clinic): boolean =>
  router.table(LIST).find({ list: 'Moroso', address: '100.64.0.5' }) !== undefined;

test('I1: a self-test whose link is gone holds up no restore', async () => {
  const one = await cutAndTested(clockWith([ASKING_MS, TAKE_OFF_MS, GIVE_WAY_MS]));
  await one.router.unplug();
  await one.router.plugIn();
  expect(await one.settle({ kind: 'restore', id: 's1' })).toMatchObject({ state: 'verified' });
  expect(isCut(one)).toBe(false);
  await one.converged();
  expect(ofSelfTest(one.router)).toEqual([]);
  expect(JSON.stringify(await one.settled(one.doctor))).toContain('left no time for it');
});

test('I1: a restore that is left to a pass ends a self-test at once', async () => {
  const one = await cutAndTested(clockWith([ASKING_MS, TAKE_OFF_MS, GIVE_WAY_MS]));
  one.router.faults.arm({ path: `${LIST}/remove` }, { kind: 'reset', when: 'before' });
  expect(await one.settle({ kind: 'restore', id: 's1' })).toMatchObject({ state: 'verified' });
  expect(isCut(one)).toBe(false);
  await one.converged();
  expect(ofSelfTest(one.router)).toEqual([]);
});

test('I1: a self-test on a half-open link holds up no restore either: the pass takes its rows off', async () => {
  const one = await cutAndTested(clockWith([ASKING_MS, TAKE_OFF_MS], [GIVE_WAY_MS]));
  const hung = one.router.faults.arm({ path: `${FILTER}/remove` }, { kind: 'hang', isDone: false });
  one.router.faults.arm({ path: `${LIST}/remove` }, { kind: 'reset', when: 'before' });
  expect(await one.settle({ kind: 'restore', id: 's1' })).toMatchObject({ state: 'verified' });
  expect([hung.fired, isCut(one)]).toEqual([1, false]);
  await one.converged();
  expect(ofSelfTest(one.router)).toEqual([]);
});

test('a worker that is stopped in the middle of a self-test takes its rows off', async () => {
  const one = await cutAndTested(clockWith([ASKING_MS, TAKE_OFF_MS, GIVE_WAY_MS]));
  await one.worker.stop();
  expect(ofSelfTest(one.router)).toEqual([]);
});

test('so does a doctor whose own time is up meanwhile', async () => {
  const { one, asked } = await silent(systemClock);
  await one.worker.stop();
  const endless = clockWith([ASKING_MS]);
  const clock: Clock = { ...endless, sleep: (ms, signal) => (ms === 120_000 ? asked : endless.sleep(ms, signal)) };
  const report = await one.examine({ clock }, true);
  expect(found(report, 'self-test-not-made').detail).toContain('left no time for it');
  expect(ofSelfTest(one.router)).toEqual([]);
});

test('so does a doctor that is stopped', async () => {
  const { one, asked } = await silent(systemClock);
  await one.worker.stop();
  const stop = new AbortController();
  const stopped = one.examine({ signal: stop.signal, clock: clockWith([ASKING_MS]) }, true);
  await asked;
  stop.abort();
  await expect(stopped).rejects.toThrow();
  expect(ofSelfTest(one.router)).toEqual([]);
});

test('a stop waits for no router that is silent while the rows are taken off', async () => {
  const one = await cutAndTested(clockWith([ASKING_MS, GIVE_WAY_MS], [TAKE_OFF_MS]));
  one.router.faults.arm({ path: `${FILTER}/remove` }, { kind: 'hang', isDone: false });
  await one.worker.stop();
  expect(ofSelfTest(one.router)).toEqual([ACCESS, FILTER]);
});
