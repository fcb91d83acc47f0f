import type { RotationProgress } from '../../../schemas/rotation-progress.ts';
import type { ProbeVerdict } from '../verdict.ts';
import { areRenewed } from './bindings.ts';
import { entering, move } from './move.ts';
import { ended, inDoubt } from './record-decision.ts';
import type { Observation, SagaMove, SagaSettings, SagaState } from './state.ts';
import { isBeforeStaged, refusedSince } from './state.ts';
import { DOUBT_MS, lockedAfterMs, lookAfterMs, proofAfterMs, retryAfterMs } from './timing.ts';

type Probed = Extract<Observation, { kind: 'probed' }>;
type Answer = Extract<ProbeVerdict, { kind: 'verdict' }>;

/** What a verdict means for the saga. Only `valid` and `invalid` decide; anything else waits, and never ends it. */
export function recordProbe(state: SagaState, probed: Probed, settings: SagaSettings, now: number): SagaMove {
  const { result } = probed;
  if (result.kind === 'spent') return recordSpent(state, probed, result.until);
  switch (result.verdict) {
    case 'valid':
    case 'invalid':
      return recordDefinite(state, probed, result, settings, now);
    case 'locked':
      return recordLocked(state, result, now);
    case 'unsupported':
      return recordUnsupported(state, probed, result, now);
    case 'unreachable':
      return waiting(state, later(state, now), 'registrar-unreachable', result);
    case 'indeterminate':
      return waiting(state, later(state, now), 'probe-indeterminate', result);
  }
}

function recordDefinite(
  state: SagaState,
  { key, purpose }: Probed,
  answer: Answer,
  settings: SagaSettings,
  now: number,
): SagaMove {
  const verdict = definite(answer);
  switch (purpose) {
    case 'baseline':
      return move(state, { old: verdict, tries: 0, nextAt: now, hold: null }, [evidenceOf(key, answer)]);
    case 'proof':
      return verdict === 'valid' ? proven(state, answer, now) : refusedAgain(state, answer, now);
    case 'before':
      return recordBefore(state, answer, now);
    case 'renewal':
      return recordRenewal(state, answer, settings, now);
    case 'doubt':
      return recordDoubt(state, key, answer, now);
  }
}

function definite({ verdict }: Answer): 'valid' | 'invalid' {
  return verdict === 'valid' ? 'valid' : 'invalid';
}

function proven(state: SagaState, answer: Answer, now: number): SagaMove {
  const next = { ...entering(now), fresh: 'valid' as const, before: seen(answer) };
  return move(state, next, [evidenceOf('new', answer)], { step: 'proven' });
}

/** Nothing is served yet in `proven`: a key that is refused after all is to be proven again. */
function recordBefore(state: SagaState, answer: Answer, now: number): SagaMove {
  const { step, progress } = state;
  if (answer.verdict === 'valid') {
    return move(state, { before: seen(answer), earlier: progress.before, hold: null }, []);
  }
  if (step !== 'proven') return inDoubt(state, now + DOUBT_MS, 'proven-key-refused', told(answer));
  return { ...refusedAgain(state, answer, now), step: 'baseline' };
}

/** Tried again until `proveSeconds` are over: a registrar may take a while to know a key that was just changed. */
function refusedAgain(state: SagaState, answer: Answer, now: number): SagaMove {
  const { progress } = state;
  const since = refusedSince(progress);
  const tries = since === null ? 1 : progress.tries + 1;
  const nextAt = now + proofAfterMs(tries - 1);
  return move(state, { fresh: 'invalid', provingSince: since ?? now, tries, nextAt, hold: null }, [
    evidenceOf('new', answer),
  ]);
}

function recordRenewal(state: SagaState, answer: Answer, { registerMs }: SagaSettings, now: number): SagaMove {
  const { progress } = state;
  if (answer.verdict === 'invalid') {
    // Not asked again before the wait is over: each refusal counts, and then both keys are asked.
    const nextAt = progress.enteredAt + registerMs;
    return move(state, { nextAt, hold: null }, [{ what: 'proven-key-refused', data: told(answer) }]);
  }
  return registered(state, answer, now) ?? lookAgain(state, now);
}

function recordDoubt(state: SagaState, key: 'old' | 'new', answer: Answer, now: number): SagaMove {
  if (key === 'new' && state.step === 'fetched') {
    const done = registered(state, answer, now);
    if (done !== null) return done;
  }
  const verdict = definite(answer);
  const next: Partial<RotationProgress> = key === 'new' ? { fresh: verdict } : { old: verdict };
  return move(state, { ...next, tries: 0, nextAt: now, hold: null }, [evidenceOf(key, answer)]);
}

