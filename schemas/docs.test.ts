import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { ERROR_CODES } from './app-error.ts';
import { OperationReason } from './operation.ts';
import { PhoneRequestWhy } from './phone-request.ts';
import { RefusalCode } from './planilla.ts';
import { problemCodes } from './problem-types.ts';

const ROOT = join(import.meta.dirname, '..');
const DOCUMENTS = [
  'README.md',
  'README.es.md',
  'ARCHITECTURE.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  'systemd/README.md',
];
const CATALOGUES = [
  'docs/errors.md',
  'docs/findings.md',
  'docs/reasons.md',
  'docs/problems.md',
  'docs/phone-requests.md',
  'docs/planilla.md',
];
const PARTS = ['**What happened.** ', '**What to do.** ', '**Qué pasó.** ', '**Qué hacer.** '];

test.each([
  ['docs/errors.md', ERROR_CODES],
  ['docs/findings.md', findingCodes()],
  ['docs/reasons.md', OperationReason.anyOf.map((reason) => reason.const)],
  ['docs/problems.md', problemCodes()],
  ['docs/phone-requests.md', PhoneRequestWhy.anyOf.map((why) => why.const)],
  ['docs/planilla.md', RefusalCode.enum],
] as const)('%s has a section for every code, in both languages, and none that is stale', (file, codes) => {
  const sections = sectionsOf(read(file));
  expect([...sections.keys()].sort()).toEqual([...codes].sort());
  for (const [code, section] of sections) {
    for (const part of PARTS) expect([code, part, section.includes(part)]).toEqual([code, part, true]);
  }
});

test('README.md and README.es.md have the same headings by level and the same commands', () => {
  const [english, spanish] = [read('README.md'), read('README.es.md')];
  expect(headingLevels(spanish)).toEqual(headingLevels(english));
  expect(commands(spanish)).toEqual(commands(english));
});

test.each([...DOCUMENTS, ...CATALOGUES])('what %s points to is there', (file) => {
  const text = read(file);
  const links = [...text.matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)].map((match) => match[1] ?? '');
  const relative = links.filter((link) => !/^[a-z]+:/.test(link));
  expect(relative.filter((link) => !existsSync(join(ROOT, dirname(file), link)))).toEqual([]);
  // A path in backticks that begins with a folder of ours.
  const paths = [
    ...text.matchAll(/`((?:agent|bench|cli|control|docs|lab|schemas|scripts|store|systemd|test)\/[^`\s*{]+)`/g),
  ];
  expect(paths.map((match) => match[1] ?? '').filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
});

/** The codes that the sources give to findings and to what keeps a site from being ready. */
function findingCodes(): readonly string[] {
  const files = [...sourcesIn('agent', false), ...sourcesIn('agent/core', true), ...sourcesIn('control/core', true)];
  const codes = files
    .flatMap((file) => [...read(file).matchAll(/\bcode: '([a-z0-9-]+)'|^  '?([a-z0-9-]+)'?: (?:text|fixed)\(/gm)])
    .map((match) => match[1] ?? match[2] ?? '');
  return [...new Set(codes)];
}

function sourcesIn(folder: string, recursive: boolean): readonly string[] {
  return readdirSync(join(ROOT, folder), { encoding: 'utf8', recursive })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .map((name) => join(folder, name));
}

function sectionsOf(text: string): ReadonlyMap<string, string> {
  const sections = text.split(/^## /m).slice(1);
  return new Map(sections.map((section) => [section.slice(0, section.indexOf('\n')), section]));
}

function headingLevels(text: string): readonly string[] {
  return withoutBlocks(text)
    .split('\n')
    .flatMap((line) => /^(#+) /.exec(line)?.[1] ?? []);
}

function withoutBlocks(text: string): string {
  return text.replace(/^```.*?^```$/gms, '');
}

/** What an engineer would type, block by block; comments are in the reader's language, `text` blocks show output. */
function commands(text: string): readonly string[] {
  return [...text.matchAll(/^```(\w+)\n(.*?)^```$/gms)]
    .filter(([, language]) => language !== 'text')
    .map(([, , block = '']) => block.replace(/(^|\s+)#.*$/gm, '').trim());
}

function read(file: string): string {
  return readFileSync(join(ROOT, file), 'utf8');
}
