/** What stands in the place of a secret part of a URL. */
const MASK = '***';

/** Path segments that the template itself put there and that are no secret. */
export interface PlainParts {
  readonly kind?: string;
  readonly subscriber?: string;
}

/**
 * A URL as it may be shown (I9): query values, the fragment, a user part and token-like path segments are masked; scheme,
 * host, the template's own `{kind}` and `{subscriber}` and plain words stay. Works on text, so that templates pass too.
 */
export function maskUrl(url: string, plain: PlainParts = {}): string {
  const [beforeFragment, fragment] = splitAt(url, '#');
  const [beforeQuery, query] = splitAt(beforeFragment, '?');
  const match = /^([A-Za-z][A-Za-z0-9+.-]*:\/\/)?([^/]*)(.*)$/s.exec(beforeQuery);
  const scheme = match?.[1] ?? '';
  const path = (match?.[3] ?? '')
    .split('/')
    .map((segment) => maskSegment(segment, plain))
    .join('/');
  return (
    scheme +
    maskUser(match?.[2] ?? '') +
    path +
    (query === undefined ? '' : `?${maskQuery(query)}`) +
    (fragment === undefined || fragment === '' ? '' : `#${MASK}`)
  );
}

/** Masks every http(s) URL that stands inside a longer text, such as a RouterOS command. */
export function maskUrlsIn(text: string, plain: PlainParts = {}): string {
  return text.replace(/https?:\/\/[^\s"'\\<>]+/g, (url) => maskUrl(url, plain));
}

/**
 * True when the URL carries what may be an auto-login token: a query value, a user part or a token-like path segment.
 * Such a link dies six months after it was issued, so the notice that shows it must end by then.
 */
export function carriesToken(url: string, plain: PlainParts = {}): boolean {
  const [beforeFragment] = splitAt(url, '#');
  return maskUrl(beforeFragment, plain) !== beforeFragment;
}

function splitAt(text: string, mark: string): readonly [string, string | undefined] {
  const at = text.indexOf(mark);
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}

function maskUser(authority: string): string {
  const at = authority.lastIndexOf('@');
  return at < 0 ? authority : `${MASK}@${authority.slice(at + 1)}`;
}

function maskQuery(query: string): string {
  return query
    .split('&')
    .map((pair) => {
      const [name, value] = splitAt(pair, '=');
      // A pair without `=` may be a bare token.
      if (value === undefined) return isTokenLike(name) || name.length > 20 ? MASK : name;
      return value === '' ? `${name}=` : `${name}=${MASK}`;
    })
    .join('&');
}

function maskSegment(segment: string, plain: PlainParts): string {
  if (segment === '' || segment === plain.kind || segment === plain.subscriber) return segment;
  const matrix = /^([^;=]*)([;=].*)$/s.exec(segment);
  if (matrix !== null) return `${maskSegment(matrix[1] ?? '', plain)}${(matrix[2] ?? '').charAt(0)}${MASK}`;
  return isTokenLike(segment) ? MASK : segment;
}

/** Long and mixed as no word is: 16 or more with letters and digits, 12 or more digits, or 32 or more of anything. */
function isTokenLike(segment: string): boolean {
  if (segment.includes('{')) return false;
  if (segment.length >= 32) return true;
  if (/^\d{12,}$/.test(segment)) return true;
  return segment.length >= 16 && /\d/.test(segment) && /[A-Za-z]/.test(segment);
}
