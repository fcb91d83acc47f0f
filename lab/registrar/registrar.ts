import { systemClock, type LabClock } from '../clock.ts';
import { parseUri } from '../sip/address.ts';
import {
  header,
  headerLines,
  listed,
  serialise,
  type Header,
  type SipMessage,
  type SipRequest,
  type SipResponse,
} from '../sip/message.ts';
import { SipSocket, type Flow } from '../sip/socket.ts';
import { ClientTransactions, responseTo, transactionKey, wayBack } from '../sip/transaction.ts';
import { Watch } from '../sip/watch.ts';
import { Authentication } from './authentication.ts';
import { Bindings } from './bindings.ts';
import { RegistrarFaults, userOf, type RegistrarFault } from './faults.ts';
import type { LabRegistrar, LabRegistrarOptions, RegistrarTrait, SeenRequest } from './lab-registrar.ts';
import { relay } from './relay.ts';

export type { LabRegistrar, LabRegistrarOptions } from './lab-registrar.ts';

const PATIENCE_MS = 10_000;
/** Answers kept for retransmissions; a client gives up long before so many others have come. */
const REMEMBERED = 4096;

/** Starts one on 127.0.0.1. */
export async function startRegistrar(options: LabRegistrarOptions): Promise<LabRegistrar> {
  const clock = options.clock ?? systemClock();
  const auth = new Authentication(
    options.realm ?? 'lab.test',
    options.challenges ?? [{ algorithm: 'MD5', qop: 'auth' }],
    new Map(options.users),
  );
  const bindings = new Bindings(clock, { default: 3600, min: 1, max: 3600, ...options.grants });
  const faults = new RegistrarFaults();
  const transactions = new ClientTransactions(clock);
  const watch = new Watch();
  const requests: (SeenRequest & { status: number | null })[] = [];
  const answers = new Map<string, Buffer | null>();
  const refusals = new Map<string, number>();
  const rules = { trait: null as RegistrarTrait | null, lockOut: Infinity, lockStatus: 403 };

  const socket = new SipSocket({
    port: options.port ?? 0,
    ...(options.transports === undefined ? {} : { transports: options.transports }),
    received: (message, flow, bytes) => {
      received(message, flow, bytes);
    },
  });
  await socket.open();
  const isOurs = (host: string, port: number | null): boolean =>
    (port ?? 5060) === socket.port || (port === null && host !== socket.host);

  function received(message: SipMessage, flow: Flow, bytes: Buffer): void {
    if (message.kind === 'response') {
      transactions.answered(message, bytes);
      return;
    }
    const fault = faults.take(message);
    if (fault?.kind === 'drop') return;
    const key = transactionKey(message);
    const known = answers.get(key);
    if (known !== undefined) {
      if (known !== null) flow.send(known);
      return;
    }
    answers.set(key, null);
    const [oldest] = answers.keys();
    if (answers.size > REMEMBERED && oldest !== undefined) answers.delete(oldest);
    const seen = { ...seenOf(message, flow, clock.wall()) };
    requests.push(seen);
    const back = wayBack(message, flow, (port) => socket.udpFlow(flow.address, port));
    serve(message, flow, fault, (response) => {
      const answer = serialise(response);
      answers.set(key, answer);
      seen.status = response.status;
      send(back, answer, fault, clock);
      watch.changed();
    });
  }

  function serve(message: SipRequest, flow: Flow, fault: RegistrarFault | null, answer: Answer): void {
    const reply: Reply = (status, reason, extra = []) => {
      answer(responseTo(message, flow, status, reason, extra));
    };
    if (fault?.kind === 'answer') reply(fault.status, fault.reason ?? 'Fault', fault.headers);
    else if (message.method === 'REGISTER') register(message, flow, fault, reply);
    else if (message.method === 'OPTIONS' && parseUri(message.uri)?.user === null) reply(200, 'OK');
    else if (['NOTIFY', 'OPTIONS', 'MESSAGE'].includes(message.method)) {
      const targets = bindings.targets(message.uri, isOurs);
      void relay(message, targets, transactions, `${socket.host}:${socket.port}`, flow).then(answer);
    } else if (message.method !== 'ACK') reply(405, 'Method Not Allowed');
  }

  function register(message: SipRequest, flow: Flow, fault: RegistrarFault | null, reply: Reply): void {
    const user = userOf(message);
    const isQuery = listed(message, 'contact').length === 0;
    if (isQuery && rules.trait === 'freeswitch') {
      reply(400, 'Missing Contact Header');
      return;
    }
    if ((refusals.get(user) ?? 0) >= rules.lockOut) {
      reply(rules.lockStatus, 'Too Many Failures');
      return;
    }
    const outcome = auth.check(message, user, fault?.kind === 'stale');
    switch (outcome.kind) {
      case 'challenge':
        if (outcome.isRefusal) refusals.set(user, (refusals.get(user) ?? 0) + 1);
        if (outcome.isRefusal && rules.trait === 'forbids') reply(403, 'Forbidden');
        else reply(401, 'Unauthorized', auth.challenges(outcome.isStale));
        return;
      case 'mismatch':
        reply(403, 'Auth user mismatch');
        return;
      case 'accepted':
        break;
    }
    refusals.delete(user);
    if (isQuery && rules.trait === 'asterisk-old') bindings.forget(user);
    switch (bindings.update(user, message, outcome.key, flow).kind) {
      case 'ok':
        reply(200, 'OK', bindings.lines(user));
        return;
      case 'too-brief':
        reply(423, 'Interval Too Brief', [['Min-Expires', String(bindings.grants.min)]]);
        return;
      case 'bad':
        reply(400, 'Bad Contact');
        return;
      case 'out-of-order':
        reply(500, 'CSeq out of order');
    }
  }

  return {
    host: socket.host,
    get port() {
      return socket.port;
    },
    faults,
    requests,
    bindings: (user) => bindings.of(user),
    setKeys(user, ...keys) {
      auth.users.set(user, { ...auth.users.get(user), keys });
    },
    removeUser: (user) => void auth.users.delete(user),
    setRealm(realm) {
      auth.realm = realm;
    },
    setChallenges(...forms) {
      auth.forms = forms;
    },
    setGrants(grants) {
      bindings.grants = { ...bindings.grants, ...grants };
    },
    setTrait(trait) {
      rules.trait = trait;
    },
    setLockOut(count, status = 403) {
      rules.lockOut = count;
      rules.lockStatus = status;
    },
    unlock() {
      refusals.clear();
    },
    forget(user) {
      bindings.forget(user);
    },
    untilBound: (user, fits = () => true, timeoutMs = PATIENCE_MS) =>
      watch.until(`binding of ${user}`, () => bindings.of(user).find(fits) ?? null, timeoutMs),
    untilSeen: (fits, timeoutMs = PATIENCE_MS) =>
      watch.until(
        'such a request',
        () => requests.find((each) => each.status !== null && fits(each)) ?? null,
        timeoutMs,
      ),
    down: () => socket.shut(),
    up: () => socket.open(),
    async close() {
      transactions.close();
      await socket.shut();
    },
  };
}

