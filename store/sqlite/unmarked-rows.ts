import type { UnmarkedNews, UnmarkedRows } from '../adoption-ports.ts';
import type { Connection } from './connection.ts';
import { integer, integerOrNull, text } from './rows.ts';

/** Since when each row without a mark of ours is known on a router. */
export function unmarkedRows(connection: Connection, router: string): UnmarkedRows {
  const look = connection.get('SELECT logged_in FROM unmarked_looks WHERE router = ?', router);
  const rows = connection.all('SELECT row, since FROM unmarked_rows WHERE router = ?', router);
  return {
    since: new Map(rows.map((row) => [text(row, 'row'), integer(row, 'since')])),
    isLookedAt: look !== null,
    loggedInAt: look === null ? null : integerOrNull(look, 'logged_in'),
  };
}

export function noteUnmarked(connection: Connection, router: string, news: UnmarkedNews): void {
  for (const [row, since] of news.appeared)
    connection.run('INSERT OR REPLACE INTO unmarked_rows (router, row, since) VALUES (?, ?, ?)', router, row, since);
  for (const row of news.gone) connection.run('DELETE FROM unmarked_rows WHERE router = ? AND row = ?', router, row);
  connection.run(
    'INSERT OR REPLACE INTO unmarked_looks (router, at, logged_in) VALUES (?, ?, ?)',
    ...[router, news.at, news.loggedInAt],
  );
}
