import { randomBytes } from 'node:crypto';
import type { LabClock } from '../clock.ts';
import type { SipClient } from '../sip/client.ts';
import { header, serialise, type SipRequest } from '../sip/message.ts';
import type { Flow } from '../sip/socket.ts';
import { responseTo } from '../sip/transaction.ts';
import type { LabPnp } from './lab-phone.ts';
import type { VendorRules } from './vendor.ts';

const GROUP = '224.0.1.75';
const MOST_ASKED = 3;

interface DiscoveryDeps {
  readonly client: SipClient;
  readonly mac: string;
  readonly clock: LabClock;
  readonly rules: VendorRules;
}

/**
 * SIP PnP as phones do it: a SUBSCRIBE for `ua-profile` to the group, then a NOTIFY with the URL. The first answer wins,
 * whoever sent it. Source: what service-test.snom.com shows, and captures of Grandstream and Yealink.
 */
export class Discovery {
  readonly #pnp: LabPnp;
  readonly #deps: DiscoveryDeps;
  readonly #left: Record<'notify' | 'answer', number>;
  #callId = '';
  #told: (url: string) => void = () => undefined;

  constructor(pnp: LabPnp, deps: DiscoveryDeps) {
    this.#pnp = pnp;
    this.#deps = deps;
    this.#left = { notify: 0, answer: 0, ...pnp.loses };
  }

  /** The URL it is told, or null when nobody answers; `patienceMs` after each asking. */
  async ask(patienceMs: number): Promise<string | null> {
    const { client, clock, mac, rules } = this.#deps;
    const told = new Promise<string>((resolve) => (this.#told = resolve));
    const target = `sip:${this.#pnp.target ?? `MAC%3A${mac.toUpperCase()}`}@${GROUP}`;
    for (let asked = 0; asked < MOST_ASKED; asked += 1) {
      this.#callId = randomBytes(8).toString('hex');
      const here = `${client.socket.host}:${client.socket.port}`;
      void client.ask(client.socket.udpFlow(GROUP, this.#pnp.port), {
        method: 'SUBSCRIBE',
        uri: target,
        from: target,
        to: target,
        callId: this.#callId,
        headers: [
          ['Contact', `<sip:${mac}@${here}>`],
          ['Event', `ua-profile;profile-type="device";vendor="${rules.vendor}";model="${rules.model}";version="1.0"`],
          ['Accept', 'application/url'],
          ['Expires', '0'],
        ],
      });
      const late = new Promise<null>((resolve) => {
        clock.at(clock.now() + patienceMs, () => {
          resolve(null);
        });
      });
      const url = await Promise.race([told, late]);
      if (url !== null) return url;
    }
    return null;
  }

  /** True for a NOTIFY that tells a URL, whether it is answered or lost. */
  takes(request: SipRequest, flow: Flow): boolean {
    if (request.method !== 'NOTIFY' || header(request, 'content-type') !== 'application/url') return false;
    if (this.#isLost('notify')) return true;
    const isMine = header(request, 'call-id') === this.#callId && header(request, 'subscription-state') !== null;
    const [status, reason] = isMine ? ([200, 'OK'] as const) : ([481, 'Subscription does not exist'] as const);
    if (!this.#isLost('answer')) flow.send(serialise(responseTo(request, flow, status, reason)));
    if (isMine) this.#told(request.body.trim());
    return true;
  }

  #isLost(what: 'notify' | 'answer'): boolean {
    if (this.#left[what] === 0) return false;
    this.#left[what] -= 1;
    return true;
  }
}
