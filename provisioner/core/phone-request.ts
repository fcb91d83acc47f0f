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
  const path = target.replace(/^https?:\/\/[^/?#]*/i, '').replace(/[?#].*$/s, '');
  const [, letter, token = '', file = ''] =
    PATH.exec(path) ??
    (prefix !== '' && path.startsWith(`${prefix}/`) ? PATH.exec(path.slice(prefix.length)) : null) ??
    [];
  if (letter === undefined) return null;
  return { kind: letter === 'p' ? 'provisioning' : 'enrolment', token, file };
}
