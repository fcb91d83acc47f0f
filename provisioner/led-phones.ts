import { contains, parseAddress, type Address } from '../schemas/address.ts';
import type { ServedPhone } from '../store/phone-ports.ts';
import { openEnrolment, type NoEnrolment, type OpenEnrolment, type PhoneSite } from './phone-files.ts';

/**
 * Phones that DHCP led here with a URL for all: they come without a token, and say nothing but their MAC. As with SIP PnP
 * nobody knows who asks; so only an enrolment that a person opened is given, and only into the networks that he named.
 */
export interface LedPhones {
  /** True where the address is in one of those networks. */
  isLed(address: string): boolean;
  enrolment(mac: string): OpenEnrolment | NoEnrolment;
}

/** Whether an address lies in one of these prefixes; none of them: never. */
export function withinAny(networks: readonly string[]): (address: string) => boolean {
  const prefixes = networks.map(parseAddress).filter((prefix): prefix is Address => prefix !== null);
  return (text) => {
    const address = prefixes.length === 0 ? null : parseAddress(text);
    return address !== null && prefixes.some((prefix) => contains(prefix, address));
  };
}

/**
 * The enrolment that a phone is given by its MAC alone. Not one that has come home before: whoever says its MAC would end what
 * it lives on (I11). To such a phone a person gives its enrolment URL.
 */
export function ledEnrolment(
  served: ServedPhone | null,
  site: Pick<PhoneSite, 'publicUrl'>,
  now: number,
): OpenEnrolment | NoEnrolment {
  const isHome = served?.tokens.some(({ kind, isUsed }) => kind !== 'enrolment' && isUsed) === true;
  return isHome ? 'not-enrolled' : openEnrolment(served, site, now);
}
