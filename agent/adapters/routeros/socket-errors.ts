import { AppError, describeError } from '../../../schemas/app-error.ts';
import type { RouterTarget } from '../../ports.ts';

/** `connect` until TCP stands, `tls` until the peer is known, `login` until it let us in, then `open`. */
export type SocketPhase = 'connect' | 'tls' | 'login' | 'open';

export function routerName(target: RouterTarget): string {
  return `router ${target.id} (${target.host}:${target.port})`;
}

/** A socket's or TLS engine's error as ours, with what the operator should look at. */
export function socketError(thrown: unknown, target: RouterTarget, phase: SocketPhase): AppError {
  if (thrown instanceof AppError) return thrown;
  // A host with several addresses fails with an error of errors, whose own text is empty.
  const error: unknown = thrown instanceof AggregateError ? thrown.errors[0] : thrown;
  const code = errorCode(error);
  if (phase === 'tls' || code.startsWith('ERR_SSL') || code.startsWith('ERR_TLS')) return tlsError(error, code, target);
  if (phase === 'connect') {
    return new AppError('router-unreachable', `${routerName(target)}: ${describeError(error)}`, {
      remedy: CONNECT_REMEDIES[code] ?? 'Check host, port and route to the router.',
      cause: error,
    });
  }
  if (phase === 'login') return endedInLogin(target, error);
  return new AppError('router-closed', `${routerName(target)}: connection lost: ${describeError(error)}`, {
    cause: error,
  });
}

const CONNECT_REMEDIES: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'The API service is off or on another port: /ip/service/print on the router.',
  EHOSTUNREACH: 'No route to the router, or it is off: check power, cable, VLAN and routes.',
  ENETUNREACH: 'This machine has no route to the network of the router.',
  ETIMEDOUT: 'Nothing answers there: check the address, the route, and the input chain of the router.',
  ECONNRESET: 'The router reset the connection: check /ip/service address= and the input chain.',
  ENOTFOUND: 'The host name of the router does not resolve: use its address.',
  EAI_AGAIN: 'The host name of the router does not resolve now: use its address.',
};

/** FIN or RST between accept and login; RouterOS gives no reason for either. */
export function endedInLogin(target: RouterTarget, cause?: unknown): AppError {
  return new AppError('router-closed', `${routerName(target)} closed the connection during login`, {
    remedy:
      'On the router see /ip/service: max-sessions reached (default 20), address= without this machine, or a TLS port ' +
      'asked without TLS.',
    ...(cause === undefined ? {} : { cause }),
  });
}

export function endedByRouter(target: RouterTarget, isMidSentence: boolean): AppError {
  const where = isMidSentence ? ' in the middle of a sentence' : '';
  return new AppError('router-closed', `${routerName(target)} closed the connection${where}`);
}

export function connectTimedOut(target: RouterTarget, phase: SocketPhase, timeoutMs: number): AppError {
  if (phase === 'connect') {
    return new AppError('router-unreachable', `${routerName(target)}: no TCP answer within ${timeoutMs} ms`, {
      remedy: 'Nothing answers there: check the address, the route, and the input chain of the router.',
    });
  }
  const step = phase === 'tls' ? 'TLS handshake' : 'login';
  return new AppError('router-timeout', `${routerName(target)}: no answer to the ${step} within ${timeoutMs} ms`, {
    remedy: 'The port is open but mute: check that port and tls fit together (8728 plain, 8729 TLS), and the CPU load.',
  });
}

function tlsError(error: unknown, code: string, target: RouterTarget): AppError {
  return new AppError('router-tls', `${routerName(target)}: TLS failed: ${describeError(error)}`, {
    remedy: TLS_REMEDIES[code] ?? 'Check the certificate of /ip/service api-ssl and the tls setting of this router.',
    cause: error,
  });
}

const UNTRUSTED = 'The certificate is not signed by the given ca: export the right one, or use tls: { pin: … }.';

const TLS_REMEDIES: Readonly<Record<string, string>> = {
  ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE:
    'api-ssl has no certificate, so it offers anonymous Diffie-Hellman, where nobody is authenticated. Make one: ' +
    '/certificate/add name=api common-name=api; /certificate/sign api; /ip/service/set api-ssl certificate=api.',
  ERR_SSL_WRONG_VERSION_NUMBER: 'This port does not speak TLS: use api-ssl (8729), or tls: false for plain API.',
  ERR_SSL_UNSUPPORTED_PROTOCOL:
    'The router offers only old TLS: upgrade it, or set /ip/service api-ssl tls-version=only-1.2.',
  ECONNRESET: 'The peer broke off the handshake: check that this port is api-ssl (8729) and has a certificate.',
  DEPTH_ZERO_SELF_SIGNED_CERT: UNTRUSTED,
  SELF_SIGNED_CERT_IN_CHAIN: UNTRUSTED,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNTRUSTED,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNTRUSTED,
  CERT_HAS_EXPIRED: "Renew the router's certificate, or check this machine's clock.",
  CERT_NOT_YET_VALID: "Check this machine's clock, and the clock of whoever made the certificate.",
};

function errorCode(error: unknown): string {
  if (typeof error !== 'object' || error === null || !('code' in error)) return '';
  return typeof error.code === 'string' ? error.code : '';
}
