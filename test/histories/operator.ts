import type { ControlStore, Intent, Release, ShownVersion } from '../../store/ports.ts';

/** So often a person looks at the plans after something happened. */
const LOOKS = 0.3;

/**
 * The person who reads the plans of routers and releases what the brake holds. He knows whom he was shown with each version,
 * which is whom a release with it may let through (I8).
 */
export class Operator {
  readonly #store: Pick<ControlStore, 'routerPlan'>;
  readonly #routers: readonly string[];
  readonly #chance: () => number;
  readonly #seen = new Map<string, Set<string>>();
  readonly #released = new Set<string>();
  readonly #words = new Set<string>();
  #read: readonly ShownVersion[] | null = null;

  constructor(store: Pick<ControlStore, 'routerPlan'>, routers: readonly string[], chance: () => number) {
    this.#store = store;
    this.#routers = routers;
    this.#chance = chance;
  }

  async maybeLook(): Promise<void> {
    if (this.#chance() < LOOKS) await this.#look();
  }

  /**
   * What he sends back with a release: nothing (null), what he reads now, or what he read a while ago, though others may
   * have joined since. Once all is at rest he wants to be done.
   */
  async versions(when: 'acting' | 'at rest'): Promise<readonly ShownVersion[] | null> {
    const draw = this.#chance();
    if (draw < 0.4) return null;
    if (draw < 0.7 || when === 'at rest') await this.#look();
    return this.#read ?? (await this.#look());
  }

  /**
   * Takes note of what a release that was accepted at `at` has let through, before anything is done about it. Gives those
   * whom no plan had shown with what was sent back.
   */
  heard(
    { router, shown }: Extract<Intent, { kind: 'release' }>,
    words: readonly Release[],
    at: number,
  ): readonly string[] {
    return words.flatMap((word) => {
      const { name, subscribers } = word;
      const key = JSON.stringify([router, word]);
      const isNew = word.at === at && !this.#words.has(key);
      this.#words.add(key);
      for (const id of subscribers ?? []) this.#released.add(`${name} ${id}`);
      if (!isNew || shown === undefined) return [];
      const sent = shown.find((one) => one.operation === name);
      const seen = sent === undefined ? null : (this.#seen.get(keyOf(sent)) ?? null);
      return (subscribers ?? ['everybody']).filter((id) => seen?.has(id) !== true).map((id) => `${id} of ${name}`);
    });
  }

  /** He let this subscriber through under this operation. */
  isReleased({ operation, subscriber }: { readonly operation: string; readonly subscriber: string }): boolean {
    return this.#released.has(`${operation} ${subscriber}`);
  }

  async #look(): Promise<readonly ShownVersion[]> {
    const read: ShownVersion[] = [];
    for (const router of this.#routers) {
      const plan = await this.#store.routerPlan(router);
      for (const { operation, shown } of plan?.heldOperations ?? []) {
        if (operation === null || shown === undefined) continue;
        const version = { router, operation, version: shown };
        const seen = this.#seen.get(keyOf(version)) ?? new Set();
        for (const { subject, reason, operations } of plan?.held ?? [])
          if (reason === 'brake' && operations.includes(operation)) seen.add(subject.slice(subject.indexOf('/') + 1));
        this.#seen.set(keyOf(version), seen);
        read.push(version);
      }
    }
    this.#read = read;
    return read;
  }
}

function keyOf({ router, operation, version }: ShownVersion): string {
  return `${router} ${operation} ${version}`;
}
