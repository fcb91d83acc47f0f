import type { ArmedFault } from '../../lab/routeros/faults.ts';
import type { Setup } from './actions.ts';
import { identityOf } from './whereabouts.ts';

/** Counts what histories did. */
export class Tally {
  readonly actions = new Map<string, number>();
  /** Subscribers by how they are known. */
  readonly known = new Map<string, number>();
  /** Routers by what gave their pages at first. */
  readonly backends = new Map<string, number>();
  readonly #armed: { readonly kind: string; readonly fault: ArmedFault }[] = [];
  readonly #fired = new Map<string, number>();
  histories = 0;
  commands = 0;
  /** Decisions given again, each compared with a fresh one. */
  kept = 0;

  acted(kind: string): void {
    count(this.actions, kind, 1);
  }

  played({ routers, subscribers }: Setup): void {
    this.histories += 1;
    for (const row of subscribers) count(this.known, identityOf(row)?.kind ?? 'address', 1);
    for (const { backend } of routers) count(this.backends, backend, 1);
  }

  armed(fault: ArmedFault, kind: string): void {
    this.#armed.push({ kind, fault });
  }

  /** Faults that really hit a command, by kind. */
  get faults(): ReadonlyMap<string, number> {
    for (const { kind, fault } of this.#armed.splice(0)) count(this.#fired, kind, fault.fired);
    return this.#fired;
  }
}

function count(counts: Map<string, number>, kind: string, by: number): void {
  counts.set(kind, (counts.get(kind) ?? 0) + by);
}
