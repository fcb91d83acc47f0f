/** What a phone asks for, read from the request target alone. */
export type PhonePath =
  | { readonly kind: 'provisioning' | 'enrolment'; readonly token: string; readonly file: string }
  /** Who it is that asks is said elsewhere: in its Authorization, or by its certificate. */
  | { readonly kind: 'credentials'; readonly file: string };

// No percent sign, no dot segment: no phone writes its file's name so, and what is not decoded cannot be decoded twice.
const PATH = /^\/(?:(p|e)\/([A-Za-z0-9_~-]{1,128})|c)\/{1,2}([A-Za-z0-9][A-Za-z0-9._-]{0,63})$/;

/**
 * Reads `/p/{token}/{file}`, `/e/{token}/{file}` or `/c/{file}` from a request target (RFC 9112 §3.2), in origin or absolute form; null
 * for anything else. `prefix` is the path of publicUrl, for a proxy may pass it on or not. A query is ignored: some phones
 * add one. Two slashes before the file come from phones that add their own.
 */
export function phonePathOf(target: string, prefix: string): PhonePath | null {
  const [, letter, token = '', file] = matched(PATH, pathOf(target), prefix) ?? [];
  if (file === undefined) return null;
  if (letter === undefined) return { kind: 'credentials', file };
  return { kind: letter === 'p' ? 'provisioning' : 'enrolment', token, file };
}

const LED = /^\/{1,2}([A-Za-z0-9][A-Za-z0-9._-]{0,63})$/;

/**
 * A file right below publicUrl that names a MAC address: what a phone asks for that was told that URL and no token. Null for
 * anything else. The User-Agent is no name: any phone may say any.
 */
export function ledFileOf(target: string, prefix: string): { readonly file: string; readonly mac: string } | null {
  const file = matched(LED, pathOf(target), prefix)?.[1] ?? null;
  const mac = macIn(file);
  return file === null || mac === null ? null : { file, mac };
}

/** True for `/c/` and whatever is below it, however it is spelled: nobody is told there what is there before who he is. */
export function isGuarded(target: string, prefix: string): boolean {
  return matched(/^\/c(?:\/|$)/, pathOf(target), prefix) !== null;
}

/**
 * True when a digest's uri means this target (RFC 7616 §3.4.6): in origin or absolute form, with the path of publicUrl or
 * without it, for a proxy between may have taken that off; the query may be left out.
 */
export function isSameTarget(uri: string, target: string, prefix: string): boolean {
  const [asked, said] = [pathOf(target), pathOf(uri)];
  return asked === said || (prefix !== '' && (`${prefix}${asked}` === said || asked === `${prefix}${said}`));
}

/** What a target seems to ask for, for the person who is told why it got nothing: nobody is ever served by it. */
export interface Sought {
  readonly kind: PhonePath['kind'] | null;
  readonly token: string | null;
  /** What follows the token, or the whole path; null where nothing does, or where it may hold a token. */
  readonly file: string | null;
}

const LOOSE = /^\/(p|e)\/([A-Za-z0-9_~-]{1,128})(?:\/+(.*))?$/s;
const LOOSE_GUARDED = /^\/c\/+(.*)$/s;
const LONGEST_FILE = 96;
/** No phone's file has so long a word in its name; a token has. */
const TOKEN_LIKE = /[A-Za-z0-9]{20,}/;

/** Reads a target as a person would; `known` is what it is to the server. Characters that no file name has are told as `?`. */
export function soughtIn(target: string, prefix: string, known: PhonePath | null): Sought {
  if (known?.kind === 'credentials') return { kind: known.kind, token: null, file: told(known.file) };
  if (known !== null) return { kind: known.kind, token: known.token, file: shownFile(known.file, known.token) };
  const path = pathOf(target);
  const [, guarded] = matched(LOOSE_GUARDED, path, prefix) ?? [];
  if (guarded !== undefined) return { kind: 'credentials', token: null, file: told(guarded) };
  const [, letter, token, rest = ''] = matched(LOOSE, path, prefix) ?? [];
  if (letter === undefined || token === undefined)
    return { kind: null, token: null, file: told(path.replace(/^\/+/, '')) };
  const kind = letter === 'p' ? 'provisioning' : 'enrolment';
  return { kind, token, file: shownFile(rest, token) };
}

/** The MAC address that a file's name or a User-Agent names, as twelve lower-case hex digits; null for a generic name. */
export function macIn(text: string | null): string | null {
  if (text === null) return null;
  const spelled = /(?<![0-9a-f])(?:[0-9a-f]{12}|[0-9a-f]{2}([:-])(?:[0-9a-f]{2}\1){4}[0-9a-f]{2})(?![0-9a-f])/i.exec(
    text,
  )?.[0];
  const mac = spelled?.replace(/[:-]/g, '').toLowerCase() ?? null;
  // Yealink's `y000000000096.cfg` and Poly's `000000000000.cfg` are files of a model, or of all.
  return mac === null || mac.startsWith('00000000') ? null : mac;
}

function matched(pattern: RegExp, path: string, prefix: string): RegExpExecArray | null {
  const whole = pattern.exec(path);
  return whole ?? (prefix !== '' && path.startsWith(`${prefix}/`) ? pattern.exec(path.slice(prefix.length)) : null);
}

function pathOf(target: string): string {
  return target.replace(/^https?:\/\/[^/?#]*/i, '').replace(/[?#].*$/s, '');
}

function shownFile(file: string, token: string): string | null {
  return file.includes(token) ? null : told(file);
}

function told(file: string): string | null {
  const shown = file.slice(0, LONGEST_FILE).replace(/[^A-Za-z0-9._%/-]/g, '?');
  return shown === '' || TOKEN_LIKE.test(shown) ? null : shown;
}
