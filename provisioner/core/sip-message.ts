/** A SIP response as it came: header names in lower case and in full, values unfolded and trimmed, in order. */
export interface SipResponse {
  readonly status: number;
  readonly reason: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
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

/**
 * Reads a SIP response (RFC 3261 §7.2). Null for a request and for what is no SIP. A line that is no header is passed
 * over: one odd header must not cost the answer.
 */
export function parseResponse(text: string): SipResponse | null {
  const end = /\r?\n\r?\n/.exec(text)?.index ?? text.length;
  const [first = '', ...lines] = text
    .slice(0, end)
    .replace(/\r?\n[ \t]+/g, ' ')
    .split(/\r?\n/);
  const status = STATUS_LINE.exec(first);
  if (status === null) return null;
  const headers = lines.flatMap((line): [string, string][] => {
    const colon = line.indexOf(':');
    if (colon < 1) return [];
    const name = line.slice(0, colon).trim().toLowerCase();
    return [[COMPACT[name] ?? name, line.slice(colon + 1).trim()]];
  });
  return { status: Number(status[1]), reason: status[2]?.trim() ?? '', headers };
}

/** All values of a header, by its full lower-case name. */
export function headerValues(response: SipResponse, name: string): readonly string[] {
  return response.headers.flatMap(([found, value]) => (found === name ? [value] : []));
}

/** Seconds of Retry-After (`18000;duration=3600 (in a meeting)`, RFC 3261 §20.33); null without one. */
export function retryAfterSeconds(response: SipResponse): number | null {
  const seconds = /^\d{1,9}/.exec(headerValues(response, 'retry-after')[0] ?? '')?.[0];
  return seconds === undefined ? null : Number(seconds);
}

/** The branch of the topmost Via: which of our transactions it answers (RFC 3261 §17.1.3). */
export function branchOf(response: SipResponse): string | null {
  return /;\s*branch\s*=\s*([^;,\s]+)/i.exec(headerValues(response, 'via')[0] ?? '')?.[1] ?? null;
}

/** The method of CSeq. */
export function methodOf(response: SipResponse): string | null {
  return /^\d+\s+(\S+)/.exec(headerValues(response, 'cseq')[0] ?? '')?.[1]?.toUpperCase() ?? null;
}
