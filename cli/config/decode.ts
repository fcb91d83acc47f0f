import { Ajv, type ErrorObject } from 'ajv';
import type { Static, TSchema } from 'typebox';
import { Config } from '../../schemas/config/config.ts';
import { expectedLength, expectedOf, isNode, type SchemaNode } from './expected.ts';
import { ConfigError, type ConfigProblem } from './fault.ts';
import { nearest } from './nearest.ts';
import type { ConfigSource, Path } from './source.ts';

/** Fills in the defaults and checks every key; throws a ConfigError with all problems at once. */
export function decodeConfig(source: ConfigSource): Config {
  return decoderOf(Config)(source);
}

/** How files of one schema are read; each throws a ConfigError with all its problems at once. */
export function decoderOf<Schema extends TSchema>(schema: Schema): (source: ConfigSource) => Static<Schema> {
  const ajv = new Ajv({ allErrors: true, useDefaults: true, verbose: true, strict: false });
  const validate = ajv.compile<Static<Schema>>(schema);
  return (source) => {
    const value = structuredClone(source.value);
    if (validate(value)) return value;
    throw new ConfigError(withoutRepeats(telling(validate.errors ?? []).map((error) => problemOf(source, error))));
  };
}

/** Errors of union branches that were not meant are noise: one branch speaks, or the union itself. */
function telling(errors: readonly ErrorObject[]): readonly ErrorObject[] {
  const unions = errors.filter(({ keyword }) => keyword === 'anyOf');
  let kept = [...errors];
  // Outer unions come last; the inner ones are settled first.
  for (const union of unions) {
    const inside = kept.filter(
      (error) => error !== union && error.schemaPath.startsWith(`${union.schemaPath}/`) && within(error, union),
    );
    const meant = meantBranch(union, inside);
    const dropped = new Set(meant === null ? inside : [union, ...inside.filter((error) => !meant.includes(error))]);
    kept = kept.filter((error) => !dropped.has(error));
  }
  return kept;
}

/** The errors of the branch that the writer had in mind: its mark (a constant or its own key) is there. */
function meantBranch(union: ErrorObject, inside: readonly ErrorObject[]): readonly ErrorObject[] | null {
  const branches: readonly unknown[] = Array.isArray(union.schema) ? union.schema : [];
  const data: unknown = union.data;
  if (!isNode(data)) return null;
  const candidates = branches.flatMap((branch, at) => {
    const errors = inside.filter(({ schemaPath }) => schemaPath.startsWith(`${union.schemaPath}/${at}/`));
    const isMeant = isNode(branch) && isNode(branch['properties']) && hasMark(branch['properties'], data);
    return isMeant && !errors.some(({ keyword }) => keyword === 'const') ? [errors] : [];
  });
  return candidates.length === 1 ? (candidates[0] ?? null) : null;
}

function hasMark(properties: SchemaNode, data: SchemaNode): boolean {
  return Object.keys(properties).some((key) => key in data);
}

function within(error: ErrorObject, union: ErrorObject): boolean {
  return error.instancePath === union.instancePath || error.instancePath.startsWith(`${union.instancePath}/`);
}

function problemOf(source: ConfigSource, error: ErrorObject): ConfigProblem {
  const path = pathOf(error.instancePath);
  const parent: SchemaNode = isNode(error.parentSchema) ? error.parentSchema : {};
  const properties = isNode(parent['properties']) ? parent['properties'] : {};
  switch (error.keyword) {
    case 'additionalProperties': {
      const key = String(error.params['additionalProperty']);
      const known = Object.keys(properties);
      return source.problemAtKey(path, key, { kind: 'unknown-key', key, nearest: nearest(key, known), known });
    }
    case 'required': {
      const key = String(error.params['missingProperty']);
      const schema = properties[key];
      const expected = expectedOf(isNode(schema) ? schema : {});
      return { ...source.problem(path, { kind: 'missing-key', key, expected }), path: [...path, key].join('.') };
    }
    case 'minItems':
    case 'maxItems':
      return source.problem(path, {
        kind: 'wrong-value',
        expected: expectedLength(parent),
        got: shown(path, error.data),
      });
    default:
      return source.problem(path, { kind: 'wrong-value', expected: expectedOf(parent), got: shown(path, error.data) });
  }
}

/** The value as written, unless it may be a secret (I9): then only what kind of thing it is. */
function shown(path: Path, value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? '[]' : '[…]';
  if (typeof value === 'object' && value !== null) return '{…}';
  const isSecret = path.some((key) => /password|secret|token|key|sha256/i.test(key));
  if (isSecret && value !== null) return '"…"';
  return JSON.stringify(value ?? null).slice(0, 80);
}

function pathOf(pointer: string): Path {
  return pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function withoutRepeats(problems: readonly ConfigProblem[]): readonly ConfigProblem[] {
  const seen = new Map(problems.map((problem) => [`${problem.path} ${problem.fault.kind}`, problem]));
  return [...seen.values()].sort((a, b) => a.line - b.line || a.column - b.column);
}
