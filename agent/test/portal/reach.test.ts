import { once } from 'node:events';
import { createServer } from 'node:tls';
import { expect, onTestFinished, test } from 'vitest';
import { startLabDns } from '../../../lab/dns/server.ts';
import { selfSigned } from '../../../lab/routeros/certificate.ts';
import { freePort } from '../../../lab/test/free-port.ts';
import type { GardenBundle } from '../../../schemas/garden-bundle.ts';
import { makeProbes } from '../../adapters/doctor/probes.ts';
import { makeResolver } from '../../adapters/dns/resolver.ts';
import { reachFindings, reachGarden } from '../../garden-reach.ts';
import { PORTAL } from './site.ts';

const both = { en: 'x', es: 'x' };
const host = (name: string, standing: 'documented' | 'unverified'): GardenBundle['hosts'][number] => ({
  host: name,
  purpose: both,
  standing,
  source: 'a test',
});
const BUNDLE: GardenBundle = {
  name: 'pay',
  about: both,
  hosts: [
    host('*.pay.example', 'documented'),
    host('js.pay.example', 'documented'),
    host('old.pay.example', 'unverified'),
  ],
};

test('each host is resolved and met with TLS under its own name; the next address is tried where one is shut', async () => {
  const { certificatePem: cert, keyPem: key } = selfSigned('js.pay.example', Date.now());
  const server = createServer({ cert, key }, (socket) => socket.on('error', () => undefined).end());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const dns = await startLabDns();
  onTestFinished(async () => {
    server.close();
    await dns.close();
  });
  const address = server.address();
  const open = typeof address === 'object' && address !== null ? address.port : 0;
  const shut = await freePort();
  dns.zones.a('js.pay.example', ['198.51.100.1', '198.51.100.2']).a(PORTAL.domain, ['198.51.100.2']);
  // Addresses of the test's world stand for ports of this machine: the first is shut at each.
  const probesAt = (port: number) => makeProbes({ https: port, http: shut, ca: cert });
  const reached = await reachGarden({
    portal: { ...PORTAL, walledGarden: ['pay'] },
    bundles: [BUNDLE],
    resolve: makeResolver({ resolvers: [`${dns.host}:${dns.port}`], timeoutMs: 5000 }),
    reach: (at, name, options) => probesAt(at === '198.51.100.2' ? open : shut).reachPortal('127.0.0.1', name, options),
    options: { timeoutMs: 5000, signal: new AbortController().signal },
  });
  expect(reached.map((one) => [one.host, one.outcome])).toEqual([
    // It is met, with a certificate for somebody else.
    [PORTAL.domain, 'certificate'],
    ['js.pay.example', 'reached'],
    ['old.pay.example', 'unresolved'],
  ]);
  expect(reachFindings(reached).map(({ code, severity }) => [code, severity])).toEqual([
    ['garden-unreachable', 'error'],
    ['garden-unreachable', 'info'],
  ]);
  const [met, unresolved] = reachFindings(reached);
  expect(met?.detail).toContain(`${PORTAL.domain} answers this box with a certificate that does not fit`);
  expect(unresolved?.remedy).toContain('@RESOLVER');
  expect(
    reachFindings([
      {
        ...reached[2],
        host: 'x',
        use: 'garden',
        addresses: [],
        outcome: 'closed',
        detail: null,
        standing: 'documented',
      },
    ]),
  ).toMatchObject([{ severity: 'warning' }]);
});
