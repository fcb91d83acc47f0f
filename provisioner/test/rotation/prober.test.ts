import { setMaxListeners } from 'node:events';
import { expect, test } from 'vitest';
import { seededRandom } from '../../../lab/routeros/random.ts';
import { Secret } from '../../../schemas/secret.ts';
import type { Refusal } from '../../../store/phone-ports.ts';
import { BREAKER_AFTER, BREAKER_MS, REFUSALS_PER_HOUR } from '../../core/probe-limits.ts';
import type { Registrar } from '../../core/registrar.ts';
import type { ProbeVerdict } from '../../core/verdict.ts';
import type { NotifyAnswer, ProbeAnswer, SipClient, SipCredential } from '../../ports.ts';
import { Lane } from '../../lane.ts';
import { Prober, type ProberLimits } from '../../prober.ts';
import { VirtualClock } from './virtual-clock.ts';

const REGISTRAR: Registrar = {
  id: 'iplan',
  domain: 'sip.example.net',
  domainPort: null,
  transport: 'udp',
  host: '192.0.2.10',
  port: 5060,
  probeMode: 'query',
};
const VALID: ProbeAnswer = { kind: 'valid', status: 200, bindings: [], algorithm: 'MD5' };
const REFUSED: ProbeAnswer = { kind: 'refused', status: 401, algorithm: 'MD5' };
const FAST: ProberLimits = { perSecond: Number.POSITIVE_INFINITY, inFlight: 16, deadlineMs: 8_000 };
const RUNNING = new AbortController().signal;
setMaxListeners(0, RUNNING);
const HOUR = 3_600_000;

interface Sent {
  readonly at: number;
  readonly number: string;
  readonly deadlineMs: number;
}

interface Scene {
  readonly prober: Prober;
  readonly clock: VirtualClock;
  readonly sent: readonly Sent[];
  readonly ledger: readonly Refusal[];
  readonly most: () => number;
  /** Which ways NOTIFYs went. */
  readonly notified: readonly string[];
  readonly notify: (route: 'registrar' | 'direct') => Promise<NotifyAnswer>;
  readonly verify: (number: string, key?: string, isAskedFor?: boolean) => Promise<ProbeVerdict>;
}

function scene(
  answer: (nth: number, number: string) => ProbeAnswer,
  limits: Partial<ProberLimits> = {},
  options: {
    readonly clock?: VirtualClock;
    readonly earlier?: readonly Refusal[];
    readonly answerMs?: number;
    readonly notify?: NotifyAnswer;
  } = {},
): Scene {
  const clock = options.clock ?? new VirtualClock();
  const sent: Sent[] = [];
  const notified: string[] = [];
  const ledger: Refusal[] = [...(options.earlier ?? [])];
  const busy = { now: 0, most: 0 };
  const client: SipClient = {
    stack: 'embedded',
    readiness: () => ({ isReady: true, detail: null }),
    async probe(_registrar, { number }, { deadlineMs }) {
      sent.push({ at: clock.now(), number, deadlineMs });
      const told = answer(sent.length, number);
      busy.now += 1;
      busy.most = Math.max(busy.most, busy.now);
      await clock.sleep(options.answerMs ?? 5);
      busy.now -= 1;
      return told;
    },
    notify: ({ route }) => {
      notified.push(route);
      return Promise.resolve(options.notify ?? { kind: 'received', status: 200, wasChallenged: false });
    },
    close: () => Promise.resolve(),
  };
  const prober = new Prober({
    client,
    limits: { ...FAST, ...limits },
    ledger: {
      record: (refusal) => {
        ledger.push(refusal);
        return Promise.resolve();
      },
      earlier: [...ledger],
    },
    markOf: ({ number, key }: SipCredential) => `${number}:${key.reveal()}`,
    clock,
  });
  return {
    prober,
    clock,
    sent,
    ledger,
    most: () => busy.most,
    notified,
    notify: (route) =>
      prober.notify({ registrar: REGISTRAR, number: '1001', contact: null, route }, 'check-sync', [], RUNNING),
    verify: (number, key = 'key', isAskedFor = true) =>
      prober.verify(REGISTRAR, { number, authUser: number, key: new Secret(key) }, { signal: RUNNING, isAskedFor }),
  };
}

function numbers(count: number): readonly string[] {
  return Array.from({ length: count }, (_, at) => String(1000 + at));
}

