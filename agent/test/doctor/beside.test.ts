import { expect, onTestFinished, test } from 'vitest';
import type { LabRouter } from '../../../lab/routeros/router.ts';
import { systemClock } from '../../adapters/clock.ts';
import type { Clock } from '../../ports.ts';
import { RouterTurn } from '../../router-turn.ts';
import { scene, type Scene, type SceneOptions } from '../worker/harness.ts';
import { clinic, codes, found } from './clinic.ts';

const ACCESS = '/ip/proxy/access';
const FILTER = '/ip/firewall/filter';
const LIST = '/ip/firewall/address-list';
/** What the doctor asks, one after the other, and no pass does. */
const FIRST = '/ip/service/print';
const SECOND = '/system/clock/print';
const CUT = { reason: 'no payment' };
/** Longer than a test may take: a doctor at such a command is at it until it is stopped. */
const ENDLESS_MS = 600_000;

/** Resolves when the router has done that command. */
function done({ router }: Pick<Scene, 'router'>, path: string): Promise<void> {
  return new Promise((resolve) => {
    const stop = router.onCommand((request) => {
      if (request.path !== path) return;
      stop();
      resolve();
    });
  });
}

const isCut = ({ router }: Pick<Scene, 'router'>, address: string): boolean =>
  router.table(LIST).find({ list: 'Moroso', address }) !== undefined;

/** A router with one subscriber cut and another not, whose doctor is not answered any more. */
async function hanging(options: SceneOptions): Promise<Scene & { readonly doctor: string }> {
  const one = await scene({ commandTimeoutMs: ENDLESS_MS, ...options });
  await one.put('s1', { addresses: ['100.64.0.5'] });
  await one.put('s2', { addresses: ['100.64.0.6'] });
  await one.settle({ kind: 'cutoff', id: 's1', cutoff: CUT });
  one.router.faults.arm({ path: SECOND }, { kind: 'stuck' });
  const asked = done(one, FIRST);
  const doctor = await one.ask({ kind: 'doctor', router: 'r0', selfTest: true });
  await asked;
  return Object.assign(one, { doctor });
}

test.each(['native', 'node-routeros'] as const)(
  'while a doctor hangs on a slow router, a cut-off and a restore over %s are through as ever',
  async (driver) => {
    const one = await hanging({ driver });
    expect(await one.settle({ kind: 'restore', id: 's1' })).toMatchObject({ state: 'verified' });
    expect(await one.settle({ kind: 'cutoff', id: 's2', cutoff: CUT })).toMatchObject({ state: 'verified' });
    expect([isCut(one, '100.64.0.5'), isCut(one, '100.64.0.6')]).toEqual([false, true]);
    await one.converged();
    expect((await one.store.control.readOperation(one.doctor))?.state).toBe('received');
    expect(one.router.stats.sessionsOpen).toBeLessThanOrEqual(3);
    expect(one.worker.isStuck).toBe(false);
  },
);

test('I1: where the doctor has the last session there is, a restore goes by the pass', async () => {
  const one = await hanging({ router: { maxSessions: 2 } });
  expect(await one.settle({ kind: 'restore', id: 's1' })).toMatchObject({ state: 'verified' });
  expect(isCut(one, '100.64.0.5')).toBe(false);
});

/** A promise that others wait for, and what ends the wait. */
function gate(): { readonly passed: Promise<void>; readonly open: () => void } {
  let open = (): void => undefined;
  const passed = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { passed, open };
}

const ofSelfTest = (router: LabRouter): readonly string[] =>
  [ACCESS, FILTER].filter((menu) => router.table(menu).find({ comment: 'wisp-edge:rule:self-test' }) !== undefined);

