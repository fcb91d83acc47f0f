import type { Connection } from './connection.ts';
import { supersede } from './operations.ts';
import { text } from './rows.ts';
import type { Document } from './subscribers.ts';

/**
 * The cuts that a snapshot wants and that an earlier operation asked for. Their wishes keep that operation's name, so that a
 * person who is about to release it finds them there; but the snapshot asks for them too. Where one of them has yet to be
 * brought to an end it gets a part, and is verified by what is read back and not by having changed nothing (I6).
 */
export class EarlierCuts {
  readonly #operation: string;
  readonly #asked = new Map<string, { readonly router: string; readonly operation: string }>();

  constructor(operation: string) {
    this.#operation = operation;
  }

  /** A subscriber as the snapshot leaves him; called again when he is merged again. */
  note(id: string, document: Document | null): void {
    const operation = document?.wishes.cutoff?.operation;
    if (document === null || operation === undefined || operation === this.#operation) this.#asked.delete(id);
    else this.#asked.set(id, { router: document.subscriber.router, operation });
  }

  /** The routers that have yet to bring any of them to an end, or whose brake holds any; as they stand in this transaction. */
  unfinishedOn(connection: Connection): ReadonlySet<string> {
    if (this.#asked.size === 0) return new Set();
    const unfinished = new Map<string, Set<string>>();
    // The brake may hold what is over: a cut that could not be asked of it while the operation was open.
    for (const row of connection.all(
      'SELECT router, operation FROM parts WHERE open = 1 UNION SELECT router, name FROM braked',
    )) {
      const router = text(row, 'router');
      unfinished.set(router, (unfinished.get(router) ?? new Set()).add(text(row, 'operation')));
    }
    return new Set(
      [...this.#asked.values()]
        .filter(({ router, operation }) => unfinished.get(router)?.has(operation) === true)
        .map(({ router }) => router),
    );
  }
}

/**
 * Ends the earlier snapshots that wait for nothing but cuts of still earlier operations: the newer one asks for all that
 * they asked for. A platform that sends its snapshot every few minutes leaves one open, however long the brake holds.
 */
export function supersedeFollowers(connection: Connection, at: number, by: string): void {
  const followers = connection.all(
    `SELECT DISTINCT operation FROM parts AS following WHERE open = 1 AND follows = 'alone' AND operation <> ?
       AND NOT EXISTS (SELECT 1 FROM parts
         WHERE parts.operation = following.operation AND parts.open = 1 AND parts.follows <> 'alone')`,
    by,
  );
  for (const row of followers) supersede(connection, text(row, 'operation'), at, by);
}
