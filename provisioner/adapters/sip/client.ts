import { createHash, randomBytes } from 'node:crypto';
import type { DigestHash, HashText } from '../../core/digest.ts';
import type { Registrar } from '../../core/registrar.ts';
import { checkHeaderText } from '../../core/sip-text.ts';
import { aorOf, destinationOf, isRequestUri, uriHost, type SipDestination } from '../../core/sip-uri.ts';
import { notifyVerdict, probeVerdict } from '../../core/sip-verdict.ts';
import type { NotifyAnswer, ProbeAnswer, SipClient, SipCredential, SipRequestOptions } from '../../ports.ts';
import { Credentials } from './credentials.ts';
import { deadline, type Deadline } from './deadline.ts';
import type { SipFlow, SipReply, SipRequest, SipStack } from './stack.ts';

/** Random bytes, in hex: Call-IDs, tags, cnonces, branches. */
export type RandomHex = (bytes: number) => string;

export const systemRandomHex: RandomHex = (bytes) => randomBytes(bytes).toString('hex');

const NODE_HASHES: Readonly<Record<DigestHash, string>> = {
  MD5: 'md5',
  'SHA-256': 'sha256',
  'SHA-512-256': 'sha512-256',
};

/** The hashes of node:crypto (OpenSSL). */
export const nodeHash: HashText = (hash, text) => createHash(NODE_HASHES[hash]).update(text, 'utf8').digest('hex');

type Draft = Pick<SipRequest, 'method' | 'uri' | 'from' | 'to' | 'headers'>;

/** The answer after the last round, and the algorithm of the digest that it judged; null: there was none. */
interface Outcome {
  readonly reply: SipReply;
  readonly algorithm: string | null;
}

/** A SIP client over either stack: what is asked, how challenges are answered, what the answers mean. */
export function sipClient(stack: SipStack, randomHex: RandomHex): SipClient {
  /**
   * Sends what `draft` says, answers challenges in turn; ends with the first answer that is none, or at the deadline. A
   * proxy that wants a digest for a NOTIFY gets none: it is no phone, and counts wrong ones as any registrar does.
   */
  async function converse(
    destination: SipDestination,
    draft: (sentBy: string) => Draft,
    credentials: Credentials,
    options: SipRequestOptions,
  ): Promise<Outcome> {
    const limit = deadline(options);
    try {
      const flow = await stack.open(destination, limit.signal);
      if ('kind' in flow) return { reply: limit.judge(flow), algorithm: null };
      try {
        return await rounds(flow, draft(flow.sentBy), credentials, limit);
      } finally {
        flow.release();
      }
    } finally {
      limit.end();
    }
  }

  async function rounds(flow: SipFlow, draft: Draft, credentials: Credentials, limit: Deadline): Promise<Outcome> {
    const callId = randomHex(16);
    const fromTag = randomHex(8);
    let digests: SipRequest['headers'] = [];
    for (let cseq = 1; ; cseq += 1) {
      const headers = [...draft.headers, ...digests];
      const reply = limit.judge(await flow.send({ ...draft, callId, fromTag, cseq, headers }, limit.signal));
      const { algorithm } = credentials;
      if (reply.kind !== 'answer') return { reply, algorithm };
      const { status } = reply.response;
      if (status !== 401 && (status !== 407 || draft.method === 'NOTIFY')) return { reply, algorithm };
      const demand = credentials.demanded(reply.response, draft);
      if (demand.kind === 'unsupported') return { reply: demand, algorithm };
      if (demand.kind === 'stale') return { reply: STALE_TWICE, algorithm };
      if (demand.kind === 'spent') return { reply, algorithm: demand.algorithm };
      digests = demand.headers;
    }
  }

  return {
    stack: stack.kind,
    readiness: () => stack.readiness(),

    async probe(registrar, credential, options): Promise<ProbeAnswer> {
      const aor = aorOf(credential.number, registrar.domain);
      checkCredential(credential);
      const { reply, algorithm } = await converse(
        destinationOfRegistrar(registrar),
        () => ({ method: 'REGISTER', uri: registrarUri(registrar), from: aor, to: aor, headers: [] }),
        new Credentials({
          credentials: [credential],
          hash: nodeHash,
          newCnonce: () => randomHex(16),
        }),
        options,
      );
      if (reply.kind === 'unsupported') return { ...reply, status: null };
      return reply.kind === 'answer' ? probeVerdict(reply.response, algorithm) : reply;
    },

    async notify(target, event, credentials, options): Promise<NotifyAnswer> {
      checkHeaderText('The Event', event);
      credentials.forEach(checkCredential);
      const { registrar, number, contact, route } = target;
      const aor = aorOf(number, registrar.domain);
      const uri = contact ?? `${aor}${portOf(registrar)}`;
      checkHeaderText('The Contact', uri);
      const destination = route === 'registrar' ? destinationOfRegistrar(registrar) : destinationOf(uri);
      if (destination === null || !isRequestUri(uri)) {
        return { kind: 'unsupported', status: null, detail: 'not a Contact that can be sent to' };
      }
      const { reply, algorithm } = await converse(
        destination,
        (sentBy) => ({
          method: 'NOTIFY',
          uri,
          from: `sip:wisp-edge@${uriHost(registrar.domain)}`,
          to: aor,
          headers: [
            ['Event', event],
            ['Subscription-State', 'terminated;reason=timeout'],
            ['Contact', `<sip:wisp-edge@${sentBy}>`],
          ],
        }),
        new Credentials({ credentials, hash: nodeHash, newCnonce: () => randomHex(16) }),
        options,
      );
      if (reply.kind === 'unsupported') return { ...reply, status: null };
      return reply.kind === 'answer' ? notifyVerdict(reply.response, algorithm !== null, route) : reply;
    },

    close: () => stack.close(),
  };
}

/** It says nothing of the key: a registrar that calls a nonce stale found the digest right, or did not look. */
const STALE_TWICE: SipReply = { kind: 'indeterminate', detail: 'a fresh nonce was called stale' };

/** The registrar's own URI, a REGISTER's Request-URI (RFC 3261 §10.2): no user part. */
function registrarUri({ domain, domainPort }: Registrar): string {
  checkHeaderText('The registrar’s domain', domain);
  return `sip:${uriHost(domain)}${portOf({ domainPort })}`;
}

/** A proxy takes a Request-URI with another port than its own for somebody else's (RFC 3261 §16.5). */
function portOf({ domainPort }: Pick<Registrar, 'domainPort'>): string {
  return domainPort === null ? '' : `:${domainPort}`;
}

function destinationOfRegistrar({ transport, host, port }: Registrar): SipDestination {
  checkHeaderText('The registrar’s host', host);
  return { transport, host, port };
}

/** Before anything is sent: a challenge may come at the second round only. */
function checkCredential({ number, authUser, key }: SipCredential): void {
  checkHeaderText('The extension’s number', number);
  checkHeaderText('The user name for authentication', authUser);
  checkHeaderText('The SIP key', key.reveal());
}
