import { isAnnounced } from '../../schemas/expected-cuts.ts';
import { brakedGenerations, type BrakedGeneration } from './braked.ts';
import type { Connection } from './connection.ts';
import type { Stamp } from './merge.ts';
import type { Document } from './subscribers.ts';

/** What the brake holds of a generation on one router, as far as a build has met it. */
interface Met {
  readonly braked: BrakedGeneration;
  /** Whose held cut the snapshot wants too. */
  readonly wanted: Set<string>;
  /** Of whom something else stands under that generation. */
  readonly others: Set<string>;
}

/**
 * The cuts of a snapshot whose sender announced how many there would be. Cuts that the brake holds under an earlier
 * generation are new ones still: nobody is cut by them. Sent again with their number announced they are this snapshot's,
 * so that the brake opens for them. Where the number fits what the snapshot brings without them, they are not meant, and
 * stay where they are: a person may be reading them there.
 */
export class AnnouncedCuts {
  readonly #operation: string;
  readonly #expectedCuts: number | null;
  readonly #fresh = new Set<string>();
  readonly #met = new Map<string, Met>();
  #isTaking = false;

  constructor(operation: string, expectedCuts: number | null) {
    this.#operation = operation;
    this.#expectedCuts = expectedCuts;
  }

  /** Reads whom the brake holds; before anybody is merged, in the caller's transaction. */
  learn(connection: Connection): void {
    if (this.#expectedCuts === null) return;
    for (const braked of brakedGenerations(connection))
      this.#met.set(partKey(braked.router, braked.operation), { braked, wanted: new Set(), others: new Set() });
  }

  /** A merged document, counted; with its cut under this snapshot once the held ones are taken over. */
  merged(document: Document | null, { at, revision }: Omit<Stamp, 'isNamed'>): Document | null {
    if (this.#expectedCuts === null || document === null) return document;
    const { id, subscriber, wishes, impliedRestore } = document;
    const { cutoff, ...notices } = wishes;
    for (const { operation } of [...Object.values(notices), ...(impliedRestore === null ? [] : [impliedRestore])])
      this.#met.get(partKey(subscriber.router, operation))?.others.add(id);
    if (cutoff === undefined) return document;
    if (cutoff.operation === this.#operation) this.#fresh.add(id);
    const met = this.#met.get(partKey(subscriber.router, cutoff.operation));
    if (met?.braked.subscribers.has(id) !== true) {
      met?.others.add(id);
      return document;
    }
    met.wanted.add(id);
    if (!this.#isTaking) return document;
    const taken = { ...cutoff, operation: this.#operation };
    return { ...document, revision, changedAt: at, wishes: { ...wishes, cutoff: taken } };
  }

  /** When everybody is merged: those of whom the held cut is to be taken over, who are then merged again. */
  takeOver(): readonly string[] {
    const wanted = [...this.#met.values()].flatMap((met) => [...met.wanted]);
    const fresh = this.#fresh.size;
    this.#isTaking = !isAnnounced(fresh, this.#expectedCuts) && isAnnounced(fresh + wanted.length, this.#expectedCuts);
    return this.#isTaking ? wanted : [];
  }

  /** The generations of which nothing is left on a router, for all that they wait for there was taken over. */
  emptied(): readonly BrakedGeneration[] {
    if (!this.#isTaking) return [];
    return [...this.#met.values()]
      .filter(({ braked, wanted, others }) => others.size === 0 && wanted.size === braked.subscribers.size)
      .map(({ braked }) => braked);
  }
}

function partKey(router: string, operation: string): string {
  return `${router} ${operation}`;
}
