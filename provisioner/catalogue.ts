import { setImmediate } from 'node:timers/promises';
import type { PhoneVendor } from '../schemas/phone.ts';
import type { ServedPhone, ServedToken, UnservedPhone, UnservedPhones } from '../store/phone-ports.ts';
import { CERTIFICATE, renderFile, type CatalogueFile } from './catalogue-file.ts';
import type { NamedPhone, TokenStanding } from './core/judge-request.ts';
import type { PhoneFile } from './core/vendors/model.ts';
import { formatOf } from './core/vendors/table.ts';
import { contentOf, type PhoneSite, type ToldPhone } from './phone-files.ts';
import { linesOf, type PhoneLines, type PhoneProblem } from './phone-lines.ts';

export interface CatalogueDeps extends PhoneSite {
  /** Whose enrolled phones may come by their factory certificate; none if left out. */
  readonly certifiedVendors?: ReadonlySet<PhoneVendor>;
  readonly now: () => number;
}

/** In place of a token's hash, for files that say nothing of the way: they are the same whoever vouches for the phone. */
const NO_WAY = 'no way';

/** Rendering all phones of a large site takes a good part of a second: others have their turn after so long. */
const SLICE_MS = 5;

interface Entry {
  readonly served: ToldPhone;
  /** By hash of the token, or `NO_WAY`, and place among the files of its dialect; rendered when first asked for. */
  readonly files: Map<string, (CatalogueFile | undefined)[]>;
  lines: PhoneLines | null;
  /** SHA-256s of files with keys that were served before at the same revision: they hold the same keys. */
  readonly earlier: ReadonlySet<string>;
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

  /** Phones that are not served as they are wanted, and the first reason. */
  readonly #unserved = new Map<string, PhoneProblem>();
  /** Phones of which that is not known yet. */
  readonly #unjudged = new Set<string>();

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
      const earlier = this.#earlierOf(served);
      this.remove([served.mac]);
      const told = { ...served, version: versions.get(served.mac) ?? served.revision };
      const entry: Entry = { served: told, files: new Map(), lines: null, earlier, refused: null };
      this.#phones.set(served.mac, entry);
      this.#unjudged.add(served.mac);
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
      this.#unserved.delete(mac);
      this.#unjudged.delete(mac);
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

  /**
   * SHA-256s of the files with keys that the phone may fetch now, by each way that is open to it, and after them those that it
   * may have fetched before with the same keys: what a fetch proved must not be forgotten because it also took a handset off,
   * which the next file does not say again.
   */
  wholeSha256s(mac: string): readonly string[] {
    const entry = this.#phones.get(mac);
    if (entry === undefined) return [];
    const files = formatOf(entry.served.phone)?.files ?? [];
    const { tokens, phone } = entry.served;
    const isCertified = tokens.length > 0 && this.#deps.certifiedVendors?.has(phone.vendor) === true;
    const now = [...tokens, ...(isCertified ? [CERTIFICATE] : [])]
      .filter((token) => token.kind !== 'enrolment' && this.#isLive(token))
      .flatMap((token) => files.flatMap((file, at) => this.#rendered(entry, token, file, at) ?? []))
      .flatMap(({ isWhole, sha256 }) => (isWhole ? sha256 : []));
    return [...new Set([...now, ...entry.earlier])];
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
    for (const mac of this.#unjudged) {
      const problem = this.problems(mac).find(({ what }) => what !== 'no-key');
      if (problem === undefined) this.#unserved.delete(mac);
      else this.#unserved.set(mac, problem);
    }
    this.#unjudged.clear();
    const first: UnservedPhone[] = [];
    for (const [mac, problem] of this.#unserved) {
      if (first.length === limit) break;
      first.push({ mac, ...problem });
    }
    return { count: this.#unserved.size, first };
  }

  /** True while this line of the phone is left as it is there: a new key of it would not reach the phone. */
  isLeftAlone(mac: string, number: string): boolean {
    const entry = this.#phones.get(mac);
    if (entry === undefined) return false;
    this.wholeSha256s(mac);
    const { leftAlone, isWithheld } = this.#lines(entry);
    return entry.refused !== null || isWithheld || leftAlone.has(number);
  }

  #earlierOf({ mac, revision }: ServedPhone): ReadonlySet<string> {
    const before = this.#phones.get(mac);
    if (before?.served.revision !== revision) return new Set();
    const rendered = [...before.files.values()].flat().flatMap((file) => (file?.isWhole === true ? file.sha256 : []));
    return new Set([...before.earlier, ...rendered]);
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
    const lines = this.#lines(entry);
    const rendered = renderFile({ site: this.#deps, served, lines, token, file });
    if (rendered === null) return null;
    if ('refused' in rendered) {
      entry.refused = rendered.refused;
      this.#unjudged.add(served.mac);
      return null;
    }
    const beside = files.get(way) ?? [];
    beside[at] = rendered;
    files.set(way, beside);
    return rendered;
  }
}

function wayOf({ kind, hash: tokenHash }: ServedToken): string {
  return kind === 'credentials' ? NO_WAY : tokenHash;
}
