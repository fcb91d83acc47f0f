import { expect, test } from 'vitest';
import { degradedReasons, unseenRouter } from './degraded.ts';

test('a router is ready when it is up and, if managed, converged', () => {
  const up = { ...unseenRouter('r0', 'manage'), connection: 'up' as const, converged: true };
  expect(degradedReasons([up, { ...up, mode: 'observe', converged: false }])).toEqual([]);
  const codes = degradedReasons([
    { ...up, converged: false },
    { ...up, connection: 'down' },
    unseenRouter('r1', 'manage'),
  ]).map((reason) => reason.code);
  expect(codes).toEqual(['router-not-converged', 'router-down', 'router-unknown']);
});
