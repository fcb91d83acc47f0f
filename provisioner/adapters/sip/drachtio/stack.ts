import type pino from 'pino';
import { describeError } from '../../../../schemas/app-error.ts';
import { parseResponse } from '../../../core/sip-message.ts';
import { uriHost, type SipDestination } from '../../../core/sip-uri.ts';
import { USER_AGENT, type SipReply, type SipRequest, type SipStack } from '../stack.ts';
import { DrachtioLink, type DrachtioOptions } from './link.ts';
import { isSrfRequest, srfResponseOf } from './srf.ts';

/**
 * SIP by way of a drachtio-server. It is told every header that makes a request itself (Call-ID, From tag, CSeq), and
 * never `auth`: its client knows MD5 only, cuts realms at commas and takes the last of several challenges.
 */
export function drachtioStack(options: DrachtioOptions, log: pino.Logger): SipStack {
  /** drachtio-srf forgets what is in flight when the link is lost, and never calls back. */
  const inFlight = new Set<(reply: SipReply) => void>();
  const link = new DrachtioLink(options, log, (detail) => {
    for (const settle of [...inFlight]) settle({ kind: 'indeterminate', detail: `drachtio-server: ${detail}` });
  });

  function send(request: SipRequest, destination: SipDestination, signal: AbortSignal): Promise<SipReply> {
    if (signal.aborted) return Promise.resolve(GIVEN_UP);
    return new Promise((resolve) => {
      const progress = { isTaken: false };
      const settle = (reply: SipReply): void => {
        if (!inFlight.delete(settle)) return;
        signal.removeEventListener('abort', giveUp);
        resolve(reply);
      };
      const giveUp = (): void => {
        settle(progress.isTaken ? GIVEN_UP : NOT_TAKEN);
      };
      inFlight.add(settle);
      signal.addEventListener('abort', giveUp, { once: true });
      try {
        link.srf.request(
          request.uri,
          { method: request.method, proxy: proxyOf(destination), headers: headersOf(request) },
          (error, sent) => {
            progress.isTaken = true;
            if (error !== null && error !== undefined) settle(notSent(error, destination));
            else if (!isSrfRequest(sent)) settle({ kind: 'indeterminate', detail: 'drachtio-srf gave no request' });
            else {
              link.takes(destination.transport);
              sent.on('response', (response) => {
                const reply = replyOf(response);
                if (reply !== null) settle(reply);
              });
            }
          },
        );
      } catch (error) {
        // An AssertionError, synchronously, when there is no link.
        settle({ kind: 'indeterminate', detail: `drachtio-server: ${describeError(error)}` });
      }
    });
  }

  /** `NOK|reason`: a URI that it does not take, or a transport that it does not have, perhaps not yet. */
  function notSent(error: unknown, { transport }: SipDestination): SipReply {
    const detail = describeError(error);
    const isLate = detail.includes(NO_TRANSPORT) && link.askAgainFor(transport);
    return { kind: isLate ? 'indeterminate' : 'unsupported', detail: `drachtio-server: ${detail}` };
  }

  return {
    kind: 'drachtio',
    readiness: () => link.readiness(),
    open(destination) {
      const { hostports } = link;
      if (hostports === null) {
        return Promise.resolve({ kind: 'indeterminate', detail: link.readiness().detail ?? 'not ready' });
      }
      const sentBy = hostports.get(destination.transport);
      if (sentBy === undefined) {
        const kind = link.askAgainFor(destination.transport) ? 'indeterminate' : 'unsupported';
        return Promise.resolve({ kind, detail: `drachtio-server has no contact for ${destination.transport}` });
      }
      return Promise.resolve({
        sentBy,
        send: (request, signal) => send(request, destination, signal),
        release: () => undefined,
      });
    },
    close() {
      link.close();
      return Promise.resolve();
    },
  };
}

/** As 0.9.5 words it, in its answer to a request over a transport for which it has no contact. */
const NO_TRANSPORT = 'transport not available';
const GIVEN_UP: SipReply = { kind: 'unreachable', detail: 'given up' };
/** Not even the echo came: it says nothing about the registrar. */
const NOT_TAKEN: SipReply = { kind: 'indeterminate', detail: 'drachtio-server did not take the request in time' };

function proxyOf({ transport, host, port }: SipDestination): string {
  return `sip:${uriHost(host)}:${port};transport=${transport}`;
}

function headersOf(request: SipRequest): Record<string, string> {
  return {
    From: `<${request.from}>;tag=${request.fromTag}`,
    To: `<${request.to}>`,
    'Call-ID': request.callId,
    CSeq: `${request.cseq} ${request.method}`,
    'User-Agent': USER_AGENT,
    ...Object.fromEntries(request.headers),
  };
}

/** Null for what does not end the transaction. */
function replyOf(value: unknown): SipReply | null {
  const answer = srfResponseOf(value);
  if (answer === null) return { kind: 'indeterminate', detail: 'drachtio-srf gave no response' };
  if (answer.status < 200) return null;
  // A 408 or 503 of its own has an empty address and port 0: nobody answered, or nobody could be reached.
  if (answer.address === '' && answer.port === 0) {
    return { kind: 'unreachable', detail: `${answer.status}, from drachtio-server itself` };
  }
  const response = parseResponse(answer.raw);
  return response === null
    ? { kind: 'indeterminate', detail: 'an answer that is no SIP' }
    : { kind: 'answer', response };
}
