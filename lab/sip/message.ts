/** A header as it stands in the message, in its place. */
export type Header = readonly [name: string, value: string];

export interface SipRequest {
  readonly kind: 'request';
  readonly method: string;
  readonly uri: string;
  readonly headers: readonly Header[];
  readonly body: string;
}

export interface SipResponse {
  readonly kind: 'response';
  readonly status: number;
  readonly reason: string;
  readonly headers: readonly Header[];
  readonly body: string;
}

export type SipMessage = SipRequest | SipResponse;

/** Compact forms (RFC 3261 §7.3.3 and the IANA registry). */
const COMPACT: Readonly<Record<string, string>> = {
  c: 'content-type',
  e: 'content-encoding',
  f: 'from',
  i: 'call-id',
  k: 'supported',
  l: 'content-length',
  m: 'contact',
  o: 'event',
  s: 'subject',
  t: 'to',
  u: 'allow-events',
  v: 'via',
};
const REQUEST_LINE = /^([A-Za-z0-9!%*_+`'~.-]+) (\S+) SIP\/2\.0$/;
const STATUS_LINE = /^SIP\/2\.0 ([1-6]\d\d)(?: (.*))?$/;

/**
 * Parses one whole message (RFC 3261 §7). A body longer than Content-Length is cut to it (§18.3); a shorter one, or a
 * line that is no header, throws SyntaxError.
 */
export function parseMessage(bytes: Buffer): SipMessage {
  const end = bytes.indexOf('\r\n\r\n');
  if (end < 0) throw new SyntaxError('a SIP message without an empty line');
  const [start = '', ...lines] = bytes.subarray(0, end).toString('utf8').split('\r\n');
  const headers = headersOf(lines);
  const rest = bytes.subarray(end + 4);
  const length = lengthOf(headers) ?? rest.length;
  if (length > rest.length) throw new SyntaxError(`a body of ${rest.length} bytes, Content-Length ${length}`);
  const body = rest.subarray(0, length).toString('utf8');
  const status = STATUS_LINE.exec(start);
  if (status !== null) {
    return { kind: 'response', status: Number(status[1]), reason: status[2] ?? '', headers, body };
  }
  const request = REQUEST_LINE.exec(start);
  if (request === null) throw new SyntaxError('neither a request line nor a status line');
  return { kind: 'request', method: request[1] ?? '', uri: request[2] ?? '', headers, body };
}

/** The bytes of a message; Content-Length is that of the body, last among the headers where there was none. */
export function serialise(message: SipMessage): Buffer {
  const start =
    message.kind === 'request'
      ? `${message.method} ${message.uri} SIP/2.0`
      : `SIP/2.0 ${message.status} ${message.reason}`;
  const length: Header = ['Content-Length', String(Buffer.byteLength(message.body))];
  const has = message.headers.some(([name]) => longName(name) === 'content-length');
  const headers = has
    ? message.headers.map((header) => (longName(header[0]) === 'content-length' ? length : header))
    : [...message.headers, length];
  const head = [start, ...headers.map(([name, value]) => `${name}: ${value}`)].join('\r\n');
  return Buffer.from(`${head}\r\n\r\n${message.body}`);
}

/** The first header of that name (lower case, long form), or null. */
export function header(message: SipMessage, name: string): string | null {
  return message.headers.find(([each]) => longName(each) === name)?.[1] ?? null;
}

/** All headers of that name (lower case, long form), in order; a list in one line is not taken apart. */
export function headerLines(message: SipMessage, name: string): string[] {
  return message.headers.flatMap(([each, value]) => (longName(each) === name ? [value] : []));
}

/** All values of a header that is a list (Via, Contact, Route), whether in one line or in several (§7.3.1). */
export function listed(message: SipMessage, name: string): string[] {
  return headerLines(message, name).flatMap(splitList);
}

/** Long form of a header name, lower case. */
export function longName(name: string): string {
  const lower = name.toLowerCase();
  return COMPACT[lower] ?? lower;
}

/** Splits at commas that stand neither in a quoted string nor between angle brackets. */
export function splitList(value: string): string[] {
  const parts: string[] = [];
  let part = '';
  let isQuoted = false;
  let isBracketed = false;
  for (let i = 0; i < value.length; i += 1) {
    const char = value.charAt(i);
    if (isQuoted && char === '\\') {
      part += char + value.charAt(++i);
      continue;
    }
    if (char === '"') isQuoted = !isQuoted;
    else if (!isQuoted && char === '<') isBracketed = true;
    else if (!isQuoted && char === '>') isBracketed = false;
    if (char === ',' && !isQuoted && !isBracketed) {
      parts.push(part.trim());
      part = '';
    } else part += char;
  }
  if (part.trim() !== '') parts.push(part.trim());
  return parts;
}

/** What the Content-Length header says; null without one. */
export function lengthOf(headers: readonly Header[]): number | null {
  const value = headers.find(([name]) => longName(name) === 'content-length')?.[1];
  if (value === undefined) return null;
  if (!/^\d{1,7}$/.test(value)) throw new SyntaxError('Content-Length is no number');
  return Number(value);
}

function headersOf(lines: readonly string[]): Header[] {
  const unfolded: string[] = [];
  for (const line of lines) {
    const last = unfolded.length - 1;
    if (/^[ \t]/.test(line) && last >= 0) unfolded[last] = `${unfolded[last] ?? ''} ${line.trim()}`;
    else unfolded.push(line);
  }
  return unfolded.map((line) => {
    const colon = line.indexOf(':');
    const name = line.slice(0, Math.max(colon, 0)).trim();
    if (!/^[A-Za-z0-9!%*_+`'~.-]+$/.test(name)) throw new SyntaxError('a line that is no header');
    return [name, line.slice(colon + 1).trim()];
  });
}
