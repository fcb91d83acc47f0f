/** A token bucket for each address that sent a wrong token; both numbers are generous to a platform's typing error. */
export const LOGIN_BURST = 60;
const REFILL_PER_SECOND = 1;
const MAX_ADDRESSES = 10_000;

interface Bucket {
  tokens: number;
  at: number;
}

/**
 * Counts refused tokens by address. It never stands in the way of a right token: one wrong neighbour behind the same
 * address, or on loopback, must not lock the platform out. Bounded: the address longest unheard of is forgotten.
 */
export class LoginThrottle {
  readonly #buckets = new Map<string, Bucket>();

  /** Notes one refused token. Null while within bounds, else the seconds until the next attempt is counted as one. */
  refused(address: string, now: number): number | null {
    const bucket = this.#buckets.get(address) ?? { tokens: LOGIN_BURST, at: now };
    const tokens = Math.min(LOGIN_BURST, bucket.tokens + (Math.max(0, now - bucket.at) / 1000) * REFILL_PER_SECOND);
    this.#buckets.delete(address);
    this.#buckets.set(address, { tokens: Math.max(0, tokens - 1), at: now });
    if (this.#buckets.size > MAX_ADDRESSES) {
      const [oldest] = this.#buckets.keys();
      if (oldest !== undefined) this.#buckets.delete(oldest);
    }
    return tokens >= 1 ? null : Math.ceil((1 - tokens) / REFILL_PER_SECOND);
  }
}

/** The address a bucket stands for: an IPv6 /64 is one customer, an IPv4 address in IPv6 spelling is that IPv4 address. */
export function throttleKey(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address);
  if (mapped?.[1] !== undefined) return mapped[1];
  if (!address.includes(':')) return address;
  const [head = '', tail] = address.split('::');
  const groups = head === '' ? [] : head.split(':');
  const missing = tail === undefined ? 0 : 8 - groups.length - (tail === '' ? 0 : tail.split(':').length);
  return [...groups, ...Array.from({ length: Math.max(0, missing) }, () => '0'), ...(tail ?? '').split(':')]
    .slice(0, 4)
    .join(':');
}
