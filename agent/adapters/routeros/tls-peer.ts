import { createHash } from 'node:crypto';
import type { ConnectionOptions, TLSSocket } from 'node:tls';
import { AppError } from '../../../schemas/app-error.ts';
import type { RouterTarget, RouterTls } from '../../ports.ts';
import { routerName } from './socket-errors.ts';

/**
 * With `ca` OpenSSL verifies the chain; the name is not compared, for routers are known by address and RouterOS
 * certificates often carry no SAN. With `pin` nothing is verified here: `peerFault` must pass before the first word is sent.
 */
export function tlsOptions(tls: Exclude<RouterTls, { kind: 'plain' }>): ConnectionOptions {
  if (tls.kind === 'pin') return { rejectUnauthorized: false };
  return { ca: tls.pem, rejectUnauthorized: true, checkServerIdentity: () => undefined };
}

/** What bars us from talking to the peer of a finished handshake; null when it is the one the config names. */
export function peerFault(socket: TLSSocket, target: RouterTarget): AppError | null {
  if (target.tls.kind === 'plain') return null;
  // An anonymous handshake has no certificate; Node's type does not say that the object may be empty then.
  const certificate: Partial<ReturnType<TLSSocket['getPeerCertificate']>> = socket.getPeerCertificate();
  if (certificate.raw === undefined) {
    return new AppError('router-tls', `${routerName(target)} showed no certificate: nobody would be authenticated`, {
      retryable: false,
      remedy: 'Give api-ssl a certificate: /ip/service/set api-ssl certificate=….',
    });
  }
  if (target.tls.kind === 'ca') {
    if (socket.authorized) return null;
    return new AppError('router-tls', `${routerName(target)}: certificate not verified`, { retryable: false });
  }
  const wanted = normalFingerprint(target.tls.sha256);
  const seen = createHash('sha256').update(certificate.raw).digest('hex');
  if (wanted === seen) return null;
  return new AppError('router-tls', `${routerName(target)}: certificate sha256:${seen} is not the pinned one`, {
    retryable: false,
    remedy:
      'If the certificate was renewed on purpose, put the new fingerprint into tls.pin. Else someone is in between.',
  });
}

/** `sha256:AB:CD…`, with or without prefix and colons, as 64 lower-case hex digits. */
function normalFingerprint(text: string): string {
  return text
    .replace(/^sha256:/i, '')
    .replaceAll(':', '')
    .toLowerCase();
}
