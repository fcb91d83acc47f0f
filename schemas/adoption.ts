import { Type, type Static } from 'typebox';
import { Finding } from './finding.ts';
import { Id } from './ids.ts';
import { PlanStep, RouterMode } from './router.ts';

/** The steps in which a router that WispHub set up is taken over, and the one that gives it back. */
export const AdoptStep = Type.Union([Type.Literal('claim'), Type.Literal('manage'), Type.Literal('hand-back')]);
export type AdoptStep = Static<typeof AdoptStep>;

/** POST /v1/routers/{id}/adopt */
export const Adopt = Type.Object({ step: AdoptStep }, { additionalProperties: false });
export type Adopt = Static<typeof Adopt>;

/** A part of WispHub's rule set, in the order in which it works. */
export const WisphubPart = Type.Union([
  Type.Literal('portal-list'),
  Type.Literal('cutoff-list'),
  Type.Literal('notice-list'),
  Type.Literal('shield'),
  Type.Literal('portal-accept'),
  Type.Literal('cutoff-redirect'),
  Type.Literal('notice-redirect'),
  Type.Literal('cutoff-page'),
  Type.Literal('notice-page'),
]);
export type WisphubPart = Static<typeof WisphubPart>;

/** GET /v1/routers/{id}/adoption: what of WispHub's is on the router, and what each step would do. */
export const Adoption = Type.Object({
  router: Id,
  at: Type.String(),
  /** What was asked for last; `observe` before that. */
  step: Type.Union([Type.Literal('observe'), AdoptStep]),
  /** Read back: nothing of that step is left to do. */
  isDone: Type.Boolean(),
  /** How the router is kept now: the configuration's mode, or what a step made of it. */
  mode: RouterMode,
  parts: Type.Array(
    Type.Object({
      part: WisphubPart,
      menu: Type.String(),
      rows: Type.Integer({ description: 'rows of this part that are not ours' }),
      disabled: Type.Integer({ description: 'of them, switched off' }),
    }),
  ),
  /** What is wrong with the set; `remedy` is the policy by which the step `manage` resolves it. */
  findings: Type.Array(Finding),
  /** Ours first, as a plan; what is WispHub's last, with `foreign` and its old values. */
  manage: Type.Object({ steps: Type.Array(PlanStep), omitted: Type.Optional(Type.Integer({ minimum: 1 })) }),
  /** What would give the router back as it was; empty before anything was taken. */
  handBack: Type.Object({ steps: Type.Array(PlanStep), omitted: Type.Optional(Type.Integer({ minimum: 1 })) }),
});
export type Adoption = Static<typeof Adoption>;
