import { expect, test } from 'vitest';
import { degradedReasons, phoneReasons, PROVISIONER_SILENT_MS, siteReasons, unseenRouter } from './degraded.ts';
import { ofNoRouter } from './no-router.ts';

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

test('subscribers of routers that are not configured are told of, with how many and whose', () => {
  const wanted = new Map([
    ['r0', 3],
    ['r7', 2],
    ['r8', 1],
  ]);
  const central = { state: 'none', contactAt: null } as const;
  const told = siteReasons(central, [], ofNoRouter(wanted, ['r0', 'r1']));
  expect(told).toMatchObject([{ code: 'subscribers-of-no-router' }]);
  expect(told[0]?.detail).toMatch(/^3 subscribers .*: r7, r8$/);
  expect(siteReasons(central, [], ofNoRouter(wanted, ['r0', 'r7', 'r8']))).toEqual([]);
});

test('phones are served when the provisioner spoke lately and can send SIP', () => {
  const ready = { at: 0, sip: { isReady: true, detail: null } };
  const lost = { at: 0, sip: { isReady: false, detail: 'connection refused' } };
  expect(phoneReasons(ready, PROVISIONER_SILENT_MS)).toEqual([]);
  expect(phoneReasons(null, 0)).toMatchObject([{ code: 'provisioner-unknown' }]);
  expect(phoneReasons(lost, 0)).toMatchObject([{ code: 'sip-not-ready', detail: 'connection refused' }]);
  expect(phoneReasons(ready, PROVISIONER_SILENT_MS + 1)).toMatchObject([{ code: 'provisioner-down' }]);
});

test('every reason is said in Spanish too, what stands in its gaps included', () => {
  const up = { ...unseenRouter('r0', 'manage'), connection: 'up' as const };
  const lastError = { code: 'router-timeout', message: 'router r0 (192.0.2.1:8729): no answer', remedy: null };
  const page = { code: 'notice-server-down', severity: 'error', detail: 'down', es: { detail: 'caído' } } as const;
  const silent = { state: 'stale', contactAt: null } as const;
  const refused = { daemon: 'agent', code: 'config-unreadable', detail: 'cannot read /etc/x' };
  const reasons = [
    ...degradedReasons([up, { ...up, lastError }, { ...up, connection: 'down', lastError }]),
    ...degradedReasons([{ ...up, findings: [page] }, unseenRouter('r1', 'manage')]),
    ...siteReasons(silent, [refused]),
    ...siteReasons({ state: 'silent', contactAt: 0 }, []),
    ...phoneReasons(null, 0),
    ...phoneReasons({ at: 0, sip: { isReady: false, detail: 'not connected yet' } }, 0),
    ...phoneReasons({ at: 0, sip: { isReady: true, detail: null } }, PROVISIONER_SILENT_MS + 1),
  ];
  expect(reasons.map(({ es }) => es?.detail)).toEqual([
    'la última pasada dejó algo por hacer',
    'la última pasada dejó algo por hacer: router r0 (192.0.2.1:8729): sin respuesta',
    'no se alcanza: router r0 (192.0.2.1:8729): sin respuesta',
    'caído',
    'el agente aún no informó sobre él',
    'config-unreadable: no se puede leer /etc/x; sigue vigente la configuración anterior',
    'no se aceptó nada de la plataforma central desde siempre: no empieza ningún corte nuevo',
    'no se aceptó nada de la plataforma central desde 1970-01-01T00:00:00.000Z',
    'aún no informó',
    'aún sin conexión',
    'no informa desde hace 90 s',
  ]);
});
