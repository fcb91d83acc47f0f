import { parseAddress, type Address } from '../../../schemas/address.ts';
import { canonicalMac } from '../../../schemas/ids.ts';
import { rowsOf, type ObservedRouter } from '../observed.ts';
import { isTrue, type Menu, type Row } from '../row.ts';
import { addressIndex } from './address-index.ts';

/** The menus in which a router shows who is online, and at which address. */
export const SESSION_MENUS = ['/ppp/active', '/ip/dhcp-server/lease'] as const satisfies readonly Menu[];
export type SessionMenu = (typeof SESSION_MENUS)[number];

/** What is read of them, and no more: counters would cost the router (facts: `.proplist`). */
export const SESSION_PROPERTIES: Readonly<Record<SessionMenu, string>> = {
  '/ppp/active': '.id,name,address,caller-id,service',
  '/ip/dhcp-server/lease': '.id,address,mac-address,active-address,active-mac-address,status,disabled,dynamic',
};

/** Somebody whom the router shows at an address. */
export interface AddressUser {
  readonly address: Address;
  readonly from: 'ppp' | 'dhcp';
  /** The PPP user as the router sent it (see `Row`); null for a lease. */
  readonly name: string | null;
  /** Twelve lower-case hex digits: the lease's MAC, or the caller-id of PPPoE. Null where the caller-id is none. */
  readonly mac: string | null;
}

/** Who is online, from one read of a router. */
export interface RouterUsage {
  readonly size: number;
  named(name: string): readonly AddressUser[];
  leasedTo(mac: string): readonly AddressUser[];
  /** Everybody at this address, or in this prefix. */
  at(address: Address): readonly AddressUser[];
}

const NOBODY: readonly AddressUser[] = [];
const MAC = /^([0-9A-F]{2}:){5}[0-9A-F]{2}$/i;

/** Reads PPP sessions and bound leases. A row without a usable address, or a lease that is not bound, is nobody. */
export function usageOf(observed: Pick<ObservedRouter, 'tables'>): RouterUsage {
  const users = [
    ...rowsOf(observed, '/ppp/active').map(sessionUser),
    ...rowsOf(observed, '/ip/dhcp-server/lease').map(leaseUser),
  ].filter((user) => user !== null);
  const names = new Map<string, AddressUser[]>();
  const leases = new Map<string, AddressUser[]>();
  for (const user of users) {
    if (user.name !== null) put(names, user.name, user);
    else if (user.mac !== null) put(leases, user.mac, user);
  }
  // RouterOS shows IPv4 addresses only in both menus.
  const index = addressIndex(users, ({ address }) => address);
  return {
    size: users.length,
    named: (name) => names.get(name) ?? NOBODY,
    leasedTo: (mac) => leases.get(mac) ?? NOBODY,
    at: (address) => index.at(address),
  };
}

function put(index: Map<string, AddressUser[]>, key: string, user: AddressUser): void {
  const users = index.get(key);
  if (users === undefined) index.set(key, [user]);
  else users.push(user);
}

/** The user of one row of these menus, or null. */
export function userOf(menu: SessionMenu, row: Row): AddressUser | null {
  return menu === '/ppp/active' ? sessionUser(row) : leaseUser(row);
}

/** `caller-id` is the client's MAC for PPPoE, its address for L2TP, PPTP and SSTP. */
function sessionUser(row: Row): AddressUser | null {
  const address = hostOf(row.get('address'));
  const name = row.get('name') ?? '';
  if (address === null || name === '') return null;
  return { address, from: 'ppp', name, mac: macOf(row.get('caller-id')) };
}

/** A static lease keeps its own address and MAC while another is bound: the `active-` ones are what is in use. */
function leaseUser(row: Row): AddressUser | null {
  if (row.get('status') !== 'bound' || isTrue(row.get('disabled'))) return null;
  const address = hostOf(row.get('active-address') ?? row.get('address'));
  const mac = macOf(row.get('active-mac-address') ?? row.get('mac-address'));
  return address === null || mac === null ? null : { address, from: 'dhcp', name: null, mac };
}

function hostOf(text: string | undefined): Address | null {
  const address = parseAddress(text ?? '');
  return address?.family === 4 && address.length === 32 ? address : null;
}

function macOf(text: string | undefined): string | null {
  return text !== undefined && MAC.test(text) ? canonicalMac(text) : null;
}
