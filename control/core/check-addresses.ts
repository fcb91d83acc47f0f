import { parseAddress, refuseAddress, type Address, type AddressRefusal } from '../../schemas/address.ts';
import type { ProblemDetail } from '../../schemas/problem.ts';

const WHY: Readonly<Record<AddressRefusal, string>> = {
  loopback: 'a loopback address is nobody’s',
  'link-local': 'a link-local address is nobody’s',
  multicast: 'a multicast address is nobody’s',
  unspecified: 'the unspecified address is nobody’s',
  broadcast: 'the broadcast address is nobody’s',
  'prefix-too-short': 'the prefix is shorter than /24 (IPv4) or /48 (IPv6)',
  'released-ip': 'an address that WispHub writes for a released client is nobody’s',
};

export interface CheckedAddresses {
  /** Canonical, host bits cleared, each once. */
  readonly addresses: string[];
  readonly faults: readonly ProblemDetail[];
}

/**
 * Canonicalises addresses and prefixes and refuses those that cannot be meant (design §5.1). In the `declared` prefixes of
 * a router those may be meant after all that WispHub writes for a released client.
 */
export function checkAddresses(
  texts: readonly string[],
  pointer: string,
  declared: readonly Address[] = [],
): CheckedAddresses {
  const addresses = new Set<string>();
  const faults: ProblemDetail[] = [];
  texts.forEach((text, at) => {
    const address = parseAddress(text);
    const refusal = address === null ? null : refuseAddress(address, declared);
    if (address === null) {
      faults.push({ pointer: `${pointer}/${String(at)}`, detail: 'must be an IPv4 or IPv6 address or prefix' });
    } else if (refusal !== null) {
      faults.push({ pointer: `${pointer}/${String(at)}`, detail: WHY[refusal] });
    } else {
      addresses.add(address.text);
    }
  });
  return { addresses: [...addresses], faults };
}
