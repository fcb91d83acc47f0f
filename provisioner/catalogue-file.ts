import { hash } from 'node:crypto';
import { Secret } from '../schemas/secret.ts';
import type { ServedToken } from '../store/phone-ports.ts';
import type { PhoneFile } from './core/vendors/model.ts';
import { encryptedFor, madeOrRefusal } from './made-file.ts';
import {
  awaitedHome,
  enrolmentText,
  isLeft,
  isOpen,
  provisioningUrlOf,
  wholeText,
  type OpenHome,
  type PhoneSite,
  type ToldPhone,
} from './phone-files.ts';
import type { PhoneLines } from './phone-lines.ts';

/** A file ready to send. `bytes` hold keys and tokens: they go to the phone and nowhere else. */
export interface CatalogueFile {
  readonly mac: string;
  /** As it was asked for. */
  readonly file: string;
  readonly bytes: Buffer;
  /** Hex. */
  readonly sha256: string;
  readonly etag: string;
  /** Of an answer with the whole file; made once, for all of a boot storm. */
  readonly headers: Readonly<Record<string, string | number>>;
  /** It holds lines with their keys. */
  readonly isWhole: boolean;
  /** Of the phone, where the file says what becomes of its slots; null where it does not. */
  readonly revision: number | null;
}

/** Of every answer to a phone: what it holds is for that phone alone. */
export const ANSWER_HEADERS = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' };

/** As if it were credentials: how a phone is told that its certificate vouches for. */
export const CERTIFICATE: ServedToken = {
  hash: 'no way',
  kind: 'credentials',
  token: new Secret(''),
  fileKey: null,
  expiresAt: null,
  isUsed: true,
};

/** One file of a phone for one way that it comes by. */
export interface Rendering {
  readonly site: PhoneSite;
  readonly served: ToldPhone;
  readonly lines: PhoneLines;
  readonly token: ServedToken;
  readonly file: PhoneFile;
}

/** The file, or why a value of the phone cannot be written into it; null where this way leads to no such file. */
export function renderFile(rendering: Rendering): CatalogueFile | { readonly refused: string } | null {
  const { served, lines, token, file } = rendering;
  const isWholeWay = token.kind !== 'enrolment';
  if (token === CERTIFICATE && hasKey(served.tokens)) return null;
  const home = token.kind === 'credentials' ? null : token.kind === 'enrolment' ? awaitedHome(served) : token;
  const openHome = home !== null && isOpen(home) ? home : null;
  if (openHome === null && token.kind !== 'credentials') return null;
  if (isWholeWay && file.hasLines && lines.isWithheld) return null;
  const made = madeOrRefusal(() => {
    const text = textOf(rendering, openHome);
    const plain = { bytes: Buffer.from(text, file.encoding), headers: {} };
    return token.kind === 'provisioning' && token.fileKey !== null
      ? encryptedFor(served.phone, token.fileKey, plain.bytes)
      : plain;
  });
  if ('refused' in made) return made;
  const { bytes } = made;
  const sha256 = hash('sha256', bytes, 'hex');
  const etag = `"${sha256.slice(0, 32)}"`;
  return {
    mac: served.mac,
    file: file.name(served.mac, served.phone.model ?? null),
    bytes,
    sha256,
    etag,
    headers: {
      ...ANSWER_HEADERS,
      etag,
      'content-type': file.contentType,
      'accept-ranges': 'bytes',
      ...made.headers,
      'content-length': bytes.length,
    },
    isWhole: isWholeWay && file.hasLines && lines.slots.some(({ kind }) => kind === 'line'),
    revision: isWholeWay && file.hasLines ? served.revision : null,
  };
}

/** A file as it is before it is encrypted; `home` is where it leads, null: nowhere. Throws `value-not-carried`. */
function textOf({ site, served, lines, token, file }: Rendering, home: OpenHome | null): string {
  if (home === null) return wholeText(file, served, lines, { url: null, fileKey: null, isLeft: false });
  const url = provisioningUrlOf(site, home.token);
  return token.kind === 'enrolment'
    ? enrolmentText(file, served, home, url)
    : wholeText(file, served, lines, { url, fileKey: home.fileKey, isLeft: isLeft(served, token) });
}

/**
 * True once a phone has come by a URL of encrypted files. From then on its certificate opens nothing, for what that opens is
 * plain; before, the phone may live on it. Passwords end with that use where encryption was required (the store ends them).
 */
function hasKey(tokens: readonly ServedToken[]): boolean {
  return tokens.some(({ kind, isUsed, fileKey }) => kind === 'provisioning' && isUsed && fileKey !== null);
}
