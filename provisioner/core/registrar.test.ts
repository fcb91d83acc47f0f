import { expect, test } from 'vitest';
import { registrarOf } from './registrar.ts';

const BASE = { id: 'iplan', domain: 'sip.example.net' };

test.each([
  ['sip:192.0.2.10:5062;transport=udp', { host: '192.0.2.10', port: 5062, transport: 'udp' }],
  ['sip:192.0.2.10', { host: '192.0.2.10', port: 5060, transport: 'udp' }],
  ['sip:edge@192.0.2.10;lr;transport=TCP', { host: '192.0.2.10', port: 5060, transport: 'tcp' }],
  ['sips:sip.example.net', { host: 'sip.example.net', port: 5061, transport: 'tls' }],
  ['sip:[2001:db8::5]:5070;transport=tls', { host: '2001:db8::5', port: 5070, transport: 'tls' }],
] as const)('%s says where to send', (uri, expected) => {
  expect(registrarOf({ ...BASE, uri })).toMatchObject({ ...expected, domain: 'sip.example.net', probeMode: null });
});

test.each([
  'http://192.0.2.10',
  'sip:',
  'sip:192.0.2.10:0',
  'sip:192.0.2.10:70000',
  'sip:192.0.2.10;transport=ws',
  'sips:192.0.2.10;transport=udp',
  'sip:a b',
  'sip:192.0.2.10\r\nX: y',
])('%j is no place to send to', (uri) => {
  expect(registrarOf({ ...BASE, uri })).toBeNull();
});

test('phones get the port of the domain, or that of the same server, or none', () => {
  const uri = 'sip:192.0.2.10:5062';
  expect(registrarOf({ id: 'a', domain: 'sip.example.net:5099', uri })?.domainPort).toBe(5099);
  expect(registrarOf({ id: 'a', domain: '192.0.2.10', uri })?.domainPort).toBe(5062);
  expect(registrarOf({ id: 'a', domain: 'sip.example.net', uri })?.domainPort).toBeNull();
  expect(registrarOf({ id: 'a', domain: 'sip.example.net/x', uri })).toBeNull();
});
