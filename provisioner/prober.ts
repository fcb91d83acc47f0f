import { AppError } from '../schemas/app-error.ts';
import type { Verdict } from '../schemas/extension.ts';
import type { Refusal } from '../store/phone-ports.ts';
import {
  confirms,
  isOfThisHour,
  NOTIFY_KEPT_MS,
  permissionOf,
  REFUSALS_APART_MS,
  refusalsLeft,
} from './core/probe-limits.ts';
import type { Registrar } from './core/registrar.ts';
import type { ProbeVerdict } from './core/verdict.ts';
import { Lane, type LaneLimits } from './lane.ts';
import type { Clock, NotifyAnswer, NotifyTarget, ProbeAnswer, SipClient, SipCredential } from './ports.ts';

export interface ProberLimits extends LaneLimits {
  /** For one answer, ms. */
  readonly deadlineMs: number;
}

/** Where refusals are kept over restarts: they are few, and each may cost a customer his line. */
export interface RefusalLedger {
  readonly record: (refusal: Refusal) => Promise<void>;
  /** Those of the last hour, from before this process. */
  readonly earlier: readonly Refusal[];
}

export interface ProberDeps {
  readonly client: SipClient;
  readonly limits: ProberLimits;
  readonly ledger: RefusalLedger;
  /** Keyed hash of number and key. */
  readonly markOf: (credential: SipCredential) => string;
  readonly clock: Clock;
}

export interface ProbeOptions {
  /** A person or a rotation asks: a key refused within the hour may be tried again, and others wait. */
  readonly isAskedFor: boolean;
  readonly signal: AbortSignal;
}

type Settled = Extract<ProbeVerdict, { kind: 'verdict' }>;

/** One request: its answer, or null when it was a refusal. */
interface Asked {
  readonly answer: Settled | null;
  readonly askedAt: number;
  readonly refusedAt: number;
}

/** A rule's second refusal must not come a timer's tick too early. */
const APART_SLACK_MS = 20;
/** Counts as a refusal of the extension, but proves nothing about the key. */
const FORBIDDEN = 'forbidden';

/**
 * Asks registrars about keys, within design §4's limits: paced, two refusals for `invalid`, six an hour and extension,
 * silence while a registrar locks us out. One extension is asked one thing at a time.
 */
export class Prober {
  readonly #deps: ProberDeps;
  #limits: ProberLimits;
  readonly #lanes = new Map<string, Lane>();
  readonly #refusals = new Map<string, Refusal[]>();
  readonly #busy = new Map<string, Promise<unknown>>();
  /** Registrars that do not pass a NOTIFY on, and what they answered. */
  readonly #keepsNotify = new Map<string, { readonly status: number; readonly until: number }>();

  constructor(deps: ProberDeps) {
    this.#deps = deps;
    this.#limits = deps.limits;
    for (const refusal of deps.ledger.earlier) this.#remember(refusal);
  }

