import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { PROBLEM_TYPES, problemCodes } from '../../schemas/problem-types.ts';
import { invalidRequest, ProblemError } from './problems.ts';

const pages = new Map(
  readFileSync(new URL('../../docs/problems.md', import.meta.url), 'utf8')
    .split(/^## /m)
    .slice(1)
    .map((page) => [page.slice(0, page.indexOf('\n')), page] as const),
);

test('every code has a page in both languages, and no page is without its code', () => {
  expect([...pages.keys()].sort()).toEqual([...problemCodes()].sort());
  for (const [code, page] of pages) {
    for (const part of ['**What happened.** ', '**What to do.** ', '**Qué pasó.** ', '**Qué hacer.** ']) {
      expect([code, page.includes(part)]).toEqual([code, true]);
    }
  }
});

test('a problem carries type, title, status, remedy and the request it belongs to', () => {
  expect(new ProblemError('not-found', { detail: 'there is no subscriber s9' }).document('op-1')).toEqual({
    type: 'urn:wisp-edge:problem:not-found',
    title: PROBLEM_TYPES['not-found'].title,
    status: 404,
    detail: 'there is no subscriber s9',
    remedy: PROBLEM_TYPES['not-found'].remedy,
    instance: 'urn:wisp-edge:request:op-1',
  });
});

test('the first fault stands in the detail', () => {
  expect(invalidRequest([{ pointer: '/name', detail: 'is required' }]).message).toBe('/name: is required');
});
