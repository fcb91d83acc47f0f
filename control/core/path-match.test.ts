import { expect, test } from 'vitest';
import { methodsOf } from './path-match.ts';

const routes = [
  { method: 'GET', path: '/v1/subscribers/{id}' },
  { method: 'PUT', path: '/v1/subscribers/{id}' },
  { method: 'POST', path: '/v1/notices/reissue' },
];

test('names the methods of a path, HEAD with every GET', () => {
  expect(methodsOf(routes, '/v1/subscribers/s5')).toEqual(['GET', 'HEAD', 'PUT']);
  expect(methodsOf(routes, '/v1/notices/reissue')).toEqual(['POST']);
  expect(methodsOf(routes, '/v1/subscribers/')).toEqual([]);
  expect(methodsOf(routes, '/v1/subscribers/s5/x')).toEqual([]);
});
