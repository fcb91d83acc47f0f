import type { ToldVersion } from '../phone-ports.ts';
import type { Connection } from './connection.ts';
import { integer, text } from './rows.ts';

export function toldVersions(connection: Connection): readonly ToldVersion[] {
  return connection
    .all('SELECT * FROM told_versions')
    .map((row) => ({ mac: text(row, 'mac'), version: integer(row, 'version'), content: text(row, 'content') }));
}

export function recordToldVersion(connection: Connection, { mac, version, content }: ToldVersion): void {
  connection.run(
    'INSERT OR REPLACE INTO told_versions (mac, version, content) VALUES (?, ?, ?)',
    mac,
    version,
    content,
  );
}
