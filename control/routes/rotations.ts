import { Type } from 'typebox';
import { RotationList } from '../../schemas/lists.ts';
import { RotationDocument, RotationKey, RotationPost } from '../../schemas/rotation.ts';
import { OPERATION_ANSWERS } from '../http/operation-answers.ts';
import { DEFAULT_LIMIT, NoParams, NoQuery, PageQuery } from '../http/query.ts';
import { NO_BODY, route } from '../http/route.ts';
import { cancelRotation, giveKey, listRotations, readRotation, startRotation } from '../rotations.ts';
import { IdParams, RotationKeyParams } from './parameters.ts';

/** The keys are looked at one by one, so that no fault names a field that may be a key itself. */
const UncheckedRotation = Type.Object(
  { ...RotationPost.properties, newKeys: Type.Optional(Type.Record(Type.String(), Type.Unknown())) },
  { additionalProperties: false },
);

export const rotationRoutes = [
  route({
    method: 'GET',
    path: '/v1/rotations',
    scope: 'viewer',
    tag: 'rotations',
    id: 'listRotations',
    summary: 'Every rotation, newest first',
    answers: { 200: { description: 'A page', schema: RotationList } },
    params: NoParams,
    query: PageQuery,
    body: NO_BODY,
    handle: ({ query }, api) => listRotations(api, query.after, query.limit ?? DEFAULT_LIMIT),
  }),
  route({
    method: 'POST',
    path: '/v1/rotations',
    scope: 'operator or platform',
    tag: 'rotations',
    id: 'startRotation',
    summary: 'Brings new SIP keys to phones: proven at the registrar first, then fetched, then registered',
    description:
      'The operation’s subject is rotation/<id>. An extension without a key in newKeys waits for it (awaiting_key) until PUT /v1/rotations/{id}/keys/{number}. Without batch the extensions go one by one; the first that does not commit stops the rest.',
    headers: ['Idempotency-Key', 'Prefer'],
    answers: OPERATION_ANSWERS,
    problems: [
      'unknown-extension',
      'value-not-carried',
      'in-rotation',
      'no-provisioner',
      'key-in-progress',
      'key-reused',
    ],
    params: NoParams,
    query: NoQuery,
    body: {
      schema: UncheckedRotation,
      documented: RotationPost,
      example: {
        extensions: ['1001', '1002'],
        newKeys: { '1001': 'pT4wX8sK2mH6vN9zB3qJ' },
        reason: 'La clave se vio en un correo',
      },
    },
    handle: ({ body, ...head }, api) => startRotation(api, head, body),
  }),
  route({
    method: 'GET',
    path: '/v1/rotations/{id}',
    scope: 'viewer',
    tag: 'rotations',
    id: 'getRotation',
    summary: 'How far each extension has come, with evidence',
    answers: { 200: { description: 'The rotation', schema: RotationDocument } },
    problems: ['not-found'],
    params: IdParams,
    query: NoQuery,
    body: NO_BODY,
    handle: ({ params }, api) => readRotation(api, params.id),
  }),
  route({
    method: 'PUT',
    path: '/v1/rotations/{id}/keys/{number}',
    scope: 'operator or platform',
    tag: 'rotations',
    id: 'giveRotationKey',
    summary: 'Gives the new key of one extension, after it was changed at the provider',
    description: 'Answers the rotation’s own operation. 409 once a key was proven, or the extension has ended.',
    headers: ['If-Match', 'Idempotency-Key', 'Prefer'],
    answers: OPERATION_ANSWERS,
    problems: [
      'not-found',
      'value-not-carried',
      'rotation-too-late',
      'precondition-failed',
      'key-in-progress',
      'key-reused',
    ],
    params: RotationKeyParams,
    query: NoQuery,
    body: { schema: RotationKey, example: { sipKey: 'pT4wX8sK2mH6vN9zB3qJ' } },
    handle: ({ params, body, ...head }, api) => giveKey(api, head, params, body),
  }),
  route({
    method: 'POST',
    path: '/v1/rotations/{id}/cancel',
    scope: 'operator or platform',
    tag: 'rotations',
    id: 'cancelRotation',
    summary: 'Ends a rotation as early as that is safe: an extension whose key was staged goes on to its end',
    description: 'Answers the rotation’s own operation.',
    headers: ['If-Match', 'Idempotency-Key', 'Prefer'],
    answers: OPERATION_ANSWERS,
    problems: ['not-found', 'rotation-too-late', 'precondition-failed', 'key-in-progress', 'key-reused'],
    params: IdParams,
    query: NoQuery,
    body: NO_BODY,
    handle: ({ params, ...head }, api) => cancelRotation(api, head, params.id),
  }),
];
