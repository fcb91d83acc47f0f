import { onTestFinished } from 'vitest';
import { startRegistrar, type LabRegistrar } from '../../../lab/registrar/registrar.ts';
import type { LabRegistrarOptions } from '../../../lab/registrar/lab-registrar.ts';
import type { NotifyTarget, SipClient } from '../../ports.ts';
import { at, KEY } from './harness-values.ts';

export { at, BRIEF, credential, KEY, SOON } from './harness-values.ts';

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

/** A NOTIFY straight to a phone on loopback. */
export function phoneAt(port: number, transport: 'udp' | 'tcp' = 'udp'): NotifyTarget {
  const contact = `sip:1001-0x55f0@127.0.0.1:${port};transport=${transport}`;
  return { registrar: at({ port: 9 }), number: '1001', contact, route: 'direct' };
}
