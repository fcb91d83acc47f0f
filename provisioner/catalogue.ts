import { hash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { AppError } from '../schemas/app-error.ts';
import type { PhoneVendor } from '../schemas/phone.ts';
import { Secret } from '../schemas/secret.ts';
import type { ServedPhone, ServedToken, UnservedPhone, UnservedPhones } from '../store/phone-ports.ts';
import type { NamedPhone, TokenStanding } from './core/judge-request.ts';
import type { PhoneFile } from './core/vendors/model.ts';
import { formatOf } from './core/vendors/table.ts';
import {
  awaitedToken,
  contentOf,
  enrolmentText,
  isLeft,
  linesOf,
  provisioningUrlOf,
  wholeText,
  type PhoneLines,
  type PhoneProblem,
  type PhoneSite,
  type ToldPhone,
} from './phone-files.ts';

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
}

/** Of every answer to a phone: what it holds is for that phone alone. */
export const ANSWER_HEADERS = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' };

export interface CatalogueDeps extends PhoneSite {
  /** Whose enrolled phones may come by their factory certificate; none if left out. */
  readonly certifiedVendors?: ReadonlySet<PhoneVendor>;
  readonly now: () => number;
}

/** In place of a token's hash, for files that say nothing of the way: they are the same whoever vouches for the phone. */
const NO_WAY = 'no way';
/** As if it were credentials: how a phone is told that its certificate vouches for. */
const CERTIFICATE: ServedToken = {
  hash: NO_WAY,
  kind: 'credentials',
  token: new Secret(''),
  expiresAt: null,
  isUsed: true,
};

/** Rendering all phones of a large site takes a good part of a second: others have their turn after so long. */
const SLICE_MS = 5;

interface Entry {
  readonly served: ToldPhone;
  /** By hash of the token, or `NO_WAY`, and place among the files of its dialect; rendered when first asked for. */
  readonly files: Map<string, (CatalogueFile | undefined)[]>;
  lines: PhoneLines | null;
  /** Why a file of it could not be written, for a value that belongs to no line of its; null while none was refused. */
  refused: string | null;
}

/**
 * What every phone may fetch, in memory, found by the hash of the token and the file's name: a boot storm reads no disk.
 * Files are rendered on first demand, or by `renderAhead`, and kept until the phone is put again.
 */
export class Catalogue {
  readonly #deps: CatalogueDeps;
  readonly #phones = new Map<string, Entry>();
  readonly #tokens = new Map<string, { readonly entry: Entry; readonly token: ServedToken }>();
  /** Tokens that ended, by hash: they open nothing. */
  readonly #ended = new Map<string, { readonly entry: Entry; readonly kind: ServedToken['kind'] }>();

  constructor(deps: CatalogueDeps) {
    this.#deps = deps;
  }

  /** How many phones it holds. */
  get size(): number {
    return this.#phones.size;
  }

  /** Takes phones in place of what was known of them, with the versions of those that go by one: else it is the revision. */
  put(phones: readonly ServedPhone[], versions: ReadonlyMap<string, number> = new Map()): void {
    for (const served of phones) {
      this.remove([served.mac]);
      const told = { ...served, version: versions.get(served.mac) ?? served.revision };
      const entry: Entry = { served: told, files: new Map(), lines: null, refused: null };
      this.#phones.set(served.mac, entry);
      for (const token of served.tokens) this.#tokens.set(token.hash, { entry, token });
      for (const { hash: tokenHash, kind } of served.endedTokens) this.#ended.set(tokenHash, { entry, kind });
    }
  }

