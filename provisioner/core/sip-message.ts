/** Headers as they came: names in lower case and in full, values unfolded and trimmed, in order. */
export interface SipHeaders {
  readonly headers: readonly (readonly [name: string, value: string])[];
}

/** A SIP response as it came. */
export interface SipResponse extends SipHeaders {
  readonly status: number;
  readonly reason: string;
}

/** A SIP request as it came, without its body. */
export interface IncomingRequest extends SipHeaders {
  readonly method: string;
  readonly uri: string;
}

/** Compact forms (RFC 3261 §7.3.3 and the registry): what stands for what. */
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
  v: 'via',
};

const STATUS_LINE = /^SIP\/2\.0[ \t]+([1-6]\d\d)(?:[ \t]+(.*))?$/i;

const REQUEST_LINE = /^([A-Z]{1,32}) ([^\s<>"]{1,256}) SIP\/2\.0$/;

/**
 * Reads a SIP response (RFC 3261 §7.2). Null for a request and for what is no SIP. A line that is no header is passed
 * over: one odd header must not cost the answer.
 */
export function parseResponse(text: string): SipResponse | null {
  const { first, headers } = headOf(text);
  const status = STATUS_LINE.exec(first);
  return status === null ? null : { status: Number(status[1]), reason: status[2]?.trim() ?? '', headers };
}

/** Reads a SIP request's head (RFC 3261 §7.1). Null for a response and for what is no SIP. */
export function parseRequest(text: string): IncomingRequest | null {
  const { first, headers } = headOf(text);
  const [, method, uri] = REQUEST_LINE.exec(first) ?? [];
  return method === undefined || uri === undefined ? null : { method, uri, headers };
}

function headOf(text: string): SipHeaders & { readonly first: string } {
  const end = /\r?\n\r?\n/.exec(text)?.index ?? text.length;
  const [first = '', ...lines] = text
    .slice(0, end)
    .replace(/\r?\n[ \t]+/g, ' ')
    .split(/\r?\n/);
  const headers = lines.flatMap((line): [string, string][] => {
    const colon = line.indexOf(':');
    if (colon < 1) return [];
    const name = line.slice(0, colon).trim().toLowerCase();
    return [[COMPACT[name] ?? name, line.slice(colon + 1).trim()]];
  });
  return { first, headers };
}

/** All values of a header, by its full lower-case name. */
export function headerValues(message: SipHeaders, name: string): readonly string[] {
  return message.headers.flatMap(([found, value]) => (found === name ? [value] : []));
}

/** Seconds of Retry-After (`18000;duration=3600 (in a meeting)`, RFC 3261 §20.33); null without one. */
export function retryAfterSeconds(response: SipResponse): number | null {
  const seconds = /^\d{1,9}/.exec(headerValues(response, 'retry-after')[0] ?? '')?.[0];
  return seconds === undefined ? null : Number(seconds);
}

/** The branch of the topmost Via: which of our transactions it answers (RFC 3261 §17.1.3). */
export function branchOf(message: SipHeaders): string | null {
  return /;\s*branch\s*=\s*([^;,\s]+)/i.exec(headerValues(message, 'via')[0] ?? '')?.[1] ?? null;
}

/** The method of CSeq. */
export function methodOf(message: SipHeaders): string | null {
  return /^\d+\s+(\S+)/.exec(headerValues(message, 'cseq')[0] ?? '')?.[1]?.toUpperCase() ?? null;
}
