import type { Verdict } from '../../../schemas/extension.ts';
import type { Binding, RotationProgress } from '../../../schemas/rotation-progress.ts';
import { confirms, permissionOf, REFUSALS_APART_MS, type RefusalSeen } from '../../core/probe-limits.ts';
import { nextAction } from '../../core/rotation/next-action.ts';
import { record } from '../../core/rotation/record.ts';
import type { Observation, SagaAction, SagaMove, SagaSettings, SagaState } from '../../core/rotation/state.ts';
import type { ProbeVerdict } from '../../core/verdict.ts';

/** How registrar, phone and process behave, in ms of simulated time. Null: never. */
export interface Script {
  readonly hasOldKey: boolean;
  /** The old key is good until then. */
  readonly oldUntil: number | null;
  /** The new key is good from then, and until then. */
  readonly newFrom: number | null;
  readonly newUntil: number | null;
  /** A person gives the new key then; 0: it came with the request. */
  readonly keyAt: number;
  /** The registrar is silent in these spans. */
  readonly silences: readonly (readonly [from: number, to: number])[];
  /** It locks us out in these. */
  readonly lockouts: readonly (readonly [from: number, to: number])[];
  readonly hasPhone: boolean;
  /** The phone fetches so long after a push it takes; null: it takes none. */
  readonly fetchAfter: number | null;
  /** It asks by itself this often; null: never. */
  readonly pollEvery: number | null;
  /** It registers so long after a fetch; null: never. */
  readonly registerAfter: number | null;
  readonly cancelAt: number | null;
  /** In turns with these numbers the process dies after it acted and before it wrote. */
  readonly crashes: ReadonlySet<number>;
}

export interface History {
  readonly moves: readonly { readonly at: number; readonly move: SagaMove }[];
  readonly end: SagaMove['end'];
  readonly endedAt: number;
  /** What was true of the new key each time phones were given it. */
  readonly servedNew: readonly { readonly at: number; readonly wasProven: boolean }[];
  readonly refusals: readonly RefusalSeen[];
  /** How often a probe was answered by a lockout. */
  readonly lockouts: number;
  readonly evidence: readonly string[];
}

const SETTINGS: SagaSettings = { proveMs: 20_000, fetchMs: 180_000, registerMs: 180_000 };
const MAC = '001565aabbcc';
const MOST_TURNS = 4_000;
const EXPIRES = 600;

/** Plays one rotation of one extension against a script: the pure saga, and a world of numbers. */
export function play(script: Script, settings = SETTINGS): History {
  const world = new World(script);
  let state = initial(script);
  const moves: { at: number; move: SagaMove }[] = [];
  const servedNew: { at: number; wasProven: boolean }[] = [];
  let isProven = false;
  for (let turn = 0; turn < MOST_TURNS && state.end === null; turn += 1) {
    state = world.seenBy(state);
    const action = nextAction(state, settings, world.now);
    const observation = world.perform(action, state);
    if (observation === null) continue;
    if (script.crashes.has(turn)) {
      world.now += 1_500;
      continue;
    }
    const move = record(state, observation, settings, world.now);
    if (observation.kind === 'probed' && observation.purpose === 'proof') isProven = isValid(observation.result);
    if (move.serve !== null) {
      if (move.serve === 'new') servedNew.push({ at: world.now, wasProven: isProven });
      world.serve(move.serve);
    }
    if (move.dropNewKey) world.dropKey();
    moves.push({ at: world.now, move });
    const noted = [...state.noted, ...move.evidence.map(({ what }) => what)];
    state = { ...state, step: move.step, end: move.end, progress: move.progress, noted };
  }
  return {
    moves,
    end: state.end,
    endedAt: world.now,
    servedNew,
    refusals: world.refusals,
    lockouts: world.lockouts,
    evidence: state.noted,
  };
}

function initial({ hasOldKey, keyAt }: Script): SagaState {
  const progress: RotationProgress = {
    old: null,
    fresh: null,
    enteredAt: 0,
    keyAt: keyAt === 0 ? 0 : null,
    tries: 0,
    nextAt: 0,
    before: null,
    served: {},
    servedAt: null,
    pushedAt: null,
    isRollingBack: false,
  };
  return {
    step: 'baseline',
    end: null,
    progress,
    hasOldKey,
    hasNewKey: keyAt === 0,
    isSameKey: false,
    isKeyGiven: keyAt === 0,
    isCancelAsked: false,
    isStopped: false,
    obstacle: null,
    fetched: [],
    fetchedAt: null,
    noted: [],
  };
}

class World {
  now = 0;
  lockouts = 0;
  readonly refusals: RefusalSeen[] = [];
  readonly #script: Script;
  #served: 'old' | 'new' = 'old';
  #version = 0;
  /** Which version the phone holds, and when it registers with its key. */
  #phone: { readonly key: 'old' | 'new'; readonly version: number };
  #fetchAt: number | null = null;
  #registerAt: number | null = null;
  #boundAt: number | null = -100_000;
  readonly #fetches: { readonly at: number; readonly version: number }[] = [];
  #isKeyDropped = false;

  constructor(script: Script) {
    this.#script = script;
    this.#phone = { key: 'old', version: 0 };
    this.#poll();
  }

