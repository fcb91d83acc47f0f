/** What a phone asks for, read from the request target alone. */
export interface PhonePath {
  readonly kind: 'provisioning' | 'enrolment';
  readonly token: string;
  readonly file: string;
}

// No percent sign, no dot segment: no phone writes its file's name so, and what is not decoded cannot be decoded twice.
const PATH = /^\/(p|e)\/([A-Za-z0-9_~-]{1,128})\/{1,2}([A-Za-z0-9][A-Za-z0-9._-]{0,63})$/;

/**
 * Reads `/p/{token}/{file}` or `/e/{token}/{file}` from a request target (RFC 9112 §3.2), in origin or absolute form; null
 * for anything else. `prefix` is the path of publicUrl, for a proxy may pass it on or not. A query is ignored: some phones
 * add one. Two slashes before the file come from phones that add their own.
 */
export function phonePathOf(target: string, prefix: string): PhonePath | null {
  const path = pathOf(target);
  const [, letter, token = '', file = ''] =
    PATH.exec(path) ??
    (prefix !== '' && path.startsWith(`${prefix}/`) ? PATH.exec(path.slice(prefix.length)) : null) ??
    [];
  if (letter === undefined) return null;
  return { kind: letter === 'p' ? 'provisioning' : 'enrolment', token, file };
}

const LED = /^\/{1,2}([A-Za-z0-9][A-Za-z0-9._-]{0,63})$/;

/**
 * A file right below publicUrl that names a MAC address: what a phone asks for that was told that URL and no token. Null for
 * anything else. The User-Agent is no name: any phone may say any.
 */
export function ledFileOf(target: string, prefix: string): { readonly file: string; readonly mac: string } | null {
  const path = pathOf(target);
  const own = prefix !== '' && path.startsWith(`${prefix}/`) ? path.slice(prefix.length) : path;
  const file = LED.exec(own)?.[1] ?? null;
  const mac = macIn(file);
  return file === null || mac === null ? null : { file, mac };
}

/** What a target seems to ask for, for the person who is told why it got nothing: nobody is ever served by it. */
export interface Sought {
  readonly kind: PhonePath['kind'] | null;
  readonly token: string | null;
  /** What follows the token, or the whole path; null where nothing does, or where it may hold a token. */
  readonly file: string | null;
}

const LOOSE = /^\/(p|e)\/([A-Za-z0-9_~-]{1,128})(?:\/+(.*))?$/s;
const LONGEST_FILE = 96;
/** No phone's file has so long a word in its name; a token has. */
const TOKEN_LIKE = /[A-Za-z0-9]{20,}/;

/** Reads a target as a person would; `known` is what it is to the server. Characters that no file name has are told as `?`. */
export function soughtIn(target: string, prefix: string, known: PhonePath | null): Sought {
  if (known !== null) return { kind: known.kind, token: known.token, file: shownFile(known.file, known.token) };
  const path = pathOf(target);
  const match =
    LOOSE.exec(path) ?? (prefix !== '' && path.startsWith(`${prefix}/`) ? LOOSE.exec(path.slice(prefix.length)) : null);
  const [, letter, token, rest = ''] = match ?? [];
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
