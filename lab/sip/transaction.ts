import { randomBytes } from 'node:crypto';
import type { LabClock } from '../clock.ts';
import { parametersOf } from './address.ts';
import { header, listed, longName, serialise, type Header, type SipRequest, type SipResponse } from './message.ts';
import type { Flow } from './socket.ts';

/** T1 and T2 of RFC 3261 §17.1.2.1; a transaction without a final answer ends after 64 × T1. */
const T1_MS = 500;
const T2_MS = 4000;

export interface ClientTransaction {
  /** The request as it went out, with our Via. */
  readonly sent: SipRequest;
  /** The final response; null when none came in time, or the connection was lost (RFC 3261 §17.1.4). */
  readonly done: Promise<SipResponse | null>;
}

interface Open {
  readonly answer: (response: SipResponse, bytes: Buffer) => void;
  readonly cancel: () => void;
}

/** Non-INVITE client transactions (RFC 3261 §17.1.2): resends over UDP, finds answers by branch. */
export class ClientTransactions {
  readonly #clock: LabClock;
  readonly #open = new Map<string, Open>();

  constructor(clock: LabClock) {
    this.#clock = clock;
  }

  /** Sends with a Via of `sentBy` (host:port) on top. `heard` is told of every response, provisional ones too. */
  start(
    flow: Flow,
    request: SipRequest,
    sentBy: string,
    heard?: (response: SipResponse, bytes: Buffer) => void,
  ): ClientTransaction {
    const branch = `z9hG4bK${randomBytes(9).toString('hex')}`;
    const rport = flow.transport === 'udp' ? 'rport;' : '';
    const via: Header = ['Via', `SIP/2.0/${flow.transport.toUpperCase()} ${sentBy};${rport}branch=${branch}`];
    const sent: SipRequest = { ...request, headers: [via, ...request.headers] };
    const bytes = serialise(sent);
    const done = new Promise<SipResponse | null>((resolve) => {
      const clock = this.#clock;
      const end = (response: SipResponse | null): void => {
        this.#open.delete(branch);
        cancelResend();
        cancelEnd();
        forget();
        resolve(response);
      };
      let interval = T1_MS;
      let cancelResend = (): void => undefined;
      const resend = (): void => {
        flow.send(bytes);
        interval = Math.min(interval * 2, T2_MS);
        cancelResend = clock.at(clock.now() + interval, resend);
      };
      if (flow.transport === 'udp') cancelResend = clock.at(clock.now() + interval, resend);
      const cancelEnd = clock.at(clock.now() + 64 * T1_MS, () => {
        end(null);
      });
      const forget = flow.onLost(() => {
        end(null);
      });
      this.#open.set(branch, {
        answer(response, received) {
          heard?.(response, received);
          if (response.status >= 200) end(response);
        },
        cancel: () => {
          end(null);
        },
      });
    });
    flow.send(bytes);
    return { sent, done };
  }

  /** Gives a response to the transaction it answers; false when there is none (late, or not ours). */
  answered(response: SipResponse, bytes: Buffer): boolean {
    const [via = ''] = listed(response, 'via');
    const open = this.#open.get(branchOf(via));
    if (open === undefined) return false;
    open.answer(response, bytes);
    return true;
  }

  /** Ends all of them without an answer. */
  close(): void {
    for (const open of [...this.#open.values()]) open.cancel();
  }
}

export function branchOf(via: string): string {
  return parametersOf(via).get('branch') ?? '';
}

/** What makes a request a retransmission of an earlier one (RFC 3261 §17.2.3). */
export function transactionKey(request: SipRequest): string {
  const [via = ''] = listed(request, 'via');
  return [via.split(';')[0]?.toLowerCase().trim() ?? '', branchOf(via), request.method].join(' ');
}

/**
 * A response to a request (RFC 3261 §8.2.6): its Via headers with `received` and `rport` filled in (RFC 3581 §4), From,
 * To with a tag, Call-ID, CSeq, then `extra`.
 */
export function responseTo(
  request: SipRequest,
  flow: Flow,
  status: number,
  reason: string,
  extra: readonly Header[] = [],
): SipResponse {
  const [top = '', ...rest] = listed(request, 'via');
  const to = header(request, 'to') ?? '';
  const tagged = parametersOf(to.replace(/^[^>]*>/, '')).has('tag')
    ? to
    : `${to};tag=${randomBytes(6).toString('hex')}`;
  const headers: Header[] = [
    ...[filledVia(top, flow), ...rest].map((via): Header => ['Via', via]),
    ['From', header(request, 'from') ?? ''],
    ['To', tagged],
    ['Call-ID', header(request, 'call-id') ?? ''],
    ['CSeq', header(request, 'cseq') ?? ''],
    ...extra,
  ];
  return { kind: 'response', status, reason, headers, body: '' };
}

/** The response that a proxy passes back: its own Via off the top (RFC 3261 §16.7). */
export function withoutTopVia(response: SipResponse): SipResponse {
  const [, ...vias] = listed(response, 'via');
  const others = response.headers.filter(([name]) => longName(name) !== 'via');
  return { ...response, headers: [...vias.map((via): Header => ['Via', via]), ...others] };
}

/** A Via as the server hands it on: with the port and address it came from where `rport` asks for it. */
export function filledVia(via: string, flow: Flow): string {
  if (!/;\s*rport(?=;|\s|$)/i.test(via)) return via;
  return `${via.replace(/;\s*rport(?=;|\s|$)/i, `;rport=${flow.port}`)};received=${flow.address}`;
}

/** Over which flow a response goes out: where the request came from, unless a UDP Via names another port without rport. */
export function wayBack(request: SipRequest, flow: Flow, to: (port: number) => Flow): Flow {
  if (flow.transport === 'tcp') return flow;
  const [via = ''] = listed(request, 'via');
  if (parametersOf(via).has('rport')) return flow;
  const port = /^\S+\s+(?:\[[^\]]*\]|[^\s:;]+)(?::(\d+))?/.exec(via)?.[1];
  const named = port === undefined ? 5060 : Number(port);
  return named === flow.port ? flow : to(named);
}
