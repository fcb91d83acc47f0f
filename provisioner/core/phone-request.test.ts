import fc from 'fast-check';
import { expect, test } from 'vitest';
import { rangeOf } from './byte-range.ts';
import { ledFileOf, phonePathOf } from './phone-request.ts';

test.each([
  ['/p/tok/805ec0aabb01.cfg', 'provisioning'],
  ['/e/tok/805ec0aabb01.cfg', 'enrolment'],
  ['/p/tok//805ec0aabb01.cfg', 'provisioning'],
  ['/p/tok/805ec0aabb01.cfg?x=/../', 'provisioning'],
  ['http://phones.example.net:8471/p/tok/805ec0aabb01.cfg', 'provisioning'],
  ['/base/p/tok/805ec0aabb01.cfg', 'provisioning'],
  ['/base/e/tok/805ec0aabb01.cfg', 'enrolment'],
])('%s is a file of %s', (target, kind) => {
  expect(phonePathOf(target, '/base')).toEqual({ kind, token: 'tok', file: '805ec0aabb01.cfg' });
});

test.each([
  ['/805ec0aabb01.cfg', '805ec0aabb01.cfg'],
  ['//cfg805ec0aabb01.xml', 'cfg805ec0aabb01.xml'],
  ['/voz/snomD785-805EC0AABB01.htm', 'snomD785-805EC0AABB01.htm'],
  ['http://phones.example.net/voz/805EC0AABB01.xml?x=1', '805EC0AABB01.xml'],
])('%s is what a phone asks for that was told the URL for all', (target, file) => {
  expect(ledFileOf(target, '/voz')).toEqual({ file, mac: '805ec0aabb01' });
});

test.each([
  '/',
  '/y000000000096.cfg',
  '/000000000000.cfg',
  '/spa504G.cfg',
  '/x/805ec0aabb01.cfg',
  '/p/805ec0aabb01.cfg',
  '/%38%3005ec0aabb01.cfg',
  '/.805ec0aabb01.cfg',
  '/../805ec0aabb01.cfg',
  '///805ec0aabb01.cfg',
  '/805ec0aabb01.cfg/',
])('%s is not', (target) => {
  expect(ledFileOf(target, '')).toBeNull();
});

test('nothing but plain names between plain slashes is a path', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 40 }), (text) => {
      const path = phonePathOf(`/p/tok/${text}`, '');
      if (path !== null) expect(path.file).toMatch(/^[A-Za-z0-9][A-Za-z0-9._-]*$/);
    }),
  );
});

test.each([
  ['bytes=0-99', { first: 0, last: 99 }],
  ['bytes=100-', { first: 100, last: 999 }],
  ['bytes=-100', { first: 900, last: 999 }],
  ['bytes=-5000', { first: 0, last: 999 }],
  ['bytes=500-5000', { first: 500, last: 999 }],
  ['bytes=1000-', 'unsatisfiable'],
  ['bytes=-0', 'unsatisfiable'],
  ['bytes=9-3', null],
  ['bytes=-', null],
  ['bytes=0-1,4-5', null],
  ['lines=0-9', null],
  [undefined, null],
])('range %s of 1 000 bytes', (header, range) => {
  expect(rangeOf(header, 1_000)).toEqual(range);
});
