import type { Expected } from './fault.ts';

/** A JSON Schema node as far as the messages read it. */
export type SchemaNode = Readonly<Record<string, unknown>>;

export function isNode(value: unknown): value is SchemaNode {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What a schema asks for, for a person. */
export function expectedOf(schema: SchemaNode): Expected {
  const options = choices(schema);
  if (options.length > 0) return { kind: 'choice', options };
  const { type, description } = schema;
  if (type === 'integer' || type === 'number') {
    return {
      kind: 'number',
      isWhole: type === 'integer',
      min: bound(schema['minimum']),
      max: bound(schema['maximum']),
    };
  }
  if (Array.isArray(schema['anyOf']) || typeof schema['pattern'] === 'string') {
    // An example reads alike in every language; a description does so only when it is a form itself.
    const { pattern, examples, default: usual } = schema;
    const example: unknown = usual ?? (Array.isArray(examples) ? examples[0] : undefined);
    if (typeof example === 'string') return { kind: 'example', example };
    if (typeof pattern === 'string') return { kind: 'form', form: pattern };
    if (typeof description === 'string') return { kind: 'form', form: description };
  }
  if (type === 'array') return { kind: 'list', least: null, most: null };
  if (type === 'object') return { kind: 'section' };
  return type === 'boolean' ? { kind: 'boolean' } : { kind: 'text' };
}

/** What a schema of a list asks for where a list was given, of another length. */
export function expectedLength(schema: SchemaNode): Expected {
  return { kind: 'list', least: bound(schema['minItems']), most: bound(schema['maxItems']) };
}

function choices(schema: SchemaNode): readonly string[] {
  if ('const' in schema) return [String(schema['const'])];
  const branches = schema['anyOf'];
  if (!Array.isArray(branches)) return [];
  const words = branches.filter(isNode).map((branch) => branch['const']);
  return words.every((word) => typeof word === 'string') ? words : [];
}

function bound(value: unknown): number | null {
  return typeof value === 'number' ? value : null;
}
