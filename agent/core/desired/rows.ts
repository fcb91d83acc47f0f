import type { PortalAddress } from '../../../schemas/portal.ts';
import type { Menu } from '../row.ts';
import type { RowKey } from '../ownership.ts';

/** A row that should exist, with every matcher and value we set; its comment follows from the key. */
export interface DesiredRow {
  readonly menu: Menu;
  readonly key: RowKey;
  /** Others that want this very row; one that bears the name of any of them is left as it is. */
  readonly alsoFor?: readonly RowKey[];
  readonly values: Readonly<Record<string, string>>;
  /** The subscriber it is for, or null for what all share. */
  readonly subscriber: string | null;
}

/** An address of the shared lists, without the times of seeing: they change with every answer of the resolvers. */
export type ListAddress = Pick<PortalAddress, 'address' | 'host' | 'use'> & {
  /** DNS has the host elsewhere by now: the address is kept for a while. */
  readonly isGone?: true;
};

/** An ordered run of rules of ours: top to bottom, first match decides. */
export interface DesiredChain {
  readonly menu: Menu;
  readonly chain: string;
  readonly rows: readonly DesiredRow[];
}
