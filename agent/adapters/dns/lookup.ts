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
      /** How far the aliases led. */
      readonly chain: readonly string[];
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
    const { chain } = trail;
    if (asked.kind === 'silent') return { kind: 'timeout', detail: `${type} ${name}: no answer`, chain };
    if (asked.kind === 'failed') return { kind: 'server-failure', detail: `${type} ${name}: ${asked.detail}`, chain };
    const { message } = asked;
    if (message.rcode !== RCODE.noError && message.rcode !== RCODE.nameError) {
      return { kind: 'server-failure', detail: `${type} ${name}: ${rcodeName(message.rcode)}`, chain };
    }
    const step = walkChain(message, type, trail);
    if (step.kind === 'invalid') return { kind: 'invalid', detail: `${type} ${name}: ${step.detail}`, chain };
    // NXDOMAIN speaks of the last name of the chain (RFC 6604 §3), so it ends the walk wherever that led.
    if (message.rcode === RCODE.nameError) {
      const led = step.kind === 'alias' ? step.trail.chain : chain;
      return { kind: 'no-such-name', detail: `${led.at(-1) ?? name} does not exist`, chain: led };
    }
    if (step.kind === 'nothing') return { kind: 'no-data', detail: `${name} has no ${type} record`, chain };
    if (step.kind === 'addresses') return { kind: 'answer', chain: step.trail.chain, addresses: step.addresses };
    trail = step.trail;
  }
}

/** The names of RFC 1035 §4.1.1 and RFC 2136 §2.2. */
function rcodeName(rcode: number): string {
  return ['NOERROR', 'FORMERR', 'SERVFAIL', 'NXDOMAIN', 'NOTIMP', 'REFUSED'][rcode] ?? `RCODE ${rcode}`;
}
