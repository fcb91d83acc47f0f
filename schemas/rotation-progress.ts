import { Type, type Static } from 'typebox';
import { Verdict } from './extension.ts';
import { OperationReason } from './operation.ts';

/** One contact of an AOR as a registrar tells it (RFC 3261 §10.3). */
export const Binding = Type.Object({
  contact: Type.String({ description: 'the Contact URI with its parameters' }),
  expires: Type.Union([Type.Integer({ description: 'seconds left' }), Type.Null()]),
  instance: Type.Union([Type.String({ description: '+sip.instance (RFC 5626)' }), Type.Null()]),
});
export type Binding = Static<typeof Binding>;

/** Bindings as they were at one moment, ms since the epoch. */
export const BindingsSeen = Type.Object({ at: Type.Integer(), bindings: Type.Array(Binding) });
export type BindingsSeen = Static<typeof BindingsSeen>;

/**
 * What the saga of one extension has to remember over a crash, beside its step: nothing here is secret. Written with every
 * step in one transaction; a step that is repeated after a crash does no harm.
 */
export const RotationProgress = Type.Object({
  /** Last verdicts of both keys; null until asked. `none`: there is no such key. */
  old: Type.Union([Verdict, Type.Literal('none'), Type.Null()]),
  fresh: Type.Union([Verdict, Type.Literal('none'), Type.Null()]),
  /** When the step was entered; deadlines count from here. */
  enteredAt: Type.Integer(),
  /** When the new key arrived: `proveSeconds` counts from here. */
  keyAt: Type.Union([Type.Integer(), Type.Null()]),
  /** Tries within this step, and when the next one is due. */
  tries: Type.Integer(),
  nextAt: Type.Integer(),
  /** Bindings since the new key was proven, oldest first; each phone is judged by the looks around its own fetch. */
  looks: Type.Optional(Type.Array(BindingsSeen)),
  /** The last looks of a rotation that was begun by a version before `looks`. */
  before: Type.Optional(Type.Union([BindingsSeen, Type.Null()])),
  earlier: Type.Optional(Type.Union([BindingsSeen, Type.Null()])),
  /** SHA-256 (hex) of the file each phone must fetch, by MAC; of the phones that had fetched before. */
  served: Type.Record(Type.String(), Type.Array(Type.String())),
  servedAt: Type.Union([Type.Integer(), Type.Null()]),
  pushedAt: Type.Union([Type.Integer(), Type.Null()]),
  /** A proven invalid new key while the old one is valid: the old one is served again, and the phone told. */
  isRollingBack: Type.Boolean(),
  /** When the new key that is set was first refused (or forbidden, with `fresh` locked): `proveSeconds` counts from here, or from `keyAt` if that is later. */
  provingSince: Type.Optional(Type.Union([Type.Integer(), Type.Null()])),
  /** Since when both keys are asked again, for a wait was over or a proven key was refused; null: no doubt. */
  doubtSince: Type.Optional(Type.Union([Type.Integer(), Type.Null()])),
  /** Why it waits for somebody; the operation is held with it. */
  hold: Type.Optional(Type.Union([OperationReason, Type.Null()])),
});
export type RotationProgress = Static<typeof RotationProgress>;
