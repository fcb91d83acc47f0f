import { AppError } from '../../schemas/app-error.ts';
import type { Admission } from '../ports.ts';
import type { Connection } from './connection.ts';
import { Revisioned, revisionOf } from './revisions.ts';
import { integer, text, type Row } from './rows.ts';

/** Each router's own admissions as read last; while none came or went anywhere the same array. */
export type AdmissionCache = Map<string, Revisioned<readonly Admission[]>>;

const COLUMNS = 'router, subscriber, operation, kind, at';

export function admissionsSince(connection: Connection, at: number): readonly Admission[] {
  return connection.all(`SELECT ${COLUMNS} FROM admissions WHERE at >= ? ORDER BY at`, at).map(admissionOf);
}

export function admissionsFor(
  connection: Connection,
  router: string,
  since: number,
  cache: AdmissionCache,
): { readonly own: readonly Admission[]; readonly others: number } {
  const cached = cache.get(router) ?? new Revisioned<readonly Admission[]>([]);
  cache.set(router, cached);
  const own = cached.read(String(revisionOf(connection, 'admissions', 0, '')), () =>
    connection.all(`SELECT ${COLUMNS} FROM admissions WHERE router = ? ORDER BY at`, router).map(admissionOf),
  );
  const row = connection.get('SELECT count(*) AS others FROM admissions WHERE at > ? AND router <> ?', since, router);
  return { own, others: row === null ? 0 : integer(row, 'others') };
}

function admissionOf(row: Row): Admission {
  return {
    router: text(row, 'router'),
    subscriber: text(row, 'subscriber'),
    operation: text(row, 'operation'),
    kind: kindOf(text(row, 'kind')),
    at: integer(row, 'at'),
  };
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
