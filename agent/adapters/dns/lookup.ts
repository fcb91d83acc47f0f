import type { ResolvedAddress } from '../../ports.ts';
import { startTrail, walkChain } from './chain.ts';
import { RCODE, type AddressType } from './message.ts';
import type { ServerAddress } from './server-address.ts';
import { ask, type AskOptions } from './transport.ts';

/** What one server said of one address type of a host. */
export type Lookup =
  | { readonly kind: 'answer'; readonly chain: readonly string[]; readonly addresses: readonly ResolvedAddress[] }
  | {
      readonly kind: 'no-data' | 'no-such-name' | 'server-failure' | 'timeout' | 'invalid';
      readonly detail: string;
    };

/** Follows the aliases of `host`, asking again where a server stops in the middle; every name is passed once. */
export async function lookUp(
  server: ServerAddress,
  host: string,
  type: AddressType,
  options: AskOptions,
): Promise<Lookup> {
  let trail = startTrail(host);
  for (;;) {
    const name = trail.chain.at(-1) ?? host;
    const asked = await ask(server, name, type, options);
    if (asked.kind === 'silent') return { kind: 'timeout', detail: `${type} ${name}: no answer` };
    if (asked.kind === 'failed') return { kind: 'server-failure', detail: `${type} ${name}: ${asked.detail}` };
    const { message } = asked;
    if (message.rcode !== RCODE.noError && message.rcode !== RCODE.nameError) {
      return { kind: 'server-failure', detail: `${type} ${name}: ${rcodeName(message.rcode)}` };
    }
    const step = walkChain(message, type, trail);
    if (step.kind === 'invalid') return { kind: 'invalid', detail: `${type} ${name}: ${step.detail}` };
    // NXDOMAIN speaks of the last name of the chain (RFC 6604 §3), so it ends the walk wherever that led.
    if (message.rcode === RCODE.nameError) {
      const missing = step.kind === 'alias' ? (step.trail.chain.at(-1) ?? name) : name;
      return { kind: 'no-such-name', detail: `${missing} does not exist` };
    }
    if (step.kind === 'nothing') return { kind: 'no-data', detail: `${name} has no ${type} record` };
    if (step.kind === 'addresses') return { kind: 'answer', chain: step.trail.chain, addresses: step.addresses };
    trail = step.trail;
  }
}

/** The names of RFC 1035 §4.1.1 and RFC 2136 §2.2. */
function rcodeName(rcode: number): string {
  return ['NOERROR', 'FORMERR', 'SERVFAIL', 'NXDOMAIN', 'NOTIMP', 'REFUSED'][rcode] ?? `RCODE ${rcode}`;
}