type Answer = (response: SipResponse) => void;
type Reply = (status: number, reason: string, extra?: readonly Header[]) => void;

function send(flow: Flow, bytes: Buffer, fault: RegistrarFault | null, clock: LabClock): void {
  switch (fault?.kind) {
    case 'no-answer':
      return;
    case 'garbage':
      flow.send(Buffer.from('\u0000\u0001 this is no SIP\r\n\r\n'));
      return;
    case 'wrong-branch':
      flow.send(Buffer.from(bytes.toString('utf8').replace(/branch=[^;\s]+/, 'branch=z9hG4bKsomebodyelse')));
      return;
    case 'late':
      clock.at(clock.now() + fault.ms, () => {
        flow.send(bytes);
      });
      return;
    default:
      flow.send(bytes);
  }
}

function seenOf(request: SipRequest, flow: Flow, at: number): SeenRequest {
  return {
    at,
    method: request.method,
    uri: request.uri,
    user: userOf(request),
    source: `${flow.address}:${flow.port}`,
    transport: flow.transport,
    callId: header(request, 'call-id') ?? '',
    userAgent: header(request, 'user-agent'),
    event: header(request, 'event'),
    hasContact: listed(request, 'contact').length > 0,
    hasAuthorization: headerLines(request, 'authorization').length > 0,
    status: null,
  };
}
