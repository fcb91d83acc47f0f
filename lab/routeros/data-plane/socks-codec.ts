import { parseIp, printIp } from '../address.ts';

/** A SOCKS5 destination: an address or a name, and a port (RFC 1928 §4, §5). */
export interface SocksTarget {
  readonly host: string;
  readonly isName: boolean;
  readonly port: number;
}

/** Reply codes of RFC 1928 §6. */
export const SOCKS = {
  succeeded: 0,
  failure: 1,
  notAllowed: 2,
  networkUnreachable: 3,
  hostUnreachable: 4,
  refused: 5,
  commandNotSupported: 7,
} as const;

/** Reads ATYP, address and port at `at`; null while bytes are missing or the type is unknown. */
export function readTarget(bytes: Buffer, at: number): { target: SocksTarget; end: number } | null {
  const type = bytes[at];
  const length = type === 1 ? 4 : type === 4 ? 16 : type === 3 ? (bytes[at + 1] ?? Infinity) : Infinity;
  const start = type === 3 ? at + 2 : at + 1;
  const end = start + length + 2;
  if (bytes.length < end) return null;
  const raw = bytes.subarray(start, start + length);
  const number = type === 3 ? 0n : raw.reduce((sum, byte) => sum * 256n + BigInt(byte), 0n);
  const host = type === 3 ? raw.toString('latin1') : printIp(type === 1 ? 4 : 6, number);
  const isName = type === 3 && parseIp(host) === null;
  return { target: { host, isName, port: bytes.readUInt16BE(start + length) }, end };
}

/** ATYP, address and port for a reply or a datagram's header. */
export function writeTarget(host: string, port: number): Buffer {
  const ip = parseIp(host) ?? { family: 4 as const, value: 0n };
  const size = ip.family === 4 ? 4 : 16;
  const bytes = Array.from({ length: size }, (_, at) => Number((ip.value >> BigInt((size - 1 - at) * 8)) & 255n));
  return Buffer.from([ip.family === 4 ? 1 : 4, ...bytes, port >> 8, port & 255]);
}

/** The reply code of a TCP connection that rules rejected: what an ICMP error does to `connect()`. */
export function codeOfReject(rejectWith: string): number {
  if (rejectWith === 'tcp-reset' || rejectWith === 'icmp-port-unreachable') return SOCKS.refused;
  if (rejectWith.endsWith('prohibited')) return SOCKS.notAllowed;
  return rejectWith === 'icmp-host-unreachable' || rejectWith === 'icmp-address-unreachable'
    ? SOCKS.hostUnreachable
    : SOCKS.networkUnreachable;
}
