import { Secret } from '../../../schemas/secret.ts';
import type { Registrar, SipTransport } from '../../core/registrar.ts';
import type { SipCredential } from '../../ports.ts';

export const KEY = 's3cret-1001';
/** Far above what loopback needs; tests of deadlines pass their own. */
export const SOON = { deadlineMs: 8000 };
/** Of a black hole. */
export const BRIEF = { deadlineMs: 400 };

/** It as the configuration would tell it: phones know it by a name that is not where we send. */
export function at({ port }: { readonly port: number }, transport: SipTransport = 'udp'): Registrar {
  return {
    id: 'lab',
    domain: 'sip.lab.test',
    domainPort: null,
    transport,
    host: '127.0.0.1',
    port,
    probeMode: 'query',
  };
}

export function credential(key = KEY, number = '1001', authUser = number): SipCredential {
  return { number, authUser, key: new Secret(key) };
}
