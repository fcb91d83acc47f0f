import { randomInt } from 'node:crypto';
import { decode, encode, RECURSION_DESIRED, type Answer, type DecodedPacket } from 'dns-packet';

export type AddressType = 'A' | 'AAAA';

export interface Query {
  readonly id: number;
  /** Lower case, without the dot at the end. */
  readonly name: string;
  readonly type: AddressType;
  readonly bytes: Buffer;
}

/** What we offer to take over UDP: small enough never to be fragmented (DNS Flag Day 2020). */
const UDP_PAYLOAD_BYTES = 1232;

/** A query with a random id; with EDNS(0) (RFC 6891) unless the server choked on it. */
export function makeQuery(name: string, type: AddressType, withEdns: boolean): Query {
  const id = randomInt(0x1_0000);
  const bytes = encode({
    type: 'query',
    id,
    flags: RECURSION_DESIRED,
    questions: [{ name, type }],
    ...(withEdns
      ? {
          additionals: [
            {
              type: 'OPT',
              name: '.',
              udpPayloadSize: UDP_PAYLOAD_BYTES,
              extendedRcode: 0,
              ednsVersion: 0,
              flags: 0,
              flag_do: false,
              options: [],
            },
          ],
        }
      : {}),
  });
  return { id, name, type, bytes };
}

/** RFC 1035 §4.1.1 and RFC 6895: the codes that change what we do. */
export const RCODE = { noError: 0, formatError: 1, nameError: 3, notImplemented: 4 } as const;

/** A message that answers our question; whether it also says so truthfully is between us and the resolver. */
export interface AnswerMessage {
  readonly rcode: number;
  readonly isTruncated: boolean;
  readonly answers: readonly Answer[];
}

/**
 * The message in `bytes` if it answers `query`: same id, a response, same question (RFC 5452 §9.1). Null for anything else:
 * a stray, a forgery or garbage, all to be dropped while the true answer may still come.
 */
export function acceptAnswer(bytes: Buffer, query: Query): AnswerMessage | null {
  const packet = decodeOrNull(bytes);
  if (packet === null || packet.id !== query.id || !packet.flag_qr) return null;
  const flags = packet.flags ?? 0;
  const isStandardQuery = ((flags >> 11) & 0xf) === 0;
  if (!isStandardQuery) return null;
  const rcode = flags & 0xf;
  const [question, ...others] = packet.questions ?? [];
  // A server that could not read the query may leave the question out; this can only make us ask again, without EDNS.
  if (question === undefined) {
    return rcode === RCODE.formatError ? { rcode, isTruncated: false, answers: [] } : null;
  }
  const isOurs =
    others.length === 0 &&
    canonicalName(question.name) === query.name &&
    question.type === query.type &&
    (question.class ?? 'IN') === 'IN';
  return isOurs ? { rcode, isTruncated: packet.flag_tc, answers: packet.answers ?? [] } : null;
}

/** Names compare without case (RFC 4343) and without the root's dot. */
export function canonicalName(name: string): string {
  return name.replace(/\.$/, '').toLowerCase();
}

function decodeOrNull(bytes: Buffer): DecodedPacket | null {
  try {
    return decode(bytes);
  } catch {
    return null;
  }
}
