import type { TSchema } from 'typebox';
import { Acknowledge, ComodatoReturn, PhoneReturn } from '../../schemas/comodato.ts';
import { Doctor, DoctorReport } from '../../schemas/doctor.ts';
import { Event } from '../../schemas/event.ts';
import { ExtensionDocument, ExtensionPut, Validate } from '../../schemas/extension.ts';
import { Operation } from '../../schemas/operation.ts';
import { Enrolment, Phone, PhoneDocument } from '../../schemas/phone.ts';
import { PlanillaReport, PlanillaRow, PlanillaRows } from '../../schemas/planilla.ts';
import { Portal } from '../../schemas/portal.ts';
import { PortalCheck } from '../../schemas/portal-check.ts';
import { Problem } from '../../schemas/problem.ts';
import { PROBLEM_TYPES, type ProblemCode } from '../../schemas/problem-types.ts';
import { RotationDocument, RotationKey, RotationPost } from '../../schemas/rotation.ts';
import { Claim, Release } from '../../schemas/router-actions.ts';
import { ObservedSubscriber, RouterPlan, RouterStatus } from '../../schemas/router.ts';
import { Site } from '../../schemas/site.ts';
import { SubscriberDocument } from '../../schemas/subscriber-document.ts';
import { Cutoff, Delta, Notice, Snapshot, Subscriber, SubscriberState } from '../../schemas/subscriber.ts';
import { NO_BODY, type Route, type RouteAnswer, type RouteHeader } from './route.ts';

type Json = Readonly<Record<string, unknown>>;

/** Schemas that have a name of their own in the document; found by identity wherever they stand. */
const COMPONENTS: Readonly<Record<string, TSchema>> = {
  Acknowledge,
  Claim,
  ComodatoReturn,
  Cutoff,
  Delta,
  Doctor,
  DoctorReport,
  Enrolment,
  Event,
  ExtensionDocument,
  ExtensionPut,
  Notice,
  ObservedSubscriber,
  Operation,
  Phone,
  PhoneDocument,
  PhoneReturn,
  PlanillaReport,
  PlanillaRow,
  PlanillaRows,
  Portal,
  PortalCheck,
  Problem,
  Release,
  RotationDocument,
  RotationKey,
  RotationPost,
  RouterPlan,
  RouterStatus,
  Site,
  Snapshot,
  Subscriber,
  SubscriberDocument,
  SubscriberState,
  Validate,
};
const NAMES = new Map<unknown, string>(Object.entries(COMPONENTS).map(([name, schema]) => [schema, name]));

const HEADERS: Readonly<Record<RouteHeader, Json>> = {
  'If-Match': { description: 'ETag the document must have, or *; else 412', schema: { type: 'string' } },
  'Idempotency-Key': {
    description: 'The same request with the same key is carried out once and answered alike',
    schema: { type: 'string', maxLength: 202 },
  },
  Prefer: {
    description: '`wait=n`: answer once the operation is settled, or after n seconds (at most 120)',
    schema: { type: 'string' },
  },
  'Last-Event-ID': { description: 'seq of the last event that was seen', schema: { type: 'string' } },
};

/** Problems that any route can answer. */
const COMMON_PROBLEMS: readonly ProblemCode[] = ['internal', 'store-busy', 'store-unavailable', 'shutting-down'];

/** The problems a route can answer, each once. */
export function problemsOf(route: Route): readonly ProblemCode[] {
  const own: ProblemCode[] = ['invalid-request', ...(route.problems ?? [])];
  if (route.scope !== null) own.push('unauthenticated', 'forbidden', 'too-many-logins');
  if (route.method !== 'GET') own.push('malformed-json', 'body-too-large', 'unsupported-media-type');
  return [...new Set([...own, ...COMMON_PROBLEMS])];
}

/** The OpenAPI 3.1 document of a table of routes. */
export function openApiOf(routes: readonly Route[], version: string): Json {
  const paths: Record<string, Record<string, Json>> = {};
  for (const route of routes) {
    const path = (paths[route.path] ??= {});
    path[route.method.toLowerCase()] = operationOf(route);
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'wisp-edge',
      version,
      license: { name: 'MIT', identifier: 'MIT' },
      description: 'Service cut-offs and notices on MikroTik routers, and IP phones, beside the routers.',
    },
    servers: [{ url: '/' }],
    paths,
    components: {
      schemas: Object.fromEntries(Object.entries(COMPONENTS).map(([name, schema]) => [name, printed(schema, name)])),
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer', description: 'scopes: see control.tokens' } },
    },
  };
}

function operationOf(route: Route): Json {
  const parameters = [
    ...Object.entries(route.params.properties).map(([name, schema]) => parameter(name, 'path', true, schema)),
    ...Object.entries(route.query.properties).map(([name, schema]) => parameter(name, 'query', false, schema)),
    ...(route.headers ?? []).map((name) => ({ name, in: 'header', required: false, ...HEADERS[name] })),
  ];
  const scope = route.scope === null ? 'no token' : `scope: ${route.scope} (admin always)`;
  return {
    operationId: route.id,
    tags: [route.tag],
    summary: route.summary,
    description: [route.description, `Needs ${scope}.`].filter((text) => text !== undefined).join(' '),
    security: route.scope === null ? [] : [{ bearer: [] }],
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(route.body.schema === NO_BODY.schema ? {} : { requestBody: bodyOf(route) }),
    responses: { ...answersOf(route.answers), ...problemAnswers(problemsOf(route)) },
  };
}

function parameter(name: string, place: string, required: boolean, schema: unknown): Json {
  return { name, in: place, required, schema: printed(schema) };
}

function bodyOf(route: Route): Json {
  const { schema, documented, example, isOptional } = route.body;
  const { takesCsv } = route;
  return {
    required: isOptional !== true,
    content: {
      'application/json': { schema: printed(documented ?? schema), example },
      ...(takesCsv ? { 'text/csv': {} } : {}),
    },
  };
}

function answersOf(answers: Readonly<Record<number, RouteAnswer>>): Json {
  return Object.fromEntries(
    Object.entries(answers).map(([status, { description, schema, type, headers }]) => {
      const media = { [type ?? 'application/json']: schema === undefined ? {} : { schema: printed(schema) } };
      const names = (headers ?? []).map((name) => [name, { schema: { type: 'string' } }] as const);
      return [
        status,
        {
          description,
          ...(headers === undefined ? {} : { headers: Object.fromEntries(names) }),
          ...(schema === undefined && type === undefined ? {} : { content: media }),
        },
      ];
    }),
  );
}

function problemAnswers(codes: readonly ProblemCode[]): Json {
  const byStatus = new Map<number, ProblemCode[]>();
  for (const code of codes) {
    const { status } = PROBLEM_TYPES[code];
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  return Object.fromEntries(
    [...byStatus].map(([status, found]) => [
      String(status),
      {
        description: found.map((code) => `\`${code}\`: ${PROBLEM_TYPES[code].title}`).join('\n\n'),
        content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
      },
    ]),
  );
}

/** A schema with its named parts as references; `self` is the component being printed. */
function printed(schema: unknown, self?: string): unknown {
  const name = NAMES.get(schema);
  if (name !== undefined && name !== self) return { $ref: `#/components/schemas/${name}` };
  if (Array.isArray(schema)) return schema.map((item: unknown) => printed(item));
  if (typeof schema !== 'object' || schema === null) return schema;
  return Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, printed(value)]));
}
