import { Portal, PortalConfirm, PortalConfirmed } from '../../schemas/portal.ts';
import { PortalCheck } from '../../schemas/portal-check.ts';
import { OPERATION_ANSWERS } from '../http/operation-answers.ts';
import { NoParams, NoQuery } from '../http/query.ts';
import { NO_BODY, route } from '../http/route.ts';
import { checkPortalNow, confirmPortalHost, putPortal, readPortal } from '../portal.ts';

export const portalRoutes = [
  route({
    method: 'GET',
    path: '/v1/portal',
    scope: 'viewer',
    tag: 'portal',
    id: 'getPortal',
    summary: 'Where notices lead, and what a cut subscriber can still reach',
    description: 'Before the first PUT this is the portal of the configuration.',
    answers: { 200: { description: 'The portal', schema: Portal, headers: ['ETag'] } },
    problems: ['not-found'],
    params: NoParams,
    query: NoQuery,
    body: NO_BODY,
    handle: (_call, api) => readPortal(api),
  }),
  route({
    method: 'PUT',
    path: '/v1/portal',
    scope: 'platform',
    tag: 'portal',
    id: 'putPortal',
    summary: 'Sets the portal; a new domain re-issues every live cut-off and notice',
    headers: ['If-Match', 'Idempotency-Key', 'Prefer'],
    answers: OPERATION_ANSWERS,
    problems: ['precondition-failed', 'key-in-progress', 'key-reused'],
    params: NoParams,
    query: NoQuery,
    body: {
      schema: Portal,
      example: {
        domain: 'clientes.example.net',
        cnameTargets: ['portal.wisphub.net'],
        addresses: ['192.0.2.80'],
        walledGarden: ['recaptcha'],
      },
    },
    handle: ({ body, ...head }, api) => putPortal(api, head, body),
  }),
  route({
    method: 'POST',
    path: '/v1/portal/check',
    scope: 'operator or platform',
    tag: 'portal',
    id: 'checkPortal',
    summary: 'A preflight from what the store knows; it says what it does not look at',
    answers: { 200: { description: 'What is known', schema: PortalCheck } },
    problems: ['not-found'],
    params: NoParams,
    query: NoQuery,
    body: NO_BODY,
    handle: (_call, api) => checkPortalNow(api),
  }),
  route({
    method: 'POST',
    path: '/v1/portal/confirm',
    scope: 'operator',
    tag: 'portal',
    id: 'confirmPortalHost',
    summary: 'A person says that what vanished of a host from DNS is really gone',
    description:
      'More than half of a host’s addresses are not taken out of the portal list at once before somebody says so ' +
      '(finding `portal-shrunk`). Those that had vanished by then go when they were away for 24 h; later ones are another matter.',
    headers: ['Idempotency-Key'],
    answers: { 200: { description: 'What was confirmed, and when', schema: PortalConfirmed } },
    problems: ['not-found', 'key-in-progress', 'key-reused'],
    params: NoParams,
    query: NoQuery,
    body: { schema: PortalConfirm, example: { host: 'clientes.example.net' } },
    handle: ({ body, ...head }, api) => confirmPortalHost(api, head, body),
  }),
];
