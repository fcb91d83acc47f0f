import { parseDuration } from '../duration.ts';
import type { LabClock } from '../../clock.ts';
import type { Packet } from './packet.ts';

interface Bucket {
  tokens: number;
  at: number;
}

/** A `limit` or `dst-limit` value: tokens a millisecond, burst, and by what packets are told apart. */
export interface Rate {
  readonly perMs: number;
  readonly burst: number;
  readonly keyOf: (packet: Packet) => string;
}

/**
 * `limit=rate[/time],burst[:packet]` and `dst-limit=rate[/time],burst,mode[/expire]` (manual, "Filter"); null when it
 * cannot be read. The mode names what has a bucket of its own: `src-address`, `dst-address`, `addresses-and-dst-port` …
 */
export function parseRate(text: string): Rate | null {
  const [rate = '', burst = '', mode = ''] = text.replace(/:packet$/, '').split(',');
  const [count = '', time = '1s'] = rate.split('/');
  const ms = parseDuration(/^\d/.test(time) ? time : `1${time}`);
  if (!/^\d+$/.test(count) || !/^\d+$/.test(burst) || ms === null || ms === 0) return null;
  return { perMs: Number(count) / ms, burst: Math.max(1, Number(burst)), keyOf: keyReader(mode.split('/')[0] ?? '') };
}

function keyReader(mode: string): (packet: Packet) => string {
  const hasBoth = mode.includes('addresses');
  const parts: ((packet: Packet) => string)[] = [];
  if (hasBoth || mode.includes('src-address') || mode.includes('src-and-dst')) parts.push((packet) => packet.source);
  if (hasBoth || mode.includes('dst-address') || mode.includes('src-and-dst'))
    parts.push((packet) => packet.destination);
  if (mode.includes('dst-port') || mode.endsWith('-port')) parts.push((packet) => String(packet.destinationPort));
  return (packet) => parts.map((part) => part(packet)).join(' ');
}

/** The token buckets of all rules: full at first, refilled by the clock, one token a packet. */
export class TokenBuckets {
  readonly #clock: LabClock;
  readonly #buckets = new Map<string, Bucket>();

  constructor(clock: LabClock) {
    this.#clock = clock;
  }

  /** True when a token is there; takes it unless only looking. */
  take(rule: string, rate: Rate, packet: Packet, isLooking: boolean): boolean {
    const key = `${rule} ${rate.keyOf(packet)}`;
    const now = this.#clock.now();
    const bucket = this.#buckets.get(key);
    const tokens =
      bucket === undefined ? rate.burst : Math.min(rate.burst, bucket.tokens + (now - bucket.at) * rate.perMs);
    const isThere = tokens >= 1;
    if (!isLooking) this.#buckets.set(key, { tokens: isThere ? tokens - 1 : tokens, at: now });
    return isThere;
  }
}
