import { expect, test } from 'vitest';
import { problemCodes } from '../../schemas/problem-types.ts';
import { ROUTES } from '../routes/table.ts';
import { openApiOf, problemsOf } from './openapi.ts';
import { validatorOf } from './validate.ts';

const document: unknown = JSON.parse(JSON.stringify(openApiOf(ROUTES, '1.2.3')));

function at(pointer: string): unknown {
  return pointer
    .split('/')
    .slice(1)
    .reduce<unknown>((value, key) => {
      const fields = new Map(typeof value === 'object' && value !== null ? Object.entries(value) : []);
      return fields.get(key.replaceAll('~1', '/').replaceAll('~0', '~'));
    }, document);
}

function* refsIn(value: unknown): Generator<string> {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, field] of Object.entries(value)) {
    if (key === '$ref' && typeof field === 'string') yield field;
    else yield* refsIn(field);
  }
}

test('every route is in the document, and nothing else', () => {
  const printed = Object.entries(at('/paths') ?? {}).flatMap(([path, methods]: [string, object]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );
  expect(printed.sort()).toEqual(ROUTES.map((route) => `${route.method} ${route.path}`).sort());
});

test('operation ids are given once', () => {
  const ids = ROUTES.map((route) => route.id);
  expect(new Set(ids).size).toBe(ids.length);
});

test('every reference resolves', () => {
  const refs = [...refsIn(document)];
  expect(refs.length).toBeGreaterThan(50);
  for (const ref of refs) expect([ref, at(ref.slice(1))]).not.toEqual([ref, undefined]);
});

test('every example fits its schema', () => {
  for (const route of ROUTES) {
    const { schema, documented, example } = route.body;
    expect([route.id, validatorOf(documented ?? schema)(example)]).toMatchObject([route.id, { ok: true }]);
  }
});

test('every place in a path is a declared parameter', () => {
  for (const route of ROUTES) {
    const places = [...route.path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
    expect([route.path, Object.keys(route.params.properties)]).toEqual([route.path, places]);
  }
});

test('every problem code is some route’s, or one of HTTP itself', () => {
  const said = new Set<string>(ROUTES.flatMap((route) => problemsOf(route)));
  const ofHttp = ['malformed-request', 'no-such-route', 'method-not-allowed', 'request-timeout', 'headers-too-large'];
  expect([...said, ...ofHttp].sort()).toEqual([...problemCodes()].sort());
});
