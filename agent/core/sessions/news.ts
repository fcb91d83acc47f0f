import { rowsOf, type ObservedRouter } from '../observed.ts';
import type { Row } from '../row.ts';
import type { FindNamed } from './identity.ts';
import { SESSION_MENUS, userOf, type AddressUser, type SessionMenu } from './usage.ts';

/** Whom a change of sessions or leases may concern. */
export interface Watched {
  /** Finds subscribers with a cut-off or a notice. */
  readonly find: FindNamed;
  /** Addresses, canonical, at which rows of ours stand for subscribers. */
  readonly addresses: ReadonlySet<string>;
}

/** Whether one row that a `listen` sent is worth a look at the router. */
export type IsNews = (menu: SessionMenu, row: Row) => boolean;

/**
 * A busy router tells of thousands of sessions and renewed leases that concern nobody who is cut. What matters is somebody
 * watched who came, went or moved, and anybody who came to an address that rows of ours name. Compared with the last
 * read: a row that says what is known already is no news. Of a row that is gone RouterOS sends the id alone.
 */
export function newsOf(observed: Pick<ObservedRouter, 'tables'>, watched: Watched): IsNews {
  const known = new Map<string, AddressUser | null>();
  for (const menu of SESSION_MENUS)
    for (const row of rowsOf(observed, menu)) known.set(`${menu} ${row.get('.id') ?? ''}`, userOf(menu, row));
  const concerns = (user: AddressUser): boolean =>
    watched.addresses.has(user.address.text) || watched.find(user) !== null;
  return (menu, row) => {
    const before = known.get(`${menu} ${row.get('.id') ?? ''}`) ?? null;
    const after = row.get('.dead') === 'yes' ? null : userOf(menu, row);
    if (isSame(before, after)) return false;
    return (before !== null && concerns(before)) || (after !== null && concerns(after));
  };
}

function isSame(a: AddressUser | null, b: AddressUser | null): boolean {
  if (a === null || b === null) return a === b;
  return a.address.text === b.address.text && a.name === b.name && a.mac === b.mac;
}
