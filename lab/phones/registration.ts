import { randomBytes } from 'node:crypto';
import type { LabClock } from '../clock.ts';
import { parseAddress } from '../sip/address.ts';
import type { SipClient } from '../sip/client.ts';
import { listed, type Header } from '../sip/message.ts';
import type { LabLine } from './vendor.ts';

/** How long a phone waits for the answer to its goodbye, ms. */
const MOMENT_MS = 1000;

/** How a registration stands. */
export interface Registered {
  /** Status of the last answer; null: none came, or none was asked for yet. */
  readonly status: number | null;
  /** The key the registrar accepted last, while the binding lives; null: not registered. */
  readonly key: string | null;
  /** Times it was accepted. */
  readonly times: number;
}

/** One account's registration: keeps its binding alive until it is ended (RFC 3261 §10.2). */
export class Registration {
  readonly line: LabLine;
  /** User part of the Contact: random, as phones make it, and the only one that reaches it. */
  readonly contactUser: string;
  state: Registered = { status: null, key: null, times: 0 };
  readonly #client: SipClient;
  readonly #clock: LabClock;
  readonly #retryMs: number;
  readonly #instance: string;
  readonly #changed: () => void;
  readonly #callId = randomBytes(10).toString('hex');
  #cseq = 1;
  #isEnded = false;
  #running: Promise<void> = Promise.resolve();
  #cancel: () => void = () => undefined;

  constructor(
    line: LabLine,
    mac: string,
    client: SipClient,
    clock: LabClock,
    retryMs: number,
    changed: () => void,
    contactUser = `${line.user}-${randomBytes(4).toString('hex')}`,
  ) {
    this.line = line;
    this.contactUser = contactUser;
    this.#client = client;
    this.#clock = clock;
    this.#retryMs = retryMs;
    // RFC 4122 time-based form with the MAC as its node, as many phones make it.
    this.#instance = `<urn:uuid:00000000-0000-1000-8000-${mac}>`;
    this.#changed = changed;
  }

  /** Registers now, and again at half of what was granted. */
  register(): Promise<void> {
    // One REGISTER at a time (RFC 3261 §10.2): the one under way is renewed after it has ended.
    this.#running = this.#running.then(() => this.#renew());
    return this.#running;
  }

  /** Stops, and takes the binding back when `isDeregistering`, waiting for the registrar a moment only. */
  async end(isDeregistering: boolean): Promise<void> {
    this.#isEnded = true;
    this.#cancel();
    if (isDeregistering && this.state.key !== null) {
      const done = this.#running.then(() => this.#ask(0));
      await Promise.race([
        done,
        new Promise<void>((resolve) => this.#clock.at(this.#clock.now() + MOMENT_MS, resolve)),
      ]);
    }
    this.state = { ...this.state, key: null };
  }

  async #renew(): Promise<void> {
    if (this.#isEnded) return;
    this.#cancel();
    const response = await this.#ask(this.line.expiresSeconds);
    if (this.#isStopped()) return;
    const isAccepted = response?.status === 200;
    const { times } = this.state;
    this.state = {
      status: response?.status ?? null,
      key: isAccepted ? this.line.key : null,
      times: isAccepted ? times + 1 : times,
    };
    this.#changed();
    const waitMs = isAccepted ? (response.granted ?? this.line.expiresSeconds) * 500 : this.#retryMs;
    this.#cancel = this.#clock.at(this.#clock.now() + waitMs, () => void this.register());
  }

  async #ask(expires: number): Promise<{ readonly status: number; readonly granted: number | null } | null> {
    const { host, port, transport, user, authUser, key } = this.line;
    // The lab has no SIP over TLS: to this phone such a server is dead.
    if (transport === 'tls') return null;
    const address = /^\d+\.\d+\.\d+\.\d+$/.test(host) ? host : '127.0.0.1';
    const domain = port === null ? host : `${host}:${port}`;
    const socket = this.#client.socket;
    const contact = `<sip:${this.contactUser}@${socket.host}:${socket.port}${transport === 'tcp' ? ';transport=tcp' : ''}>`;
    const headers: Header[] = [
      ['Contact', `${contact};expires=${expires};+sip.instance="${this.#instance}"`],
      ['Expires', String(expires)],
      ['User-Agent', 'lab phone'],
    ];
    const aor = `sip:${user}@${domain}`;
    const flow = await socket.flowTo(transport, address, port ?? 5060).catch(() => null);
    if (flow === null) return null;
    const { response, cseq } = await this.#client.ask(
      flow,
      { method: 'REGISTER', uri: `sip:${domain}`, from: aor, to: aor, callId: this.#callId, cseq: this.#cseq, headers },
      { username: authUser, key },
    );
    this.#cseq = cseq + 1;
    if (response === null) return null;
    const ours = listed(response, 'contact')
      .map(parseAddress)
      .find(({ uri }) => uri.includes(`:${this.contactUser}@`));
    const granted = ours?.parameters.get('expires');
    return { status: response.status, granted: granted === undefined ? null : Number(granted) };
  }

  #isStopped(): boolean {
    return this.#isEnded;
  }
}
