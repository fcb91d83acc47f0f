import { Type } from 'typebox';
import type { ProblemCode } from '../../schemas/problem-types.ts';
import { Delta, Snapshot } from '../../schemas/subscriber.ts';
import { OPERATION_ANSWERS } from '../http/operation-answers.ts';
import { NoParams, NoQuery } from '../http/query.ts';
import { route, type RouteHeader } from '../http/route.ts';

/** A whole site may come in one body; everywhere else 256 KiB is plenty. */
const BODY_LIMIT = 64 * 1024 * 1024;

// Rows are checked in chunks, so that ten thousand of them do not stop everybody else.
const UncheckedRows = Type.Array(Type.Unknown(), { maxItems: 100_000 });
const SnapshotFrame = Type.Object(
  { ...Snapshot.properties, subscribers: UncheckedRows },
  { additionalProperties: false },
);
const DeltaFrame = Type.Object(
  { ...Delta.properties, put: Type.Optional(Type.Array(Type.Unknown(), { maxItems: 10_000 })) },
  { additionalProperties: false },
);

const headers: readonly RouteHeader[] = ['Idempotency-Key', 'Prefer'];
const problems: readonly ProblemCode[] = ['generation-mismatch', 'key-in-progress', 'key-reused'];

/** What an operation of either says (I6). */
const VERIFIED =
  'The operation is `verified` when everything that it changed stands: `held` while any cut-off, restore or notice of it is withheld (`evidence.withheld` counts them by reason, `evidence.subscribers` names the first hundred), `planned` while any waits for its time, `failed` with `expired` when a cut-off of it ended before it could begin. What an earlier operation asked for and this one leaves as it was, the earlier one tells of.';

/** A snapshot asks for the whole state (I6). */
const FOLLOWS =
  'But a snapshot asks for the whole state: while a cut-off, restore or notice that it wants is held under an earlier operation it is `held` too, for that reason, or `planned` while one waits for its time; where the brake holds it, `evidence.heldUnder` names the first twenty such operations, which a person releases in its place. Where an earlier operation has yet to be brought to an end on a router, it is verified once that router was read and nothing is left to write. It is not held for what was instructed by name after `takenAt`. A router that is not configured holds it (`unknown-router`) as long as it names anybody there. A newer snapshot supersedes one that waits for nothing else; one that has failed on some router ends as `failed`.';

export const desiredStateRoutes = [
  route({
    method: 'PUT',
    path: '/v1/desired-state',
    scope: 'platform',
    tag: 'desired state',
    id: 'putDesiredState',
    summary: 'The whole truth at one moment, as a numbered generation',
    description:
      'The same generation with the same content again is a no-op. Instructions given after `takenAt` outrank the snapshot. An empty one is held until released. A subscriber without `cutoff` is not cut: who was, is restored at once; but a snapshot that leaves out more cut-offs of a router than the brake allows, and most of all it has, is held (`brake`): more likely the field was lost. A restore by name, or in a delta, is never held. A router that is not configured holds only its own subscribers. ' +
      `${VERIFIED} ${FOLLOWS}`,
    headers,
    answers: OPERATION_ANSWERS,
    problems,
    bodyLimit: BODY_LIMIT,
    params: NoParams,
    query: NoQuery,
    body: {
      schema: SnapshotFrame,
      documented: Snapshot,
      example: {
        generation: 7,
        takenAt: '2026-03-01T03:00:00-03:00',
        expectedCuts: 1,
        subscribers: [
          { id: 's4', name: 'Ana', router: 'rb-norte', addresses: ['10.20.0.4'], notices: { 'payment-due': {} } },
          {
            id: 's5',
            name: 'Luis',
            router: 'rb-norte',
            addresses: ['10.20.0.5'],
            cutoff: { reason: 'Factura vencida' },
          },
        ],
      },
    },
    handle: ({ body, ...head }, api) => api.snapshots.replace(head, body),
  }),
  route({
    method: 'PATCH',
    path: '/v1/desired-state',
    scope: 'platform',
    tag: 'desired state',
    id: 'patchDesiredState',
    summary: 'What changed since a generation',
    description: VERIFIED,
    headers,
    answers: OPERATION_ANSWERS,
    problems,
    bodyLimit: BODY_LIMIT,
    params: NoParams,
    query: NoQuery,
    body: {
      schema: DeltaFrame,
      documented: Delta,
      example: {
        baseGeneration: 7,
        generation: 8,
        put: [{ id: 's5', name: 'Luis', router: 'rb-norte', addresses: ['10.20.0.5'] }],
        remove: ['s4'],
      },
    },
    handle: ({ body, ...head }, api) => api.snapshots.amend(head, body),
  }),
];