  /** What the runner would read before it asks the saga. */
  seenBy(state: SagaState): SagaState {
    this.#live();
    const { keyAt, cancelAt } = this.#script;
    const isCancelAsked = cancelAt !== null && this.now >= cancelAt;
    const arrives = !state.hasNewKey && keyAt > 0 && this.now >= keyAt && !this.#isKeyDropped;
    const hasNewKey = (state.hasNewKey || arrives) && !this.#isKeyDropped;
    const progress = arrives ? { ...state.progress, keyAt: this.now, fresh: null } : state.progress;
    const { servedAt, served } = progress;
    const whole = this.#fetches.filter(({ at, version }) => {
      return servedAt !== null && at >= servedAt && served[MAC]?.includes(`v${version}`) === true;
    });
    const [first] = whole;
    const fetched = first === undefined ? [] : [MAC];
    const fetchedAt = first?.at ?? null;
    return { ...state, isCancelAsked, hasNewKey, progress, fetched, fetchedAt };
  }

  perform(action: SagaAction, state: SagaState): Observation | null {
    switch (action.kind) {
      case 'none':
        return null;
      case 'wait':
      case 'await-fetch':
        this.#sleep(action.until, state);
        return null;
      case 'decide':
        return { kind: 'decided', decision: action.decision };
      case 'probe':
        return { kind: 'probed', key: action.key, purpose: action.purpose, result: this.#verify(action.key) };
      case 'note-served':
        return { kind: 'served', phones: this.#script.hasPhone ? { [MAC]: [`v${this.#version}`] } : {} };
      case 'push':
        return { kind: 'pushed', answers: [this.#push()] };
    }
  }

  serve(key: 'old' | 'new'): void {
    this.#served = key;
    this.#version += 1;
  }

  dropKey(): void {
    this.#isKeyDropped = true;
  }

  #sleep(until: number | null, state: SagaState): void {
    const { keyAt, cancelAt } = this.#script;
    const next = [until, this.#fetchAt, state.hasNewKey || this.#isKeyDropped ? null : keyAt, cancelAt]
      .filter((at) => at !== null)
      .filter((at) => at > this.now);
    // Nothing will ever happen: a person would have to give another key, and cancels at last.
    this.now = next.length === 0 ? this.now + 86_400_000 : Math.min(...next);
  }

  #verify(key: 'old' | 'new'): ProbeVerdict {
    const mark = key;
    for (;;) {
      const permission = permissionOf(this.refusals, mark, true, this.now);
      if (permission.kind === 'spent') return permission;
      const askedAt = this.now;
      this.now += 20;
      this.#live();
      const told = (
        verdict: Verdict,
        rest: Partial<Extract<ProbeVerdict, { kind: 'verdict' }>> = {},
      ): ProbeVerdict => ({
        kind: 'verdict',
        verdict,
        askedAt,
        answeredAt: this.now,
        status: null,
        detail: null,
        algorithm: null,
        bindings: null,
        retryAt: null,
        refusalsLeft: null,
        ...rest,
      });
      if (isIn(this.#script.silences, this.now)) {
        this.now += 8_000;
        return told('unreachable');
      }
      if (isIn(this.#script.lockouts, this.now)) {
        this.lockouts += 1;
        return told('locked', { status: 403, retryAt: this.now + 60_000 });
      }
      if (this.#isGood(key)) return told('valid', { bindings: this.#bindings() });
      const isConfirmed = confirms(this.refusals, mark, this.now);
      this.refusals.push({ keyMark: mark, at: this.now });
      if (isConfirmed) return told('invalid');
      this.now += REFUSALS_APART_MS;
    }
  }

  #push(): Extract<Observation, { kind: 'pushed' }>['answers'][number] {
    const { fetchAfter } = this.#script;
    if (fetchAfter !== null) this.#fetchAt ??= this.now + fetchAfter;
    const kind = fetchAfter === null ? 'not-taken' : 'received';
    return { event: 'check-sync', route: 'registrar', contact: null, kind, status: null, detail: null };
  }

  #live(): void {
    while (this.#fetchAt !== null && this.#fetchAt <= this.now) {
      const at = this.#fetchAt;
      this.#fetches.push({ at, version: this.#version });
      if (this.#phone.version !== this.#version && this.#script.registerAfter !== null) {
        this.#registerAt = at + this.#script.registerAfter;
      }
      this.#phone = { key: this.#served, version: this.#version };
      this.#poll(at);
    }
    if (this.#registerAt === null || this.#registerAt > this.now) return;
    if (this.#isGood(this.#phone.key, this.#registerAt)) this.#boundAt = this.#registerAt;
    this.#registerAt = null;
  }

  #poll(from = 0): void {
    const { pollEvery } = this.#script;
    this.#fetchAt = pollEvery === null ? null : from + pollEvery;
  }

  #bindings(): readonly Binding[] {
    if (this.#boundAt === null || !this.#script.hasPhone) return [];
    const age = (this.now - this.#boundAt) / 1000;
    const expires = Math.floor(EXPIRES - age);
    return expires <= 0 ? [] : [{ contact: 'sip:1001@192.0.2.7:5060', expires, instance: `<urn:uuid:0-${MAC}>` }];
  }

  #isGood(key: 'old' | 'new', at = this.now): boolean {
    const { hasOldKey, oldUntil, newFrom, newUntil } = this.#script;
    if (key === 'old') return hasOldKey && (oldUntil === null || at < oldUntil);
    return newFrom !== null && at >= newFrom && (newUntil === null || at < newUntil);
  }
}

function isIn(spans: readonly (readonly [number, number])[], at: number): boolean {
  return spans.some(([from, to]) => at >= from && at < to);
}

function isValid(result: ProbeVerdict): boolean {
  return result.kind === 'verdict' && result.verdict === 'valid';
}
