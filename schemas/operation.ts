import { Type, type Static } from 'typebox';
import { Id } from './ids.ts';

export const OperationState = Type.Union([
  Type.Literal('received'),
  Type.Literal('planned'),
  Type.Literal('applied'),
  Type.Literal('verified'),
  Type.Literal('held'),
  Type.Literal('failed'),
  Type.Literal('superseded'),
]);
export type OperationState = Static<typeof OperationState>;

/** A state that `Prefer: wait` ends at. `held` can still move on: a person releases or claims. */
export function isSettled(state: OperationState): boolean {
  return state === 'verified' || state === 'held' || state === 'failed' || state === 'superseded';
}

/** A state that nothing follows. */
export function isFinal(state: OperationState): boolean {
  return state === 'verified' || state === 'failed' || state === 'superseded';
}

/** Why an operation is held or failed: stable words, explained in docs/reasons.md. */
export const OperationReason = Type.Union([
  Type.Literal('brake'),
  Type.Literal('portal-unknown'),
  Type.Literal('foreign-row'),
  Type.Literal('duplicate-address'),
  Type.Literal('address-refused'),
  Type.Literal('address-in-use'),
  Type.Literal('not-online'),
  Type.Literal('empty-snapshot'),
  Type.Literal('expired'),
  Type.Literal('auto-cut-off'),
  Type.Literal('auto-notice-off'),
  Type.Literal('router-not-managed'),
  Type.Literal('router-not-claimed'),
  Type.Literal('wisphub-writes'),
  Type.Literal('router-degraded'),
  Type.Literal('unknown-router'),
  Type.Literal('unknown-subscriber'),
  Type.Literal('unknown-operation'),
  Type.Literal('central-stale'),
  Type.Literal('cut-outranks'),
  Type.Literal('no-ipv4'),
  Type.Literal('awaiting-key'),
  Type.Literal('probe-mode-unproven'),
  Type.Literal('unknown-registrar'),
  Type.Literal('unknown-extension'),
  Type.Literal('unknown-phone'),
  Type.Literal('no-sip-key'),
  Type.Literal('key-invalid'),
  Type.Literal('registrar-locked'),
  Type.Literal('registrar-unreachable'),
  Type.Literal('sip-unsupported'),
  Type.Literal('sip-indeterminate'),
  Type.Literal('refusals-spent'),
  Type.Literal('phone-not-registered'),
  Type.Literal('phone-silent'),
  Type.Literal('phone-not-served'),
  Type.Literal('rolled-back'),
  Type.Literal('needs-support'),
  Type.Literal('cancelled'),
]);
export type OperationReason = Static<typeof OperationReason>;

export const OperationKind = Type.Union([
  Type.Literal('cutoff'),
  Type.Literal('restore'),
  Type.Literal('notice'),
  Type.Literal('notice-end'),
  Type.Literal('desired-state'),
  Type.Literal('portal'),
  Type.Literal('reissue'),
  Type.Literal('reconcile'),
  Type.Literal('release'),
  Type.Literal('claim'),
  Type.Literal('adopt'),
  Type.Literal('doctor'),
  Type.Literal('resync'),
  Type.Literal('validate'),
  Type.Literal('rotation'),
]);
export type OperationKind = Static<typeof OperationKind>;

/** What was read back: rows by menu and id, the router, when. Free of secrets and of notice-URL tokens (I9). */
export const Evidence = Type.Record(Type.String(), Type.Unknown());
export type Evidence = Static<typeof Evidence>;

export const Operation = Type.Object({
  id: Id,
  kind: OperationKind,
  subject: Type.String({
    description: '<noun>/<id>, e.g. subscriber/s5, router/r0, extension/1001, rotation/rot-1, site/norte-1',
  }),
  state: OperationState,
  history: Type.Array(Type.Object({ state: OperationState, at: Type.String(), evidence: Type.Optional(Evidence) })),
  reason: Type.Optional(OperationReason),
  result: Type.Optional(Evidence),
});
export type Operation = Static<typeof Operation>;
