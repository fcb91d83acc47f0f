import { seededRandom } from './random.ts';
import type { Request } from './request.ts';

/** What goes wrong with one command. `when` says whether the router had done the command: the client cannot know. */
export type Fault =
  /** The router takes that much longer (everything behind it waits too). */
  | { readonly kind: 'latency'; readonly ms: number }
  /** RST. `mid-reply` sends half of the reply's bytes first. */
  | { readonly kind: 'reset'; readonly when?: 'before' | 'after' | 'mid-reply' }
  /** FIN, in the same places. */
  | { readonly kind: 'close'; readonly when?: 'before' | 'after' | 'mid-reply' }
  /** The reply stops in the middle of a sentence and the socket stays open. */
  | { readonly kind: 'half-sentence' }
  /** The reply comes one byte at a time. */
  | { readonly kind: 'one-byte-chunks' }
  /** The connection falls silent for ever, socket open; `isDone` (default true): the command itself was done. */
  | { readonly kind: 'hang'; readonly isDone?: boolean }
  /** This command never answers and is not done; others go on, `/cancel` works. */
  | { readonly kind: 'stuck' }
  | { readonly kind: 'fatal'; readonly reason?: string }
  /** A reply word the protocol does not define comes before the reply. */
  | { readonly kind: 'unknown-word'; readonly word?: string }
  /** The whole reply is sent twice. */
  | { readonly kind: 'duplicate-reply' }
  | { readonly kind: 'trap'; readonly message: string; readonly category?: number }
  | { readonly kind: 'reboot'; readonly downMs?: number; readonly when?: 'before' | 'after' }
  /** A person at the router edits meanwhile. */
  | { readonly kind: 'edit'; readonly edit: () => void; readonly when?: 'before' | 'after' };

/** Which commands a fault waits for: the `nth` (1 = the next) that fits, and `times` from there on. */
export interface FaultTrigger {
  /** Whole path (`/ip/proxy/access/add`), a menu with `/*`, or a pattern. Default: any command but login. */
  readonly path?: string | RegExp;
  readonly isWrite?: boolean;
  readonly nth?: number;
  /** From the `nth` on, every so many-th; default 1. */
  readonly every?: number;
  /** Default 1; Infinity for ever. */
  readonly times?: number;
}

export interface ArmedFault {
  readonly fired: number;
  disarm(): void;
}

/** Chances a command, 0 to 1, by kind of fault. */
export type FaultRates = Partial<Record<Exclude<Fault['kind'], 'edit' | 'trap'>, number>> & { readonly trap?: number };

/** The fault script of one router. */
export class Faults {
  readonly #armed = new Set<Armed>();
  #roll: (() => Fault | null) | null = null;

  arm(trigger: FaultTrigger, fault: Fault): ArmedFault {
    const armed: Armed = { trigger, fault, seen: 0, fired: 0, disarm: () => this.#armed.delete(armed) };
    this.#armed.add(armed);
    return armed;
  }

  /** From now on every command may fail by chance; the same seed and the same commands fail alike. */
  random(seed: number, rates: FaultRates): void {
    const chance = seededRandom(seed);
    this.#roll = () => {
      let left = chance();
      for (const [kind, rate] of Object.entries(rates)) {
        left -= rate;
        if (left < 0) return randomFault(kind, chance());
      }
      return null;
    };
  }

  clear(): void {
    this.#armed.clear();
    this.#roll = null;
  }

  /** The fault of a command whose turn has come, or null. */
  take(request: Request, isWrite: boolean): Fault | null {
    let taken: Fault | null = null;
    for (const armed of this.#armed) {
      if (!fits(armed.trigger, request, isWrite)) continue;
      armed.seen += 1;
      const nth = armed.trigger.nth ?? 1;
      if (taken !== null || armed.seen < nth || (armed.seen - nth) % (armed.trigger.every ?? 1) !== 0) continue;
      taken = armed.fault;
      armed.fired += 1;
      if (armed.fired >= (armed.trigger.times ?? 1)) this.#armed.delete(armed);
    }
    return taken ?? (request.path === '/login' ? null : (this.#roll?.() ?? null));
  }
}

interface Armed {
  readonly trigger: FaultTrigger;
  readonly fault: Fault;
  readonly disarm: () => void;
  seen: number;
  fired: number;
}

function fits({ path, isWrite }: FaultTrigger, request: Request, isOneWrite: boolean): boolean {
  if (isWrite === true && !isOneWrite) return false;
  if (path === undefined) return request.path !== '/login';
  if (typeof path !== 'string') return path.test(request.path);
  return path.endsWith('/*') ? request.menu === path.slice(0, -2) : request.path === path;
}

function randomFault(kind: string, chance: number): Fault | null {
  const places = ['before', 'after', 'mid-reply'] as const;
  const when = places[Math.floor(chance * 3)] ?? 'before';
  switch (kind) {
    case 'latency':
      return { kind, ms: chance * 50 };
    case 'reset':
    case 'close':
      return { kind, when };
    case 'half-sentence':
    case 'one-byte-chunks':
    case 'stuck':
    case 'fatal':
    case 'unknown-word':
    case 'duplicate-reply':
      return { kind };
    case 'hang':
      return { kind, isDone: chance < 0.5 };
    case 'trap':
      return { kind, message: 'failure: the lab says no by chance' };
    case 'reboot':
      return { kind, when: chance < 0.5 ? 'before' : 'after' };
    default:
      return null;
  }
}
