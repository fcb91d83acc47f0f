import { X509Certificate } from 'node:crypto';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { ConnectRouter, RouterTls } from '../../ports.ts';
import { certificate, errorOf, open, OPTIONS, PASSWORD, scripted, target } from './harness.ts';

const SIGNED = { key: certificate('router.key'), cert: certificate('router.pem') };
const SELF_SIGNED = { key: certificate('self-signed.key'), cert: certificate('self-signed.pem') };

function pinOf(pem: string): RouterTls {
  return { kind: 'pin', sha256: new X509Certificate(pem).fingerprint256 };
}

/** The peer is known before the password goes out. */
export function tlsContract(connect: ConnectRouter): void {
  describe('TLS', () => {
    test('the pinned certificate is let in, in any spelling of the pin', async () => {
      const router = await scripted({ tls: SELF_SIGNED });
      const pin = new X509Certificate(SELF_SIGNED.cert).fingerprint256;
      await open(connect, router, {}, { kind: 'pin', sha256: pin });
      await open(connect, router, {}, { kind: 'pin', sha256: `sha256:${pin.replaceAll(':', '').toLowerCase()}` });
    });

    test('another certificate never sees the password, and the error names its fingerprint', async () => {
      const router = await scripted({ tls: SIGNED });
      const error = await errorOf(connect(target(router.port, { tls: pinOf(SELF_SIGNED.cert) }), OPTIONS));
      expect(error).toMatchObject({ code: 'router-tls', retryable: false });
      expect(error.message).toContain(
        new X509Certificate(SIGNED.cert).fingerprint256.replaceAll(':', '').toLowerCase(),
      );
      await Promise.all([...router.sockets].map((socket) => once(socket, 'close')));
      expect(router.received()).toBe('');
    });

    test('a chain to the given ca is let in, without a name to match', async () => {
      const router = await scripted({ tls: SIGNED });
      await open(connect, router, {}, { kind: 'ca', pem: certificate('ca.pem') });
    });

    test('a self-signed certificate given as ca is let in', async () => {
      const router = await scripted({ tls: SELF_SIGNED });
      await open(connect, router, {}, { kind: 'ca', pem: SELF_SIGNED.cert });
    });

    test('a certificate of another ca is refused', async () => {
      const router = await scripted({ tls: SELF_SIGNED });
      const error = await errorOf(
        connect(target(router.port, { tls: { kind: 'ca', pem: certificate('ca.pem') } }), OPTIONS),
      );
      expect(error.code).toBe('router-tls');
      expect(error.remedy).toContain('ca');
      expect(router.received()).not.toContain(PASSWORD);
    });

    test('a ca that is no certificate lets nobody in', async () => {
      const router = await scripted({ tls: SELF_SIGNED });
      const pem = '-----BEGIN CERTIFICATE-----\nbm90aGluZw==\n-----END CERTIFICATE-----\n';
      const error = await errorOf(connect(target(router.port, { tls: { kind: 'ca', pem } }), OPTIONS));
      expect(error.code).toBe('router-tls');
      expect(router.received()).toBe('');
    });

    test('anonymous Diffie-Hellman is refused with the remedy', async () => {
      const router = await scripted({
        tls: { ciphers: 'ADH-AES256-GCM-SHA384:ADH-AES128-SHA256:@SECLEVEL=0', maxVersion: 'TLSv1.2' },
      });
      const error = await errorOf(connect(target(router.port, { tls: pinOf(SIGNED.cert) }), OPTIONS));
      expect(error.code).toBe('router-tls');
      expect(error.remedy).toContain('/certificate/add');
    });

    test('a plain API port is told apart', async () => {
      const router = await scripted({
        onConnection: (peer) => {
          peer.raw(Buffer.from('\x06!fatal\x00'));
        },
      });
      const error = await errorOf(connect(target(router.port, { tls: pinOf(SIGNED.cert) }), OPTIONS));
      expect(error.code).toBe('router-tls');
      expect(error.remedy).toContain('8729');
    });

    test('a peer that takes the connection and says nothing ends by the deadline', async () => {
      const server = createServer();
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      onTestFinished(() => void server.close());
      const address = server.address();
      const port = address !== null && typeof address === 'object' ? address.port : 0;
      const error = await errorOf(
        connect(target(port, { tls: pinOf(SIGNED.cert) }), { ...OPTIONS, connectTimeoutMs: 60 }),
      );
      expect(error.code).toBe('router-timeout');
    });

    test('a TLS port asked in plain gives an error, not a hang', async () => {
      const router = await scripted({ tls: SIGNED });
      const error = await errorOf(connect(target(router.port), { ...OPTIONS, connectTimeoutMs: 500 }));
      expect(['router-closed', 'router-protocol', 'router-timeout']).toContain(error.code);
    });
  });
}
