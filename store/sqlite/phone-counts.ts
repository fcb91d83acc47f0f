import { RotationEnd } from '../../schemas/rotation.ts';
import type { PhoneCounts } from '../phone-ports.ts';
import type { Connection } from './connection.ts';
import { integer, text } from './rows.ts';

/** How many phones, extensions and rotations there are, and how many of them as one would like. */
export function phoneCounts(connection: Connection): PhoneCounts {
  const row = connection.get(
    `SELECT
       (SELECT count(*) FROM phones) AS phones,
       (SELECT count(*) FROM (
          SELECT l.mac FROM lines l LEFT JOIN registrations r ON r.number = l.extension
          GROUP BY l.mac HAVING count(*) = coalesce(sum(r.registered), 0)
        )) AS registered_phones,
       (SELECT count(*) FROM extensions) AS extensions,
       (SELECT count(*) FROM registrations WHERE registered = 1) AS registered_extensions`,
  );
  const rotations: Record<RotationEnd | 'open', number> = {
    open: 0,
    committed: 0,
    rolled_back: 0,
    needs_support: 0,
    cancelled: 0,
  };
  const ends: readonly (RotationEnd | 'open')[] = ['open', ...RotationEnd.anyOf.map((end) => end.const)];
  for (const counted of connection.all(
    `SELECT coalesce("end", 'open') AS "end", count(*) AS number FROM rotations GROUP BY "end"`,
  )) {
    const end = ends.find((name) => name === text(counted, 'end'));
    if (end !== undefined) rotations[end] = integer(counted, 'number');
  }
  const of = (name: string): number => (row === null ? 0 : integer(row, name));
  return {
    phones: { total: of('phones'), registered: of('registered_phones') },
    extensions: { total: of('extensions'), registered: of('registered_extensions') },
    rotations,
  };
}
