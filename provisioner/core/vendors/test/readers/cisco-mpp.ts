import { readFlatProfile } from './flat-profile.ts';
import type { ReadLine } from './reader.ts';

/** Its charset is UTF-8; bytes that are none make it refuse the file. */
export function readCiscoMpp(bytes: Buffer): readonly ReadLine[] {
  return readFlatProfile(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
}
