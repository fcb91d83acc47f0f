import { AppError } from '../../schemas/app-error.ts';
import type { Admission } from '../ports.ts';
import type { Connection } from './connection.ts';
import { revisionOf, type Revisioned } from './revisions.ts';
import { integer, text } from './rows.ts';

/** Admissions as read last; while none came or went the same array. */
export type AdmissionCache = Revisioned<readonly Admission[]>;

export function admissionsSince(connection: Connection, at: number, cache: AdmissionCache): readonly Admission[] {
  return cache.read(`${at}/${revisionOf(connection, 'admissions', 0, '')}`, () => readSince(connection, at));
}

function readSince(connection: Connection, at: number): readonly Admission[] {
  return connection
    .all('SELECT router, subscriber, operation, kind, at FROM admissions WHERE at >= ? ORDER BY at', at)
    .map((row) => ({
      router: text(row, 'router'),
      subscriber: text(row, 'subscriber'),
      operation: text(row, 'operation'),
      kind: kindOf(text(row, 'kind')),
      at: integer(row, 'at'),
    }));
}

/** Writes down admissions; one that stands already keeps its time. */
export async function recordAdmissions(connection: Connection, admissions: readonly Admission[]): Promise<void> {
  await connection.writeSlices(admissions, ({ router, subscriber, operation, kind, at }) => {
    connection.run(
      'INSERT OR IGNORE INTO admissions (router, subscriber, operation, kind, at) VALUES (?, ?, ?, ?, ?)',
      router,
      subscriber,
      operation,
      kind,
      at,
    );
  });
}

/** Forgets old admissions of subscribers who are neither cut nor leaving: a cut that stands is never counted anew. */
export async function forgetAdmissionsBefore(connection: Connection, at: number): Promise<void> {
  await connection.writeWhile(
    () =>
      connection.run(
        `DELETE FROM admissions WHERE (router, subscriber, operation, kind) IN
           (SELECT router, subscriber, operation, kind FROM admissions AS old WHERE at < ?
             AND NOT EXISTS (SELECT 1 FROM subscribers
               WHERE epoch = (SELECT epoch FROM state) AND id = old.subscriber AND cut = 1)
             AND NOT EXISTS (SELECT 1 FROM departures
               WHERE departures.router = old.router AND departures.subscriber = old.subscriber)
             LIMIT 500)`,
        at,
      ) > 0,
  );
}

function kindOf(kind: string): Admission['kind'] {
  if (kind === 'cut' || kind === 'implied-restore' || kind === 'begun') return kind;
  throw new AppError('store-corrupt', `unknown admission kind ${kind}`, { retryable: false });
}
