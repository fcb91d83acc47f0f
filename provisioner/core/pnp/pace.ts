import type { PnpPeer, PnpSubscribe } from './subscribe.ts';

/**
 * So often the URL of one enrolment is told: a phone asks again when a datagram was lost, or when it was switched off
 * before it fetched. Whoever else asks in its name cannot ask for ever.
 */
export const MOST_TOLD = 10;
/** New exchanges a second, of all phones together: a building's after a power cut, no flood. */
const MOST_PER_SECOND = 50;
const SECOND_MS = 1000;

/**
 * `answer`: 200 and NOTIFY. `repeat`: the SUBSCRIBE that is being answered has come again, for its 200 was lost; the NOTIFY
 * repeats itself. `wait`: not now, the phone asks again by itself. `spent`: not for this enrolment any more.
 */
export type PnpVerdict =
  | { readonly kind: 'answer'; readonly tag: string }
  | { readonly kind: 'repeat'; readonly tag: string }
  | { readonly kind: 'wait' }
  | { readonly kind: 'spent' };

/** What a judgement takes beside the SUBSCRIBE. */
export interface PnpCase {
  readonly enrolment: string;
  readonly tag: string;
  readonly now: number;
}

interface Told {
  readonly enrolment: string;
  readonly count: number;
  readonly exchange: string;
  readonly tag: string;
  isUnderWay: boolean;
}

/** How often phones are told their URLs. Holds no more than there are phones that somebody enrolled. */
export class PnpPace {
  readonly #told = new Map<string, Told>();
  #window = { since: Number.NEGATIVE_INFINITY, count: 0 };

  /**
   * What a SUBSCRIBE gets, and with which tag: the same for one that comes again, for it is one dialog to the phone.
   * `enrolment` names the enrolment that is open, `tag` is fresh; `now` is monotonic, ms.
   */
  judge(subscribe: PnpSubscribe, source: PnpPeer, { enrolment, tag, now }: PnpCase): PnpVerdict {
    const exchange = exchangeOf(subscribe, source);
    const known = this.#told.get(subscribe.mac);
    const told = known?.enrolment === enrolment ? known : null;
    if (told?.exchange === exchange) return { kind: 'repeat', tag: told.tag };
    // One NOTIFY at a time; also of an enrolment before.
    if (known?.isUnderWay === true) return { kind: 'wait' };
    if (told !== null && told.count >= MOST_TOLD) return { kind: 'spent' };
    if (!this.#hasRoom(now)) return { kind: 'wait' };
    this.#told.set(subscribe.mac, { enrolment, count: (told?.count ?? 0) + 1, exchange, tag, isUnderWay: true });
    return { kind: 'answer', tag };
  }

  /** The NOTIFY to that phone was answered, or given up. */
  ended(mac: string): void {
    const told = this.#told.get(mac);
    if (told !== undefined) told.isUnderWay = false;
  }

  /** Nobody is told this phone's URL any more. */
  forget(mac: string): void {
    if (this.#told.get(mac)?.isUnderWay === false) this.#told.delete(mac);
  }

  #hasRoom(now: number): boolean {
    if (now - this.#window.since >= SECOND_MS) this.#window = { since: now, count: 0 };
    this.#window.count += 1;
    return this.#window.count <= MOST_PER_SECOND;
  }
}

/** The same for a SUBSCRIBE that was sent again (RFC 3261 §17.2.3). */
function exchangeOf({ callId, cseq, vias: [via] }: PnpSubscribe, { address, port }: PnpPeer): string {
  return JSON.stringify([callId, cseq, via, address, port]);
}