function registered(state: SagaState, answer: Answer, now: number): SagaMove | null {
  const { before, served } = state.progress;
  const macs = Object.keys(served);
  if (answer.bindings === null || !areRenewed(before, answer.bindings, answer.askedAt, macs)) return null;
  const data = { phones: macs, before: before?.bindings ?? [], bindings: answer.bindings };
  return move(state, { ...entering(now), doubtSince: null, fresh: 'valid' }, [{ what: 'registered', data }], {
    step: 'registered',
  });
}

function lookAgain(state: SagaState, now: number): SagaMove {
  const { tries } = state.progress;
  return move(state, { tries: tries + 1, nextAt: now + lookAfterMs(tries), hold: null }, []);
}

/** Whoever was locked out himself asks ever more seldom: each time it stops the registrar's queue for all others. */
function recordLocked(state: SagaState, answer: Answer, now: number): SagaMove {
  const { tries } = state.progress;
  const isOurs = answer.status !== null;
  const nextAt = Math.max(answer.retryAt ?? 0, now + (isOurs ? lockedAfterMs(tries) : 0));
  const next = isOurs && !countsPushes(state) ? { tries: tries + 1 } : {};
  return waiting(state, { ...next, hold: 'registrar-locked', nextAt }, 'registrar-locked', answer);
}

/** The refusals of the hour are spent. What was refused often enough needs no more of them. */
function recordSpent(state: SagaState, { key, purpose }: Probed, until: number): SagaMove {
  if (purpose === 'proof' && refusedSince(state.progress) !== null) return move(state, { nextAt: until }, []);
  if (purpose === 'doubt' && key === 'old')
    return move(state, { old: 'indeterminate' }, [{ what: 'refusals-spent', data: { key } }]);
  const isNew = state.noted.at(-1) !== 'refusals-spent';
  return move(
    state,
    { nextAt: until, hold: 'refusals-spent' },
    isNew ? [{ what: 'refusals-spent', data: { key } }] : [],
  );
}

/** Before anything was served there is nothing to lose by ending; after it only both keys' verdicts may. */
function recordUnsupported(state: SagaState, { key, purpose }: Probed, answer: Answer, now: number): SagaMove {
  if (isBeforeStaged(state.step)) return ended(state, 'needs_support', 'sip-unsupported', told(answer));
  if (purpose !== 'doubt') return waiting(state, later(state, now), 'sip-unsupported', answer);
  const next: Partial<RotationProgress> = key === 'new' ? { fresh: 'unsupported' } : { old: 'unsupported' };
  return move(state, { ...next, nextAt: now, hold: null }, [
    { what: 'sip-unsupported', data: { key, ...told(answer) } },
  ]);
}

/** Told once in a row: a registrar that is down for a night must not fill the evidence. */
function waiting(state: SagaState, next: Partial<RotationProgress>, what: string, answer: Answer): SagaMove {
  const isNew = state.noted.at(-1) !== what;
  return move(state, next, isNew ? [{ what, data: told(answer) }] : []);
}

function later(state: SagaState, now: number): Partial<RotationProgress> {
  const { progress } = state;
  if (countsPushes(state)) return { nextAt: now + DOUBT_MS, hold: null };
  return { tries: progress.tries + 1, nextAt: now + retryAfterMs(progress.tries), hold: null };
}

/** `tries` is the number of pushes then. */
function countsPushes({ step, progress }: SagaState): boolean {
  return step === 'pushed' && (progress.doubtSince ?? null) === null;
}

function seen({ answeredAt, bindings }: Answer): RotationProgress['before'] {
  return { at: answeredAt, bindings: [...(bindings ?? [])] };
}

function evidenceOf(key: 'old' | 'new', answer: Answer): SagaMove['evidence'][number] {
  const word = answer.verdict === 'valid' ? 'valid' : 'refused';
  return { what: `${key}-key-${word}`, data: told(answer) };
}

function told({ status, detail, algorithm, bindings }: Answer): Readonly<Record<string, unknown>> {
  return {
    status,
    ...(algorithm === null ? {} : { algorithm }),
    ...(detail === null ? {} : { detail }),
    ...(bindings === null ? {} : { bindings: bindings.length }),
  };
}
