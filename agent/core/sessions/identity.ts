import { canonicalMac } from '../../../schemas/ids.ts';
import type { Subscriber } from '../../../schemas/subscriber.ts';
import type { AddressUser, RouterUsage } from './usage.ts';

/** A subscriber whom a router can show under a name of his own. The others are known by their addresses alone. */
export function hasIdentity({ ppp, mac }: Pick<Subscriber, 'ppp' | 'mac'>): boolean {
  return ppp !== undefined || mac !== undefined;
}

/** His sessions and leases. */
export function shownOf({ ppp, mac }: Pick<Subscriber, 'ppp' | 'mac'>, usage: RouterUsage): readonly AddressUser[] {
  if (usage.size === 0) return [];
  const sessions = ppp === undefined ? [] : spellings(ppp).flatMap((name) => usage.named(name));
  return mac === undefined ? sessions : [...sessions, ...usage.leasedTo(canonicalMac(mac))];
}

/** Whether the router shows this very subscriber: by his PPP name where he has one, else by his MAC. */
export function isHis(user: AddressUser, { ppp, mac }: Pick<Subscriber, 'ppp' | 'mac'>): boolean {
  if (user.name !== null && ppp !== undefined) return spellings(ppp).includes(user.name);
  return mac !== undefined && user.mac === canonicalMac(mac);
}

/** Finds the subscriber whom the router shows, among those that have a name or a MAC. */
export type FindNamed = (user: AddressUser) => string | null;

export function namedSubscribers(
  wishes: readonly { readonly id: string; readonly subscriber: Pick<Subscriber, 'ppp' | 'mac'> }[],
): FindNamed {
  const names = new Map<string, string>();
  const macs = new Map<string, string>();
  for (const { id, subscriber } of wishes) {
    for (const name of subscriber.ppp === undefined ? [] : spellings(subscriber.ppp)) names.set(name, id);
    if (subscriber.mac !== undefined) macs.set(canonicalMac(subscriber.mac), id);
  }
  return ({ name, mac }) =>
    (name === null ? undefined : names.get(name)) ?? (mac === null ? undefined : macs.get(mac)) ?? null;
}

/** Who it is, for a person to read. */
export function describeUser(user: AddressUser, find: FindNamed): string {
  const who = user.name === null ? `the DHCP client ${user.mac ?? ''}` : `the PPP user ${readable(user.name)}`;
  const subscriber = find(user);
  return subscriber === null ? who : `${who} (subscriber ${subscriber})`;
}

/** Bytes read as latin-1, for a person: UTF-8, or what WinBox writes. */
function readable(text: string): string {
  if (/^[\x20-\x7e]*$/.test(text)) return text;
  const bytes = Uint8Array.from(text, (char) => char.charCodeAt(0));
  const utf8 = new TextDecoder('utf-8').decode(bytes);
  return utf8.includes('\ufffd') ? new TextDecoder('windows-1252').decode(bytes) : utf8;
}

/**
 * How a name may stand in a row: rows are bytes read as latin-1, and RouterOS names no charset. API clients write UTF-8,
 * WinBox its Windows code page. Nearly every name is ASCII, where both are one.
 */
function spellings(name: string): readonly string[] {
  if (/^[\x20-\x7e]*$/.test(name)) return [name];
  return [String.fromCharCode(...new TextEncoder().encode(name)), name];
}
