import { randomUUID } from 'node:crypto';
import { header, listed, longName, serialise, type Header, type SipRequest } from '../sip/message.ts';
import type { Flow } from '../sip/socket.ts';
import { newTag } from './completion.ts';
import type { Link } from './link.ts';

/** The frames of one request: first what was sent, then every answer. */
export class Exchange {
  readonly #link: Link;
  readonly #id: string;
  readonly #isHeld: boolean;
  readonly #time: () => string;
  readonly #transaction = randomUUID();
  #held: string | null = null;

  constructor(link: Link, id: string, isHeld: boolean, time: () => string) {
    this.#link = link;
    this.#id = id;
    this.#isHeld = isHeld;
    this.#time = time;
  }

  sent(request: SipRequest, transport: string, address: string, port: number, length: number): void {
    const meta = ['response', this.#id, 'OK', 'application', length, transport, address, port, this.#time()];
    const payload = `${[...meta, this.#transaction, 'Msg sent:', ''].join('|')}\r\n${serialise(request).toString()}`;
    if (this.#isHeld) this.#held = payload;
    else this.#link.write(payload);
  }

  received(bytes: Buffer, flow: Flow): void {
    this.#tell(bytes.length, flow.transport, flow.address, flow.port, bytes.toString());
  }

  /** An answer that the server makes itself: no address, port 0, no bytes on the network. */
  local(request: SipRequest, transport: string, status: number, reason: string): void {
    const told = plain(request);
    const to = `${header(told, 'to') ?? ''};tag=${newTag()}`;
    const headers: Header[] = [
      ...listed(told, 'via').map((via): Header => ['Via', via]),
      ['From', header(told, 'from') ?? ''],
      ['To', to],
      ['Call-ID', header(told, 'call-id') ?? ''],
      ['CSeq', header(told, 'cseq') ?? ''],
    ];
    const text = serialise({ kind: 'response', status, reason, headers, body: '' }).toString();
    this.#tell(0, transport, '', 0, text);
  }

  /** Writes what was held back for the answer. */
  flush(): void {
    if (this.#held !== null) this.#link.write(this.#held);
    this.#held = null;
  }

  #tell(length: number, transport: string, address: string, port: number, text: string): void {
    const meta = ['sip', 'network', length, transport, address, port, this.#time(), this.#transaction, '', ''];
    const payload = `${meta.join('|')}\r\n${text}`;
    if (this.#held === null) this.#link.write(payload);
    else this.#link.write(this.#held, payload);
    this.#held = null;
  }
}

/** From and To without angle brackets, as the server writes them before it has a transport. */
export function plain(request: SipRequest): SipRequest {
  const headers = request.headers.map(([name, value]): Header => [
    name,
    ['from', 'to'].includes(longName(name)) ? value.replace(/^<([^>;]*)>/, '$1') : value,
  ]);
  return { ...request, headers };
}
