import { randomUUID } from 'node:crypto';
import type { LabClock } from '../clock.ts';
import { longName, serialise, type Header, type SipMessage, type SipRequest } from '../sip/message.ts';
import { SipSocket, type Flow, type Transport } from '../sip/socket.ts';
import { ClientTransactions, responseTo, transactionKey } from '../sip/transaction.ts';
import { completedRequest, completedResponse, draftOf, newTag, type Completed } from './completion.ts';
import { Exchange, plain } from './exchange.ts';
import type { DoubleFault, DoubleFaults } from './faults.ts';
import type { Payload } from './frame.ts';
import type { Delivery, Link } from './link.ts';

interface Incoming {
  readonly request: SipRequest;
  readonly flow: Flow;
  readonly toTag: string;
  answer: Buffer | null;
}

/** Between applications' frames and real SIP over UDP and TCP. */
export class Bridge {
  readonly #clock: LabClock;
  readonly #faults: DoubleFaults;
  readonly #delivery: () => Delivery;
  readonly #routed: (method: string) => Link | null;
  readonly #transactions: ClientTransactions;
  readonly #socket: SipSocket;
  readonly #incoming = new Map<string, Incoming>();
  readonly #keys = new Map<string, string>();
  #cseq = 123_133_154;

  constructor(
    clock: LabClock,
    faults: DoubleFaults,
    delivery: () => Delivery,
    routed: (method: string) => Link | null,
  ) {
    this.#clock = clock;
    this.#faults = faults;
    this.#delivery = delivery;
    this.#routed = routed;
    this.#transactions = new ClientTransactions(clock);
    this.#socket = new SipSocket({
      received: (message, flow, bytes) => {
        this.#received(message, flow, bytes);
      },
    });
  }

  get port(): number {
    return this.#socket.port;
  }

  hostports(): string[] {
    return ['tcp', 'udp'].map((transport) => `${transport}/${this.#sentBy()}`);
  }

  async open(): Promise<void> {
    await this.#socket.open();
  }

  async shut(): Promise<void> {
    this.#transactions.close();
    await this.#socket.shut();
  }

  /** A `sip` frame of an application: a new request, or its answer to one that came in. */
  take(link: Link, { id, fields, sip }: Payload): void {
    const draft = draftOf(sip);
    if (draft.startLine.startsWith('SIP/2.0 ')) {
      this.#answer(link, id, fields[0] ?? '', draft);
      return;
    }
    const completed = completedRequest(draft, this.#cseq++, fields[2]);
    const fault = this.#faults.take(draft.startLine.split(' ')[0] ?? '');
    if (fault?.kind === 'silent') return;
    const reason = fault?.kind === 'nok' ? fault.reason : completed.kind === 'refused' ? completed.reason : null;
    if (reason !== null || completed.kind === 'refused') link.write(`response|${id}|NOK|${reason ?? ''}`);
    else void this.#send(link, id, completed, fault);
  }

  async #send(
    link: Link,
    id: string,
    asked: Completed & { kind: 'request' },
    fault: DoubleFault | null,
  ): Promise<void> {
    const exchange = new Exchange(link, id, this.#delivery() === 'coalesced', () => this.#time());
    const { request, transport, host, port } = asked;
    if (host === null) {
      exchange.sent(plain(request), 'unknown', '', 0, 0);
      exchange.local(this.#withVia(request, 'udp'), 'unknown', 503, 'DNS Error');
      return;
    }
    const [address, shown] = transport === 'udp' ? [this.#socket.host, this.#socket.port] : [host, port];
    const flow = fault?.kind === 'local' ? null : await this.#socket.flowTo(transport, host, port).catch(() => null);
    if (flow === null) {
      const withVia = this.#withVia(request, transport);
      exchange.sent(withVia, transport, address, shown, serialise(withVia).length);
      const [status, reason] =
        fault?.kind === 'local' ? [fault.status, fault.reason ?? LOCAL[fault.status]] : [503 as const, LOCAL[503]];
      exchange.local(withVia, transport, status, reason);
      return;
    }
    const started = this.#transactions.start(flow, request, this.#sentBy(), (_response, bytes) => {
      if (fault?.kind === 'cut-between' || fault?.kind === 'cut-before') return;
      const told = (): void => {
        exchange.received(bytes, flow);
      };
      if (fault?.kind === 'late') this.#clock.at(this.#clock.now() + fault.ms, told);
      else told();
    });
    if (fault?.kind !== 'cut-before') {
      exchange.sent(started.sent, transport, address, shown, serialise(started.sent).length);
      // Held back for an answer in the same chunk, but not for one that does not come.
      this.#clock.at(this.#clock.now() + HELD_MS, () => {
        exchange.flush();
      });
    }
    if (fault?.kind === 'cut-before' || fault?.kind === 'cut-between') {
      exchange.flush();
      link.cut();
      return;
    }
    if ((await started.done) === null) {
      exchange.local(started.sent, transport, transport === 'tcp' ? 503 : 408, LOCAL[transport === 'tcp' ? 503 : 408]);
    }
  }

  #received(message: SipMessage, flow: Flow, bytes: Buffer): void {
    if (message.kind === 'response') {
      this.#transactions.answered(message, bytes);
      return;
    }
    const key = transactionKey(message);
    const known = this.#keys.get(key);
    if (known !== undefined) {
      const answer = this.#incoming.get(known)?.answer;
      if (answer !== null && answer !== undefined) flow.send(answer);
      return;
    }
    const link = this.#routed(message.method);
    const request = withPort(message, flow);
    if (link === null) {
      // Nobody routed it: the server answers by itself.
      flow.send(serialise(responseTo(message, flow, 503, 'Service Unavailable')));
      return;
    }
    const transaction = randomUUID();
    this.#keys.set(key, transaction);
    this.#incoming.set(transaction, { request, flow, toTag: newTag(), answer: null });
    const meta = [
      'sip',
      'network',
      bytes.length,
      flow.transport,
      flow.address,
      flow.port,
      this.#time(),
      transaction,
      '',
    ];
    link.write(`${[...meta, this.#socket.host, this.#socket.port, ''].join('|')}\r\n${serialise(request).toString()}`);
  }

  #answer(link: Link, id: string, transaction: string, draft: Parameters<typeof completedResponse>[0]): void {
    const incoming = this.#incoming.get(transaction);
    if (incoming === undefined) {
      link.write(`response|${id}|NOK|unknown transaction`);
      return;
    }
    const { flow, request, toTag } = incoming;
    incoming.answer = serialise(completedResponse(draft, request, toTag));
    flow.send(incoming.answer);
    const { length } = incoming.answer;
    const meta = ['response', id, 'OK', 'application', length, '', flow.address, flow.port, this.#time(), transaction];
    link.write(`${meta.join('|')}|||Msg sent:|\r\n${incoming.answer.toString()}`);
  }

  /** As it would have gone out, had there been a way. */
  #withVia(request: SipRequest, transport: Transport): SipRequest {
    const rport = transport === 'udp' ? 'rport;' : '';
    const via = `SIP/2.0/${transport.toUpperCase()} ${this.#sentBy()};${rport}branch=z9hG4bK${newTag()}`;
    return { ...request, headers: [['Via', via], ...request.headers] };
  }

  #sentBy(): string {
    return `${this.#socket.host}:${this.#socket.port}`;
  }

  /** hh:mm:ss.us */
  #time(): string {
    return `${new Date(this.#clock.wall()).toISOString().slice(11, 23)}000`;
  }
}

/** How long `coalesced` waits for an answer, ms. */
const HELD_MS = 100;

/** How the server words what it answers by itself. */
const LOCAL = { 408: 'Request Timeout', 503: 'Service Unavailable' } as const;

/** The request as it is shown to applications: with the port it came from in its top Via (RFC 3581 §4). */
function withPort(request: SipRequest, flow: Flow): SipRequest {
  let isTop = true;
  const headers = request.headers.map(([name, value]): Header => {
    if (longName(name) !== 'via' || !isTop) return [name, value];
    isTop = false;
    return [name, value.replace(/;rport(?=;|$)/, `;rport=${flow.port}`)];
  });
  return { ...request, headers };
}
