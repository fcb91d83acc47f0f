import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { startDrachtioDouble } from '../../../lab/drachtio/double.ts';
import { findBaresip, startBaresip } from '../../../lab/test/baresip.ts';
import { findKamailio, startKamailio, type Kamailio } from '../../../lab/test/kamailio.ts';
import { findSipp, runSippRegister, startSippPhone } from '../../../lab/test/sipp.ts';
import { Secret } from '../../../schemas/secret.ts';
import type { Registrar, SipTransport } from '../../core/registrar.ts';
import type { SipClient } from '../../ports.ts';
import { untilReady } from './drachtio-server.ts';
import { credential, SOON } from './harness.ts';
import { openWatched } from './watched-client.ts';

const kamailio = findKamailio();
const sipp = findSipp();
const baresip = findBaresip();
const SECRET = 'secret-of-the-double';
const KEYS = { '1001': 's3cret-1001', '1002': 's3cret-1002', probe: 'probe-pw' };

function at({ port }: Kamailio, transport: SipTransport): Registrar {
  // Kamailio asks as whatever realm stands in To, and takes it for its own.
  const domain = { domain: '127.0.0.1', domainPort: null };
  return { id: 'kam', ...domain, transport, host: '127.0.0.1', port, probeMode: 'query' };
}

async function embedded(): Promise<SipClient> {
  return Promise.resolve(openWatched({ stack: 'embedded' }));
}

/** drachtio-srf, the lab's double of drachtio-server, and real SIP from there. */
async function drachtio(): Promise<SipClient> {
  const double = await startDrachtioDouble({ secret: SECRET });
  const { host, port } = double;
  const client = openWatched({ stack: 'drachtio', host, port, secret: new Secret(SECRET) });
  await untilReady(client);
  return {
    ...client,
    async close() {
      await client.close();
      await double.close();
    },
  };
}

