import type { Address } from '../../schemas/address.ts';
import type { UptimeReading } from './reboot.ts';
import type { Menu, Row } from './row.ts';
import type { Dialect } from './settings.ts';

/** What a decision may look at of what one pass read from a router. Rows stand in the router's own order, which is the order of evaluation. */
export interface ObservedRouter {
  readonly tables: ReadonlyMap<Menu, readonly Row[]>;
  /** Menus this router does not have (`no such command prefix`). */
  readonly missing: ReadonlySet<Menu>;
  readonly version: string;
  readonly dialect: Dialect;
  /** Null where the router has no such menu (RouterOS 6). */
  readonly deviceMode: { readonly proxy: boolean; readonly flagged: boolean } | null;
  readonly ownAddresses: readonly Address[];
  /** Whether rows of its DNS can fill an address-list (RouterOS 7.5); null where nobody wanted to know. */
  readonly hasDnsLists?: boolean | null;
}

/** One read of a router, with what differs from read to read while nothing was changed. */
export interface RouterReading extends ObservedRouter {
  readonly uptime: UptimeReading | null;
  /** Percent, as `/system/resource` says; null where it says nothing. */
  readonly cpuLoad: number | null;
}

const NO_ROWS: readonly Row[] = [];

export function rowsOf(observed: Pick<ObservedRouter, 'tables'>, menu: Menu): readonly Row[] {
  return observed.tables.get(menu) ?? NO_ROWS;
}
