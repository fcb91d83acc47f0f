import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Verdict } from '../../../schemas/extension.ts';
import { OperationKind, OperationReason, OperationState } from '../../../schemas/operation.ts';
import { RotationEnd, RotationStep } from '../../../schemas/rotation.ts';
import { chooseLanguage, fill, textOf, WORDS } from './words.js';

const ROOT = join(import.meta.dirname, '../../..');
const { en, es } = WORDS;

/** Every text with its path, e.g. `router.counts.held`. */
function textsOf(value: unknown, path = ''): readonly (readonly [string, string])[] {
  if (typeof value === 'string') return [[path, value]];
  if (typeof value !== 'object' || value === null) throw new Error(`${path} is no text`);
  return Object.entries(value).flatMap(([key, field]) => textsOf(field, `${path}.${key}`));
}

function places(text: string): readonly string[] {
  return [...text.matchAll(/\{\w+\}/g)].map(([place]) => place).sort();
}

test('both languages have the same texts, none is empty, and each has the same places', () => {
  const spanish = new Map(textsOf(es));
  expect([...spanish.keys()].sort()).toEqual(
    textsOf(en)
      .map(([path]) => path)
      .sort(),
  );
  for (const [path, text] of textsOf(en)) {
    const other = spanish.get(path) ?? '';
    expect([path, text.trim() !== '', other.trim() !== '']).toEqual([path, true, true]);
    expect([path, places(other)]).toEqual([path, places(text)]);
  }
});

test.each([
  ['reasons', en.reasons, OperationReason],
  ['kinds of operations', en.operation.kinds, OperationKind],
  ['states of operations', en.operation.states, OperationState],
  ['verdicts', en.extension.verdicts, Verdict],
  ['steps of a rotation', en.rotation.steps, RotationStep],
  ['explained steps', en.rotation.explained, RotationStep],
  ['ends of a rotation', en.rotation.ends, RotationEnd],
] as const)('the texts for %s are those of the wire, each and no other', (_name, texts, schema) => {
  expect(Object.keys(texts).sort()).toEqual(schema.anyOf.map((word: { readonly const: string }) => word.const).sort());
});

test('every finding of docs/findings.md has a text', () => {
  const codes = [...read('docs/findings.md').matchAll(/^## ([a-z-]+)$/gm)].map((match) => match[1] ?? '');
  expect(codes.filter((code) => textOf(en.findings, code) === null)).toEqual([]);
});

test('every word of evidence that the rotation writes has a text', () => {
  const folder = 'provisioner/core/rotation';
  const sources = readdirSync(join(ROOT, folder)).filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'));
  const words = sources
    .flatMap((name) => [...read(join(folder, name)).matchAll(/\bwhat: '([a-z-]+)'/g)])
    .map((match) => match[1] ?? '');
  expect(words.length).toBeGreaterThan(10);
  expect(words.filter((word) => textOf(en.rotation.words, word) === null)).toEqual([]);
});

test('every command that a text names is one of the CLI', () => {
  const groups = readdirSync(join(ROOT, 'cli')).filter((name) => name.endsWith('-commands.ts'));
  const sources = ['program.ts', ...groups].map((name) => read(join('cli', name))).join('\n');
  const said = /(?:\.command\(|verbWithVerbs\(program, )'([a-z]+)/g;
  const commands = new Set([...sources.matchAll(said)].map((match) => match[1]));
  const named = [...textsOf(en), ...textsOf(es)].flatMap(([path, text]) =>
    [...text.matchAll(/wisp-edge ((?:[a-z]+ )*[a-z]+)(?=[ ,.;:]|$)/g)].map((match) => [path, match[1] ?? ''] as const),
  );
  const verbs = named.filter(([path]) => !path.endsWith('.title')).flatMap(([, verb]) => verb.split(' '));
  expect(verbs).toEqual(expect.arrayContaining(['plan', 'phones', 'put', 'enrol', 'rotate', 'key']));
  expect(verbs.filter((verb) => !commands.has(verb))).toEqual([]);
});

test('the choice of before wins, then the browser’s languages in their order, then English', () => {
  const storage = (stored: string | null) => ({ getItem: () => stored });
  expect(chooseLanguage(storage('en'), ['es-AR'])).toBe('en');
  expect(chooseLanguage(storage(null), ['pt-BR', 'es-419', 'en'])).toBe('es');
  expect(chooseLanguage(storage('xx'), ['de'])).toBe('en');
});

test('values take the places of a text as they are', () => {
  expect(fill('{part} of {whole} {other}', { part: '{whole}', whole: '$&' })).toBe('{whole} of $& {other}');
});

function read(file: string): string {
  return readFileSync(join(ROOT, file), 'utf8');
}
