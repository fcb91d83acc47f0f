import type { HeldLater } from '../../schemas/router-actions.ts';
import type { Intent, IntentContext, ShownVersion } from '../ports.ts';
import { releasePart } from './advances.ts';
import { brakedOn, brakedVersions } from './braked.ts';
import type { Connection } from './connection.ts';
import { dropDrafts, releaseShown, useDrafts } from './releases.ts';

export type ReleaseIntent = Extract<Intent, { readonly kind: 'release' | 'release-everywhere' }>;

/** A name on a router. */
interface Place {
  readonly router: string;
  readonly name: string;
}

/** By no version anybody was held. */
const NOBODY = 0;

/** A word of more names is drafted: others must not wait for the write lock until all of them are looked up. */
const SMALL_WORD = 100;

/**
 * One word of a person about what the brake holds: what it lets through, and where it leaves whom he was not shown. A small
 * one is judged in the transaction that accepts it. A large one is drafted first, in slices that nobody else reads, and
 * accepted as a whole by one statement; what it was shown is fixed by versions, so that who joins in between stays held.
 */
export class ReleaseWord {
  readonly #connection: Connection;
  readonly #context: IntentContext;
  readonly #names: readonly string[];
  /** What he was shown, by router and operation; null where he does not say. */
  #shown: ReadonlyMap<string, number> | null;
  #places: ReadonlyMap<string, readonly string[]> | null = null;
  /** Of a large word, by place, whether anybody is let through there. */
  #drafted: Map<string, boolean> | null = null;
  readonly #released: Place[] = [];
  readonly #later: HeldLater[] = [];

  constructor(connection: Connection, { operations, shown }: ReleaseIntent, context: IntentContext) {
    this.#connection = connection;
    this.#context = context;
    this.#names = operations;
    this.#shown = shown === undefined ? null : versionMap(shown);
  }

  /** The routers on which the brake holds somebody under this name. */
  routersOf(name: string): readonly string[] {
    this.#places ??= brakedOn(this.#connection, this.#names);
    return this.#places.get(name) ?? [];
  }

  /**
   * A release names what a person was shown. What the same name brings later (somebody who comes online) is another matter.
   * False where nobody was let through: where the brake holds nobody, whatever else the name waits for, nothing was shown,
   * and a word about nothing would be one about all that comes.
   */
  release(name: string, router: string): boolean {
    if (this.#drafted !== null) return this.#drafted.get(placeKey(router, name)) ?? false;
    const isAny = this.#part(name, router);
    if (isAny) this.#follow({ router, name });
    return isAny;
  }

  /** Lets through what was drafted, inside the transaction that accepts the word. */
  accept(): void {
    if (this.#drafted !== null) useDrafts(this.#connection, this.#context.operation);
  }

  /** Which cuts of the word stay held, for its result. */
  laterResult(): { readonly later?: readonly HeldLater[] } {
    return this.#later.length === 0 ? {} : { later: this.#later };
  }

  /** Drafts a large word for these routers, or for all; does nothing for a small one. */
  async draft(routers: readonly string[] | null): Promise<void> {
    if (this.#names.length <= SMALL_WORD) return;
    const places = await this.#connection.read(() => this.#heldPlaces(routers));
    const drafted = new Map<string, boolean>();
    await this.#connection.writeSlices(places, ({ router, name }) => {
      drafted.set(placeKey(router, name), this.#part(name, router, true));
    });
    this.#drafted = drafted;
  }

  /**
   * Tells the parts of a large word that they were let through, and drops the drafts. What a crash leaves of it the next
   * pass tells: it reads the releases, not the parts.
   */
  async end(isAccepted: boolean): Promise<void> {
    if (this.#drafted === null) return;
    if (isAccepted)
      await this.#connection.writeSlices(this.#released, (place) => {
        this.#follow(place);
      });
    await dropDrafts(this.#connection, this.#context.operation);
  }

  #part(name: string, router: string, isDraft = false): boolean {
    const version = this.#shown === null ? null : (this.#shown.get(placeKey(router, name)) ?? NOBODY);
    const place = { router, name };
    const told = releaseShown(this.#connection, { ...place, version, isDraft }, this.#context);
    if (told.later > 0) this.#later.push({ router, operation: name, count: told.later });
    if (told.isAny) this.#released.push(place);
    return told.isAny;
  }

  #follow({ router, name }: Place): void {
    releasePart(this.#connection, this.#context.at, name, router);
  }

  /** Where the brake holds somebody now, and where nothing is said of what was shown, whom it holds now. */
  #heldPlaces(routers: readonly string[] | null): readonly Place[] {
    const places = [...new Set(this.#names)].flatMap((name) =>
      this.routersOf(name)
        .filter((router) => routers?.includes(router) ?? true)
        .map((router) => ({ router, name })),
    );
    this.#shown ??= new Map(
      [...new Set(places.map(({ router }) => router))].flatMap((router) =>
        [...brakedVersions(this.#connection, router)].map(
          ([name, version]) => [placeKey(router, name), version] as const,
        ),
      ),
    );
    return places;
  }
}

function versionMap(shown: readonly ShownVersion[]): ReadonlyMap<string, number> {
  return new Map(shown.map(({ router, operation, version }) => [placeKey(router, operation), version]));
}

function placeKey(router: string, operation: string): string {
  return `${router} ${operation}`;
}
