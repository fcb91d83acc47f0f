import { readFlatProfile } from './flat-profile.ts';
import type { ReadLine } from './reader.ts';

/** Its firmware reads the ASCII part of Unicode only; an Auth_ID counts where the line says so. */
export function readCiscoSpa(bytes: Buffer): readonly ReadLine[] {
  if (bytes.some((byte) => byte > 0x7e)) throw new Error('not ASCII');
  const text = bytes.toString('latin1');
  const usesAuthId = (at: number): boolean => text.includes(`<Use_Auth_ID_${at + 1}_ ua="na">Yes</`);
  return readFlatProfile(text).map((line, at) =>
    line.isActive && !usesAuthId(at) ? { ...line, authUser: line.number } : line,
  );
}
