import { headerValues, parseRequest, type IncomingRequest } from '../sip-message.ts';
import { hasControl, parametersOf, splitOutside } from '../sip-text.ts';
import { destinationOf } from '../sip-uri.ts';

/** Where a datagram came from. */
export interface PnpPeer {
  readonly address: string;
  readonly port: number;
}

/** A phone that asks the group for its configuration (SIP PnP, after RFC 6080 §5.1). Nothing in it is proven. */
export interface PnpSubscribe {
  /** Twelve lower-case hex digits. */
  readonly mac: string;
  readonly callId: string;
  readonly cseq: string;
  readonly from: string;
  readonly to: string;
  /** The topmost first, one an entry. */
  readonly vias: readonly [string, ...string[]];
  /** The whole Event, as it came. */
  readonly event: string;
  /** The URI of its Contact; null without one that can be sent to. */
  readonly contact: string | null;
  /** What it says of itself in the Event. */
  readonly vendor: string | null;
  readonly model: string | null;
}

/** A SUBSCRIBE of a phone has some 700 bytes; one of the group needs no more than a few packets' worth. */
const MAX_PNP_BYTES = 4096;
const MAX_HEADER = 512;
const MAX_VIAS = 4;
const MAX_TOLD = 64;
/** `MAC%3a`, `MAC:` and `MAC` were seen, and the digits in either case (phones guide 1F). */
const TARGET = /^sip:MAC(?::|%3A)?([0-9A-F]{12})@/i;
const UDP_VIA = /^SIP\s*\/\s*2\.0\s*\/\s*UDP\s/i;

/**
 * Reads a SUBSCRIBE for the device profile from one datagram; null for anything else, whatever it is. What is given back
 * of its headers can stand in a message of ours: no control character, no endless text.
 */
export function pnpSubscribeOf(text: string): PnpSubscribe | null {
  // Ahead of anything else that costs: whoever is in the network may send what he likes.
  if (text.length > MAX_PNP_BYTES || !/^SUBSCRIBE sip:MAC/i.test(text)) return null;
  const request = parseRequest(text);
  if (request?.method !== 'SUBSCRIBE') return null;
  const mac = TARGET.exec(request.uri)?.[1]?.toLowerCase();
  const [callId, from, to, event] = ['call-id', 'from', 'to', 'event'].map((name) => only(request, name));
  const cseq = /^(\d{1,10})\s+SUBSCRIBE$/.exec(only(request, 'cseq') ?? '')?.[1];
  const [via, ...others] = headerValues(request, 'via').flatMap((line) => splitOutside(line, ','));
  if (mac === undefined || cseq === undefined || via === undefined || !UDP_VIA.test(via)) return null;
  if (!callId || !from || !to || !event) return null;
  const vias = [via, ...others] as const;
  if (vias.length > MAX_VIAS || vias.some((each) => !isPlain(each))) return null;
  // With a tag it would belong to a subscription, and we keep none.
  if (!hasTag(from) || hasTag(to) || !takesUrls(request)) return null;
  const [name = '', ...rest] = splitOutside(event, ';');
  const told = parametersOf(rest);
  if (name.toLowerCase() !== 'ua-profile' || (told.get('profile-type') ?? 'device').toLowerCase() !== 'device')
    return null;
  return {
    mac,
    callId,
    cseq,
    from,
    to,
    vias,
    event,
    contact: contactOf(request),
    vendor: told.get('vendor')?.slice(0, MAX_TOLD) ?? null,
    model: told.get('model')?.slice(0, MAX_TOLD) ?? null,
  };
}

/** Where the 200 goes: to whom it came from, at the port it says unless it asks for the one it sent from (RFC 3581 §4). */
export function replyTo({ vias: [via] }: PnpSubscribe, source: PnpPeer): PnpPeer {
  const [sentBy = '', ...rest] = splitOutside(via, ';');
  if (parametersOf(rest).has('rport')) return source;
  const port = Number(/:(\d{1,5})$/.exec(sentBy)?.[1] ?? 5060);
  return { address: source.address, port: isPort(port) ? port : source.port };
}

/**
 * Where the NOTIFY goes: to the address the SUBSCRIBE came from and nowhere else, for a Contact may name anybody. Its port
 * counts where it names that same address.
 */
export function notifyTo({ contact }: PnpSubscribe, source: PnpPeer): PnpPeer {
  const named = contact === null ? null : destinationOf(contact);
  return named?.host === source.address && named.transport === 'udp'
    ? { address: source.address, port: named.port }
    : source;
}

function isPort(port: number): boolean {
  return port >= 1 && port <= 65_535;
}

/** The one header of that name; undefined where there are none, several, or one that we could not repeat. */
function only(request: IncomingRequest, name: string): string | undefined {
  const [value, ...others] = headerValues(request, name);
  return value === undefined || others.length > 0 || !isPlain(value) ? undefined : value;
}

function isPlain(value: string): boolean {
  return value.length <= MAX_HEADER && !hasControl(value);
}

function hasTag(nameAddress: string): boolean {
  return /;\s*tag\s*=/i.test(nameAddress.replace(/^.*>/, ''));
}

/** Says nothing of what it takes, or takes a URL. */
function takesUrls(request: IncomingRequest): boolean {
  const accepted = headerValues(request, 'accept').flatMap((line) => splitOutside(line.toLowerCase(), ','));
  return accepted.length === 0 || accepted.some((type) => /^(application\/(url|\*)|\*\/\*)\s*(;|$)/.test(type));
}

function contactOf(request: IncomingRequest): string | null {
  const value = only(request, 'contact') ?? '';
  const uri = /<([^<>]*)>/.exec(value)?.[1] ?? value.replace(/;.*$/, '').trim();
  return destinationOf(uri) === null || uri.includes('?') ? null : uri;
}
