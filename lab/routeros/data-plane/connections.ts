import { printDuration } from '../duration.ts';
import type { Attributes, Table } from '../table.ts';
import type { RouterState } from '../state.ts';
import { tableOf } from '../state.ts';
import type { Packet } from './packet.ts';

/** One tracked connection. Its row in the connection menu is its life: when a client removes it, it is gone. */
export interface Connection {
  readonly id: string;
  readonly table: Table;
  /** As the client sent it, before NAT. */
  readonly original: Packet;
  /** After NAT: where it goes and as whom. */
  readonly translated: Packet;
  isFastTracked: boolean;
}

/** Connection tracking: rows in `/ip/firewall/connection` and its IPv6 twin (the twin's shape is inferred). */
export class Connections {
  readonly #state: RouterState;

  constructor(state: RouterState) {
    this.#state = state;
  }

  open(original: Packet, translated: Packet, seenSource: string): Connection {
    const table = this.#table(original);
    const isBare = this.#state.dialect.version === '7.24';
    const end = (prefix: string, address: string, port: number): Attributes =>
      isBare
        ? { [`${prefix}-address`]: address, [`${prefix}-port`]: String(port) }
        : { [`${prefix}-address`]: address.includes(':') ? `[${address}]:${port}` : `${address}:${port}` };
    const attributes: Attributes = {
      protocol: original.protocol,
      ...end('src', original.source, original.sourcePort),
      ...end('dst', original.destination, original.destinationPort),
      ...end('reply-src', translated.destination, translated.destinationPort),
      ...end('reply-dst', seenSource, original.sourcePort),
      ...(original.protocol === 'tcp' ? { 'tcp-state': 'established' } : {}),
      timeout: printDuration(original.protocol === 'tcp' ? 86_400_000 : 180_000),
      'seen-reply': 'true',
      assured: 'true',
      confirmed: 'true',
      dying: 'false',
      expected: 'false',
      fasttrack: 'false',
      srcnat: String(seenSource !== original.source),
      dstnat: String(translated.isDstNat),
    };
    const row = table.insert({ attributes, isDynamic: true });
    return { id: row.id, table, original, translated, isFastTracked: false };
  }

  isAlive({ id, table }: Connection): boolean {
    return table.get(id) !== undefined;
  }

  fastTrack(connection: Connection): void {
    const row = connection.table.get(connection.id);
    if (connection.isFastTracked || row === undefined) return;
    connection.isFastTracked = true;
    connection.table.replace(row.id, { attributes: { ...row.attributes, fasttrack: 'true' } });
  }

  close({ id, table }: Connection): void {
    table.remove(id);
  }

  #table(packet: Packet): Table {
    const isV4 = packet.sourceIp.family === 4;
    return tableOf(this.#state, isV4 ? '/ip/firewall/connection' : '/ipv6/firewall/connection');
  }
}
