import type { Address } from '../../schemas/address.ts';
import type { UptimeReading } from './reboot.ts';
import type { Menu, Row } from './row.ts';
import type { Dialect } from './settings.ts';

/** What one pass read from a router. Rows stand in the router's own order, which is the order of evaluation. */
export interface ObservedRouter {
  readonly tables: ReadonlyMap<Menu, readonly Row[]>;
  /** Menus this router does not have (`no such command prefix`). */
  readonly missing: ReadonlySet<Menu>;
  readonly version: string;
  readonly dialect: Dialect;
  /** Null where the router has no such menu (RouterOS 6). */
  readonly deviceMode: { readonly proxy: boolean; readonly flagged: boolean } | null;
  readonly uptime: UptimeReading | null;
  readonly ownAddresses: readonly Address[];
}

export function rowsOf(observed: Pick<ObservedRouter, 'tables'>, menu: Menu): readonly Row[] {
  return observed.tables.get(menu) ?? [];
}
