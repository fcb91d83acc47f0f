import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { describeError } from '../../../../schemas/app-error.ts';
import type { SipDestination } from '../../../core/sip-uri.ts';
import type { SipFlow, SipReply, SipStack } from '../stack.ts';
import { loadSipCore, type SipCore } from './sip-core.ts';
import { openTcp } from './tcp-wire.ts';
import { Transactions } from './transactions.ts';
import { openUdp } from './udp-wire.ts';
import type { Wire, WireAddress, WireEvents } from './wire.ts';

type Failure = Exclude<SipReply, { kind: 'answer' }>;

interface Line {
  readonly wire: Wire;
  readonly transactions: Transactions;
}

/** A line to one place, shared by all who talk to it at the moment; the last to leave closes it. */
interface Place {
  users: number;
  readonly opening: AbortController;
  readonly line: Promise<Line>;
}

export interface EmbeddedOptions {
  /** PEM of who signs registrars' certificates; undefined: whom Node trusts (NODE_EXTRA_CA_CERTS adds to it). */
  readonly tlsCa?: string | undefined;
}

/**
 * SIP from this process: sip.js's core over our own sockets. A socket lives as long as somebody talks to its place, so
 * nothing stays open between two probes and no timer keeps the process.
 */
export function embeddedStack({ tlsCa }: EmbeddedOptions = {}): SipStack {
  const places = new Map<string, Place>();
  const loading: { core: Promise<SipCore> | null } = { core: null };
  const closing = new AbortController();
  const isClosed = (): boolean => closing.signal.aborted;

  function placeOf(destination: SipDestination): { readonly key: string; readonly place: Place } {
    const key = `${destination.transport} ${destination.host} ${destination.port}`;
    const known = places.get(key);
    if (known !== undefined) return { key, place: known };
    const opening = new AbortController();
    const forget = (): void => {
      if (places.get(key) === place) places.delete(key);
    };
    loading.core ??= loadSipCore();
    const place: Place = {
      users: 0,
      opening,
      line: openLine(loading.core, destination, tlsCa, opening.signal, forget),
    };
    // Whoever comes next tries anew; those who wait are told by the same promise.
    place.line.catch(forget);
    places.set(key, place);
    return { key, place };
  }

  function leave(key: string, place: Place): void {
    place.users -= 1;
    if (place.users > 0) return;
    if (places.get(key) === place) places.delete(key);
    shut(place, 'nobody waits any more');
  }

  return {
    kind: 'embedded',
    readiness: () => ({ isReady: !isClosed(), detail: isClosed() ? 'closed' : null }),

    async open(destination, signal): Promise<SipFlow | Failure> {
      if (isClosed()) return { kind: 'indeterminate', detail: 'the SIP stack is closed' };
      const { key, place } = placeOf(destination);
      place.users += 1;
      try {
        const { wire, transactions } = await unlessAborted(place.line, signal);
        return {
          sentBy: wire.sentBy,
          send: (request, until) => transactions.send(request, until),
          release: () => {
            leave(key, place);
          },
        };
      } catch (error) {
        leave(key, place);
        if (isClosed()) return { kind: 'indeterminate', detail: 'the SIP stack was closed' };
        return { kind: 'unreachable', detail: describeError(error) };
      }
    },

    async close() {
      closing.abort();
      const open = [...places.values()];
      places.clear();
      for (const place of open) shut(place, 'the SIP stack was closed');
      await Promise.allSettled(open.map(({ line }) => line));
    },
  };
}

function shut({ opening, line }: Place, detail: string): void {
  opening.abort();
  line.then(
    ({ wire, transactions }) => {
      transactions.fail({ kind: 'indeterminate', detail });
      wire.close();
    },
    () => {
      // It never opened; whoever waited for it was told by the same promise.
    },
  );
}

async function openLine(
  loading: Promise<SipCore>,
  destination: SipDestination,
  tlsCa: string | undefined,
  signal: AbortSignal,
  onGone: () => void,
): Promise<Line> {
  const core = await loading;
  const address = await addressOf(destination);
  const listener: { transactions: Transactions | null; lost: string | null } = { transactions: null, lost: null };
  const events: WireEvents = {
    onMessage(message) {
      listener.transactions?.receive(message);
    },
    onEnd(detail) {
      onGone();
      listener.lost = detail;
      listener.transactions?.fail({ kind: 'unreachable', detail });
    },
  };
  const wire =
    destination.transport === 'udp'
      ? await openUdp(address, events)
      : await openTcp(
          address,
          destination.transport === 'tls' ? { host: destination.host, ca: tlsCa } : null,
          events,
          signal,
        );
  if (listener.lost !== null) throw new Error(listener.lost);
  const transactions = new Transactions(core, wire);
  listener.transactions = transactions;
  return { wire, transactions };
}

/** IPv4 where a name has both: that is what SIP is run over in the field. SRV and NAPTR are not asked. */
async function addressOf({ host, port }: SipDestination): Promise<WireAddress> {
  const literal = isIP(host);
  if (literal !== 0) return { address: host, family: literal === 6 ? 6 : 4, port };
  const found = await lookup(host, { all: true });
  const chosen = found.find(({ family }) => family === 4) ?? found[0];
  if (chosen === undefined) throw new Error(`${host} has no address`);
  return { address: chosen.address, family: chosen.family === 6 ? 6 : 4, port };
}

function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const giveUp = (): void => {
      reject(new Error('given up'));
    };
    if (signal.aborted) giveUp();
    signal.addEventListener('abort', giveUp, { once: true });
    promise.then(resolve, reject).finally(() => {
      signal.removeEventListener('abort', giveUp);
    });
  });
}
