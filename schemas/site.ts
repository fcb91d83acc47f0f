import { Type, type Static } from 'typebox';
import { CentralState } from './central.ts';
import { Scope } from './config/control.ts';
import { SiteDoctor } from './doctor.ts';
import { Finding } from './finding.ts';
import { Id } from './ids.ts';
import { OperationState } from './operation.ts';
import { NotReadyReason } from './problem.ts';
import { RotationEnd } from './rotation.ts';

/** GET /healthz: the API and the store answer. */
export const Health = Type.Object({ status: Type.Literal('ok') });
export type Health = Static<typeof Health>;

/** GET /readyz, when there is nothing to say. */
export const Readiness = Type.Object({ status: Type.Literal('ready') });
export type Readiness = Static<typeof Readiness>;

const registered = Type.Object({
  total: Type.Integer(),
  registered: Type.Integer({ description: 'seen registered when last looked at' }),
});
const rotationCounts = Object.fromEntries(
  ['open', ...RotationEnd.anyOf.map((end) => end.const)].map((end) => [end, Type.Integer()]),
);
const operationCounts = Object.fromEntries(OperationState.anyOf.map((state) => [state.const, Type.Integer()]));

/** Phones that are not given what is wanted of them: they keep what they have. */
export const NotServed = Type.Object(
  {
    count: Type.Integer(),
    first: Type.Array(
      Type.Object({
        mac: Type.String(),
        line: Type.Union([Type.Integer(), Type.Null()], { description: 'counts from 1; null: the whole phone' }),
        extension: Type.Union([Type.String(), Type.Null()]),
        what: Type.String({
          description: 'registrar-unknown | value-not-carried | line-too-many | lines-withheld | vendor-not-served',
        }),
        detail: Type.String(),
      }),
      { description: 'a few of them' },
    ),
  },
  { description: 'phones that are not given what is wanted of them: they keep what they have' },
);

/** What the provisioner last said of itself. */
export const ProvisionerFacts = Type.Object({
  at: Type.String({ description: 'when it said so' }),
  url: Type.String({ description: 'where it listens for phones' }),
  sip: Type.Object({
    stack: Type.String({ description: 'embedded | drachtio' }),
    isReady: Type.Boolean({ description: 'it can send' }),
    detail: Type.Union([Type.String(), Type.Null()]),
  }),
  legacyTls: Type.Optional(
    Type.String({
      description: 'where it listens for old phones too, with TLS that is no longer safe; left out: nowhere',
    }),
  ),
  notServed: NotServed,
  guesses: Type.Optional(
    Type.Object(
      {
        addresses: Type.Integer({ description: 'that guess too much just now' }),
        requests: Type.Integer({ description: 'of such addresses, since the provisioner started' }),
      },
      { description: 'requests with tokens of nobody beyond what a site of phones ever makes' },
    ),
  ),
});
export type ProvisionerFacts = Static<typeof ProvisionerFacts>;

/** GET /v1/site: who am I, versions, what is degraded. */
export const Site = Type.Object({
  site: Id,
  version: Type.String(),
  startedAt: Type.String(),
  now: Type.String(),
  lastSeq: Type.Integer({ description: 'seq of the newest event, 0 for none: where to go on from what was just read' }),
  central: Type.Object({
    kind: Type.String({ description: 'none | websocket | wisphub' }),
    state: CentralState,
    lastContactAt: Type.Union([Type.String(), Type.Null()], {
      description: 'when something of the central platform was last accepted; null: never, or there is none',
    }),
  }),
  generation: Type.Union([
    Type.Object({ generation: Type.Integer(), takenAt: Type.String(), hash: Type.String() }),
    Type.Null(),
  ]),
  routers: Type.Object({ total: Type.Integer(), up: Type.Integer(), converged: Type.Integer() }),
  subscribers: Type.Integer(),
  cutoffs: Type.Integer(),
  notices: Type.Integer(),
  paidButCut: Type.Integer({
    description:
      'restored subscribers that something still keeps cut; on a router that is away, who was last seen cut there',
  }),
  phones: registered,
  extensions: registered,
  rotations: Type.Object(rotationCounts, { description: 'open ones, and those that ended lately by their end' }),
  provisioner: Type.Union([ProvisionerFacts, Type.Null()], {
    description: 'null: this box has no provisioner, or it never ran',
  }),
  operations: Type.Object(operationCounts, { description: 'operations by state' }),
  portal: Type.Union(
    [
      Type.Object({
        leadsTo: Type.String({ description: 'the domain that notices lead to' }),
        awaited: Type.Union([Type.String(), Type.Null()], {
          description: 'the domain they will lead to when DNS was seen good often enough',
        }),
        findings: Type.Array(Finding),
      }),
      Type.Null(),
    ],
    { description: 'what DNS says of the portal; null before the agent asked it' },
  ),
  doctor: Type.Union([SiteDoctor, Type.Null()], {
    description: 'what the last doctor found that is no router’s own; null before one looked',
  }),
  degraded: Type.Array(NotReadyReason),
  caller: Type.Optional(
    Type.Object(
      { name: Type.String(), scopes: Type.Array(Scope) },
      { description: 'whose token asks, and what it may do' },
    ),
  ),
});
export type Site = Static<typeof Site>;
