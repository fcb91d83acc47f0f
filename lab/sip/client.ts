import { randomBytes } from 'node:crypto';
import type { LabClock } from '../clock.ts';
import { answerChallenge, parseDigest, type Credential } from './digest.ts';
import { headerLines, type Header, type SipRequest, type SipResponse } from './message.ts';
import { SipSocket, type Flow, type Transport } from './socket.ts';
import { ClientTransactions } from './transaction.ts';

/** A request outside a dialog; what is left out is made up. */
export interface Asking {
  readonly method: string;
  readonly uri: string;
  readonly from: string;
  readonly to: string;
  readonly callId?: string;
  /** The first CSeq; each answered challenge takes the next one. Default 1. */
  readonly cseq?: number;
  readonly headers?: readonly Header[];
  readonly body?: string;
}

/** The end of an exchange, and the last CSeq it took. */
export interface Asked {
  /** null: nobody answered. */
  readonly response: SipResponse | null;
  readonly cseq: number;
}

export interface SipClientOptions {
  readonly clock: LabClock;
  readonly host?: string;
  readonly port?: number;
  readonly transports?: readonly Transport[];
  /** Requests that come in. Without it they are ignored. */
  readonly received?: (request: SipRequest, flow: Flow) => void;
}

/** One SIP user agent's port: sends requests with digest, hands over those that come in. */
export class SipClient {
  readonly socket: SipSocket;
  readonly #transactions: ClientTransactions;

  constructor({ clock, received, ...options }: SipClientOptions) {
    this.#transactions = new ClientTransactions(clock);
    this.socket = new SipSocket({
      ...options,
      received: (message, flow, bytes) => {
        if (message.kind === 'response') this.#transactions.answered(message, bytes);
        else received?.(message, flow);
      },
    });
  }

  /** Sends, and answers one challenge; a second one only if it says that the nonce was stale (RFC 7616 §3.3). */
  async ask(flow: Flow, asking: Asking, credential: Credential | null = null): Promise<Asked> {
    const tag = randomBytes(6).toString('hex');
    const callId = asking.callId ?? randomBytes(10).toString('hex');
    let cseq = asking.cseq ?? 1;
    let authorization: readonly Header[] = [];
    for (let round = 0; ; round += 1) {
      const request: SipRequest = {
        kind: 'request',
        method: asking.method,
        uri: asking.uri,
        headers: [
          ['Max-Forwards', '70'],
          ['From', `<${asking.from}>;tag=${tag}`],
          ['To', `<${asking.to}>`],
          ['Call-ID', callId],
          ['CSeq', `${cseq} ${asking.method}`],
          ...(asking.headers ?? []),
          ...authorization,
        ],
        body: asking.body ?? '',
      };
      const response = await this.#transactions.start(flow, request, `${this.socket.host}:${this.socket.port}`).done;
      const answer = credential === null ? null : authorizationFor(response, request, credential, round);
      if (answer === null) return { response, cseq };
      authorization = [answer];
      cseq += 1;
    }
  }

  async close(): Promise<void> {
    this.#transactions.close();
    await this.socket.shut();
  }
}

function authorizationFor(
  response: SipResponse | null,
  request: SipRequest,
  credential: Credential,
  round: number,
): Header | null {
  if (response?.status !== 401 && response?.status !== 407) return null;
  const isProxy = response.status === 407;
  const challenges = headerLines(response, isProxy ? 'proxy-authenticate' : 'www-authenticate');
  const isStale = challenges.some((each) => parseDigest(each)?.get('stale')?.toLowerCase() === 'true');
  if (round > 1 || (round === 1 && !isStale)) return null;
  const answer = answerChallenge(challenges, credential, request);
  return answer === null ? null : [isProxy ? 'Proxy-Authorization' : 'Authorization', answer];
}
