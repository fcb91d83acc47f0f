import { parseAddress, truncate } from '../../schemas/address.ts';

/**
 * How much of what is nobody's one address may ask for, before it is answered without more ado. A site of 200 phones behind
 * one address never comes near: each phone's own token, an ended one too, is known and never counts, and its two to six
 * 404s a start come with it (phones guide 7, item 15). It also holds if all 200 came with a URL of a lost store.
 */
export const GUESS_LIMITS = { tokens: 250, macs: 250, windowMs: 600_000, addresses: 1_000 };
/** Counts, but for `windowMs`. */
export type GuessBudget = Readonly<typeof GUESS_LIMITS>;

/** What a request tries out that no phone's own token vouches for. */
export interface Guess {
  /** SHA-256 of a token of nobody, hex; null: it brings none. */
  readonly tokenHash: string | null;
  /** The MAC address that it names, 12 hex digits. */
  readonly mac: string | null;
}

interface Guesser {
  readonly since: number;
  readonly tokens: Set<number>;
  readonly macs: Set<number>;
  isLimited: boolean;
}

/**
 * Counts distinct tokens of nobody, and distinct MAC addresses asked for without their own token, by address. Not raw refusals: a
 * phone that asks for the same missing file for ever is no guesser. Bounded: the addresses that were quiet longest are
 * forgotten first, and one that is limited is remembered by that alone.
 */
export class GuessLimits {
  /** How many requests of limited addresses were answered without more ado so far. */
  refused = 0;
  readonly #limits: GuessBudget;
  /** The one that guessed last comes last. */
  readonly #guessers = new Map<string, Guesser>();

  constructor(limits: GuessBudget = GUESS_LIMITS) {
    this.#limits = limits;
  }

  /** How many addresses are limited at `now` (ms). */
  limitedAt(now: number): number {
    return [...this.#guessers.values()].filter((guesser) => guesser.isLimited && this.#isOpen(guesser, now)).length;
  }

  isLimited(address: string, now: number): boolean {
    const guesser = this.#guessers.get(guesserOf(address));
    return guesser !== undefined && guesser.isLimited && this.#isOpen(guesser, now);
  }

  /** Notes a guess; true when with it the address has used up what it may, once in a window. */
  note(address: string, { tokenHash, mac }: Guess, now: number): boolean {
    if (tokenHash === null && mac === null) return false;
    const name = guesserOf(address);
    const known = this.#guessers.get(name);
    const guesser =
      known !== undefined && this.#isOpen(known, now)
        ? known
        : { since: now, tokens: new Set<number>(), macs: new Set<number>(), isLimited: false };
    this.#guessers.delete(name);
    this.#guessers.set(name, guesser);
    if (this.#guessers.size > this.#limits.addresses) this.#forgetQuietest();
    if (guesser.isLimited) return false;
    // A few bits of a hash are enough to count by.
    if (tokenHash !== null) guesser.tokens.add(Number.parseInt(tokenHash.slice(0, 8), 16));
    if (mac !== null) guesser.macs.add(Number.parseInt(mac, 16));
    guesser.isLimited = guesser.tokens.size > this.#limits.tokens || guesser.macs.size > this.#limits.macs;
    if (!guesser.isLimited) return false;
    guesser.tokens.clear();
    guesser.macs.clear();
    return true;
  }

  /** A clock that was set back ends the window too. */
  #isOpen({ since }: Guesser, now: number): boolean {
    return now >= since && now - since < this.#limits.windowMs;
  }

  #forgetQuietest(): void {
    for (const name of this.#guessers.keys()) {
      this.#guessers.delete(name);
      return;
    }
  }
}

/** Who it is that guesses: an IPv4 address, or an IPv6 network of 64 bits, for a host there has as many addresses as it likes. */
export function guesserOf(address: string): string {
  const parsed = parseAddress(address.replace(/%.*$/, ''));
  return parsed === null ? address : (parsed.family === 6 ? truncate(parsed, 64) : parsed).text;
}