test('I4: while rows of a self-test stand restores go on, and a pass waits for it and for nothing else', async () => {
  const asked = gate();
  const answer = gate();
  onTestFinished(answer.open);
  const one = await clinic({
    probes: {
      askProxy: async () => {
        if (ofSelfTest(one.router).length === 0) return { kind: 'silent' };
        asked.open();
        await answer.passed;
        return { kind: 'answered', status: 307, location: 'https://clientes.example.net/wisp-edge-self-test/' };
      },
    },
  });
  for (const [at, id] of ['s1', 's2', 's3'].entries()) await one.put(id, { addresses: [`100.64.0.${at + 5}`] });
  for (const id of ['s1', 's2']) await one.settle({ kind: 'cutoff', id, cutoff: CUT });
  const doctor = await one.ask({ kind: 'doctor', router: 'r0', selfTest: true });
  await asked.passed;
  const adds: string[] = [];
  onTestFinished(
    one.router.onCommand(({ path }) => {
      if (path.endsWith('/add')) adds.push(path);
    }),
  );
  expect(await one.settle({ kind: 'restore', id: 's1' })).toMatchObject({ state: 'verified' });
  const cut = await one.ask({ kind: 'cutoff', id: 's3', cutoff: CUT });
  expect(await one.settle({ kind: 'restore', id: 's2' })).toMatchObject({ state: 'verified' });
  expect([ofSelfTest(one.router), adds]).toEqual([[ACCESS, FILTER], []]);
  answer.open();
  expect(await one.settled(cut)).toMatchObject({ state: 'verified' });
  const { result } = await one.settled(doctor);
  expect(JSON.stringify(result)).toContain('self-test-passed');
  expect(ofSelfTest(one.router)).toEqual([]);
});

test('a doctor asked for while another runs is one of its own, begun when that one is over', async () => {
  const reached = gate();
  const answer = gate();
  onTestFinished(answer.open);
  const one = await clinic({
    probes: {
      askProxy: async () => {
        reached.open();
        await answer.passed;
        return { kind: 'silent' };
      },
    },
  });
  const first = await one.ask({ kind: 'doctor', router: 'r0', selfTest: false });
  await reached.passed;
  const second = await one.ask({ kind: 'doctor', router: 'r0', selfTest: false });
  const third = one.worker.examine();
  await one.converged();
  expect((await one.store.control.readOperation(first))?.state).toBe('received');
  answer.open();
  const [before, after] = [await one.settled(first), await one.settled(second)];
  await third;
  expect([before.state, after.state]).toEqual(['verified', 'verified']);
  expect(after.result?.['checkedAt']).not.toEqual(before.result?.['checkedAt']);
});

/** The machine's clock, but that sleeps of so many ms end when they are told to. */
function clockWith(ms: number, ends: Promise<void>): Clock {
  return { ...systemClock, sleep: (asked, signal) => (asked === ms ? ends : systemClock.sleep(asked, signal)) };
}

test.each([
  [ACCESS, { [ACCESS]: 2 }],
  [FILTER, { [ACCESS]: 2, [FILTER]: 2 }],
])(
  'a self-test whose time is up while its row in %s is being written gives its turn back, and leaves nothing',
  async (menu, writes) => {
    const one = await clinic();
    await one.worker.stop();
    one.router.resetStats();
    // The row stands, and its id is never told.
    const written = gate();
    one.router.faults.arm({ path: `${menu}/add` }, { kind: 'edit', edit: written.open, when: 'after' });
    const turn = new RouterTurn();
    const report = await one.examine({ turn, clock: clockWith(6000, written.passed) }, true);
    expect(found(report, 'self-test-not-made').detail).toContain('left no time for it');
    expect(one.router.stats.writes).toEqual(writes);
    expect(ofSelfTest(one.router)).toEqual([]);
    expect(await turn.take(new AbortController().signal, () => Promise.resolve('free'))).toBe('free');
  },
);

test('a self-test that has no turn before the doctor’s time is up writes nothing, and the doctor says the rest', async () => {
  const one = await clinic();
  await one.worker.stop();
  const pass = gate();
  const turn = new RouterTurn();
  const passing = turn.take(new AbortController().signal, () => pass.passed);
  one.router.resetStats();
  const clock = clockWith(120_000, done(one, '/console/inspect'));
  const report = await one.examine({ turn, clock }, true);
  expect(codes(report)).toContain('self-test-not-made');
  expect([report.reachable, report.version]).toEqual([true, '7.24 (stable)']);
  expect(one.router.stats.writes).toEqual({});
  pass.open();
  await passing;
});