describe.skipIf(!kamailio.isThere)(`at a real Kamailio${suffix(kamailio.skipReason)},`, () => {
  describe.each([
    ['embedded', embedded],
    ['drachtio', drachtio],
  ] as const)('the %s stack', (_name, open) => {
    let server: Kamailio;
    let client: SipClient;

    beforeAll(async () => {
      server = await startKamailio();
      return () => server.close();
    });
    beforeAll(async () => {
      client = await open();
      return () => client.close();
    });

    it.each(['udp', 'tcp'] as const)(
      'proves a key over %s, and finds a wrong one and an unknown user refused',
      async (transport) => {
        const registrar = at(server, transport);
        expect(await client.probe(registrar, credential(KEYS['1001']), SOON)).toEqual({
          kind: 'valid',
          status: 200,
          bindings: [],
          algorithm: 'MD5',
        });
        const refused = { kind: 'refused', status: 401, algorithm: 'MD5' };
        expect(await client.probe(registrar, credential('wrong'), SOON)).toEqual(refused);
        expect(await client.probe(registrar, credential('x', '1999'), SOON)).toEqual(refused);
      },
    );

    it.skipIf(!baresip.isThere)(
      `sees a phone’s binding and leaves it as it is${suffix(baresip.skipReason)}`,
      async () => {
        const phone = await startBaresip();
        onTestFinished(() => phone.close());
        await phone.register({ user: '1002', password: KEYS['1002'], registrarPort: server.port, seconds: 600 });
        const registrar = at(server, 'udp');
        const before = await server.dump();
        const answer = await client.probe(registrar, credential(KEYS['1002'], '1002'), SOON);
        if (answer.kind !== 'valid') throw new Error(answer.kind);
        const [binding] = answer.bindings;
        expect(answer.bindings).toHaveLength(1);
        expect(binding?.contact).toMatch(new RegExp(`^sip:1002-0x[0-9a-f]+@127\\.0\\.0\\.1:${phone.port}$`));
        expect(binding?.instance).toMatch(/^<urn:uuid:[0-9a-f-]{36}>$/);
        expect(binding?.expires).toBeGreaterThan(590);
        for (const key of [KEYS['1002'], 'wrong', KEYS['1002']]) {
          await client.probe(registrar, credential(key, '1002'), SOON);
        }
        const after = await server.dump();
        expect(after.map(({ aor, address }) => [aor, address])).toEqual(
          before.map(({ aor, address }) => [aor, address]),
        );
        expect(after).toHaveLength(1);
        // The exact Contact, by way of the registrar and straight; baresip takes no unsolicited NOTIFY.
        for (const route of ['registrar', 'direct'] as const) {
          const contact = route === 'direct' ? (binding?.contact ?? null) : null;
          const target = { registrar, number: '1002', contact, route };
          expect(await client.notify(target, 'check-sync;reboot=false', [], SOON)).toEqual({
            kind: 'not-taken',
            status: 481,
          });
        }
      },
    );

    it.skipIf(!sipp.isThere)(`brings a phone its check-sync whole${suffix(sipp.skipReason)}`, async () => {
      const phone = await startSippPhone();
      onTestFinished(() => phone.close());
      const target = {
        registrar: at(server, 'udp'),
        number: '1001',
        contact: `sip:1001@127.0.0.1:${phone.port}`,
        route: 'direct',
      } as const;
      expect(await client.notify(target, 'check-sync;reboot=false', [], SOON)).toMatchObject({ kind: 'received' });
      expect(await phone.event()).toBe('check-sync;reboot=false');
    });

    it('finds an extension without a phone not registered', async () => {
      const target = { registrar: at(server, 'udp'), number: '1001', contact: null, route: 'registrar' } as const;
      expect(await client.notify(target, 'check-sync', [], SOON)).toEqual({ kind: 'not-registered', status: 404 });
    });

    it('takes a key that was changed at the registrar, and refuses the old one', async () => {
      const registrar = at(server, 'udp');
      await server.setPassword('probe', 'new-key');
      expect(await client.probe(registrar, credential(KEYS.probe, 'probe'), SOON)).toMatchObject({ kind: 'refused' });
      expect(await client.probe(registrar, credential('new-key', 'probe'), SOON)).toMatchObject({ kind: 'valid' });
    });

    it('is locked out by 403, whatever the key', async () => {
      await server.lock('probe');
      expect(await client.probe(at(server, 'udp'), credential('new-key', 'probe'), SOON)).toEqual({
        kind: 'locked',
        algorithm: 'MD5',
        status: 403,
        retryAfterSeconds: null,
      });
    });

    it('proves a key by SHA-256, which sipp cannot', async () => {
      const sha256 = await startKamailio({ algorithm: 'SHA-256' });
      onTestFinished(() => sha256.close());
      for (const transport of ['udp', 'tcp'] as const) {
        expect(await client.probe(at(sha256, transport), credential(KEYS['1001']), SOON)).toMatchObject({
          kind: 'valid',
          algorithm: 'SHA-256',
        });
        expect(await client.probe(at(sha256, transport), credential('wrong'), SOON)).toMatchObject({
          kind: 'refused',
          algorithm: 'SHA-256',
        });
      }
    });
  });

  it.skipIf(!sipp.isThere)(`the registrar is one that sipp registers with${suffix(sipp.skipReason)}`, async () => {
    const server = await startKamailio();
    onTestFinished(() => server.close());
    const asked = { port: server.port, user: '1001', password: KEYS['1001'] };
    expect(await runSippRegister(asked)).toMatchObject({ code: 0 });
    expect(await runSippRegister({ ...asked, transport: 'tcp' })).toMatchObject({ code: 0 });
    expect(await runSippRegister({ ...asked, password: 'wrong' })).toMatchObject({ code: 1 });
  });
});

function suffix(skipReason: string): string {
  return skipReason === '' ? '' : ` (${skipReason})`;
}
