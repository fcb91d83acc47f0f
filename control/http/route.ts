import { Type, type Static, type TObject, type TSchema } from 'typebox';
import type { ProblemDetail } from '../../schemas/problem.ts';
import type { ProblemCode } from '../../schemas/problem-types.ts';
import type { Api } from '../api.ts';
import type { NeededScope } from '../core/scopes.ts';
import { CsvBody } from './request-body.ts';
import type { Answer, RawParts, RequestHead } from './exchange.ts';
import { invalidRequest } from './problems.ts';
import { readQuery } from './query.ts';
import { validatorOf } from './validate.ts';

/** What a handler gets: parts that were checked against the route's own schemas. */
export interface Call<Params, Query, Body> extends RequestHead {
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
}

/** Request headers beyond the common ones that a route obeys. */
export type RouteHeader = 'If-Match' | 'Idempotency-Key' | 'Prefer' | 'Last-Event-ID';

/** What a success looks like; without a schema it has no body. */
export interface RouteAnswer {
  readonly description: string;
  readonly schema?: TSchema;
  /** Media type; application/json if left out. */
  readonly type?: string;
  readonly headers?: readonly ('ETag' | 'Location' | 'Content-Location' | 'Preference-Applied')[];
}

export interface RouteBody<Body extends TSchema> {
  /** What is checked before the handler runs. */
  readonly schema: Body;
  /** What OpenAPI prints, when the handler checks the rest itself, row by row. */
  readonly documented?: TSchema;
  readonly example: unknown;
  /** No body counts as `{}`. */
  readonly isOptional?: true;
}

/** An action without a body; `{}` counts as none (design §5.1). */
export const NO_BODY = { schema: Type.Object({}, { additionalProperties: false }), example: {} } as const;

/** The part of a route that needs no types of its own. */
export interface RouteDeclaration {
  readonly method: 'GET' | 'PUT' | 'PATCH' | 'POST' | 'DELETE';
  /** OpenAPI spelling: `/v1/subscribers/{id}`. */
  readonly path: string;
  /** Null: needs no token. */
  readonly scope: NeededScope | null;
  readonly tag: string;
  /** OpenAPI's operationId. */
  readonly id: string;
  readonly summary: string;
  readonly description?: string;
  readonly headers?: readonly RouteHeader[];
  readonly answers: Readonly<Record<number, RouteAnswer>>;
  /** Beyond those that every route has. */
  readonly problems?: readonly ProblemCode[];
  readonly bodyLimit?: number;
}

/** One declaration a route: it validates, it answers, and OpenAPI prints it. */
export interface RouteSpec<
  Params extends TObject,
  Query extends TObject,
  Body extends TSchema,
> extends RouteDeclaration {
  readonly params: Params;
  readonly query: Query;
  readonly body: RouteBody<Body>;
  handle(call: Call<Static<Params>, Static<Query>, Static<Body>>, api: Api): Promise<Answer> | Answer;
  /** The same of a body in text/csv; without it that is 415. */
  handleCsv?(call: Call<Static<Params>, Static<Query>, Uint8Array>, api: Api): Promise<Answer> | Answer;
}

/** A route with its types folded away. */
export interface Route extends RouteDeclaration {
  readonly params: TObject;
  readonly query: TObject;
  readonly body: RouteBody<TSchema>;
  readonly takesCsv: boolean;
  /** Compiles what it checks with. */
  prepare(): void;
  run(head: RequestHead, parts: RawParts, api: Api): Promise<Answer>;
}

/** Makes a route of a declaration; its handler sees only what passed the schemas. */
export function route<Params extends TObject, Query extends TObject, Body extends TSchema>(
  spec: RouteSpec<Params, Query, Body>,
): Route {
  const params = validatorOf(spec.params);
  const query = validatorOf(spec.query);
  const body = validatorOf(spec.body.schema);
  return {
    ...spec,
    takesCsv: spec.handleCsv !== undefined,
    prepare: () => {
      for (const check of [params, query, body]) check(undefined);
    },
    run: async (head, parts, api) => {
      const path = params(parts.params);
      const search = query(readQuery(spec.query, parts.query));
      const isCsv = parts.body instanceof CsvBody;
      if (isCsv && spec.handleCsv !== undefined && path.ok && search.ok) {
        const { bytes } = parts.body;
        return await spec.handleCsv({ ...head, params: path.value, query: search.value, body: bytes }, api);
      }
      const content = isCsv ? { ok: false as const, faults: [] } : body(contentOf(spec.body, parts.body));
      if (path.ok && search.ok && content.ok) {
        return await spec.handle({ ...head, params: path.value, query: search.value, body: content.value }, api);
      }
      throw invalidRequest([
        ...(path.ok ? [] : placed(path.faults, 'path')),
        ...(search.ok ? [] : placed(search.faults, 'query')),
        ...(content.ok ? [] : content.faults),
      ]);
    },
  };
}

function contentOf(body: RouteBody<TSchema>, raw: unknown): unknown {
  if (raw !== undefined) return raw;
  if (body.schema === NO_BODY.schema || body.isOptional === true) return {};
  throw invalidRequest([{ pointer: '', detail: 'a JSON body is required' }]);
}

function placed(faults: readonly ProblemDetail[], part: 'path' | 'query'): readonly ProblemDetail[] {
  return faults.map((fault) => ({ ...fault, in: part }));
}
