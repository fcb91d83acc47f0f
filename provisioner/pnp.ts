import type { PnpConfig } from '../schemas/config/provisioner.ts';
import { contains, parseAddress } from '../schemas/address.ts';
import { describeError } from '../schemas/app-error.ts';
import { notifyText, okText } from './core/pnp/answer.ts';
import { PnpPace } from './core/pnp/pace.ts';
import { notifyTo, pnpSubscribeOf, replyTo, type PnpPeer, type PnpSubscribe } from './core/pnp/subscribe.ts';
import { branchOf, methodOf, parseResponse } from './core/sip-message.ts';
import type { NoEnrolment, OpenEnrolment } from './phone-files.ts';
import type { Clock } from './ports.ts';

/** Ready sockets: what the responder touches the network with. */
export interface PnpWire {
  /** The network of the phones, as a prefix. */
  readonly network: string;
  /** Where answers come from. */
  readonly local: PnpPeer;
  /** Its interface still has that address. */
  isThere(): boolean;
  send(text: string, to: PnpPeer): void;
  close(): Promise<void>;
}

interface PnpEvents {
  /** Somebody said something to the group. */
  readonly onGroup: (text: string, from: PnpPeer) => void;
  /** Somebody said something to the address that answers come from. */
  readonly onAnswer: (text: string, from: PnpPeer) => void;
}

export type OpenPnpWire = (settings: PnpConfig, events: PnpEvents) => Promise<PnpWire>;

export interface PnpDeps {
  readonly open: OpenPnpWire;
  readonly enrolment: (mac: string) => OpenEnrolment | NoEnrolment;
  readonly clock: Clock;
  /** Unguessable, of letters and digits. */
  readonly newId: () => string;
  readonly log: { info(fields: object, message: string): void; warn(fields: object, message: string): void };
}

/** Waits after each sending of a NOTIFY (RFC 3261 §17.1.2.2); then it is given up, for the phone asks again by itself. */
const RESEND_MS = [500, 1000, 2000, 4000] as const;
/** Whether the address is still there is looked at this often, and the sockets are tried again where they failed. */
const LOOK_MS = 15_000;
/** Phones that nobody enrolled are told of once, and not more of them: whoever is in the network may invent any number. */
const MOST_STRANGERS = 200;

/** One wire, from its opening to its end. */
interface Session {
  readonly settings: PnpConfig;
  readonly stopping: AbortController;
  readonly ended: Promise<void>;
}

/**
 * Answers phones that ask the multicast group for their configuration (SIP PnP; phones guide 1F): the enrolmentUrl, to
 * those whose enrolment is open, and silence to everybody else. It has no way to know who asks: that is why it tells no
 * provisioningUrl, nobody outside of the phones' network, and is off until a person switches it on.
 */
export class PnpResponder {
  readonly #deps: PnpDeps;
  readonly #pace = new PnpPace();
  readonly #strangers = new Set<string>();
  /** By branch: who was sent that NOTIFY, and what to do with the final answer. */
  readonly #awaited = new Map<string, { readonly peer: PnpPeer; readonly heard: (status: number) => void }>();
  #session: Session | null = null;
  #changing: Promise<void> = Promise.resolve();

  constructor(deps: PnpDeps) {
    this.#deps = deps;
  }

  /** Listens as these settings say, or not at all; resolves once that was tried. Never rejects. */
  configure(settings: PnpConfig | undefined): Promise<void> {
    this.#changing = this.#changing.then(async () => {
      const wanted = JSON.stringify(settings);
      if (wanted === JSON.stringify(this.#session?.settings)) return;
      await this.#end();
      if (settings !== undefined) await this.#begin(settings);
    });
    return this.#changing;
  }

  /** Ends everything; resolves when the sockets are closed. */
  close(): Promise<void> {
    return this.configure(undefined);
  }

