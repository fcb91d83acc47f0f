import { Ajv, type ErrorObject } from 'ajv';
import type { Static, TSchema } from 'typebox';
import type { ProblemDetail } from '../../schemas/problem.ts';
import { canonicalJson } from '../../schemas/canonical-json.ts';

/** More than this many faults are not listed: the first few are enough to mend a request. */
export const MAX_FAULTS = 50;

/** What a check says: the value with its type, or the faults. */
export type Validated<Value> =
  { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly faults: readonly ProblemDetail[] };

export type Validator<Value> = (value: unknown, pointer?: string) => Validated<Value>;

/**
 * Nothing is coerced, filled in or dropped: what does not fit is a fault (fastify's defaults drop unknown fields and
 * answer 200). One instance, for it keeps what it compiled.
 */
const AJV = new Ajv({
  removeAdditional: false,
  coerceTypes: false,
  useDefaults: false,
  allErrors: true,
  verbose: true,
});

// Ajv's own compares objects by their `valueOf`, which a body may name a field of its own: that was a 500.
AJV.removeKeyword('uniqueItems');
AJV.addKeyword({
  keyword: 'uniqueItems',
  type: 'array',
  schemaType: 'boolean',
  error: { message: 'must NOT have duplicate items' },
  validate: (isAsked: boolean, items: readonly unknown[]) =>
    !isAsked || new Set(items.map((item) => canonicalJson(item))).size === items.length,
});

/** A check against a schema, compiled at its first use. */
export function validatorOf<Schema extends TSchema>(schema: Schema): Validator<Static<Schema>> {
  return (value, pointer = '') => {
    const validate = AJV.compile<Static<Schema>>(schema);
    if (validate(value)) return { ok: true, value };
    return { ok: false, faults: faultsOf(validate.errors ?? [], pointer) };
  };
}

/** Pointers and words for Ajv's errors; values never appear, for they may be secret (I9). */
function faultsOf(errors: readonly ErrorObject[], pointer: string): readonly ProblemDetail[] {
  const faults = new Map<string, ProblemDetail>();
  const words = new Map<string, string[]>();
  for (const error of errors) {
    // Says only that the schema of `then` failed, which says itself what is wrong and where.
    if (error.keyword === 'if') continue;
    const fault = { pointer: pointer + error.instancePath + missingOrUnknown(error), detail: inWords(error) };
    // A union of words fails once for each: all of them are said.
    const known = words.get(fault.pointer) ?? [];
    if (error.keyword === 'const') {
      words.set(fault.pointer, [...known, JSON.stringify(error.params['allowedValue'])]);
      if (known.length > 0 && faults.get(fault.pointer)?.detail.startsWith('must be ') === true) {
        faults.set(fault.pointer, { ...fault, detail: `must be one of ${words.get(fault.pointer)?.join(', ') ?? ''}` });
      }
    }
    // The schema that failed first says most; `anyOf` and its other branches only repeat it.
    if (!faults.has(fault.pointer)) faults.set(fault.pointer, fault);
    if (faults.size >= MAX_FAULTS) break;
  }
  return [...faults.values()];
}

function missingOrUnknown(error: ErrorObject): string {
  const name: unknown = error.params['additionalProperty'] ?? error.params['missingProperty'];
  // RFC 6901 §3
  return typeof name === 'string' ? `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}` : '';
}

function inWords(error: ErrorObject): string {
  if (error.keyword === 'additionalProperties') return 'unknown field';
  if (error.keyword === 'required') return 'is required';
  const described: unknown = error.parentSchema?.['description'];
  if (error.keyword === 'pattern' && typeof described === 'string') return `must be ${described}`;
  if (error.keyword === 'const') return `must be ${JSON.stringify(error.params['allowedValue'])}`;
  return error.message ?? 'does not fit';
}
