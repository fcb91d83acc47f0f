import { createHash } from 'node:crypto';
import { connect, type ConnectionOptions, type TLSSocket } from 'node:tls';
import { AppError } from '../../../schemas/app-error.ts';
import type { PeerFacts } from '../../core/doctor/facts.ts';
import type { ProbeOptions } from '../../doctor/ports.ts';
import { codeOf } from './tcp.ts';

/** What an api-ssl without a certificate offers; only ever used to recognise it, never to log in. */
const ANONYMOUS: ConnectionOptions = {
  ciphers: 'ADH-AES256-GCM-SHA384:ADH-AES128-SHA256:@SECLEVEL=0',
  maxVersion: 'TLSv1.2',
  rejectUnauthorized: false,
};

/** The outcome of a handshake, before anything is said over it. */
export type Handshake<Result> =
  | { readonly kind: 'done'; readonly result: Result }
  | { readonly kind: 'failed'; readonly code: string; readonly why: string };

/** Makes a handshake and ends it. Rejects with `aborted` only. */
export function shakeHands<Result>(
  connection: ConnectionOptions,
  { timeoutMs, signal }: ProbeOptions,
  read: (socket: TLSSocket) => Result,
): Promise<Handshake<Result>> {
  return new Promise((resolve, reject) => {
    const socket = connect(connection);
    const settle = (outcome: Handshake<Result>): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      socket.destroy();
      resolve(outcome);
    };
    const onAbort = (): void => {
      clearTimeout(timer);
      socket.destroy();
      reject(new AppError('aborted', 'a probe was stopped by us'));
    };
    const timer = setTimeout(() => {
      settle({ kind: 'failed', code: 'ETIMEDOUT', why: `no answer within ${timeoutMs} ms` });
    }, timeoutMs);
    socket.on('secureConnect', () => {
      settle({ kind: 'done', result: read(socket) });
    });
    socket.on('error', (error: Error) => {
      settle({ kind: 'failed', code: codeOf(error), why: error.message });
    });
    socket.on('close', () => {
      settle({ kind: 'failed', code: '', why: 'closed during the handshake' });
    });
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
  });
}

/** Whom a TLS port shows itself to be; `ca` is asked to vouch for it where there is one. */
export async function meetPeer(
  host: string,
  port: number,
  ca: string | null,
  options: ProbeOptions,
): Promise<PeerFacts> {
  const open = { host, port, rejectUnauthorized: false, checkServerIdentity: () => undefined };
  const met = await shakeHands(ca === null ? open : { ...open, ca }, options, (socket) => peerOf(socket, ca));
  if (met.kind === 'done') return met.result;
  const anonymous = await shakeHands({ host, port, ...ANONYMOUS }, options, (socket) => peerOf(socket, null));
  return anonymous.kind === 'done' ? anonymous.result : { kind: 'failed', why: met.why };
}

function peerOf(socket: TLSSocket, ca: string | null): PeerFacts {
  const certificate = socket.getPeerX509Certificate();
  if (certificate === undefined) return { kind: 'anonymous' };
  const validTo = Date.parse(certificate.validTo);
  return {
    kind: 'certificate',
    sha256: createHash('sha256').update(certificate.raw).digest('hex'),
    subject: certificate.subject.split('\n').join(', '),
    isSelfSigned: certificate.subject === certificate.issuer,
    validFrom: Date.parse(certificate.validFrom),
    validTo,
    lastDay: Number.isNaN(validTo) ? certificate.validTo : new Date(validTo).toISOString().slice(0, 10),
    distrust: ca === null || socket.authorized ? null : String(socket.authorizationError),
  };
}
