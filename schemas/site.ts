import { Type, type Static } from 'typebox';
import { Id } from './ids.ts';
import { OperationState } from './operation.ts';
import { NotReadyReason } from './problem.ts';

/** GET /healthz: the API and the store answer. */
export const Health = Type.Object({ status: Type.Literal('ok') });
export type Health = Static<typeof Health>;

/** GET /readyz, when there is nothing to say. */
export const Readiness = Type.Object({ status: Type.Literal('ready') });
export type Readiness = Static<typeof Readiness>;

const operationCounts = Object.fromEntries(OperationState.anyOf.map((state) => [state.const, Type.Integer()]));

/** GET /v1/site: who am I, versions, what is degraded. */
export const Site = Type.Object({
  site: Id,
  version: Type.String(),
  startedAt: Type.String(),
  now: Type.String(),
  central: Type.Object({ kind: Type.String({ description: 'none | websocket | wisphub' }) }),
  generation: Type.Union([
    Type.Object({ generation: Type.Integer(), takenAt: Type.String(), hash: Type.String() }),
    Type.Null(),
  ]),
  routers: Type.Object({ total: Type.Integer(), up: Type.Integer(), converged: Type.Integer() }),
  subscribers: Type.Integer(),
  cutoffs: Type.Integer(),
  notices: Type.Integer(),
  paidButCut: Type.Integer({ description: 'restored subscribers that something still keeps cut' }),
  operations: Type.Object(operationCounts, { description: 'operations by state' }),
  degraded: Type.Array(NotReadyReason),
});
export type Site = Static<typeof Site>;
