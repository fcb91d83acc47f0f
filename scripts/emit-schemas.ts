import { readFileSync, writeFileSync } from 'node:fs';
import { openApiOf } from '../control/http/openapi.ts';
import { ROUTES } from '../control/routes/table.ts';
import { readVersion } from '../control/version.ts';
import { FORMATS } from '../provisioner/core/vendors/table.ts';
import { Config } from '../schemas/config/config.ts';
import { phonesPage } from './phones-page.ts';

/**
 * Writes what the code says for readers that know no TypeScript: `schemas/openapi.json`, `schemas/config.schema.json` and
 * `docs/phones.md`. With `--check` it writes nothing and fails when a file differs from what it would write.
 */
const EMITTED: readonly (readonly [string, string])[] = [
  ['schemas/openapi.json', json(openApiOf(ROUTES, readVersion()))],
  [
    'schemas/config.schema.json',
    json({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      title: 'wisp-edge configuration',
      ...fields(asWritten(Config)),
    }),
  ],
  ['docs/phones.md', phonesPage(Object.values(FORMATS))],
];

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

/** The schema of what an operator writes: a key with a default may be left out. */
function asWritten(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(asWritten);
  if (typeof schema !== 'object' || schema === null) return schema;
  const printed = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, asWritten(value)]));
  const { required, properties } = printed;
  if (!Array.isArray(required) || typeof properties !== 'object' || properties === null) return printed;
  const parts = new Map(Object.entries(properties));
  const needed = required.filter((name: unknown) => !('default' in fields(parts.get(String(name)))));
  const rest = Object.entries(printed).filter(([key]) => key !== 'required');
  return { ...Object.fromEntries(rest), ...(needed.length === 0 ? {} : { required: needed }) };
}

function fields(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

function readIfThere(path: URL): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

const stale = EMITTED.filter(([name, text]) => {
  const path = new URL(`../${name}`, import.meta.url);
  if (readIfThere(path) === text) return false;
  if (!process.argv.includes('--check')) writeFileSync(path, text);
  return true;
}).map(([name]) => name);

if (stale.length > 0 && process.argv.includes('--check')) {
  process.stderr.write(`not as the code says: ${stale.join(', ')}; run npm run emit\n`);
  process.exitCode = 1;
}