  /** All that this phone would be told, if it goes by a version; null for the others. */
  contentOf(phone: ServedPhone): string | null {
    return contentOf(phone, this.#deps);
  }

  /** Forgets phones with their tokens. */
  remove(macs: readonly string[]): void {
    for (const mac of macs) {
      const served = this.#phones.get(mac)?.served;
      for (const { hash: tokenHash } of served?.tokens ?? []) this.#tokens.delete(tokenHash);
      for (const { hash: tokenHash } of served?.endedTokens ?? []) this.#ended.delete(tokenHash);
      this.#phones.delete(mac);
    }
  }

  /** Renders what was put and not asked for yet, giving way to others every few milliseconds: a storm finds it done. */
  async renderAhead(): Promise<void> {
    let since = performance.now();
    for (const mac of [...this.#phones.keys()]) {
      this.wholeSha256s(mac);
      if (performance.now() - since < SLICE_MS) continue;
      await setImmediate();
      since = performance.now();
    }
  }

  /**
   * The file that a phone with this token may have by this name, or null, for whatever reason. Looking a hash up takes no
   * time that tells about a token.
   */
  find(kind: ServedToken['kind'], tokenHash: string, file: string): CatalogueFile | null {
    const known = this.#tokens.get(tokenHash);
    if (known === undefined || known.token.kind !== kind || !this.#isLive(known.token)) return null;
    return this.#found(known.entry, known.token, file);
  }

  #found(entry: Entry, token: ServedToken, file: string): CatalogueFile | null {
    const ready = entry.files.get(wayOf(token))?.find((each) => each?.file === file);
    if (ready !== undefined) return ready;
    const files = formatOf(entry.served.phone)?.files ?? [];
    const at = files.findIndex((each) => each.isNamed(file, entry.served.mac));
    const found = files[at];
    const rendered = found === undefined ? null : this.#rendered(entry, token, found, at);
    return rendered === null ? null : { ...rendered, file };
  }

  /** The file of this phone by this name, for one whose certificate is its own. */
  findOwn(mac: string, file: string): CatalogueFile | null {
    const entry = this.#phones.get(mac);
    return entry === undefined ? null : this.#found(entry, CERTIFICATE, file);
  }

  /**
   * The phone that a certificate of this vendor for this MAC address stands for: an enrolled one that was put as that
   * vendor's. A certificate alone makes nobody a phone of ours.
   */
  certified(mac: string, vendor: PhoneVendor): TokenStanding | null {
    const served = this.#phones.get(mac)?.served;
    if (served === undefined || served.tokens.length === 0 || served.phone.vendor !== vendor) return null;
    return { mac, phone: served.phone, kind: 'credentials', state: 'live' };
  }

  /** Whose token it is, and what it is good for: for the people who are told, never for what is served. */
  standingOf(tokenHash: string): TokenStanding | null {
    const known = this.#tokens.get(tokenHash);
    if (known !== undefined) {
      const { served } = known.entry;
      const state = this.#isLive(known.token) ? 'live' : 'expired';
      return { mac: served.mac, phone: served.phone, kind: known.token.kind, state };
    }
    const ended = this.#ended.get(tokenHash);
    if (ended === undefined) return null;
    const { mac, phone } = ended.entry.served;
    return { mac, phone, kind: ended.kind, state: 'ended' };
  }

  /** What is known of the phone with this MAC address. */
  named(mac: string): NamedPhone | null {
    const entry = this.#phones.get(mac);
    if (entry === undefined) return null;
    const { tokens } = entry.served;
    return { isEnrolled: tokens.length > 0, hasCredentials: tokens.some(({ kind }) => kind === 'credentials') };
  }

  /** The credentials of this phone that are good now; none for an unknown one. */
  credentialsOf(mac: string): readonly ServedToken[] {
    const tokens = this.#phones.get(mac)?.served.tokens ?? [];
    return tokens.filter((token) => token.kind === 'credentials' && this.#isLive(token));
  }

  /** SHA-256s of the files with keys that the phone may fetch now, by each way that is open to it. */
  wholeSha256s(mac: string): readonly string[] {
    const entry = this.#phones.get(mac);
    if (entry === undefined) return [];
    const files = formatOf(entry.served.phone)?.files ?? [];
    const { tokens, phone } = entry.served;
    const isCertified = tokens.length > 0 && this.#deps.certifiedVendors?.has(phone.vendor) === true;
    return [...tokens, ...(isCertified ? [CERTIFICATE] : [])]
      .filter((token) => token.kind !== 'enrolment' && this.#isLive(token))
      .flatMap((token) => files.flatMap((file, at) => this.#rendered(entry, token, file, at) ?? []))
      .flatMap(({ isWhole, sha256 }) => (isWhole ? sha256 : []));
  }

  /** Lines, or the whole phone, that are not served as they are wanted, and why; empty for an unknown phone. */
  problems(mac: string): readonly PhoneProblem[] {
    const entry = this.#phones.get(mac);
    if (entry === undefined) return [];
    this.wholeSha256s(mac);
    const { problems } = this.#lines(entry);
    if (entry.refused === null) return problems;
    return [{ line: null, extension: null, what: 'value-not-carried', detail: entry.refused }, ...problems];
  }

  /** How many phones are not served as they are wanted, and the first of them with why; a line without a key yet is none. */
  unserved(limit: number): UnservedPhones {
    const first: UnservedPhone[] = [];
    let count = 0;
    for (const mac of this.#phones.keys()) {
      const [problem] = this.problems(mac).filter(({ what }) => what !== 'no-key');
      if (problem === undefined) continue;
      count += 1;
      if (first.length < limit) first.push({ mac, ...problem });
    }
    return { count, first };
  }

  /** True while this line of the phone is left as it is there: a new key of it would not reach the phone. */
  isLeftAlone(mac: string, number: string): boolean {
    const entry = this.#phones.get(mac);
    if (entry === undefined) return false;
    this.wholeSha256s(mac);
    const { slots, isWithheld } = this.#lines(entry);
    return (
      entry.refused !== null ||
      isWithheld ||
      entry.served.lines.some((line, at) => line.number === number && slots[at]?.kind === 'keep')
    );
  }

  #isLive({ expiresAt }: ServedToken): boolean {
    return expiresAt === null || this.#deps.now() < expiresAt;
  }

  #lines(entry: Entry): PhoneLines {
    entry.lines ??= linesOf(entry.served, this.#deps);
    return entry.lines;
  }

  #rendered(entry: Entry, token: ServedToken, file: PhoneFile, at: number): CatalogueFile | null {
    const { served, files } = entry;
    const way = wayOf(token);
    const known = files.get(way)?.[at];
    if (known !== undefined) return known;
    const isWholeWay = token.kind !== 'enrolment';
    const target = token.kind === 'enrolment' ? awaitedToken(served.tokens) : token.token;
    if (target === null) return null;
    const url = provisioningUrlOf(this.#deps, target);
    const lines = this.#lines(entry);
    if (isWholeWay && file.hasLines && lines.isWithheld) return null;
    const text = textOrRefusal(() => {
      switch (token.kind) {
        case 'provisioning':
          return wholeText(file, served, lines, { url, isLeft: isLeft(served, token) });
        case 'credentials':
          return wholeText(file, served, lines, { url: null, isLeft: false });
        case 'enrolment':
          return enrolmentText(file, served, url);
      }
    });
    if (typeof text !== 'string') {
      entry.refused = text.refused;
      return null;
    }
    const bytes = Buffer.from(text, file.encoding);
    const sha256 = hash('sha256', bytes, 'hex');
    const etag = `"${sha256.slice(0, 32)}"`;
    const rendered = {
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
        'content-length': bytes.length,
      },
      isWhole: isWholeWay && file.hasLines && lines.slots.some(({ kind }) => kind === 'line'),
    };
    const beside = files.get(way) ?? [];
    beside[at] = rendered;
    files.set(way, beside);
    return rendered;
  }
}

function wayOf({ kind, hash: tokenHash }: ServedToken): string {
  return kind === 'credentials' ? NO_WAY : tokenHash;
}

/**
 * What of one phone's values no line can be blamed for, publicUrl first of all, is refused while its file is written: that
 * phone keeps what it has, and nobody else's file waits for it (I11).
 */
function textOrRefusal(write: () => string): string | { readonly refused: string } {
  try {
    return write();
  } catch (error) {
    if (error instanceof AppError && error.code === 'value-not-carried') return { refused: error.message };
    throw error;
  }
}
