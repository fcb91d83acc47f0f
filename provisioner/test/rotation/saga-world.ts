import type { Verdict } from '../../../schemas/extension.ts';
import type { Binding, RotationProgress } from '../../../schemas/rotation-progress.ts';
import { confirms, permissionOf, REFUSALS_APART_MS, refusalsLeft, type RefusalSeen } from '../../core/probe-limits.ts';
import { nextAction } from '../../core/rotation/next-action.ts';
import { record } from '../../core/rotation/record.ts';
import type { Observation, SagaAction, SagaMove, SagaSettings, SagaState } from '../../core/rotation/state.ts';
import type { ProbeVerdict } from '../../core/verdict.ts';

/** How one phone of the extension behaves. */
export interface PhoneScript {
  /** It fetches so long after a push it takes; null: it takes none. */
  readonly fetchAfter: number | null;
  /** It asks by itself this often; null: never. */
  readonly pollEvery: number | null;
  /** It registers so long after a fetch; null: it goes on with the key it had. */
  readonly registerAfter: number | null;
  /** It renews its binding this often, with the key it has; null: never. */
  readonly refreshEvery: number | null;
  /** Its contact tells which phone it is. */
  readonly isNamed: boolean;
  /** It loses the line, or is deleted, then. */
  readonly goneAt: number | null;
}

/** How registrar, phones and process behave, in ms of simulated time. Null: never. */
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
  /** It answers a wrong key with 403, and its queue stands still for a minute then. */
  readonly forbids: boolean;
  readonly phones: readonly PhoneScript[];
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
  /** What phones did, in order. */
  readonly fetches: readonly { readonly mac: string; readonly at: number; readonly version: number }[];
  readonly renewals: readonly { readonly mac: string; readonly at: number; readonly key: 'old' | 'new' }[];
}

const SETTINGS: SagaSettings = { proveMs: 20_000, fetchMs: 180_000, registerMs: 180_000 };
const MOST_TURNS = 6_000;
const EXPIRES = 600;
const BOUND_BEFORE = 100_000;

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
    fetches: world.fetches,
    renewals: world.renewals,
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
    awaited: [],
    fetched: {},
    leftAlone: [],
    noted: [],
  };
}

interface WorldPhone {
  readonly mac: string;
  readonly script: PhoneScript;
  key: 'old' | 'new';
  version: number;
  fetchAt: number | null;
  registerAt: number | null;
  refreshAt: number | null;
  boundAt: number;
}

class World {
  now = 0;
  lockouts = 0;
  readonly refusals: RefusalSeen[] = [];
  readonly #script: Script;
  #served: 'old' | 'new' = 'old';
  #version = 0;
  readonly #phones: readonly WorldPhone[];
  readonly fetches: { readonly mac: string; readonly at: number; readonly version: number }[] = [];
  readonly renewals: { readonly mac: string; readonly at: number; readonly key: 'old' | 'new' }[] = [];
  #lockedUntil = 0;
  #isKeyDropped = false;

