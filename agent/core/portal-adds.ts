import { parseAddress } from '../../schemas/address.ts';
import type { PortalAddress } from '../../schemas/portal.ts';
import { sharedListRows } from './desired/lists.ts';
import type { SettingsInForce } from './in-force.ts';
import type { ObservedRouter } from './observed.ts';
import { rowsOf } from './observed.ts';
import { ownerOf } from './ownership.ts';
import { diffSet, placeOf } from './plan/diff-set.ts';
import type { Step } from './plan/step.ts';
import { listAddresses } from './portal-reach.ts';

const LIST_MENUS = ['/ip/firewall/address-list', '/ipv6/firewall/address-list'] as const;

/**
 * Whether all that is known now is more, or less, of what the last pass went by: addresses of the same hosts in the same
 * families. Then nothing but rows of the lists hangs on the difference. A host or a family that comes anew may end a hold
 * or lead notices elsewhere, and takes a whole pass.
 */
export function isMoreOfTheSame(before: readonly PortalAddress[], now: readonly PortalAddress[]): boolean {
  const known = new Set(before.map(originOf));
  return now.every((entry) => known.has(originOf(entry)));
}

/**
 * Whether DNS has other addresses for the portal than those that the last pass went by. Where a cut is held because nobody
 * would reach the portal, that may end the hold, which a pass alone can tell.
 */
export function isOtherPortal(before: readonly PortalAddress[], now: readonly PortalAddress[]): boolean {
  const [was, is] = [answered(before), answered(now)];
  return was.size !== is.size || [...is].some((address) => !was.has(address));
}

function answered(addresses: readonly PortalAddress[]): ReadonlySet<string> {
  const present = listAddresses(addresses).filter(({ use, isGone }) => use === 'portal' && isGone !== true);
  return new Set(present.map(({ host, address }) => `${host} ${address}`));
}

export interface PortalAddsInput {
  readonly addresses: readonly PortalAddress[];
  readonly settings: Pick<SettingsInForce, 'lists' | 'alsoPortal' | 'mode' | 'isAdopting'>;
  /** The router as it was last read. */
  readonly observed: ObservedRouter;
  /** Places of the lists, as `placeOf` has them, that were written since. */
  readonly written: ReadonlySet<string>;
}

/**
 * The rows that the shared lists lack of what is known now, by the last read of the router. Rows to go, to rename or to
 * enable are left to the next pass, and a router that is only looked at gets none. Null where rows are lacking and a pass
 * must write them: while a router is on its way from WispHub, rows of the lists may be about to go.
 */
export function portalAdds(input: PortalAddsInput): readonly Step[] | null {
  if (input.settings.mode === 'observe') return [];
  const steps = lackingRows(input);
  return steps.length > 0 && input.settings.isAdopting ? null : steps;
}

function lackingRows({ addresses, settings, observed, written }: PortalAddsInput): readonly Step[] {
  const rows = sharedListRows(listAddresses(addresses), settings);
  const lists = new Set(rows.map(({ values }) => values['list']));
  return LIST_MENUS.filter((menu) => !observed.missing.has(menu)).flatMap((menu) => {
    const standing = rowsOf(observed, menu).filter((row) => lists.has(row.get('list')));
    return diffSet(menu, standing, rows, ownerOf)
      .add.filter(({ values }) => !written.has(placeOf(values)))
      .map(({ key, values }): Step => ({
        menu,
        lane: 'bulk',
        subscriber: null,
        kind: 'add',
        key,
        values,
        before: null,
      }));
  });
}

function originOf({ address, host, use }: PortalAddress): string {
  return `${use} ${host} ${parseAddress(address)?.family ?? 0}`;
}
