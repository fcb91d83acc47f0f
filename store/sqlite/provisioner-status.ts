import type { ProvisionerStatus } from '../phone-ports.ts';
import type { Connection } from './connection.ts';
import { canonicalJson } from './documents.ts';
import { readProvisionerStatus } from './phone-documents.ts';
import { text } from './rows.ts';

export function recordStatus(connection: Connection, status: ProvisionerStatus): void {
  connection.run('INSERT OR REPLACE INTO provisioner (id, status) VALUES (1, ?)', canonicalJson(status));
}

export function provisionerStatus(connection: Connection): ProvisionerStatus | null {
  const row = connection.get('SELECT status FROM provisioner WHERE id = 1');
  return row === null ? null : { notServed: { count: 0, first: [] }, ...readProvisionerStatus(text(row, 'status')) };
}