  constructor(script: Script) {
    this.#script = script;
    this.#phones = script.phones.map((phone, nth) => ({
      mac: `001565aabb0${nth}`,
      script: phone,
      key: 'old',
      version: 0,
      fetchAt: phone.pollEvery,
      registerAt: null,
      refreshAt: phone.refreshEvery === null ? null : phone.refreshEvery - BOUND_BEFORE,
      boundAt: -BOUND_BEFORE,
    }));
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
    const awaited = this.#linked().filter((mac) => servedAt !== null && served[mac] !== undefined);
    const fetched = awaited.flatMap((mac) => {
      const first = this.fetches.find(
        (one) => one.mac === mac && one.at >= (servedAt ?? 0) && served[mac]?.includes(`v${one.version}`) === true,
      );
      return first === undefined ? [] : [[mac, first.at] as const];
    });
    return { ...state, isCancelAsked, hasNewKey, progress, awaited, fetched: Object.fromEntries(fetched) };
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
        return {
          kind: 'served',
          phones: Object.fromEntries(this.#linked().map((mac) => [mac, [`v${this.#version}`]])),
        };
      case 'push':
        return { kind: 'pushed', answers: [this.#push(state)] };
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
    const fetches = this.#phones.flatMap(({ fetchAt, script }) => [fetchAt, script.goneAt]);
    const next = [until, ...fetches, state.hasNewKey || this.#isKeyDropped ? null : keyAt, cancelAt]
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
      const isLocked = this.now < this.#lockedUntil;
      if (!isLocked) this.now += 20;
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
      if (isLocked) return told('locked', { retryAt: this.#lockedUntil });
      if (isIn(this.#script.silences, this.now)) {
        this.now += 8_000;
        return told('unreachable');
      }
      if (isIn(this.#script.lockouts, this.now)) {
        this.lockouts += 1;
        return told('locked', { status: 403, retryAt: this.now + 60_000 });
      }
      if (this.#isGood(key)) return told('valid', { bindings: this.#bindings() });
      if (this.#script.forbids) {
        this.refusals.push({ keyMark: 'forbidden', at: this.now });
        this.#lockedUntil = this.now + 60_000;
        return told('locked', { status: 403, algorithm: 'MD5', retryAt: this.#lockedUntil });
      }
      const isConfirmed = confirms(this.refusals, mark, this.now);
      this.refusals.push({ keyMark: mark, at: this.now });
      if (isConfirmed) return told('invalid', { refusalsLeft: refusalsLeft(this.refusals, this.now) });
      this.now += REFUSALS_APART_MS;
    }
  }

  #push({ fetched }: SagaState): Extract<Observation, { kind: 'pushed' }>['answers'][number] {
    const takers = this.#phones.filter(({ mac, script }) => script.fetchAfter !== null && fetched[mac] === undefined);
    for (const phone of takers) phone.fetchAt ??= this.now + (phone.script.fetchAfter ?? 0);
    const kind = takers.length === 0 ? 'not-taken' : 'received';
    return { event: 'check-sync', route: 'registrar', contact: null, kind, status: null, detail: null };
  }

  /** What phones did until now, in order. */
  #live(): void {
    for (;;) {
      const next = this.#phones
        .flatMap((phone) => [phone.fetchAt, phone.registerAt, phone.refreshAt].map((at) => ({ phone, at })))
        .filter(({ at }) => at !== null && at <= this.now)
        .sort((one, other) => (one.at ?? 0) - (other.at ?? 0))[0];
      if (next === undefined) return;
      this.#act(next.phone, next.at ?? 0);
    }
  }

  #act(phone: WorldPhone, at: number): void {
    const { script, mac } = phone;
    if (phone.fetchAt === at) {
      phone.fetchAt = script.pollEvery === null ? null : at + script.pollEvery;
      this.fetches.push({ mac, at, version: this.#version });
      const isNews = phone.version !== this.#version;
      phone.version = this.#version;
      if (script.registerAfter === null) return;
      phone.key = this.#served;
      if (isNews) phone.registerAt = at + script.registerAfter;
      return;
    }
    if (phone.registerAt === at) phone.registerAt = null;
    phone.refreshAt = script.refreshEvery === null ? null : at + script.refreshEvery;
    if (!this.#isGood(phone.key, at)) return;
    phone.boundAt = at;
    this.renewals.push({ mac, at, key: phone.key });
  }

  #linked(): readonly string[] {
    return this.#phones
      .filter(({ script }) => script.goneAt === null || this.now < script.goneAt)
      .map(({ mac }) => mac);
  }

  #bindings(): readonly Binding[] {
    return this.#phones.flatMap(({ mac, boundAt, script }, nth) => {
      const expires = Math.floor(EXPIRES - (this.now - boundAt) / 1000);
      const instance = script.isNamed ? `<urn:uuid:0-${mac}>` : null;
      return expires <= 0 ? [] : [{ contact: `sip:1001@192.0.2.${7 + nth}:5060`, expires, instance }];
    });
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
