import type { Address } from '../../schemas/address.ts';
import { canonicalMac } from '../../schemas/ids.ts';
import type { Portal } from '../../schemas/portal.ts';
import type { ProblemDetail } from '../../schemas/problem.ts';
import { NOTICE_KINDS, type Subscriber, type SubscriberState } from '../../schemas/subscriber.ts';
import { checkAddresses } from './check-addresses.ts';
import { checkCutoff, checkNotice } from './check-instructions.ts';

/** A document in canonical spelling, and what is wrong with it. `value` counts only without faults. */
export interface Checked<Value> {
  readonly value: Value;
  readonly faults: readonly ProblemDetail[];
}

/** The prefixes that the configuration calls those of a router's subscribers. */
export type PrefixesOf = (router: string) => readonly Address[];

const NONE: PrefixesOf = () => [];

/** Canonicalises addresses and MAC of a subscriber. */
export function checkSubscriber<Value extends Subscriber>(
  subscriber: Value,
  pointer: string,
  prefixesOf: PrefixesOf = NONE,
): Checked<Value> {
  const declared = prefixesOf(subscriber.router);
  const { addresses, faults } = checkAddresses(subscriber.addresses, `${pointer}/addresses`, declared);
  const mac = subscriber.mac === undefined ? {} : { mac: canonicalMac(subscriber.mac) };
  return { value: { ...subscriber, addresses, ...mac }, faults };
}

/** The same for a row of a snapshot or delta, with its instructions. */
export function checkState(
  row: SubscriberState,
  pointer: string,
  now: number,
  prefixesOf: PrefixesOf = NONE,
): Checked<SubscriberState> {
  const { value, faults } = checkSubscriber(row, pointer, prefixesOf);
  const cutoff = row.cutoff ?? null;
  const cutoffFaults = cutoff === null ? [] : checkCutoff(cutoff, `${pointer}/cutoff`);
  const noticeFaults = NOTICE_KINDS.flatMap((kind) => {
    const notice = row.notices?.[kind];
    return notice === undefined ? [] : checkNotice(notice, `${pointer}/notices/${kind}`, now);
  });
  return { value, faults: [...faults, ...cutoffFaults, ...noticeFaults] };
}

/** Canonicalises the portal's addresses; host names are lower-cased, for DNS does not tell them apart (RFC 4343). */
export function checkPortal(portal: Portal, bundles: readonly string[]): Checked<Portal> {
  const { addresses, faults } = checkAddresses(portal.addresses, '/addresses');
  // A host name without a dot is nobody's on the internet: a bundle was meant.
  const unknown = portal.walledGarden.flatMap((entry, at) =>
    entry.includes('.') || bundles.includes(entry.toLowerCase())
      ? []
      : [{ pointer: `/walledGarden/${at}`, detail: `no bundle ${entry}; there are ${bundles.join(', ')}` }],
  );
  const value: Portal = {
    domain: portal.domain.toLowerCase(),
    cnameTargets: portal.cnameTargets.map((host) => host.toLowerCase()),
    addresses,
    walledGarden: portal.walledGarden.map((host) => host.toLowerCase()),
  };
  return { value, faults: [...faults, ...unknown] };
}
