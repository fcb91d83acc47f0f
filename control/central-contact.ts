import { centralState, type CentralState } from '../schemas/central.ts';
import type { CentralRecord, ControlStore } from '../store/ports.ts';
import type { Clock } from './clock.ts';
import type { Settings } from './settings.ts';

/** Contacts closer together than this are one: nobody needs the time of the last one to the second. */
const APART_MS = 60_000;
const WORSE: readonly CentralState[] = ['none', 'in-touch', 'silent', 'stale'];

export interface ContactDeps {
  readonly store: Pick<ControlStore, 'recordCentralContact'>;
  readonly clock: Clock;
  readonly settings: () => Pick<Settings, 'central'>;
  readonly onCommit: () => void;
}

/** Keeps when the central platform was last heard: every accepted instruction that only a platform's token may give. */
export class CentralContacts {
  readonly #deps: ContactDeps;
  #recordedAt: number | null = null;

  constructor(deps: ContactDeps) {
    this.#deps = deps;
  }

  /** Something of the central platform was accepted now. Rejects with the store's errors. */
  async note(): Promise<void> {
    const { store, clock, settings, onCommit } = this.#deps;
    if (settings().central.kind === 'none') return;
    const now = clock.now();
    const last = this.#recordedAt;
    // A clock that was set back is no reason to wait until it has caught up.
    if (last !== null && now >= last && now - last < APART_MS) return;
    await store.recordCentralContact(now);
    this.#recordedAt = now;
    onCommit();
  }
}

/** How the central platform stands: what the agent told of it counts too, for it counts with a clock that only goes up. */
export function centralStanding(
  { kind, staleAfterHours }: Settings['central'],
  record: CentralRecord | null,
  now: number,
): CentralState {
  // Nothing counts before the agent, or an instruction, has begun the count.
  if (kind === 'none' || record === null) return 'none';
  const { contactAt, told } = record;
  const seen = centralState({ contactAt, countedMs: 0, staleAfterMs: staleAfterHours * 3_600_000 }, now);
  return WORSE.indexOf(told) > WORSE.indexOf(seen) ? told : seen;
}
