import { contains, parseAddress, refuseAddress, type Address } from '../../../schemas/address.ts';
import { rowsOf, type ObservedRouter } from '../observed.ts';
import { addressIndex } from './address-index.ts';

/** What is the router's own, and where its subscribers may be. */
export interface RouterGround {
  readonly own: readonly Address[];
  readonly gateways: readonly Address[];
  /** The router's subscriber prefixes; null where the configuration names none. */
  readonly prefixes: readonly Address[] | null;
}

/** Says why an address can be no subscriber's on this router, or null. */
export type RefuseOnRouter = (address: Address) => string | null;

/** `own` may be long: each PPP session brings an address of the router's. */
export function refusalsOf({ own, gateways, prefixes }: RouterGround): RefuseOnRouter {
  const itself = addressIndex(own, (address) => address);
  const outward = addressIndex(gateways, (address) => address);
  return (address) => {
    const refusal = refuseAddress(address, prefixes ?? []);
    if (refusal !== null) return refusal;
    if (itself.at(address).length > 0) return 'it is the router’s own address';
    if (outward.at(address).length > 0) return 'it is the router’s default gateway';
    const isOutside = prefixes !== null && !prefixes.some((prefix) => contains(prefix, address));
    return isOutside ? 'it lies outside of the prefixes that the configuration names for this router' : null;
  };
}

/**
 * The addresses of `/ip/route gateway`: `203.0.113.1`, `203.0.113.1%ether1`, several with commas (RouterOS 6); an
 * interface's name is none.
 */
export function gatewaysOf(observed: Pick<ObservedRouter, 'tables'>): readonly Address[] {
  return rowsOf(observed, '/ip/route')
    .flatMap((row) => (row.get('gateway') ?? '').split(','))
    .map((text) => parseAddress(text.replace(/%.*$/, '').trim()))
    .filter((address) => address !== null);
}
