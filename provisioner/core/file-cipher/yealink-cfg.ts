import { ECB_KEY_CHARACTERS } from '../../../schemas/file-encryption.ts';
import { joined, utf8, type FilePrimitives } from './primitives.ts';

const BLOCK_OCTETS = 16;
const BLANK = 0x20;

/**
 * A file as Yealink's own encryption tool writes it in the mode for all firmware: AES-128 block by block, the characters of the
 * key as its octets, the last block filled with blanks, nothing before it and nothing after. One source only, and no guide: a
 * file that the tool wrote, with its key (traviscross/yealink-confenc, test/). It has neither salt nor tag: two blocks that are
 * equal look equal, within a file and from one revision to the next, and nobody notices a block that was changed or moved.
 */
export function yealinkCfg(
  { aes128Ecb }: Pick<FilePrimitives, 'aes128Ecb'>,
  key: string,
  plain: Uint8Array,
): Uint8Array {
  if (utf8(key).length !== ECB_KEY_CHARACTERS) throw new RangeError('aes-128-ecb: a key has 16 characters');
  const missing = (BLOCK_OCTETS - (plain.length % BLOCK_OCTETS)) % BLOCK_OCTETS;
  return aes128Ecb(utf8(key), joined(plain, new Uint8Array(missing).fill(BLANK)));
}
