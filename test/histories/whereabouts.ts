import type { SubscriberState } from '../../schemas/subscriber.ts';
import { overlap } from './places.ts';

/** By what a router shows somebody: his PPP name, or the MAC of his lease. */
export interface Identity {
  readonly kind: 'ppp' | 'mac';
  readonly value: string;
}

/** One session or bound lease. */
export interface Shown {
  readonly by: Identity;
  readonly address: string;
}

/** What routers show of who is where; the revision goes up with every change. */
export interface Online {
  readonly revision: number;
  at(router: string): readonly Shown[];
}

export interface Places {
  /** His, and nobody else's. */
  readonly own: readonly string[];
  /** Somebody else is where he would be, and he is not known to have left: whether he is cut elsewhere is left open. */
  readonly isTaken: boolean;
}

export function identityOf({ ppp, mac }: Pick<SubscriberState, 'ppp' | 'mac'>): Identity | null {
  if (ppp !== undefined) return { kind: 'ppp', value: ppp };
  return mac === undefined ? null : { kind: 'mac', value: mac };
}

export function isSame(one: Identity, other: Identity): boolean {
  return one.kind === other.kind && one.value === other.value;
}

/**
 * "Who is where" of the README, once more and as plainly as can be: a session elsewhere takes the place of the declared
 * IPv4 address where exactly one is declared; of several, all are kept that nobody else uses. Anybody else at an address
 * of somebody known by a name, and another known subscriber at anybody's, has it.
 */
export function placesOf(
  declared: readonly string[],
  identity: Identity | null,
  shown: readonly Shown[],
  isKnown: (by: Identity) => boolean,
): Places {
  const isHis = ({ by }: Shown): boolean => identity !== null && isSame(by, identity);
  const here = shown.filter(isHis).map(({ address }) => address);
  const hasMoved = here.some((address) => !declared.some((text) => overlap(text, address)));
  const isOnlyOne = declared.filter(isSingle).length === 1;
  const kept = hasMoved && isOnlyOne ? declared.filter((text) => !isSingle(text)) : declared;
  const places = [...kept, ...here.filter((address) => !kept.some((text) => overlap(text, address)))];
  const isAnothers = (place: string): boolean =>
    shown.some((one) => overlap(one.address, place) && !isHis(one) && (identity !== null || isKnown(one.by)));
  const lost = places.filter(isAnothers);
  return {
    own: places.filter((place) => !lost.includes(place)),
    isTaken: lost.some((place) => !(hasMoved && isSingle(place) && declared.includes(place))),
  };
}

function isSingle(text: string): boolean {
  return !text.includes(':') && !text.includes('/');
}
