import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Secret } from '../../../schemas/secret.ts';
import { findKamailio, startKamailio, type Kamailio } from '../../../lab/test/kamailio.ts';
import { findSipp, runSippRegister } from '../../../lab/test/sipp.ts';
import { sipClient, systemRandomHex } from '../../adapters/sip/client.ts';
import { embeddedStack } from '../../adapters/sip/embedded/stack.ts';
import type { Registrar, SipTransport } from '../../core/registrar.ts';
import type { SipClient } from '../../ports.ts';

const kamailio = findKamailio();
const sipp = findSipp();
const DEADLINE = { deadlineMs: 5000 };

describe.skipIf(!kamailio.isThere)(`the embedded stack at a real Kamailio ${kamailio.skipReason}`, () => {
  let server: Kamailio;
  let client: SipClient;

  beforeAll(async () => {
    server = await startKamailio();
    client = sipClient(embeddedStack(), systemRandomHex);
  });
  afterAll(async () => {
    await client.close();
    await server.close();
  });

  function registrar(transport: SipTransport): Registrar {
    return {
      id: 'kam',
      domain: '127.0.0.1',
      domainPort: null,
      transport,
      host: '127.0.0.1',
      port: server.port,
      probeMode: 'query',
    };
  }
  const credential = (number: string, key: string): { number: string; authUser: string; key: Secret } => ({
    number,
    authUser: number,
    key: new Secret(key),
  });

  it.each(['udp', 'tcp'] as const)('proves a key over %s', async (transport) => {
    const answer = await client.probe(registrar(transport), credential('1001', 's3cret-1001'), DEADLINE);
    expect(answer).toMatchObject({ kind: 'valid', status: 200, bindings: [] });
    const wrong = await client.probe(registrar(transport), credential('1001', 'wrong'), DEADLINE);
    expect(wrong).toMatchObject({ kind: 'refused', status: 401 });
  });
  it.skipIf(!sipp.isThere)('as sipp does', async () => {
    expect(await runSippRegister({ port: server.port, user: '1001', password: 's3cret-1001' })).toMatchObject({
      code: 0,
    });
  });
});
