import { Secret } from '../../../schemas/secret.ts';
import { uriHost } from '../sip-uri.ts';
import type { PnpPeer, PnpSubscribe } from './subscribe.ts';

/** What our side of one exchange is called. */
export interface PnpOwn {
  /** Where we send from. */
  readonly local: PnpPeer;
  /** The tag of our side, the same in both messages: with it phones know that the NOTIFY belongs to their SUBSCRIBE. */
  readonly tag: string;
}

/** The 200 to a SUBSCRIBE. `Expires: 0`: one answer, and no subscription that would have to be kept (RFC 6665 §4.4.3). */
export function okText(subscribe: PnpSubscribe, source: PnpPeer, own: PnpOwn): string {
  const [top, ...others] = subscribe.vias;
  return message('SIP/2.0 200 OK', [
    ...[filledVia(top, source), ...others].map((via): Header => ['Via', via]),
    ['From', subscribe.from],
    ['To', `${subscribe.to};tag=${own.tag}`],
    ['Call-ID', subscribe.callId],
    ['CSeq', `${subscribe.cseq} SUBSCRIBE`],
    ['Contact', `<sip:${hostPort(own.local)}>`],
    ['Expires', '0'],
    ['Content-Length', '0'],
  ]);
}

/**
 * The NOTIFY with the URL (RFC 6665 §4.2.2). A secret as a whole, for the URL in it is one. The request URI is the phone's
 * Contact as it wrote it; without one, where it sent from.
 */
export function notifyText(
  subscribe: PnpSubscribe,
  source: PnpPeer,
  own: PnpOwn & { readonly branch: string; readonly url: Secret },
): Secret {
  const { local, tag, branch } = own;
  const body = own.url.reveal();
  const uri = subscribe.contact ?? `sip:${hostPort(source)}`;
  const head = message(`NOTIFY ${uri} SIP/2.0`, [
    ['Via', `SIP/2.0/UDP ${hostPort(local)};rport;branch=${branch}`],
    ['Max-Forwards', '1'],
    ['From', `${subscribe.to};tag=${tag}`],
    ['To', subscribe.from],
    ['Call-ID', subscribe.callId],
    ['CSeq', '1 NOTIFY'],
    ['Contact', `<sip:${hostPort(local)}>`],
    ['Event', subscribe.event],
    ['Subscription-State', 'terminated;reason=timeout'],
    ['Content-Type', 'application/url'],
    ['Content-Length', String(new TextEncoder().encode(body).length)],
  ]);
  return new Secret(`${head}${body}`);
}

type Header = readonly [name: string, value: string];

function message(start: string, headers: readonly Header[]): string {
  return `${[start, ...headers.map(([name, value]) => `${name}: ${value}`)].join('\r\n')}\r\n\r\n`;
}

function hostPort({ address, port }: PnpPeer): string {
  return `${uriHost(address)}:${port}`;
}

/** With where it came from, which a phone behind several addresses may not know (RFC 3261 §18.2.1, RFC 3581 §4). */
function filledVia(via: string, { address, port }: PnpPeer): string {
  const told = via.replace(/;\s*rport(?=\s*(;|$))/i, `;rport=${port}`);
  return `${told};received=${address}`;
}
