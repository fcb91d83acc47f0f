import type { LabClock } from '../clock.ts';
import { parseAddress, parseUri } from '../sip/address.ts';
import { header, headerLines, listed, type Header, type SipRequest } from '../sip/message.ts';
import type { Flow } from '../sip/socket.ts';

/** One contact of an AOR, as a test looks at it. */
export interface LabBinding {
  readonly contact: string;
  /** Seconds left, at least 1. */
  readonly expires: number;
  readonly instance: string | null;
  /** Which of the user's keys it was last renewed with. */
  readonly key: string;
  /** When it was last renewed, ms since the epoch. */
  readonly renewedAt: number;
  readonly callId: string;
}

interface Row {
  readonly uri: string;
  readonly instance: string | null;
  readonly key: string;
  readonly renewedAt: number;
  readonly endsAt: number;
  readonly callId: string;
  readonly cseq: number;
  readonly flow: Flow;
}

/** How long a registrar grants, in seconds. */
export interface Grants {
  readonly default: number;
  readonly min: number;
  readonly max: number;
}

export type BindingsOutcome =
  | { readonly kind: 'ok' }
  | { readonly kind: 'too-brief' }
  | { readonly kind: 'bad' }
  | { readonly kind: 'out-of-order' };

/** Location service of a registrar (RFC 3261 §10.3, steps 6 to 8). */
export class Bindings {
  grants: Grants;
  readonly #clock: LabClock;
  readonly #rows = new Map<string, Row[]>();

  constructor(clock: LabClock, grants: Grants) {
    this.#clock = clock;
    this.grants = grants;
  }

  of(user: string): LabBinding[] {
    const now = this.#clock.wall();
    return this.#live(user).map(({ uri, instance, key, renewedAt, endsAt, callId }) => ({
      contact: uri,
      expires: Math.max(1, Math.ceil((endsAt - now) / 1000)),
      instance,
      key,
      renewedAt,
      callId,
    }));
  }

  /** Contact lines for a 200. */
  lines(user: string): Header[] {
    return this.of(user).map(({ contact, expires, instance }) => [
      'Contact',
      `<${contact}>;expires=${expires}${instance === null ? '' : `;+sip.instance="${instance}"`}`,
    ]);
  }

  /** All or nothing: every contact of the request, or none. */
  update(user: string, request: SipRequest, key: string, flow: Flow): BindingsOutcome {
    const contacts = listed(request, 'contact');
    const callId = header(request, 'call-id') ?? '';
    const cseq = Number.parseInt(header(request, 'cseq') ?? '0', 10);
    const asked = secondsOf(headerLines(request, 'expires')[0]);
    const rows = this.#live(user);
    if (contacts.includes('*')) {
      if (contacts.length > 1 || asked !== 0) return { kind: 'bad' };
      this.#rows.delete(user);
      return { kind: 'ok' };
    }
    let next = rows;
    const now = this.#clock.wall();
    for (const text of contacts) {
      const { uri, parameters } = parseAddress(text);
      if (parseUri(uri) === null) return { kind: 'bad' };
      const known = rows.find((row) => row.uri === uri);
      if (known !== undefined && known.callId === callId && cseq <= known.cseq) return { kind: 'out-of-order' };
      const wanted = secondsOf(parameters.get('expires')) ?? asked ?? this.grants.default;
      if (wanted > 0 && wanted < this.grants.min) return { kind: 'too-brief' };
      const instance = parameters.get('+sip.instance') ?? null;
      // A device that comes back from another port is the same device (RFC 5626 §6).
      next = next.filter((row) => row.uri !== uri && (instance === null || row.instance !== instance));
      if (wanted === 0) continue;
      const endsAt = now + Math.min(wanted, this.grants.max) * 1000;
      next = [...next, { uri, instance, key, renewedAt: now, endsAt, callId, cseq, flow }];
    }
    this.#rows.set(user, next);
    return { kind: 'ok' };
  }

  forget(user: string): void {
    this.#rows.delete(user);
  }

  /** Where a request for this URI goes: to all contacts of an AOR of ours, or to the one contact it names. */
  targets(uri: string, isOurs: (host: string, port: number | null) => boolean): { uri: string; flow: Flow }[] {
    const parsed = parseUri(uri);
    if (parsed === null) return [];
    if (isOurs(parsed.host, parsed.port))
      return this.#live(parsed.user ?? '').map((row) => ({ uri: row.uri, flow: row.flow }));
    for (const user of this.#rows.keys()) {
      for (const row of this.#live(user)) if (row.uri === uri) return [{ uri, flow: row.flow }];
    }
    return [];
  }

  #live(user: string): Row[] {
    const now = this.#clock.wall();
    return (this.#rows.get(user) ?? []).filter((row) => row.endsAt > now);
  }
}

function secondsOf(text: string | undefined): number | null {
  return text !== undefined && /^\d{1,10}$/.test(text) ? Number(text) : null;
}
