import { hkdf } from './hkdf.ts';
import { joined, utf8, type FilePrimitives } from './primitives.ts';

/** RFC 8188 §2.1. */
export const AES128GCM_SALT_OCTETS = 16;
/** As in the RFC's own first example: no phone's memory is asked for more at once. */
export const AES128GCM_RECORD_OCTETS = 4096;

const [KEY_OCTETS, NONCE_OCTETS, TAG_OCTETS] = [16, 12, 16];
/** RFC 8188 §2: what ends the content of a record, the last one's other than the rest. */
const [DELIMITER, LAST_DELIMITER] = [Uint8Array.of(1), Uint8Array.of(2)];

export interface Aes128GcmInput {
  readonly keyingMaterial: Uint8Array;
  readonly salt: Uint8Array;
  /** Of a record with its delimiter and tag; more than 17. */
  readonly recordOctets: number;
}

/** The content coding `aes128gcm` of RFC 8188 §2 and §2.1, without padding; the header names no key. */
export function aes128gcm(
  primitives: Pick<FilePrimitives, 'hmacSha256' | 'aes128Gcm'>,
  { keyingMaterial, salt, recordOctets }: Aes128GcmInput,
  plain: Uint8Array,
): Uint8Array {
  const contentOctets = recordOctets - TAG_OCTETS - 1;
  if (salt.length !== AES128GCM_SALT_OCTETS || contentOctets < 1)
    throw new RangeError('aes128gcm: a salt has 16 octets, a record more than 17');
  const derived = (info: string, octets: number): Uint8Array =>
    hkdf(primitives, { salt, keyingMaterial, info: utf8(`Content-Encoding: ${info}\0`), octets });
  const [key, baseNonce] = [derived('aes128gcm', KEY_OCTETS), derived('nonce', NONCE_OCTETS)];
  // An empty file is one record too.
  const count = Math.max(1, Math.ceil(plain.length / contentOctets));
  const records = Array.from({ length: count }, (_, sequence) => {
    const content = plain.subarray(sequence * contentOctets, (sequence + 1) * contentOctets);
    const delimiter = sequence === count - 1 ? LAST_DELIMITER : DELIMITER;
    return primitives.aes128Gcm(key, nonceOf(baseNonce, sequence), joined(content, delimiter));
  });
  return joined(salt, bigEndian(recordOctets), Uint8Array.of(0), ...records);
}

/** RFC 8188 §2.3: the sequence number, in network order, over the end of the nonce. */
function nonceOf(baseNonce: Uint8Array, sequence: number): Uint8Array {
  const nonce = Uint8Array.from(baseNonce);
  const [view, at] = [new DataView(nonce.buffer), NONCE_OCTETS - 4];
  view.setUint32(at, (view.getUint32(at) ^ sequence) >>> 0);
  return nonce;
}

function bigEndian(number: number): Uint8Array {
  const octets = new Uint8Array(4);
  new DataView(octets.buffer).setUint32(0, number);
  return octets;
}