  setLimits(limits: ProberLimits): void {
    this.#limits = limits;
    for (const lane of this.#lanes.values()) lane.setLimits(limits);
  }

  /** What a key is worth. Rejects with `aborted`, and with what the ledger rejects with. */
  verify(registrar: Registrar, credential: SipCredential, options: ProbeOptions): Promise<ProbeVerdict> {
    const { number } = credential;
    const earlier = this.#busy.get(number) ?? Promise.resolve();
    const mine = earlier.catch(() => undefined).then(() => this.#verify(registrar, credential, options));
    this.#busy.set(number, mine);
    const leave = (): void => {
      if (this.#busy.get(number) === mine) this.#busy.delete(number);
    };
    mine.then(leave, leave);
    return mine;
  }

  /**
   * A NOTIFY; what goes by way of the registrar keeps its pace, and stops its queue when it locks us out. A registrar that
   * answered 403 or 407 is not asked to pass one on for an hour: each time would cost all others a stopped queue.
   */
  async notify(
    target: NotifyTarget,
    event: string,
    credentials: readonly SipCredential[],
    signal: AbortSignal,
  ): Promise<NotifyAnswer> {
    const { client, clock } = this.#deps;
    const { deadlineMs } = this.#limits;
    const send = (): Promise<NotifyAnswer> => client.notify(target, event, credentials, { deadlineMs, signal });
    if (target.route === 'direct') return send();
    const { id } = target.registrar;
    const kept = this.#keepsNotify.get(id);
    if (kept !== undefined && clock.now() < kept.until) return { kind: 'not-told', status: kept.status };
    const lane = this.#lane(target.registrar);
    const turn = await lane.run(
      async () => {
        const answer = await send();
        if (answer.kind === 'locked') lane.lock(answer.retryAfterSeconds);
        const isKept = answer.kind === 'not-told' || (answer.kind === 'locked' && answer.status === 403);
        if (isKept) this.#keepsNotify.set(id, { status: answer.status, until: clock.now() + NOTIFY_KEPT_MS });
        return answer;
      },
      true,
      signal,
    );
    if (turn.kind === 'done') return turn.result;
    return { kind: 'unreachable', detail: turn.kind === 'full' ? 'the queue is full' : `not sent: ${turn.why}` };
  }

  async #verify(registrar: Registrar, credential: SipCredential, options: ProbeOptions): Promise<ProbeVerdict> {
    const { clock } = this.#deps;
    const keyMark = this.#deps.markOf(credential);
    for (;;) {
      const refusals = this.#refusalsOf(credential.number);
      const permission = permissionOf(refusals, keyMark, options.isAskedFor, clock.now());
      if (permission.kind === 'spent') return permission;
      const { answer, askedAt, refusedAt } = await this.#ask(registrar, credential, keyMark, options);
      if (answer !== null) return answer;
      if (confirms(refusals, keyMark, refusedAt)) {
        this.#lane(registrar).judge(credential.number, false);
        const left = refusalsLeft(this.#refusalsOf(credential.number), refusedAt);
        return settled('invalid', askedAt, refusedAt, { status: 401, refusalsLeft: left });
      }
      // Whoever asked once may ask this key a second time.
      await clock.sleep(REFUSALS_APART_MS + APART_SLACK_MS, options.signal);
      options = { ...options, isAskedFor: true };
    }
  }

  /** One request in its turn. */
  async #ask(
    registrar: Registrar,
    credential: SipCredential,
    keyMark: string,
    { isAskedFor, signal }: ProbeOptions,
  ): Promise<Asked> {
    const send = (): Promise<Asked> => this.#send(registrar, credential, keyMark, signal);
    const turn = await this.#lane(registrar).run(send, isAskedFor, signal);
    if (turn.kind === 'done') return turn.result;
    const now = this.#deps.clock.now();
    const answer =
      turn.kind === 'full'
        ? settled('indeterminate', now, now, { detail: 'queue full' })
        : settled('locked', now, now, { detail: turn.why, retryAt: turn.until });
    return { answer, askedAt: now, refusedAt: now };
  }

  /** `answer` is null for a refusal, which is in the ledger then. A lockout stops the lane before the next one has its turn. */
  async #send(registrar: Registrar, credential: SipCredential, keyMark: string, signal: AbortSignal): Promise<Asked> {
    const { client, clock } = this.#deps;
    const { number } = credential;
    const askedAt = clock.now();
    const result = await probeWith(client, registrar, credential, { deadlineMs: this.#limits.deadlineMs, signal });
    const refusedAt = clock.now();
    if (result.kind === 'refused') {
      await this.#refused({ number, keyMark, at: refusedAt });
      return { answer: null, askedAt, refusedAt };
    }
    const lane = this.#lane(registrar);
    if (result.kind === 'locked') {
      const { status, algorithm } = result;
      const retryAt = lane.lock(result.retryAfterSeconds);
      if (status === 403) await this.#refused({ number, keyMark: FORBIDDEN, at: refusedAt });
      return { answer: settled('locked', askedAt, refusedAt, { status, algorithm, retryAt }), askedAt, refusedAt };
    }
    if (result.kind === 'valid') lane.judge(number, true);
    return { answer: translated(result, askedAt, refusedAt), askedAt, refusedAt };
  }

  #lane({ id }: Registrar): Lane {
    const found = this.#lanes.get(id) ?? new Lane(this.#limits, this.#deps.clock);
    this.#lanes.set(id, found);
    return found;
  }

  #refusalsOf(number: string): readonly Refusal[] {
    const now = this.#deps.clock.now();
    const kept = (this.#refusals.get(number) ?? []).filter((refusal) => isOfThisHour(refusal, now));
    if (kept.length === 0) this.#refusals.delete(number);
    else this.#refusals.set(number, kept);
    return kept;
  }

  async #refused(refusal: Refusal): Promise<void> {
    this.#remember(refusal);
    await this.#deps.ledger.record(refusal);
  }

  #remember(refusal: Refusal): void {
    this.#refusals.set(refusal.number, [...(this.#refusals.get(refusal.number) ?? []), refusal]);
  }
}

/** A value that would break out of its header is sent nowhere: no wait mends it. */
async function probeWith(client: SipClient, ...args: Parameters<SipClient['probe']>): Promise<ProbeAnswer> {
  try {
    return await client.probe(...args);
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'sip-protocol') throw error;
    return { kind: 'unsupported', status: null, detail: error.message };
  }
}

const UNASKED = 'the registrar answered without asking for a digest: that proves no key';

function translated(
  answer: Exclude<ProbeAnswer, { kind: 'refused' | 'locked' }>,
  askedAt: number,
  answeredAt: number,
): Settled {
  switch (answer.kind) {
    case 'valid': {
      const { status, bindings, algorithm } = answer;
      // Who takes anybody's word proves nobody's key (I11).
      if (algorithm === null) return settled('unsupported', askedAt, answeredAt, { status, detail: UNASKED });
      return settled('valid', askedAt, answeredAt, { status, bindings, algorithm });
    }
    case 'unsupported':
      return settled('unsupported', askedAt, answeredAt, { status: answer.status, detail: answer.detail });
    case 'unreachable':
    case 'indeterminate':
      return settled(answer.kind, askedAt, answeredAt, { detail: answer.detail });
  }
}

function settled(verdict: Verdict, askedAt: number, answeredAt: number, rest: Partial<Settled>): Settled {
  const nothing = { status: null, detail: null, algorithm: null, bindings: null, retryAt: null, refusalsLeft: null };
  return { ...nothing, ...rest, kind: 'verdict', verdict, askedAt, answeredAt };
}
