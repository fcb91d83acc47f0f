import type { Decision, Purpose, SagaAction, SagaSettings, SagaState } from './state.ts';
import {
  hasStarted,
  isBeforeStaged,
  isProofOver,
  isUnready,
  missingPhones,
  refusedSince,
  type Unready,
} from './state.ts';
import { looksOf } from './looks.ts';
import { doubtMs, isRepushDue, LONGEST_WAIT_MS, LOOK_FRESH_MS, MAX_PUSHES, SETTLE_MS } from './timing.ts';

/** What the saga of one extension does now (design §4). Pure: the same state at the same time gives the same action. */
export function nextAction(state: SagaState, settings: SagaSettings, now: number): SagaAction {
  const { step, end, progress, obstacle } = state;
  if (end !== null) return { kind: 'none' };
  if (state.isStopped && !hasStarted(state)) return decide({ word: 'stop' });
  if (state.isCancelAsked && isBeforeStaged(step)) return decide({ word: 'cancel' });
  if (state.isCancelAsked && !state.noted.includes('cancel-ignored')) return decide({ word: 'ignore-cancel' });
  if (obstacle !== null) return held(state, obstacle);
  // A key that is changed at the registrar and cannot be told to its phone would silence it (I11).
  if (state.leftAlone.length > 0) return held(state, 'phone-not-served');
  if (isUnready(progress.hold)) return decide({ word: 'resume' });
  if (progress.isRollingBack) return backward(state, settings, now);
  switch (step) {
    case 'baseline':
      if (progress.old === null) {
        return state.hasOldKey ? probe(state, 'old', 'baseline', now, null) : decide({ word: 'no-old-key' });
      }
      return state.hasNewKey ? prove(state, settings, now) : decide({ word: 'await-key' });
    case 'awaiting_key':
      if (!state.hasNewKey) return held(state, 'awaiting-key');
      return progress.hold === 'awaiting-key' ? decide({ word: 'resume' }) : prove(state, settings, now);
    case 'proven':
      return settled(state, now, decide({ word: 'stage' }));
    case 'staged':
    case 'pushed':
      return served(state, settings, now);
    case 'fetched':
      return registering(state, settings, now);
    case 'registered':
    case 'committed':
      return decide({ word: 'commit' });
  }
}

/** What comes of the try at the deadline ends it. One that was only forbidden has no deadline: the second 403 is awaited. */
function prove(state: SagaState, settings: SagaSettings, now: number): SagaAction {
  if (isProofOver(state, settings, now)) return { kind: 'probe', key: 'new', purpose: 'proof' };
  const since = state.progress.fresh === 'invalid' ? refusedSince(state.progress) : null;
  return probe(state, 'new', 'proof', now, since === null ? null : since + settings.proveMs);
}

/** The new key is served: push it until the phones have fetched it. */
function served(state: SagaState, { fetchMs }: SagaSettings, now: number): SagaAction {
  const { step, progress } = state;
  if (progress.servedAt === null) return { kind: 'note-served' };
  if (state.isSameKey) return decide({ word: 'same-key' });
  if (Object.keys(progress.served).length === 0) return decide({ word: 'no-phones' });
  if (state.awaited.length === 0) return decide({ word: 'phones-gone' });
  if (missingPhones(state).length === 0) return decide({ word: 'fetched' });
  if (isInDoubt(state)) return doubt(state, now);
  if (step === 'staged') return settled(state, now, { kind: 'push' });
  const deadline = progress.enteredAt + fetchMs;
  if (now >= deadline) return decide({ word: 'fetch-over' });
  if (isRepushDue(progress, now)) return settled(state, now, { kind: 'push' }, deadline);
  const next = progress.tries < MAX_PUSHES ? Math.min(progress.nextAt, deadline) : deadline;
  return { kind: 'await-fetch', until: next };
}

/**
 * The bindings are looked at right before the new key is served, or pushed again, and a little time passes then: a binding
 * that the phone renews with it is that much newer, so that even a phone which had registered a moment before is told apart.
 */
function settled(state: SagaState, now: number, then: SagaAction, deadline: number | null = null): SagaAction {
  const last = looksOf(state.progress).at(-1);
  if (last === undefined || now > last.at + LOOK_FRESH_MS) return probe(state, 'new', 'before', now, deadline);
  const due = last.at + SETTLE_MS;
  return now < due ? { kind: 'await-fetch', until: due } : then;
}

function registering(state: SagaState, { registerMs }: SagaSettings, now: number): SagaAction {
  if (state.awaited.length === 0) return decide({ word: 'phones-gone' });
  if (isInDoubt(state)) return doubt(state, now);
  const deadline = state.progress.enteredAt + registerMs;
  if (now >= deadline) return decide({ word: 'register-over' });
  return probe(state, 'new', 'renewal', now, deadline);
}

/** The old key is served again, and the phones told; it ends when they have it, or when the wait is over. */
function backward(state: SagaState, { fetchMs }: SagaSettings, now: number): SagaAction {
  const { progress } = state;
  if (progress.servedAt === null) return { kind: 'note-served' };
  const deadline = progress.enteredAt + fetchMs;
  if (missingPhones(state).length === 0 || now >= deadline) return decide({ word: 'rolled-back' });
  if (progress.pushedAt === null || isRepushDue(progress, now)) return { kind: 'push' };
  const next = progress.tries < MAX_PUSHES ? Math.min(progress.nextAt, deadline) : deadline;
  return { kind: 'await-fetch', until: next };
}

/** Both keys are asked until they are known, or patience ends; only then is anything concluded. */
function doubt(state: SagaState, now: number): SagaAction {
  const { fresh, old, doubtSince } = state.progress;
  const end = (doubtSince ?? now) + doubtMs(state.isCancelAsked);
  if (now >= end) return decide({ word: 'conclude' });
  if (fresh === null) return probe(state, 'new', 'doubt', now, end);
  if (old === null && state.hasOldKey) return probe(state, 'old', 'doubt', now, end);
  return decide({ word: 'conclude' });
}

function isInDoubt({ progress }: SagaState): boolean {
  return progress.doubtSince !== undefined && progress.doubtSince !== null;
}

function probe(
  { progress }: SagaState,
  key: 'old' | 'new',
  purpose: Purpose,
  now: number,
  deadline: number | null,
): SagaAction {
  // What is further away was written by a clock that has been set since.
  if (now >= progress.nextAt || progress.nextAt > now + LONGEST_WAIT_MS) return { kind: 'probe', key, purpose };
  return { kind: 'wait', until: deadline === null ? progress.nextAt : Math.min(progress.nextAt, deadline) };
}

function held({ progress }: SagaState, reason: Unready | 'awaiting-key'): SagaAction {
  return progress.hold === reason ? { kind: 'wait', until: null } : decide({ word: 'hold', reason });
}

function decide(decision: Decision): SagaAction {
  return { kind: 'decide', decision };
}
