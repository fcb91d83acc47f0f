import type { BindingsSeen, RotationProgress } from '../../../schemas/rotation-progress.ts';
import { isForbidden, type ProbeVerdict } from '../verdict.ts';
import { areRenewed } from './bindings.ts';
import { looksOf, referenceOf, withLook } from './looks.ts';
import { entering, move } from './move.ts';
import { ended, inDoubt, refused } from './record-decision.ts';
import type { Observation, SagaMove, SagaSettings, SagaState } from './state.ts';
import { isBeforeStaged, isProofOver, refusedSince } from './state.ts';
import { DOUBT_MS, lockedAfterMs, lookAfterMs, proofAfterMs, retryAfterMs } from './timing.ts';

type Probed = Extract<Observation, { kind: 'probed' }>;
type Answer = Extract<ProbeVerdict, { kind: 'verdict' }>;

/**
 * What a verdict means for the saga. Only `valid` and `invalid` decide; anything else waits, and ends it only where the last
 * try of a key that was refused before brought nothing better.
 */
export function recordProbe(state: SagaState, probed: Probed, settings: SagaSettings, now: number): SagaMove {
  const { result, purpose } = probed;
  const isDefinite = result.kind === 'verdict' && (result.verdict === 'valid' || result.verdict === 'invalid');
  if (purpose === 'proof' && !isDefinite && isProofOver(state, settings, now)) return refused(state, now);
  if (result.kind === 'spent') return recordSpent(state, probed, result.until);
  switch (result.verdict) {
    case 'valid':
    case 'invalid':
      return recordDefinite(state, probed, result, settings, now);
    case 'locked':
      return recordForbidden(state, probed, result, settings, now) ?? recordLocked(state, result, now);
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
      return verdict === 'valid' ? proven(state, answer, now) : refusedAgain(state, answer, settings, now);
    case 'before':
      return recordBefore(state, answer, settings, now);
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
  const next = { ...entering(now), fresh: 'valid' as const, looks: [seen(answer)] };
  return move(state, next, [evidenceOf('new', answer)], { step: 'proven' });
}

/** Nothing is served yet in `proven`: a key that is refused after all is to be proven again. */
function recordBefore(state: SagaState, answer: Answer, settings: SagaSettings, now: number): SagaMove {
  const { step, progress } = state;
  if (answer.verdict === 'valid') return move(state, { looks: withLook(progress, seen(answer)), hold: null }, []);
  if (step !== 'proven') return inDoubt(state, now + DOUBT_MS, 'proven-key-refused', told(answer));
  return { ...refusedAgain(state, answer, settings, now), step: 'baseline' };
}

/**
 * Tried again until `proveSeconds` are over: a registrar may take a while to know a key that was just changed. A refusal
 * after that is the last one.
 */
function refusedAgain(state: SagaState, answer: Answer, { proveMs }: SagaSettings, now: number): SagaMove {
  const { progress } = state;
  const since = refusedSince(progress);
  const evidence = evidenceOf('new', answer);
  const isForbiddenOnly = answer.verdict === 'locked';
  const fresh = isForbiddenOnly && progress.fresh !== 'invalid' ? 'locked' : 'invalid';
  if (since !== null && now >= since + proveMs) {
    const end = refused({ ...state, progress: { ...progress, fresh } }, now);
    return { ...end, evidence: [evidence, ...end.evidence] };
  }
  const tries = since === null ? 1 : progress.tries + 1;
  const leftMs = (since ?? now) + proveMs - now;
  const nextAt = isForbiddenOnly
    ? retryAt(answer, tries - 1, now)
    : now + proofAfterMs(leftMs, answer.refusalsLeft ?? 1);
  const hold = isForbiddenOnly ? 'registrar-locked' : null;
  return move(state, { fresh, provingSince: since ?? now, tries, nextAt, hold }, [evidence]);
}

/**
 * A 403 to a digest stops the registrar's queue, and may mean the key or us. Of the old key it is noted, and the new one
 * has its turn when the queue goes on; of the new key two of them, with `proveSeconds` over, are enough to ask a person.
 */
function recordForbidden(
  state: SagaState,
  { key, purpose }: Probed,
  answer: Answer,
  settings: SagaSettings,
  now: number,
): SagaMove | null {
  if (!isForbidden(answer)) return null;
  if (purpose === 'proof') return refusedAgain(state, answer, settings, now);
  if (key === 'new') return null;
  const next = { old: 'locked', tries: 0, nextAt: answer.retryAt ?? now, hold: 'registrar-locked' } as const;
  return move(state, next, [evidenceOf(key, answer)]);
}

function recordRenewal(state: SagaState, answer: Answer, { registerMs }: SagaSettings, now: number): SagaMove {
  const { progress } = state;
  if (answer.verdict === 'invalid') {
    // Not asked again before the wait is over: each refusal counts, and then both keys are asked.
    const nextAt = progress.enteredAt + registerMs;
    return move(state, { nextAt, hold: null }, [{ what: 'proven-key-refused', data: told(answer) }]);
  }
  return registered(state, 'fetch', answer, now) ?? lookAgain(state, answer, now);
}

function recordDoubt(state: SagaState, key: 'old' | 'new', answer: Answer, now: number): SagaMove {
  if (key === 'new' && state.step === 'fetched') {
    // The wait is over: where the registrar does not show when it was, a renewal since the push has to do.
    const done = registered(state, 'push', answer, now);
    if (done !== null) return done;
  }
  const verdict = definite(answer);
  const next: Partial<RotationProgress> = key === 'new' ? { fresh: verdict } : { old: verdict };
  return move(state, { ...next, tries: 0, nextAt: now, hold: null }, [evidenceOf(key, answer)]);
}

function registered(state: SagaState, since: 'push' | 'fetch', answer: Answer, now: number): SagaMove | null {
  const { bindings, askedAt: at } = answer;
  const looks = looksOf(state.progress);
  const fetches = fetchesOf(state);
  if (bindings === null || !areRenewed(since, looks, { at, bindings: [...bindings] }, fetches)) return null;
  const before = referenceOf(looks, Math.min(...Object.values(fetches)));
  const data = { phones: Object.keys(fetches), renewedSince: since, before: before?.bindings ?? [], bindings };
  return move(state, { ...entering(now), doubtSince: null, fresh: 'valid' }, [{ what: 'registered', data }], {
    step: 'registered',
  });
}

/** The first look after the last fetch is kept: whatever is renewed since was renewed by phones that had fetched. */
function lookAgain(state: SagaState, answer: Answer, now: number): SagaMove {
  const { progress } = state;
  const lastFetch = Math.max(...Object.values(fetchesOf(state)));
  const isFirst = answer.bindings !== null && !looksOf(progress).some(({ at }) => at >= lastFetch);
  const next = { tries: progress.tries + 1, nextAt: now + lookAfterMs(progress.tries), hold: null };
  return move(state, isFirst ? { ...next, looks: withLook(progress, seen(answer)) } : next, []);
}

/** When each awaited phone fetched; all of them had when the step was entered. */
function fetchesOf({ awaited, fetched, progress }: SagaState): Readonly<Record<string, number>> {
  return Object.fromEntries(awaited.map((mac) => [mac, fetched[mac] ?? progress.enteredAt]));
}

/** Whoever was locked out himself asks ever more seldom: each time it stops the registrar's queue for all others. */
function recordLocked(state: SagaState, answer: Answer, now: number): SagaMove {
  const { tries } = state.progress;
  const isOurs = answer.status !== null;
  const nextAt = isOurs ? retryAt(answer, tries, now) : Math.max(answer.retryAt ?? 0, now);
  const next = isOurs && !countsPushes(state) ? { tries: tries + 1 } : {};
  return waiting(state, { ...next, hold: 'registrar-locked', nextAt }, 'registrar-locked', answer);
}

function retryAt(answer: Answer, tries: number, now: number): number {
  return Math.max(answer.retryAt ?? 0, now + lockedAfterMs(tries));
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

function seen({ answeredAt, bindings }: Answer): BindingsSeen {
  return { at: answeredAt, bindings: [...(bindings ?? [])] };
}

function evidenceOf(key: 'old' | 'new', answer: Answer): SagaMove['evidence'][number] {
  const word = answer.verdict === 'valid' ? 'valid' : answer.verdict === 'locked' ? 'forbidden' : 'refused';
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
