import { request } from 'node:http';
import { isIP } from 'node:net';
import { AppError } from '../../../schemas/app-error.ts';
import type { LinkFacts, PortalFacts, ProxyAnswer } from '../../core/doctor/facts.ts';
import type { DoctorProbes, ProbeOptions } from '../../doctor/ports.ts';
import type { RouterTarget } from '../../ports.ts';
import { codeOf, touch } from './tcp.ts';
import { meetPeer, shakeHands } from './tls.ts';

export interface ProbeSettings {
  /** Ports of the portal: 443 and 80. */
  readonly https: number;
  readonly http: number;
  /** A CA beside the system's, PEM. */
  readonly ca?: string;
}

/** A host that is nobody's (RFC 6761): a proxy that answers need not ask anyone for it. */
const NOBODY = 'wisp-edge.invalid';
/** Such a failure says that this box has no way there, and nothing of the portal. */
const NO_WAY = new Set(['ENETUNREACH', 'EHOSTUNREACH', 'EADDRNOTAVAIL', 'EAFNOSUPPORT']);

/** The probes over real sockets. */
export function makeProbes(settings: ProbeSettings = { https: 443, http: 80 }): DoctorProbes {
  return {
    knock,
    meet: (target, options) =>
      meetPeer(target.host, target.port, target.tls.kind === 'ca' ? target.tls.pem : null, options),
    askProxy,
    reachPortal: (address, domain, options) => reachPortal(address, domain, settings, options),
  };
}

async function knock(
  { host, port, tls }: RouterTarget,
  options: ProbeOptions,
): Promise<Extract<LinkFacts, { kind: 'down' }> | null> {
  const { kind, why } = await touch(host, port, options);
  if (kind !== 'open') return { kind: 'down', stop: kind, why };
  if (tls.kind === 'plain') return null;
  const met = await meetPeer(host, port, tls.kind === 'ca' ? tls.pem : null, options);
  return met.kind === 'failed' ? { kind: 'down', stop: 'tls', why: met.why } : null;
}

function askProxy(host: string, port: number, { timeoutMs, signal }: ProbeOptions): Promise<ProxyAnswer> {
  return new Promise((resolve, reject) => {
    const ask = request({ host, port, path: `http://${NOBODY}/`, headers: { host: NOBODY }, agent: false });
    const timer = setTimeout(() => {
      settle({ kind: 'silent' });
    }, timeoutMs);
    const settle = (answer: ProxyAnswer): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      ask.destroy();
      resolve(answer);
    };
    const onAbort = (): void => {
      clearTimeout(timer);
      ask.destroy();
      reject(new AppError('aborted', 'a probe was stopped by us'));
    };
    ask.on('response', (response) => {
      response.resume();
      settle({
        kind: 'answered',
        status: response.statusCode ?? 0,
        location: response.headers.location ?? null,
      });
    });
    ask.on('error', (error) => {
      settle({ kind: codeOf(error) === 'ECONNREFUSED' ? 'refused' : 'silent' });
    });
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
    else ask.end();
  });
}

async function reachPortal(
  address: string,
  domain: string,
  { https, http, ca }: ProbeSettings,
  options: ProbeOptions,
): Promise<PortalFacts | null> {
  const servername = isIP(domain) === 0 ? { servername: domain } : {};
  const connection = { host: address, port: https, ...servername, ...(ca === undefined ? {} : { ca }) };
  const [secure, plain] = await Promise.all([
    shakeHands(connection, options, () => null),
    touch(address, http, options),
  ]);
  if (secure.kind === 'failed' && NO_WAY.has(secure.code)) return null;
  return {
    address,
    https: secure.kind === 'done' ? { kind: 'ok', why: '' } : { kind: faultOf(secure.code), why: secure.why },
    http: plain.kind === 'open' ? { kind: 'ok', why: '' } : { kind: 'closed', why: plain.why },
  };
}

/** Whether nobody answered, or somebody with a certificate that is not good. */
function faultOf(code: string): 'closed' | 'certificate' {
  const isAboutCertificate = /CERT|ALTNAME|SIGNATURE|ISSUER|SELF_SIGNED|CRL|CHAIN/.test(code);
  return isAboutCertificate ? 'certificate' : 'closed';
}
