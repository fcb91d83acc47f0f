import { parseIp } from '../address.ts';

export interface Ip {
  readonly family: 4 | 6;
  readonly value: bigint;
}

type ConnectionState = 'new' | 'established' | 'related' | 'invalid' | 'untracked';

/** One packet on its way through the router, as its rules see it. */
export interface Packet {
  readonly protocol: string;
  readonly source: string;
  readonly sourceIp: Ip;
  readonly sourcePort: number;
  readonly destination: string;
  readonly destinationIp: Ip;
  readonly destinationPort: number;
  readonly inInterface: string | null;
  readonly outInterface: string | null;
  readonly state: ConnectionState;
  readonly isDstNat: boolean;
  readonly isSrcNat: boolean;
  readonly bytes: number;
}

/** An address as a number; throws on text that is none: addresses come from the lab's own callers. */
export function ipOf(text: string): Ip {
  const ip = parseIp(text);
  if (ip === null) throw new RangeError(`not an address: ${text}`);
  return ip;
}

/** The packet after destination NAT. */
export function withDestination(packet: Packet, destination: string, destinationPort: number): Packet {
  return { ...packet, destination, destinationIp: ipOf(destination), destinationPort, isDstNat: true };
}

/** A packet of the same connection in the other direction. */
export function reversed(packet: Packet): Packet {
  return {
    ...packet,
    source: packet.destination,
    sourceIp: packet.destinationIp,
    sourcePort: packet.destinationPort,
    destination: packet.source,
    destinationIp: packet.sourceIp,
    destinationPort: packet.sourcePort,
    inInterface: packet.outInterface,
    outInterface: packet.inInterface,
  };
}
