import { parseAddress } from '../../../schemas/address.ts';
import type { LiveSubscriber } from '../desired/live.ts';
import { isTrue } from '../row.ts';
import type { WisphubRow } from './parts.ts';
import { holders } from './rows.ts';
import { valuesOf, type TakenRow } from './state.ts';

/** What the restore lane may lift of WispHub's while a router is taken over, for whoever is restored by name meanwhile. */
export interface NamedLifts {
  /** Of the step under way: the first of its writes begins it. */
  readonly operation: string;
  /** Rows of the cut-off list for exactly one address of this subscriber, who is alone there. */
  readonly rows: ReadonlyMap<string, readonly TakenRow[]>;
}

/**
 * WispHub's rows that a restore by name may take from the cut-off list at once, beside the bulk of a takeover that may have
 * minutes to go (I1): those at an address of one subscriber alone. What a row for a prefix or for several would open is for
 * a full pass to judge, and so is whoever is frozen: of him nothing is certain.
 */
export function namedLifts(
  rows: readonly WisphubRow[],
  live: readonly LiveSubscriber[],
  frozen: ReadonlySet<string>,
): NamedLifts['rows'] {
  const holdersOf = holders(live);
  const found = new Map<string, readonly TakenRow[]>();
  for (const { part, menu, row, place } of rows) {
    if (part !== 'cutoff-list' || isTrue(row.get('disabled'))) continue;
    const address = parseAddress(row.get('address') ?? '');
    const [holder, ...others] = holdersOf(row) ?? [];
    if (address === null || holder === undefined || others.length > 0 || frozen.has(holder.id)) continue;
    if (!holder.addresses.some(({ family, text }) => family === address.family && text === address.text)) continue;
    const taken: TakenRow = { menu, id: row.get('.id') ?? '', place, values: valuesOf(row) };
    found.set(holder.id, [...(found.get(holder.id) ?? []), taken]);
  }
  return found;
}
