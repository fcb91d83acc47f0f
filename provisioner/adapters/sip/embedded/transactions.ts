import { branchOf, headerValues, methodOf, parseResponse, type SipResponse } from '../../../core/sip-message.ts';
import { USER_AGENT, type SipReply, type SipRequest } from '../stack.ts';
import { Retransmission } from './retransmission.ts';
import type { IncomingResponse, SipCore, Transaction, Uri, UserAgentCore } from './sip-core.ts';
import type { Wire } from './wire.ts';

/**
 * The client transactions of one wire: sip.js's core makes the messages and matches the answers; sending again over UDP,
 * reading headers and letting go in time are ours. Requests that come in are not ours to answer and are passed over.
 */
export class Transactions {
  readonly #sip: SipCore;
  readonly #wire: Wire;
  readonly #core: UserAgentCore;
  readonly #retransmission: Retransmission;
  #lost: SipReply | null = null;
  readonly #pending = new Set<(reply: SipReply) => void>();
  /** What we read in a response that sip.js hands back. */
  readonly #read = new WeakMap<IncomingResponse, SipResponse>();

  constructor(sip: SipCore, wire: Wire) {
    this.#sip = sip;
    this.#wire = wire;
    this.#retransmission = new Retransmission((message) => {
      wire.send(message);
    });
    const loggerFactory = new sip.LoggerFactory();
    // It would print messages with their digests.
    loggerFactory.builtinEnabled = false;
    const self = exactly(`sip:${USER_AGENT}@${wire.sentBy}`);
    this.#core = new sip.UserAgentCore({
      aor: self,
      contact: { pubGruu: undefined, tempGruu: undefined, uri: self },
      displayName: '',
      loggerFactory,
      hackViaTcp: false,
      routeSet: [],
      sipjsId: '',
      supportedOptionTags: [],
      supportedOptionTagsResponse: [],
      userAgentHeaderFieldValue: USER_AGENT,
      viaForceRport: true,
      viaHost: wire.sentBy,
      // Its digest knows MD5 only, and of two challenges the last (RFC 8760): ours answers.
      authenticationFactory: () => undefined,
      transportAccessor: () => ({
        protocol: wire.protocol,
        send: (message) => {
          wire.send(message);
          return Promise.resolve();
        },
      }),
    });
  }

  /** Sends a request; its final answer, or what `fail` says, or anything once the signal fires. */
  send(request: SipRequest, signal: AbortSignal): Promise<SipReply> {
    if (this.#lost !== null || signal.aborted) return Promise.resolve(this.#lost ?? GIVEN_UP);
    return new Promise((resolve) => {
      const message = this.#core.makeOutgoingRequestMessage(
        request.method,
        exactly(request.uri),
        exactly(request.from),
        exactly(request.to),
        { callId: request.callId, cseq: request.cseq, fromTag: request.fromTag },
        request.headers.map(([name, value]) => `${name}: ${value}`),
      );
      const settle = (reply: SipReply): void => {
        if (!this.#pending.delete(settle)) return;
        signal.removeEventListener('abort', giveUp);
        this.#forget(transaction);
        resolve(reply);
      };
      const giveUp = (): void => {
        settle(GIVEN_UP);
      };
      const onFinal = ({ message: answer }: { readonly message: IncomingResponse }): void => {
        const response = this.#read.get(answer);
        // Not one that came: sip.js made it up (and a 408 that came it replaces by its own).
        settle(
          response === undefined
            ? { kind: 'unreachable', detail: `${answer.statusCode ?? 408} ${answer.reasonPhrase ?? ''}`.trim() }
            : { kind: 'answer', response },
        );
      };
      this.#pending.add(settle);
      signal.addEventListener('abort', giveUp, { once: true });
      const transaction = this.#core.request(message, { onAccept: onFinal, onRedirect: onFinal, onReject: onFinal });
      const { branch } = transaction.message;
      if (!this.#wire.isReliable && branch !== undefined) {
        this.#retransmission.start(branch, transaction.message.toString());
      }
    });
  }

  /** Takes a message from the wire. */
  receive(text: string): void {
    const response = parseResponse(text);
    if (response === null) return;
    const branch = branchOf(response);
    const method = methodOf(response);
    if (branch === null || method === null) return;
    if (response.status < 200) this.#retransmission.slowDown(branch);
    const message = new this.#sip.IncomingResponseMessage();
    message.statusCode = response.status;
    message.reasonPhrase = response.reason;
    message.viaBranch = branch;
    message.method = method;
    // sip.js drops an answer with two Vias, which was not for us (RFC 3261 §8.1.3.3); other headers we read ourselves.
    for (const via of headerValues(response, 'via')) message.addHeader('via', via);
    this.#read.set(message, response);
    this.#core.receiveIncomingResponseFromTransport(message);
  }

  /** The wire is gone: whoever waits gets `reply`. */
  fail(reply: SipReply): void {
    this.#lost = reply;
    for (const settle of [...this.#pending]) settle(reply);
    this.#retransmission.stopAll();
    this.#core.dispose();
  }

  /** sip.js's timer F would keep the process for 32 s, and its map the transaction for good. */
  #forget(transaction: Transaction): void {
    const { branch, method } = transaction.message;
    if (branch === undefined) return;
    this.#retransmission.stop(branch);
    transaction.dispose();
    this.#core.userAgentClients.delete(branch + method);
  }
}

const GIVEN_UP: SipReply = { kind: 'unreachable', detail: 'given up' };

/** A URI to the letter: sip.js's own would put its parameters in lower case. */
function exactly(uri: string): Uri {
  const same: Uri = { clone: () => same, toRaw: () => uri, toString: () => uri };
  return same;
}
