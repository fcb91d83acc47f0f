import { ExtensionDocument, ExtensionPut, Validate } from '../../schemas/extension.ts';
import { ExtensionList } from '../../schemas/lists.ts';
import { OPERATION_ANSWERS } from '../http/operation-answers.ts';
import { DEFAULT_LIMIT, NoParams, NoQuery, PageQuery } from '../http/query.ts';
import { NO_BODY, route } from '../http/route.ts';
import { deleteExtension, listExtensions, putExtension, readExtension, validateExtension } from '../extensions.ts';
import { NumberParams } from './parameters.ts';

export const extensionRoutes = [
  route({
    method: 'GET',
    path: '/v1/extensions',
    scope: 'viewer',
    tag: 'extensions',
    id: 'listExtensions',
    summary: 'Every extension, by number',
    answers: { 200: { description: 'A page', schema: ExtensionList } },
    params: NoParams,
    query: PageQuery,
    body: NO_BODY,
    handle: ({ query }, api) => listExtensions(api, query.after, query.limit ?? DEFAULT_LIMIT),
  }),
  route({
    method: 'GET',
    path: '/v1/extensions/{number}',
    scope: 'viewer',
    tag: 'extensions',
    id: 'getExtension',
    summary: 'One extension: whether its key is set, what was last seen of it at its registrar',
    description: 'No answer ever shows a SIP key.',
    answers: { 200: { description: 'The extension', schema: ExtensionDocument, headers: ['ETag'] } },
    problems: ['not-found'],
    params: NumberParams,
    query: NoQuery,
    body: NO_BODY,
    handle: ({ params }, api) => readExtension(api, params.number),
  }),
  route({
    method: 'PUT',
    path: '/v1/extensions/{number}',
    scope: 'platform',
    tag: 'extensions',
    id: 'putExtension',
    summary: 'Makes or replaces an extension',
    description:
      'Without sipKey the key that is set stays. The first sipKey is served as given, for no phone works with it yet; once a phone has fetched, another one is 409: rotate. A web password of the provider’s panel is not a SIP key and has no place here.',
    headers: ['If-Match', 'Idempotency-Key'],
    answers: {
      200: { description: 'Replaced, or the same as before', schema: ExtensionDocument, headers: ['ETag'] },
      201: { description: 'Made', schema: ExtensionDocument, headers: ['ETag', 'Location'] },
    },
    problems: [
      'unknown-registrar',
      'value-not-carried',
      'softphone-line',
      'sip-key-in-use',
      'in-rotation',
      'precondition-failed',
      'key-in-progress',
      'key-reused',
    ],
    params: NumberParams,
    query: NoQuery,
    body: {
      schema: ExtensionPut,
      example: { registrar: 'iplan', displayName: 'Recepción', owner: 'comodato', sipKey: 'Zk3vQ9mT7xB2nR5cW8dL' },
    },
    handle: ({ params, body, ...head }, api) => putExtension(api, head, params.number, body),
  }),
  route({
    method: 'DELETE',
    path: '/v1/extensions/{number}',
    scope: 'platform',
    tag: 'extensions',
    id: 'deleteExtension',
    summary: 'Forgets an extension and its key; 409 while a phone has it as a line or a rotation is open',
    headers: ['If-Match', 'Idempotency-Key'],
    answers: { 204: { description: 'Gone' } },
    problems: ['not-found', 'in-use', 'in-rotation', 'precondition-failed', 'key-in-progress', 'key-reused'],
    params: NumberParams,
    query: NoQuery,
    body: NO_BODY,
    handle: ({ params, ...head }, api) => deleteExtension(api, head, params.number),
  }),
  route({
    method: 'POST',
    path: '/v1/extensions/{number}/validate',
    scope: 'operator or platform',
    tag: 'extensions',
    id: 'validateExtension',
    summary: 'Proves by SIP whether a key registers: the one given, else the one that phones are served',
    description:
      'result.verdict is valid, invalid, locked, unreachable, unsupported or indeterminate; only valid is verified. It registers no contact and changes nothing.',
    headers: ['If-Match', 'Idempotency-Key', 'Prefer'],
    answers: OPERATION_ANSWERS,
    problems: ['not-found', 'no-sip-key', 'no-provisioner', 'precondition-failed', 'key-in-progress', 'key-reused'],
    params: NumberParams,
    query: NoQuery,
    body: { schema: Validate, example: {}, isOptional: true },
    handle: ({ params, body, ...head }, api) => validateExtension(api, head, params.number, body),
  }),
];
