import { onTestFinished } from 'vitest';
import { startRegistrar, type LabRegistrar } from '../../../lab/registrar/registrar.ts';
import type { LabRegistrarOptions } from '../../../lab/registrar/lab-registrar.ts';
import { Secret } from '../../../schemas/secret.ts';
import type { Registrar, SipTransport } from '../../core/registrar.ts';
import type { NotifyTarget, SipClient, SipCredential } from '../../ports.ts';

export const KEY = 's3cret-1001';
/** Far above what loopback needs; tests of deadlines pass their own. */
export const SOON = { deadlineMs: 8000 };
/** Of a black hole. */
export const BRIEF = { deadlineMs: 400 };

/** How a contract suite gets its stack; `client` is ready when it resolves, and closed at the test's end. */
export interface Harness {
  readonly name: string;
  readonly open: () => Promise<SipClient>;
}

/** A registrar with extension 1001 that the test's end closes. */
export async function labRegistrar(options: Partial<LabRegistrarOptions> = {}): Promise<LabRegistrar> {
  const registrar = await startRegistrar({ users: new Map([['1001', { keys: [KEY] }]]), ...options });
  onTestFinished(() => registrar.close());
  return registrar;
}

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

/** A NOTIFY straight to a phone on loopback. */
export function phoneAt(port: number, transport: 'udp' | 'tcp' = 'udp'): NotifyTarget {
  const contact = `sip:1001-0x55f0@127.0.0.1:${port};transport=${transport}`;
  return { registrar: at({ port: 9 }), number: '1001', contact, route: 'direct' };
}