  async #end(): Promise<void> {
    this.#session?.stopping.abort();
    await this.#session?.ended;
    this.#session = null;
  }

  /** Resolves after the first try. */
  #begin(settings: PnpConfig): Promise<void> {
    const stopping = new AbortController();
    return new Promise((tried) => {
      this.#session = { settings, stopping, ended: this.#keep(settings, stopping.signal, tried) };
    });
  }

  async #keep(settings: PnpConfig, signal: AbortSignal, tried: () => void): Promise<void> {
    const { log } = this.#deps;
    let told = '';
    while (!signal.aborted) {
      try {
        await this.#listen(settings, signal, () => {
          told = '';
          tried();
        });
      } catch (error) {
        // A port that is taken, an address that is not there yet: phones that are told their URL otherwise are not concerned.
        const text = describeError(error);
        if (text !== told) log.warn({ ...settings, error: text }, 'pnp does not listen');
        told = text;
        tried();
      }
      await this.#deps.clock.sleep(LOOK_MS, signal).catch(() => undefined);
    }
  }

  /** Answers until the signal fires or the address is gone. */
  async #listen(settings: PnpConfig, signal: AbortSignal, ready: () => void): Promise<void> {
    const { clock, log, open } = this.#deps;
    const early: { wire: PnpWire | null } = { wire: null };
    const wire = await open(settings, {
      onGroup: (text, from) => {
        if (early.wire !== null && !signal.aborted) this.#asked(early.wire, text, from, signal);
      },
      onAnswer: (text, from) => {
        this.#answered(text, from);
      },
    });
    early.wire = wire;
    log.info({ ...settings, network: wire.network, answersFrom: wire.local.port }, 'pnp listens');
    ready();
    try {
      while (!signal.aborted && wire.isThere()) await clock.sleep(LOOK_MS, signal).catch(() => undefined);
    } finally {
      await wire.close();
    }
    if (!signal.aborted) log.warn({ ...settings, error: 'its address is gone' }, 'pnp does not listen');
  }

  #asked(wire: PnpWire, text: string, source: PnpPeer, signal: AbortSignal): void {
    const subscribe = pnpSubscribeOf(text);
    if (subscribe === null || !isWithin(wire.network, source.address)) return;
    const { mac } = subscribe;
    const enrolment = this.#deps.enrolment(mac);
    if (typeof enrolment === 'string') {
      this.#pace.forget(mac);
      this.#noteStranger(subscribe, source, enrolment);
      return;
    }
    const { clock, newId } = this.#deps;
    const fresh = { enrolment: enrolment.tokenHash, tag: newId(), now: clock.monotonic() };
    const verdict = this.#pace.judge(subscribe, source, fresh);
    if (verdict.kind === 'spent') this.#noteStranger(subscribe, source, verdict.kind);
    if (verdict.kind === 'wait' || verdict.kind === 'spent') return;
    const own = { local: wire.local, tag: verdict.tag };
    wire.send(okText(subscribe, source, own), replyTo(subscribe, source));
    if (verdict.kind === 'answer') void this.#notify(wire, subscribe, source, { ...own, url: enrolment.url }, signal);
  }

  /** Sends the NOTIFY until the phone answers it, four times at most. Never rejects. */
  async #notify(
    wire: PnpWire,
    subscribe: PnpSubscribe,
    source: PnpPeer,
    own: Omit<Parameters<typeof notifyText>[2], 'branch'>,
    signal: AbortSignal,
  ): Promise<void> {
    const { clock, log, newId } = this.#deps;
    const { mac, vendor, model } = subscribe;
    const peer = notifyTo(subscribe, source);
    // RFC 3261 §8.1.1.7: what every branch begins with.
    const branch = `z9hG4bK${newId()}`;
    const text = notifyText(subscribe, source, { ...own, branch });
    const answered = new AbortController();
    const answer: { status: number | null } = { status: null };
    this.#awaited.set(branch, {
      peer,
      heard: (status) => {
        answer.status = status;
        answered.abort();
      },
    });
    const until = AbortSignal.any([signal, answered.signal]);
    for (const ms of RESEND_MS) {
      if (until.aborted) break;
      wire.send(text.reveal(), peer);
      await clock.sleep(ms, until).catch(() => undefined);
    }
    this.#awaited.delete(branch);
    this.#pace.ended(mac);
    if (signal.aborted) return;
    const fields = { mac, address: peer.address, vendor, model, status: answer.status };
    const { status } = answer;
    if (status !== null && status < 300) log.info(fields, 'phone was told its enrolment by pnp');
    else log.warn(fields, 'phone did not take its enrolment by pnp');
  }

  #answered(text: string, from: PnpPeer): void {
    const response = parseResponse(text);
    if (response === null || response.status < 200 || methodOf(response) !== 'NOTIFY') return;
    const awaited = this.#awaited.get(branchOf(response) ?? '');
    if (awaited?.peer.address === from.address) awaited.heard(response.status);
  }

  #noteStranger({ mac, vendor, model }: PnpSubscribe, { address }: PnpPeer, why: NoEnrolment | 'spent'): void {
    const name = `${mac} ${why}`;
    if (this.#strangers.has(name) || this.#strangers.size >= MOST_STRANGERS) return;
    this.#strangers.add(name);
    this.#deps.log.info({ mac, address, vendor, model, why }, 'phone asked by pnp and was not answered');
  }
}

function isWithin(network: string, text: string): boolean {
  const [range, address] = [parseAddress(network), parseAddress(text)];
  return range !== null && address !== null && contains(range, address);
}
