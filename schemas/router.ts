import { Type, type Static } from 'typebox';
import { DoctorReport } from './doctor.ts';
import { Finding } from './finding.ts';

import { HeldOperation } from './held-operation.ts';
import { Id } from './ids.ts';

export { Finding } from './finding.ts';
export { HeldOperation } from './held-operation.ts';

export const RouterMode = Type.Union([Type.Literal('manage'), Type.Literal('assist'), Type.Literal('observe')]);
export type RouterMode = Static<typeof RouterMode>;

/** What a router has yet to bring to an end, by the operations as they are now, be it reachable or not. */
export const PendingWork = Type.Object({
  count: Type.Integer({ description: 'operations that are not settled; those held are not among them' }),
  oldestAt: Type.Union([Type.String(), Type.Null()], { description: 'when the oldest of them was accepted' }),
  oldestRestoreAt: Type.Union([Type.String(), Type.Null()], {
    description: 'when the oldest restore was accepted that is not verified, held ones included',
  }),
});
export type PendingWork = Static<typeof PendingWork>;

/** Rows of ours on a router that somebody else changed or took away, since it was first looked at. */
export const RouterDrift = Type.Object({
  found: Type.Integer({ description: 'rows found changed by somebody else' }),
  repaired: Type.Integer({ description: 'those of them that were seen put right again' }),
});
export type RouterDrift = Static<typeof RouterDrift>;

/** GET /v1/routers/{id}: what the agent last saw and did. */
export const RouterStatus = Type.Object({
  id: Id,
  mode: RouterMode,
  connection: Type.Union([Type.Literal('up'), Type.Literal('down'), Type.Literal('unknown')]),
  /** True when the last pass read the router back and found nothing left to do. */
  converged: Type.Boolean(),
  version: Type.Union([Type.String(), Type.Null()]),
  dialect: Type.Union([Type.Literal('redirect-to'), Type.Literal('action-data'), Type.Null()]),
  lastSeen: Type.Union([Type.String(), Type.Null()]),
  lastPass: Type.Union([Type.String(), Type.Null()]),
  lastError: Type.Union([
    Type.Object({
      code: Type.String(),
      message: Type.String(),
      remedy: Type.Union([Type.String(), Type.Null()]),
      es: Type.Optional(
        Type.Object(
          { message: Type.String(), remedy: Type.Union([Type.String(), Type.Null()]) },
          { description: 'the same in Spanish' },
        ),
      ),
    }),
    Type.Null(),
  ]),
  counts: Type.Object({
    subscribers: Type.Integer(),
    cut: Type.Integer(),
    notices: Type.Integer(),
    pending: Type.Integer(),
    held: Type.Integer(),
    paidButCut: Type.Integer(),
  }),
  findings: Type.Array(Finding),
  /** How many changes are held, by reason; absent before the first pass. */
  heldBy: Type.Optional(Type.Record(Type.String(), Type.Integer())),
  notSent: Type.Optional(
    Type.Integer({ minimum: 1, description: 'steps that are missing and not written in this mode; absent: none' }),
  ),
  convergedSince: Type.Optional(
    Type.Union([Type.String(), Type.Null()], {
      description: 'since when it is converged without a break; null: it is not',
    }),
  ),
  pending: Type.Optional(PendingWork),
  drift: Type.Optional(RouterDrift),
  /** Absent before the first doctor. */
  doctor: Type.Optional(DoctorReport),
});
export type RouterStatus = Static<typeof RouterStatus>;

/** One step of a plan, as the RouterOS command an engineer would type; tokens in URLs are masked (I9). */
export const PlanStep = Type.Object({
  action: Type.Union([
    Type.Literal('created'),
    Type.Literal('updated'),
    Type.Literal('moved'),
    Type.Literal('removed'),
  ]),
  menu: Type.String(),
  row: Type.String({ description: 'the key of the row, e.g. cutoff:s5' }),
  command: Type.String(),
  lane: Type.Union([Type.Literal('restore'), Type.Literal('cut'), Type.Literal('notice'), Type.Literal('bulk')]),
  /** A change to a row that is not ours: of a router that was claimed, or a DHCP network that the configuration names. */
  foreign: Type.Optional(
    Type.Object(
      { was: Type.Record(Type.String(), Type.String()) },
      { description: 'the row is not ours: its old values' },
    ),
  ),
});
export type PlanStep = Static<typeof PlanStep>;

/** GET /v1/routers/{id}/plan */
export const RouterPlan = Type.Object({
  router: Id,
  at: Type.String(),
  /** Two plans with the same one were made by the same configuration; it says nothing of secrets. */
  configuration: Type.Optional(Type.String({ description: 'fingerprint of the configuration it was made by' })),
  mode: Type.Optional(RouterMode),
  steps: Type.Array(PlanStep, { description: 'what is sent, of all that is missing' }),
  /** Steps of a very large plan that are not shown. */
  omitted: Type.Optional(Type.Integer({ minimum: 1 })),
  notSent: Type.Optional(
    Type.Object(
      { steps: Type.Array(PlanStep), omitted: Type.Optional(Type.Integer({ minimum: 1 })) },
      { description: 'what is missing too, and is not written in this mode; absent where there is none' },
    ),
  ),
  held: Type.Array(
    Type.Object({
      subject: Type.String(),
      reason: Type.String(),
      detail: Type.String(),
      operations: Type.Array(Type.String()),
    }),
  ),
  /** Those of `held` that are not shown; all are where `all=true` was asked for. */
  heldOmitted: Type.Optional(Type.Integer({ minimum: 1 })),
  /** Absent in a plan that was made before there was one. */
  heldOperations: Type.Optional(
    Type.Array(HeldOperation, { description: 'what waits, each with what letting it through would write' }),
  ),
  findings: Type.Array(Finding),
});
export type RouterPlan = Static<typeof RouterPlan>;

/** How an address of a subscriber is known: as it was given, or from the router's PPP sessions or DHCP leases. */
export const AddressOrigin = Type.Union([Type.Literal('declared'), Type.Literal('ppp'), Type.Literal('dhcp')]);
export type AddressOrigin = Static<typeof AddressOrigin>;

/** What the agent last observed of one subscriber on its router; `GET /v1/subscribers/{id}` adds it. */
export const ObservedSubscriber = Type.Object({
  service: Type.Union([Type.Literal('open'), Type.Literal('cut'), Type.Literal('partial'), Type.Literal('unknown')]),
  notice: Type.Union([
    Type.Literal('cutoff'),
    Type.Literal('maintenance'),
    Type.Literal('payment-due'),
    Type.Literal('custom'),
    Type.Null(),
  ]),
  verified: Type.Boolean(),
  held: Type.Union([Type.String(), Type.Null()]),
  at: Type.String(),
  rows: Type.Array(
    Type.Object({ menu: Type.String(), id: Type.String(), address: Type.String(), foreign: Type.Boolean() }),
  ),
  addresses: Type.Optional(
    Type.Array(Type.Object({ address: Type.String(), from: AddressOrigin }), {
      description: 'the addresses he has now: a session or lease elsewhere takes the place of a declared IPv4 address',
    }),
  ),
});
export type ObservedSubscriber = Static<typeof ObservedSubscriber>;
