import type { SipTransport } from './registrar.ts';
import { checkHeaderText } from './sip-text.ts';

/** Where a message is sent. `host` is a name or an address, without brackets. */
export interface SipDestination {
  readonly transport: SipTransport;
  readonly host: string;
  readonly port: number;
}

/** A host in a URI: an IPv6 address stands in brackets (RFC 3261 §19.1.1). */
export function uriHost(host: string): string {
  return host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
}

const USER_UNSAFE = /[^A-Za-z0-9\-_.!~*'()&=+$,;?/]+/g;

/** A user part, what it may not hold escaped (RFC 3261 §25.1, `user`). */
export function uriUser(user: string): string {
  return user.replace(USER_UNSAFE, encodeURIComponent);
}

/**
 * The AOR `sip:{number}@{domain}[:port]` (RFC 3261 §10.2).
 *
 * @throws AppError `sip-protocol` for a line break in it.
 */
export function aorOf(number: string, domain: string): string {
  checkHeaderText('The extension’s number', number);
  checkHeaderText('The registrar’s domain', domain);
  return `sip:${uriUser(number)}@${uriHost(domain)}`;
}

const CONTACT =
  /^(sips?):(?:[^@<>\s"]*@)?(\[[0-9a-fA-F:.]+\]|[^:;?<>@\s"[\]]+)(?::(\d{1,5}))?((?:;[^?<>\s"]*)?)(?:\?[^<>\s"]*)?$/i;

/** Where a Contact URI says its phone is; null when it says nothing we can send to. */
export function destinationOf(uri: string): SipDestination | null {
  const match = CONTACT.exec(uri);
  if (match === null) return null;
  const [, scheme = '', host = '', port, parameters = ''] = match;
  const named = /;transport=([^;]*)/i.exec(parameters)?.[1]?.toLowerCase();
  const transport = scheme.toLowerCase() === 'sips' ? 'tls' : (named ?? 'udp');
  if (transport !== 'udp' && transport !== 'tcp' && transport !== 'tls') return null;
  const sentPort = port === undefined ? (transport === 'tls' ? 5061 : 5060) : Number(port);
  if (sentPort < 1 || sentPort > 65_535) return null;
  return { transport, host: host.replace(/^\[|\]$/g, ''), port: sentPort };
}

/** A URI as it may stand in a Request-URI: no headers, no blanks, no brackets. */
export function isRequestUri(uri: string): boolean {
  return CONTACT.test(uri) && !uri.includes('?');
}
