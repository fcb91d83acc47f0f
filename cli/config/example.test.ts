import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { Config } from '../../schemas/config/config.ts';
import { decodeConfig } from './decode.ts';
import { isNode } from './expected.ts';
import { ruleProblems } from './rules.ts';
import { ConfigSource } from './source.ts';

const TEXT = readFileSync(new URL('../../config.example.yaml', import.meta.url), 'utf8');

function* keysOf(schema: unknown): Iterable<string> {
  if (Array.isArray(schema)) for (const item of schema) yield* keysOf(item);
  if (!isNode(schema)) return;
  if (isNode(schema['properties'])) {
    for (const [key, inner] of Object.entries(schema['properties'])) {
      yield key;
      yield* keysOf(inner);
    }
  }
  yield* keysOf(schema['items']);
  yield* keysOf(schema['anyOf']);
}

test('the example is a valid configuration', () => {
  const source = ConfigSource.parse('config.example.yaml', TEXT);
  expect(ruleProblems(source, decodeConfig(source))).toEqual([]);
});

test('the example with its commented sections is valid too', () => {
  const source = ConfigSource.parse(
    'config.example.yaml',
    TEXT.replaceAll(/^# ( *(?!domain:)[a-z][A-Za-z]*:|  )/gm, '$1'),
  );
  expect(decodeConfig(source).provisioner?.registrars).toHaveLength(1);
});

test('every key of the schema stands in the example', () => {
  const missing = [...new Set(keysOf(Config))].filter((key) => !new RegExp(`\\b${key}:`).test(TEXT));
  expect(missing).toEqual([]);
});

test('what the example shows as a default is one', () => {
  const shown = decodeConfig(ConfigSource.parse('config.example.yaml', TEXT));
  const bare = decodeConfig(
    ConfigSource.parse('c', 'site: s\ndataDir: d\nagent: { portal: { domain: a.b }, routers: [] }'),
  );
  expect(shown.agent).toMatchObject({
    lists: bare.agent?.lists,
    brake: bare.agent?.brake,
    notices: bare.agent?.notices,
    reconcileEverySeconds: bare.agent?.reconcileEverySeconds,
    commandTimeoutSeconds: bare.agent?.commandTimeoutSeconds,
  });
});