test.each([5, 50, 800])('at %d a second the rate holds within 5 %, though timers fire late', async (perSecond) => {
  const random = seededRandom(7);
  const clock = new VirtualClock(() => random() * 4);
  const { sent, verify } = scene(() => VALID, { perSecond }, { clock });
  await Promise.all(numbers(400).map((number) => verify(number)));
  const seconds = ((sent.at(-1)?.at ?? 0) - (sent[0]?.at ?? 0)) / 1000;
  const rate = (sent.length - 1) / seconds;
  expect(rate / perSecond).toBeGreaterThan(0.95);
  expect(rate / perSecond).toBeLessThan(1.05);
});

test('never more than so many are in flight at one registrar', async () => {
  const { most, verify } = scene(() => VALID, { inFlight: 3 });
  await Promise.all(numbers(50).map((number) => verify(number)));
  expect(most()).toBe(3);
});

test('whoever is asked for by a person goes before those that merely look', async () => {
  const { sent, verify } = scene(() => VALID, { inFlight: 1 });
  const looks = numbers(20).map((number) => verify(number, 'key', false));
  const asked = verify('9999');
  await Promise.all([...looks, asked]);
  expect(sent.findIndex(({ number }) => number === '9999')).toBeLessThanOrEqual(1);
});

test('our own deadline goes with every request', async () => {
  const { sent, verify } = scene(() => VALID, { deadlineMs: 3_000 });
  await verify('1001');
  expect(sent).toMatchObject([{ deadlineMs: 3_000 }]);
});

test('a key is invalid after two refusals at least 2 s apart', async () => {
  const { sent, verify } = scene(() => REFUSED);
  expect(await verify('1001')).toMatchObject({ kind: 'verdict', verdict: 'invalid' });
  expect(sent).toHaveLength(2);
  expect((sent[1]?.at ?? 0) - (sent[0]?.at ?? 0)).toBeGreaterThanOrEqual(2_000);
});

test('one refusal alone is none: the second try decides', async () => {
  const { verify } = scene((nth) => (nth === 1 ? REFUSED : VALID));
  expect(await verify('1001')).toMatchObject({ verdict: 'valid' });
});

test('I7: a refusal from before a crash counts as the first of two', async () => {
  const clock = new VirtualClock();
  const earlier = [{ number: '1001', keyMark: '1001:key', at: clock.now() - 5_000 }];
  const { sent, verify } = scene(() => REFUSED, {}, { clock, earlier });
  expect(await verify('1001')).toMatchObject({ verdict: 'invalid' });
  expect(sent).toHaveLength(1);
});

test('an extension has six refusals an hour, whatever keys and whoever asks, over restarts too', async () => {
  const first = scene(() => REFUSED);
  for (const key of ['a', 'b', 'c']) expect(await first.verify('1001', key)).toMatchObject({ verdict: 'invalid' });
  expect(first.ledger).toHaveLength(REFUSALS_PER_HOUR);
  const until = (first.ledger[0]?.at ?? 0) + HOUR;
  expect(await first.verify('1001', 'd')).toEqual({ kind: 'spent', until });
  expect(await first.verify('1002', 'a')).toMatchObject({ verdict: 'invalid' });
  const second = scene(() => VALID, {}, { clock: first.clock, earlier: first.ledger });
  expect(await second.verify('1001', 'e')).toEqual({ kind: 'spent', until });
  await first.clock.sleep(until - first.clock.now() + 1);
  expect(await second.verify('1001', 'e')).toMatchObject({ verdict: 'valid' });
});

test('a refused key is not looked at again for an hour, unless somebody asks', async () => {
  const { clock, sent, verify } = scene((nth) => (nth <= 2 ? REFUSED : VALID));
  expect(await verify('1001', 'a', false)).toMatchObject({ verdict: 'invalid' });
  expect(await verify('1001', 'a', false)).toMatchObject({ kind: 'spent' });
  expect(sent).toHaveLength(2);
  await clock.sleep(70_000);
  expect(await verify('1001', 'a', true)).toMatchObject({ verdict: 'valid' });
});

test.each([
  [403, null, 60_000],
  [429, 0, 60_000],
  [429, 20, 60_000],
  [503, 300, 300_000],
  [503, 999_999_999, HOUR],
])('a %d stops the queue of its registrar for Retry-After (%s s), a minute to an hour', async (status, after, ms) => {
  const locked: ProbeAnswer = { kind: 'locked', status, retryAfterSeconds: after, algorithm: null };
  const { clock, sent, verify } = scene((nth) => (nth === 1 ? locked : VALID), { inFlight: 1 });
  const all = await Promise.all(numbers(20).map((number) => verify(number)));
  expect(all.every((told) => told.kind === 'verdict' && told.verdict === 'locked')).toBe(true);
  expect(sent).toHaveLength(1);
  const until = (sent[0]?.at ?? 0) + 5 + ms;
  expect(all[19]).toMatchObject({ retryAt: until });
  await clock.sleep(until - clock.now());
  expect(await verify('1001')).toMatchObject({ verdict: 'valid' });
});

