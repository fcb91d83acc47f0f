import { Type, type Static, type TObject } from 'typebox';
import { encodeCursor, decodeCursor } from '../core/cursor.ts';
import { invalidRequest } from './problems.ts';

/** How many items a list gives at once. */
export const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 1000;

/** The query of every list. */
export const PageQuery = Type.Object(
  {
    limit: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: MAX_LIMIT,
        description: `items at once; ${String(DEFAULT_LIMIT)} if left out`,
      }),
    ),
    after: Type.Optional(Type.String({ minLength: 1, maxLength: 200, description: '`next` of the page before' })),
  },
  { additionalProperties: false },
);
export type PageQuery = Static<typeof PageQuery>;

/** No query parameters. */
export const NoQuery = Type.Object({}, { additionalProperties: false });

/** No path parameters. */
export const NoParams = Type.Object({}, { additionalProperties: false });

/**
 * A query string knows text only: whole numbers are read where the route's own schema asks for one, and nowhere else.
 * What is no number stays text, for the schema to refuse.
 */
export function readQuery(schema: TObject, raw: unknown): unknown {
  if (typeof raw !== 'object' || raw === null) return raw;
  const fields = Object.entries(raw).map(([name, value]: [string, unknown]) => {
    const isNumber = Object.hasOwn(schema.properties, name) && hasIntegerType(schema.properties[name]);
    return [name, isNumber && typeof value === 'string' && /^-?\d{1,15}$/.test(value) ? Number(value) : value];
  });
  return Object.fromEntries(fields);
}

/** The store's own cursor of a list, or null for the first page; a cursor that is none is a 400. */
export function positionOf(list: string, after: string | undefined): string | null {
  if (after === undefined) return null;
  const position = decodeCursor(list, after);
  if (position !== null) return position;
  throw invalidRequest([{ pointer: '/after', detail: 'is no cursor of this list', in: 'query' }]);
}

/** A page with its cursor made opaque. */
export function pageOf<Item>(
  list: string,
  items: readonly Item[],
  next: string | null,
): { readonly items: readonly Item[]; readonly next: string | null } {
  return { items, next: next === null ? null : encodeCursor(list, next) };
}

function hasIntegerType(schema: unknown): boolean {
  return typeof schema === 'object' && schema !== null && 'type' in schema && schema.type === 'integer';
}
