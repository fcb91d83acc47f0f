import type { OperationReason } from '../../../schemas/operation.ts';
import type { RotationEnd, RotationEvidence, RotationStep } from '../../../schemas/rotation.ts';
import type { RotationProgress } from '../../../schemas/rotation-progress.ts';
import type { ProbeVerdict } from '../verdict.ts';

/** How long the saga waits for what, ms. */
export interface SagaSettings {
  /** A refused new key is tried again for so long. */
  readonly proveMs: number;
  /** A pushed phone may take so long to fetch. */
  readonly fetchMs: number;
  /** A phone that fetched may take so long to register. */
  readonly registerMs: number;
}

/** Why no probe may be sent at all; the configuration decides. */
export type Obstacle = Extract<OperationReason, 'unknown-registrar' | 'probe-mode-unproven'>;

/** What the saga waits for until the configuration is another one. */
export type Unready = Obstacle | Extract<OperationReason, 'phone-not-served'>;

export function isUnready(hold: RotationProgress['hold']): boolean {
  return hold === 'unknown-registrar' || hold === 'probe-mode-unproven' || hold === 'phone-not-served';
}

/** One extension of a rotation, as far as the saga looks at it: no key is in here. */
export interface SagaState {
  readonly step: RotationStep;
  readonly end: RotationEnd | null;
  readonly progress: RotationProgress;
  readonly hasOldKey: boolean;
  readonly hasNewKey: boolean;
  /** The new key is the one that phones have: there is nothing for them to fetch or to register anew. */
  readonly isSameKey: boolean;
  /** The key came with the request: nobody waits to give another one. */
  readonly isKeyGiven: boolean;
  readonly isCancelAsked: boolean;
  /** An earlier one of the batch did not commit. */
  readonly isStopped: boolean;
  readonly obstacle: Obstacle | null;
  /** MACs among `progress.served` that still have the extension as a line. */
  readonly awaited: readonly string[];
  /** Those of them that took the bytes now served, and when, ms since the epoch. */
  readonly fetched: Readonly<Record<string, number>>;
  /** MACs of working phones that a new key cannot reach, for their line is left as it is there. */
  readonly leftAlone: readonly string[];
  /** Words of the evidence so far, in order. */
  readonly noted: readonly string[];
}

/** What a probe is for; it decides what its verdict means. */
export type Purpose = 'baseline' | 'proof' | 'before' | 'renewal' | 'doubt';

/** What follows from the state and the clock alone. */
export type Decision =
  | { readonly word: 'stop' | 'cancel' | 'ignore-cancel' }
  | { readonly word: 'hold'; readonly reason: Unready | 'awaiting-key' }
  | { readonly word: 'resume' }
  | { readonly word: 'no-old-key' | 'await-key' | 'stage' | 'commit' }
  | { readonly word: 'no-phones' | 'phones-gone' | 'same-key' | 'fetched' | 'fetch-over' | 'register-over' }
  | { readonly word: 'conclude' | 'rolled-back' };

export type SagaAction =
  | { readonly kind: 'probe'; readonly key: 'old' | 'new'; readonly purpose: Purpose }
  /** Nothing to ask: `record` it. */
  | { readonly kind: 'decide'; readonly decision: Decision }
  /** Render what is served now, and say which phones must fetch which bytes. */
  | { readonly kind: 'note-served' }
  /** NOTIFY the phones that have not fetched yet. */
  | { readonly kind: 'push' }
  /** Till then, or till a phone fetches. */
  | { readonly kind: 'await-fetch'; readonly until: number }
  /** Till then, or till something changes; null: only that. */
  | { readonly kind: 'wait'; readonly until: number | null }
  | { readonly kind: 'none' };

/** What one NOTIFY came to; an answer is evidence and never proof. */
export interface PushAnswer {
  readonly event: string;
  readonly route: 'registrar' | 'direct';
  readonly contact: string | null;
  readonly kind: string;
  readonly status: number | null;
  readonly detail: string | null;
}

export type Observation =
  | { readonly kind: 'decided'; readonly decision: Decision }
  | { readonly kind: 'probed'; readonly key: 'old' | 'new'; readonly purpose: Purpose; readonly result: ProbeVerdict }
  /** By MAC, the SHA-256s of the files with its lines; phones that had fetched before only. */
  | { readonly kind: 'served'; readonly phones: Readonly<Record<string, readonly string[]>> }
  | { readonly kind: 'pushed'; readonly answers: readonly PushAnswer[] };

/** What is stored as one transaction; then the world is looked at again. */
export interface SagaMove {
  readonly step: RotationStep;
  readonly end: RotationEnd | null;
  readonly progress: RotationProgress;
  readonly evidence: readonly Omit<RotationEvidence, 'at' | 'step'>[];
  readonly serve: 'new' | 'old' | null;
  readonly dropNewKey: boolean;
  /** With a commit: the registrar may take the old key as well, so a phone may still have it. */
  readonly keepOldKey: boolean;
}

/** True as long as nothing was changed at the phone: there is nothing to roll back. */
export function isBeforeStaged(step: RotationStep): boolean {
  return step === 'baseline' || step === 'awaiting_key' || step === 'proven';
}

/** A batch that stops ends those that have not begun. */
export function hasStarted({ step, progress }: Pick<SagaState, 'step' | 'progress'>): boolean {
  return step !== 'baseline' || progress.old !== null || progress.tries > 0;
}

/** Since when the new key that is set is refused, or forbidden; a verdict of an earlier key does not count. */
export function refusedSince({ fresh, provingSince, keyAt }: RotationProgress): number | null {
  if ((fresh !== 'invalid' && fresh !== 'locked') || provingSince === undefined || provingSince === null) return null;
  return keyAt !== null && provingSince < keyAt ? null : provingSince;
}

/** The new key was refused often enough, and `proveMs` are over: the try of the deadline is the last one. */
export function isProofOver({ progress }: SagaState, { proveMs }: SagaSettings, now: number): boolean {
  const since = refusedSince(progress);
  return progress.fresh === 'invalid' && since !== null && now >= since + proveMs;
}

/** The awaited phones that have not taken what is served. */
export function missingPhones({ awaited, fetched }: Pick<SagaState, 'awaited' | 'fetched'>): readonly string[] {
  return awaited.filter((mac) => fetched[mac] === undefined);
}