test('many extensions refused in a row stop the lane: the fault is more likely ours', async () => {
  const { clock, sent, verify } = scene((nth) => (nth <= 2 * BREAKER_AFTER ? REFUSED : VALID));
  for (const number of numbers(BREAKER_AFTER)) expect(await verify(number)).toMatchObject({ verdict: 'invalid' });
  expect(await verify('5000')).toMatchObject({ verdict: 'locked', detail: 'breaker' });
  expect(sent).toHaveLength(2 * BREAKER_AFTER);
  await clock.sleep(BREAKER_MS);
  expect(await verify('5000')).toMatchObject({ verdict: 'valid' });
});

test('neither the breaker nor a second lockout shortens a lockout', async () => {
  const clock = new VirtualClock();
  const lane = new Lane(FAST, clock);
  const until = lane.lock(1_800);
  for (const number of numbers(BREAKER_AFTER)) lane.judge(number, false);
  expect(lane.lock(60)).toBe(until);
  expect(until).toBe(clock.now() + 1_800_000);
  expect(await lane.run(() => Promise.resolve('sent'), true, RUNNING)).toEqual({
    kind: 'stopped',
    until,
    why: 'locked',
  });
});

test.each([403, 429, 503])('a %i to a NOTIFY by way of the registrar stops its queue', async (status) => {
  const answer = { kind: 'locked', status, retryAfterSeconds: 120 } as const;
  const { clock, sent, notify, verify } = scene(() => VALID, {}, { notify: answer });
  expect(await notify('registrar')).toEqual(answer);
  expect(await verify('1001')).toMatchObject({ verdict: 'locked', retryAt: clock.now() + 120_000 });
  expect(sent).toEqual([]);
});

test.each([
  { kind: 'locked', status: 403, retryAfterSeconds: null },
  { kind: 'not-told', status: 407 },
] as const)(
  'a registrar that keeps a NOTIFY to itself ($status) is not asked to pass one on for an hour',
  async (answer) => {
    const { clock, notified, notify } = scene(() => VALID, {}, { notify: answer });
    expect(await notify('registrar')).toEqual(answer);
    expect(await notify('registrar')).toEqual({ kind: 'not-told', status: answer.status });
    await notify('direct');
    expect(notified).toEqual(['registrar', 'direct']);
    await clock.sleep(HOUR);
    await notify('registrar');
    expect(notified).toEqual(['registrar', 'direct', 'registrar']);
  },
);

test('what is left of an hour’s refusals is told with each verdict', async () => {
  const { verify } = scene(() => REFUSED);
  expect(await verify('1001')).toMatchObject({ verdict: 'invalid', refusalsLeft: REFUSALS_PER_HOUR - 2 });
  expect(await verify('1001')).toMatchObject({ verdict: 'invalid', refusalsLeft: REFUSALS_PER_HOUR - 3 });
});

test('what the network does is told as it is, and no refusal', async () => {
  const answers: ProbeAnswer[] = [
    { kind: 'unreachable', detail: 'no answer' },
    { kind: 'unsupported', status: 400, detail: 'Missing Contact Header' },
    { kind: 'indeterminate', detail: 'link lost' },
  ];
  const { ledger, verify } = scene((nth) => answers[nth - 1] ?? VALID);
  expect(await verify('1001')).toMatchObject({ verdict: 'unreachable', detail: 'no answer' });
  expect(await verify('1001')).toMatchObject({ verdict: 'unsupported', status: 400 });
  expect(await verify('1001')).toMatchObject({ verdict: 'indeterminate' });
  expect(ledger).toEqual([]);
});

test('who waits in the queue leaves it at once when it is stopped', async () => {
  const { prober, verify } = scene(() => VALID, { inFlight: 1 }, { answerMs: 50 });
  const stop = new AbortController();
  const first = verify('1001');
  const waiting = prober.verify(
    REGISTRAR,
    { number: '1002', authUser: '1002', key: new Secret('key') },
    { isAskedFor: true, signal: stop.signal },
  );
  stop.abort();
  await expect(waiting).rejects.toMatchObject({ code: 'aborted' });
  expect(await first).toMatchObject({ verdict: 'valid' });
});

test('I11: a registrar that answers without asking for a digest has proven no key', async () => {
  const { verify } = scene(() => ({ kind: 'valid', status: 200, bindings: [], algorithm: null }));
  expect(await verify('1001')).toMatchObject({ kind: 'verdict', verdict: 'unsupported', status: 200 });
});
