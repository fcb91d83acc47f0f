import { randomBytes } from 'node:crypto';
import { parseAddress, parseUri } from '../sip/address.ts';
import { longName, type Header, type SipRequest, type SipResponse } from '../sip/message.ts';
import type { Transport } from '../sip/socket.ts';

/** An application's request as the server sends it on, or why it does not (`NOK`). */
export type Completed =
  | {
      readonly kind: 'request';
      /** Without Via: that is the transaction's. */
      readonly request: SipRequest;
      readonly transport: Transport;
      /** null: a name that nobody resolves. */
      readonly host: string | null;
      readonly port: number;
    }
  | { readonly kind: 'refused'; readonly reason: string };

/** Headers the server knows, as it spells them; others keep their spelling and go last, after Content-Length. */
const KNOWN: Readonly<Record<string, string>> = {
  accept: 'Accept',
  allow: 'Allow',
  authorization: 'Authorization',
  contact: 'Contact',
  'content-type': 'Content-Type',
  event: 'Event',
  expires: 'Expires',
  'min-expires': 'Min-Expires',
  'proxy-authenticate': 'Proxy-Authenticate',
  'proxy-authorization': 'Proxy-Authorization',
  'retry-after': 'Retry-After',
  route: 'Route',
  'subscription-state': 'Subscription-State',
  supported: 'Supported',
  'user-agent': 'User-Agent',
  'www-authenticate': 'WWW-Authenticate',
};
/** Those that stand first, in the server's order, or are written by itself. */
const OWN = new Set(['via', 'max-forwards', 'from', 'to', 'call-id', 'cseq', 'content-length']);

/** A message as an application wrote it: it may lack nearly everything. */
export interface Draft {
  readonly startLine: string;
  readonly headers: readonly Header[];
  readonly body: string;
}

export function draftOf(sip: string): Draft {
  const end = sip.indexOf('\r\n\r\n');
  const [startLine = '', ...lines] = (end < 0 ? sip : sip.slice(0, end)).split('\r\n');
  const headers = lines.flatMap((line): Header[] => {
    const colon = line.indexOf(':');
    return colon < 1 ? [] : [[line.slice(0, colon).trim(), line.slice(colon + 1).trim()]];
  });
  return { startLine, headers, body: end < 0 ? '' : sip.slice(end + 4) };
}

/**
 * Adds what drachtio-server adds: Max-Forwards, angle brackets, a From tag, Call-ID, CSeq; those that the application gave
 * stay. `cseq` is the server's own counter; `proxy` is where it is sent instead of to its Request-URI (the last field of a `sip` frame).
 */
export function completedRequest({ startLine, headers, body }: Draft, cseq: number, proxy = ''): Completed {
  const [method = '', target = '', version, ...more] = startLine.split(' ');
  const uri = parseUri(target);
  if (uri === null || version !== 'SIP/2.0' || more.length > 0) {
    const isVersion6 = /^sips?:(?:[^@]*@)?\[/.test(target);
    return refused(isVersion6 ? NO_TRANSPORT : `invalid request-uri: ${startLine}`);
  }
  const way = proxy === '' ? uri : parseUri(proxy);
  if (way === null) return refused(NO_TRANSPORT);
  const named = way.parameters.get('transport')?.toLowerCase() ?? 'udp';
  if (way.scheme === 'sips' || way.host.startsWith('[') || (named !== 'udp' && named !== 'tcp'))
    return refused(NO_TRANSPORT);
  const value = (name: string): string | undefined => headers.find(([each]) => longName(each) === name)?.[1];
  if (body !== '' && value('content-type') === undefined) return refused('missing content-type');
  const fallback = `sip:${uri.host}`;
  const own: Header[] = [
    ['Max-Forwards', '70'],
    ['From', tagged(bracketed(value('from'), fallback))],
    ['To', bracketed(value('to'), fallback)],
    ['Call-ID', value('call-id') ?? callId()],
    ['CSeq', value('cseq') ?? `${cseq} ${method}`],
  ];
  const isAddress = /^\d+\.\d+\.\d+\.\d+$/.test(way.host);
  return {
    kind: 'request',
    request: { kind: 'request', method, uri: target, headers: [...own, ...ordered(headers)], body },
    transport: named,
    host: isAddress ? way.host : way.host === 'localhost' ? '127.0.0.1' : null,
    port: way.port ?? 5060,
  };
}

/** An application's answer to a request: the transaction's headers come from the request, the To tag is added. */
export function completedResponse(
  { startLine, headers, body }: Draft,
  request: SipRequest,
  toTag: string,
): SipResponse {
  const [, status, reason = ''] = /^SIP\/2\.0 (\d{3}) ?(.*)$/.exec(startLine) ?? [];
  const own = request.headers.filter(([name]) => ['via', 'from', 'to', 'call-id', 'cseq'].includes(longName(name)));
  const first = ORDER.flatMap((name) => own.filter(([each]) => longName(each) === name)).map(
    ([name, value]): Header => [
      name,
      longName(name) === 'to' && !value.includes(';tag=') ? `${value};tag=${toTag}` : value,
    ],
  );
  return { kind: 'response', status: Number(status), reason, headers: [...first, ...ordered(headers)], body };
}

const ORDER = ['via', 'from', 'to', 'call-id', 'cseq'];
const NO_TRANSPORT = 'requested protocol/transport not available';

function refused(reason: string): Completed {
  return { kind: 'refused', reason };
}

/** Known headers in the application's order, Content-Length, then the unknown ones. */
function ordered(headers: readonly Header[]): Header[] {
  const others = headers.filter(([name]) => !OWN.has(longName(name)));
  const known = others.flatMap(([name, value]): Header[] => {
    const spelt = KNOWN[longName(name)];
    if (spelt === undefined) return [];
    // The server writes credentials anew, with a blank after every comma.
    return [[spelt, spelt.endsWith('uthorization') ? value.replace(/,(?=[a-z]+=)/gi, ', ') : value]];
  });
  return [...known, ['Content-Length', '0'], ...others.filter(([name]) => KNOWN[longName(name)] === undefined)];
}

function bracketed(value: string | undefined, fallback: string): string {
  const { uri, parameters } = parseAddress(value ?? '');
  if (parseUri(uri) === null) return `<${fallback}>`;
  if (value?.includes('<') === true) return value;
  return `<${uri}>${[...parameters].map(([name, text]) => (text === '' ? `;${name}` : `;${name}=${text}`)).join('')}`;
}

function tagged(from: string): string {
  return /;tag=/.test(from) ? from : `${from};tag=${newTag()}`;
}

export function newTag(): string {
  return randomBytes(10).toString('base64url').replace(/[-_]/g, 'X').slice(0, 13);
}

function callId(): string {
  const hex = randomBytes(16).toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-1240-${hex.slice(12, 16)}-${hex.slice(16, 28)}`;
}
