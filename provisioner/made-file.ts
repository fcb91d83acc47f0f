import { AppError } from '../schemas/app-error.ts';
import { fileCipherOf } from '../schemas/phone-formats/refusal.ts';
import { ECB_KEY_CHARACTERS, type FileCipher } from '../schemas/file-encryption.ts';
import type { Phone } from '../schemas/phone.ts';
import type { Secret } from '../schemas/secret.ts';
import { encryptFile } from './core/file-cipher/encrypt-file.ts';
import { notCarried } from './core/vendors/carried.ts';
import { FILE_PRIMITIVES } from './file-primitives.ts';

/** A file as it goes out; `headers` are those that its answer has in place of a plain file's. */
export interface MadeFile {
  readonly bytes: Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * What of one phone's values no line can be blamed for, publicUrl first of all, is refused while its file is written: that
 * phone keeps what it has, and nobody else's file waits for it (I11).
 */
export function madeOrRefusal(make: () => MadeFile): MadeFile | { readonly refused: string } {
  try {
    return make();
  } catch (error) {
    if (error instanceof AppError && error.code === 'value-not-carried') return { refused: error.message };
    throw error;
  }
}

/** What these phones read files of this key in; null where they read none. A key that another vendor's phone was told may be no key here. */
function cipherWith(phone: ReadingPhone, fileKey: Secret): FileCipher | null {
  const cipher = fileCipherOf(phone);
  return cipher === 'aes-128-ecb' && fileKey.reveal().length !== ECB_KEY_CHARACTERS ? null : cipher;
}

/** Who reads a file: its vendor and model say in which ciphers it can, and it may be said which of them. */
export type ReadingPhone = Pick<Phone, 'vendor' | 'model' | 'fileCipher'>;

/** Can a phone, as it is put, read what is served under such a token; null: plain files. */
export function canRead(phone: ReadingPhone, fileKey: Secret | null): boolean {
  return fileKey === null || cipherWith(phone, fileKey) !== null;
}

/**
 * The file for a phone that has this key. Throws `value-not-carried` for one that was told a key and, as it is put now, reads
 * no encrypted files: the plain file is never what such a URL gives.
 */
export function encryptedFor(phone: ReadingPhone, fileKey: Secret, plain: Buffer): MadeFile {
  const cipher = cipherWith(phone, fileKey);
  if (cipher === null) {
    const refusal = `${phone.vendor}: its URL is one of encrypted files, which its phones cannot read with that key`;
    throw notCarried(refusal, 'enrol the phone anew');
  }
  const { bytes, headers } = encryptFile(FILE_PRIMITIVES, cipher, fileKey, plain);
  return { bytes: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), headers };
}
