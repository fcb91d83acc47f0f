import { expect, test } from 'vitest';
import { degradedReasons, phoneReasons, PROVISIONER_SILENT_MS, unseenRouter } from './degraded.ts';

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

test('phones are served when the provisioner spoke lately and can send SIP', () => {
  const ready = { at: 0, sip: { isReady: true, detail: null } };
  const lost = { at: 0, sip: { isReady: false, detail: 'connection refused' } };
  expect(phoneReasons(ready, PROVISIONER_SILENT_MS)).toEqual([]);
  expect(phoneReasons(null, 0)).toMatchObject([{ code: 'provisioner-unknown' }]);
  expect(phoneReasons(lost, 0)).toMatchObject([{ code: 'sip-not-ready', detail: 'connection refused' }]);
  expect(phoneReasons(ready, PROVISIONER_SILENT_MS + 1)).toMatchObject([{ code: 'provisioner-down' }]);
});
