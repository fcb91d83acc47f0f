import type { RotationEnd } from '../../../schemas/rotation.ts';
import { entering, move } from './move.ts';
import { missingPhones, type Decision, type SagaMove, type SagaSettings, type SagaState } from './state.ts';

/** What follows from state and clock alone. */
export function recordDecision(state: SagaState, decision: Decision, settings: SagaSettings, now: number): SagaMove {
  switch (decision.word) {
    case 'stop':
      return ended(state, 'cancelled', 'batch-stopped');
    case 'cancel':
      return ended(state, 'cancelled', 'cancelled');
    case 'ignore-cancel':
      return move(state, {}, [{ what: 'cancel-ignored', data: { step: state.step } }]);
    case 'hold':
      return held(state, decision.reason);
    case 'resume':
      return move(state, { hold: null, tries: 0, nextAt: now }, []);
    case 'no-old-key':
      return move(state, { old: 'none', tries: 0, nextAt: now }, [{ what: 'no-old-key', data: {} }]);
    case 'await-key':
      return move(state, { ...entering(now), hold: 'awaiting-key' }, [{ what: 'awaiting-key', data: {} }], {
        step: 'awaiting_key',
      });
    case 'stage': {
      const next = { ...entering(now), served: {}, servedAt: null, pushedAt: null };
      return move(state, next, [{ what: 'served-new-key', data: {} }], { step: 'staged', serve: 'new' });
    }
    case 'commit':
      return committed(state, null);
    case 'no-phones':
      return committed(state, 'no-phone-had-fetched');
    case 'phones-gone':
      return committed(state, 'no-phone-has-the-line');
    case 'same-key':
      return committed(state, 'same-key');
    case 'fetched':
      return recordFetched(state, now);
    case 'fetch-over':
      return inDoubt(state, now, 'fetch-wait-over', missing(state));
    case 'register-over':
      return inDoubt(state, now, 'register-wait-over', {});
    case 'conclude':
      return conclude(state, settings, now);
    case 'rolled-back':
      return rolledBack(state);
  }
}

function held(state: SagaState, reason: Extract<Decision, { word: 'hold' }>['reason']): SagaMove {
  const data = reason === 'phone-not-served' ? { phones: state.leftAlone } : {};
  return move(state, { hold: reason }, [{ what: reason, data }]);
}

/**
 * While the registrar takes the old key too, nobody can tell with which a phone registered: it is kept, so that a phone
 * which did not apply what it fetched can still be told. It is forgotten like that of a rotation that needs support.
 */
function committed(state: SagaState, why: string | null): SagaMove {
  const { old } = state.progress;
  const keepOldKey = why === null && state.hasOldKey && old !== 'invalid';
  const evidence = [
    ...(why === null ? [] : [{ what: why, data: {} }]),
    { what: 'committed', data: keepOldKey ? { kept: 'old-key', oldKey: old ?? 'unknown' } : {} },
  ];
  return move(state, { hold: null }, evidence, { step: 'committed', end: 'committed', keepOldKey });
}

function recordFetched(state: SagaState, now: number): SagaMove {
  const data = { phones: state.awaited };
  return move(state, { ...entering(now), doubtSince: null }, [{ what: 'fetched', data }], { step: 'fetched' });
}

/** Both keys are asked anew: verdicts of before the doubt decide nothing. */
export function inDoubt(
  state: SagaState,
  nextAt: number,
  what: string,
  data: Readonly<Record<string, unknown>>,
): SagaMove {
  return move(state, { doubtSince: nextAt, fresh: null, old: null, tries: 0, nextAt, hold: null }, [{ what, data }]);
}

/**
 * Nothing was changed at the phone yet. A key that came with the request ends the extension; one that a person gave
 * while the saga waited is dropped, and another one awaited. A registrar that only forbids (403) may have locked us out, so
 * that is for a person to judge.
 */
export function refused(state: SagaState, now: number): SagaMove {
  const { progress } = state;
  if (state.isKeyGiven) {
    const data = { phone: 'unchanged', oldKey: progress.old };
    if (progress.fresh !== 'invalid') return ended(state, 'needs_support', 'new-key-not-judged', data);
    return progress.old === 'valid'
      ? ended(state, 'rolled_back', 'nothing-to-roll-back', data)
      : ended(state, 'needs_support', 'no-key-is-valid', data);
  }
  const next = { ...entering(now), fresh: null, keyAt: null, provingSince: null, hold: 'awaiting-key' as const };
  return move(
    state,
    next,
    [
      { what: 'new-key-dropped', data: {} },
      { what: 'awaiting-key', data: {} },
    ],
    {
      step: 'awaiting_key',
      dropNewKey: true,
    },
  );
}

/** Rollback only on a proven invalid new key while the old one is valid; a valid new key and time left go on. */
function conclude(state: SagaState, settings: SagaSettings, now: number): SagaMove {
  const { step, progress } = state;
  const verdicts = {
    newKey: progress.fresh ?? 'unknown',
    oldKey: progress.old ?? (state.hasOldKey ? 'unknown' : 'none'),
  };
  if (progress.fresh === 'invalid' && progress.old === 'valid') {
    const next = {
      ...entering(now),
      isRollingBack: true,
      doubtSince: null,
      served: {},
      servedAt: null,
      pushedAt: null,
    };
    return move(state, next, [{ what: 'rolling-back', data: verdicts }], { serve: 'old' });
  }
  if (progress.fresh === 'valid' && now < deadlineOf(state, settings)) {
    return move(state, { doubtSince: null, tries: step === 'pushed' ? 1 : 0, nextAt: now, hold: null }, [
      { what: 'doubt-over', data: verdicts },
    ]);
  }
  if (progress.fresh === 'invalid') return ended(state, 'needs_support', 'no-key-is-valid', verdicts);
  if (progress.fresh !== 'valid') return ended(state, 'needs_support', 'new-key-not-judged', verdicts);
  return step === 'fetched'
    ? ended(state, 'needs_support', 'phone-never-registered', verdicts)
    : ended(state, 'needs_support', 'phone-never-fetched', { ...missing(state), ...verdicts });
}

function deadlineOf({ step, progress }: SagaState, { fetchMs, registerMs }: SagaSettings): number {
  if (step === 'pushed') return progress.enteredAt + fetchMs;
  return step === 'fetched' ? progress.enteredAt + registerMs : Number.POSITIVE_INFINITY;
}

function rolledBack(state: SagaState): SagaMove {
  const late = missing(state);
  return late.missing.length === 0
    ? ended(state, 'rolled_back', 'old-key-fetched', { phones: state.awaited })
    : ended(state, 'rolled_back', 'old-key-not-fetched', late);
}

function missing(state: SagaState): { readonly missing: readonly string[] } {
  return { missing: missingPhones(state) };
}

export function ended(
  state: SagaState,
  end: RotationEnd,
  what: string,
  data: Readonly<Record<string, unknown>> = {},
): SagaMove {
  return move(state, { hold: null }, [{ what, data }], { end });
}
