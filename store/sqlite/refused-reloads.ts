import type { RefusedReload } from '../ports.ts';
import type { Connection } from './connection.ts';
import { integer, text } from './rows.ts';

/** Keeps, or with null forgets, why a daemon did not take over its configuration. */
export function recordReload(
  connection: Connection,
  daemon: string,
  refused: Omit<RefusedReload, 'daemon'> | null,
): void {
  if (refused === null) {
    connection.run('DELETE FROM refused_reloads WHERE daemon = ?', daemon);
    return;
  }
  const { at, code, detail } = refused;
  connection.run(
    'INSERT OR REPLACE INTO refused_reloads (daemon, at, code, detail) VALUES (?, ?, ?, ?)',
    ...[daemon, at, code, detail],
  );
}

export function refusedReloads(connection: Connection): readonly RefusedReload[] {
  return connection.all('SELECT daemon, at, code, detail FROM refused_reloads ORDER BY daemon').map((row) => ({
    daemon: text(row, 'daemon'),
    at: integer(row, 'at'),
    code: text(row, 'code'),
    detail: text(row, 'detail'),
  }));
}
