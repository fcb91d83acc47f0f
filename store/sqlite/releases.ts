import type { Connection } from './connection.ts';
import { integer, text } from './rows.ts';

/** How rows of ours that belong to nobody in the store are called, where they wait to be lifted. */
export function orphansOf(router: string): string {
  return `orphans-${router}`;
}

/** A person let through, by name, what is no operation. */
export function recordRelease(connection: Connection, router: string, name: string, at: number): void {
  connection.run('INSERT OR REPLACE INTO releases (router, name, at) VALUES (?, ?, ?)', router, name, at);
}

export function releasesOf(
  connection: Connection,
  router: string,
): readonly { readonly name: string; readonly at: number }[] {
  return connection
    .all('SELECT name, at FROM releases WHERE router = ?', router)
    .map((row) => ({ name: text(row, 'name'), at: integer(row, 'at') }));
}
