import { X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import { expect, test } from 'vitest';
import { selfSigned } from './certificate.ts';

test('a certificate for a name of any length is read by OpenSSL, and is for that name', () => {
  for (let length = 1; length <= 48; length += 1) {
    const name = 'x'.repeat(length);
    const { certificatePem, keyPem } = selfSigned(name, Date.UTC(2026, 0));
    createSecureContext({ cert: certificatePem, key: keyPem });
    expect(new X509Certificate(certificatePem).checkHost(name)).toBe(name);
  }
});
