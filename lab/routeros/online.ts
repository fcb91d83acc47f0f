import { canonicalMac } from '../../schemas/ids.ts';
import { tableOf, type RouterState } from './state.ts';
import type { StoredRow } from './table.ts';

const PPP = '/ppp/active';
const LEASES = '/ip/dhcp-server/lease';

export interface SessionOptions {
  /** `pppoe` shows the client's MAC as caller-id, the others its address. */
  readonly service?: 'pppoe' | 'l2tp' | 'pptp' | 'sstp' | 'ovpn';
  readonly callerId?: string;
}

/** Who is online at a router: what clients, and not a person at the router, make of two of its tables. */
export interface LabOnline {
  /** A PPP client logs in and gets this address; a session of the same name and address stays as it is. Answers its id. */
  connectPpp(name: string, address: string, options?: SessionOptions): string;
  /** All sessions of this name end. */
  disconnectPpp(name: string): void;
  /** A DHCP client is bound to this address. One row a MAC: the lease moves with it, a static one is bound elsewhere. */
  lease(mac: string, address: string): string;
  /** The client's lease runs out: a dynamic row goes, a static one waits. */
  expireLease(mac: string): void;
}

/** Rows as the router makes them (manual, "PPP", "DHCP"): dynamic, MACs in capitals, `!re` to whoever listens. */
export function labOnline(state: RouterState): LabOnline {
  let sessions = 0x80d00000;
  const leaseOf = (mac: string): StoredRow | undefined =>
    tableOf(state, LEASES)
      .rows()
      .find(({ attributes }) => attributes['active-mac-address'] === mac || attributes['mac-address'] === mac);
  return {
    connectPpp(name, address, { service = 'pppoe', callerId } = {}) {
      const table = tableOf(state, PPP);
      const same = table
        .rows()
        .find(({ attributes }) => attributes['name'] === name && attributes['address'] === address);
      if (same !== undefined) return same.id;
      sessions += 1;
      const attributes = {
        name,
        service,
        'caller-id': callerId ?? (service === 'pppoe' ? macOfSession(sessions) : '192.0.2.200'),
        address,
        uptime: '0s',
        encoding: '',
        'session-id': `0x${sessions.toString(16).toUpperCase()}`,
        'limit-bytes-in': '0',
        'limit-bytes-out': '0',
        radius: 'false',
      };
      return table.insert({ attributes, isDynamic: true }).id;
    },
    disconnectPpp(name) {
      const table = tableOf(state, PPP);
      for (const row of [...table.rows()]) if (row.attributes['name'] === name) table.remove(row.id);
    },
    lease(mac, address) {
      const table = tableOf(state, LEASES);
      const printed = printMac(mac);
      const before = leaseOf(printed);
      const bound = {
        status: 'bound',
        'active-address': address,
        'active-mac-address': printed,
        'active-server': 'defconf',
        'expires-after': '10m',
        'last-seen': '0s',
      };
      if (before === undefined) {
        const attributes = { address, 'mac-address': printed, server: 'defconf', ...bound };
        return table.insert({ attributes, isDynamic: true }).id;
      }
      const own = before.isDynamic ? { address } : {};
      table.replace(before.id, { attributes: { ...before.attributes, ...own, ...bound } });
      return before.id;
    },
    expireLease(mac) {
      const table = tableOf(state, LEASES);
      const row = leaseOf(printMac(mac));
      if (row === undefined) return;
      if (row.isDynamic) {
        table.remove(row.id);
        return;
      }
      const kept = Object.entries(row.attributes).filter(
        ([name]) => !name.startsWith('active-') && name !== 'expires-after',
      );
      table.replace(row.id, { attributes: { ...Object.fromEntries(kept), status: 'waiting' } });
    },
  };
}

function macOfSession(session: number): string {
  return printMac(`02005e${(session & 0xffffff).toString(16).padStart(6, '0')}`);
}

function printMac(mac: string): string {
  return (canonicalMac(mac).match(/../g) ?? []).join(':').toUpperCase();
}
