import { contains, parseAddress, type Address } from '../../../schemas/address.ts';
import type { AddressOrigin } from '../../../schemas/router.ts';
import type { Subscriber } from '../../../schemas/subscriber.ts';
import { hasIdentity, isHis, shownOf, type FindNamed } from './identity.ts';
import type { AddressUser, RouterUsage } from './usage.ts';

/** An address a subscriber has now, and how that is known. */
export interface LiveAddress extends Address {
  readonly from: AddressOrigin;
}

/** Where a subscriber is now. */
export interface Effective {
  /** His, and nobody else's as far as the router shows. */
  readonly addresses: readonly LiveAddress[];
  /** Would be his, but the router shows somebody else there. */
  readonly foreign: readonly { readonly address: LiveAddress; readonly user: AddressUser }[];
}

/**
 * The addresses of a subscriber as the router shows him. A session or a bound lease elsewhere takes the place of the
 * single IPv4 address that is declared (he moved). Of several nobody can say which it was: all stay that nobody else
 * uses, a routed public one among them. Declared prefixes and IPv6 stay too, for neither menu shows them.
 * Without one, what is declared counts. An address that somebody else uses is never his: for a subscriber with a name or
 * a MAC anybody else, for one without only another subscriber who is known by his (design §3, "Who may be cut").
 */
export function effectiveAddresses(subscriber: Subscriber, usage: RouterUsage, find: FindNamed): Effective {
  const declared = parseAll(subscriber.addresses);
  if (usage.size === 0) return { addresses: declared.map((address) => from(address, 'declared')), foreign: [] };
  const addresses: LiveAddress[] = [];
  const foreign: Effective['foreign'][number][] = [];
  const { all, mayHaveLeft } = candidates(declared, shownOf(subscriber, usage));
  for (const address of all) {
    const user = usage.at(address).find((one) => isForeign(one, subscriber, find));
    if (user === undefined) addresses.push(address);
    // Somebody else is there, and he is online elsewhere: this is the one that he left.
    else if (!(mayHaveLeft && address.from === 'declared' && isSingle(address))) foreign.push({ address, user });
  }
  return { addresses, foreign };
}

function isForeign(user: AddressUser, subscriber: Subscriber, find: FindNamed): boolean {
  return hasIdentity(subscriber) ? !isHis(user, subscriber) : find(user) !== null;
}

function isSingle({ family, length }: Address): boolean {
  return family === 4 && length === 32;
}

function candidates(
  declared: readonly Address[],
  shown: readonly AddressUser[],
): { readonly all: readonly LiveAddress[]; readonly mayHaveLeft: boolean } {
  const isIn = (all: readonly Address[], one: Address): boolean => all.some((address) => contains(address, one));
  const hasMoved = shown.some(({ address }) => !isIn(declared, address));
  const isOnlyOne = declared.filter(isSingle).length === 1;
  const kept = hasMoved && isOnlyOne ? declared.filter((address) => !isSingle(address)) : declared;
  const all = kept.map((address) => from(address, 'declared'));
  for (const user of shown) if (!isIn(all, user.address)) all.push(from(user.address, user.from));
  return { all, mayHaveLeft: hasMoved };
}

function from({ family, length, bytes, text }: Address, origin: AddressOrigin): LiveAddress {
  return { family, length, bytes, text, from: origin };
}

function parseAll(texts: readonly string[]): readonly Address[] {
  return texts.map((text) => parseAddress(text)).filter((address) => address !== null);
}
