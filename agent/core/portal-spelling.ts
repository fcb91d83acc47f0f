import type { Finding } from '../../schemas/finding.ts';
import { finding } from './findings/table.ts';
import { rowsOf, type ObservedRouter } from './observed.ts';
import { ownerOf } from './ownership.ts';
import { isTrue, type Menu, type Row } from './row.ts';
import type { RouterSettings } from './settings.ts';

/** The portal's list as WispHub's manual spells it, and as its routers show it (fact sheet wisphub.md §2). */
export const PORTAL_SPELLINGS = ['server_wisphub', 'servers_wisphub'] as const;

export function isPortalSpelling(list: string): boolean {
  return PORTAL_SPELLINGS.some((name) => name === list);
}

const LIST_MENUS: readonly Menu[] = ['/ip/firewall/address-list', '/ipv6/firewall/address-list'];
const RULE_MENUS: readonly Menu[] = ['/ip/firewall/nat', '/ip/firewall/filter', '/ipv6/firewall/filter'];

/** The portal list as one router uses it, and what a person should know of it. */
export interface PortalSpelling {
  readonly list: string;
  /** The other spelling, where rules of others look at it too: it is kept beside. */
  readonly also: readonly string[];
  readonly findings: readonly Finding[];
}

/** How one list stands on the router. */
interface Use {
  /** Ids of enabled rules that are not ours and look at it. */
  readonly rules: readonly string[];
  readonly rows: number;
  /** Our own rows in it. */
  readonly ours: number;
  /** Any row or rule that is not ours, disabled ones too. */
  readonly isThere: boolean;
}

/**
 * Which list a router has for the portal. Where the configuration leaves the name at its default, the other spelling is
 * used if that is what the router's rules look at, or all that it has; once our rows are in one of them and both will do,
 * they stay there. A rule of WispHub's redirects whatever its own list does not let through, below our rules too: where
 * such rules look at the other list it is kept beside ours, or nobody who is cut would reach the portal (I4). A name that
 * the configuration chose is kept alone, and the finding says what that does.
 */
export function portalSpelling(
  observed: Pick<ObservedRouter, 'tables'>,
  settings: Pick<RouterSettings, 'router' | 'lists' | 'adoptsPortalList'>,
): PortalSpelling {
  const { portal } = settings.lists;
  const { router, adoptsPortalList: isAdopting = false } = settings;
  const uses = new Map([portal, ...PORTAL_SPELLINGS].map((name) => [name, useOf(observed, name)]));
  const [alternative] = PORTAL_SPELLINGS.filter((name) => name !== portal);
  const list = isAdopting && alternative !== undefined ? choose(portal, alternative, uses) : portal;
  const findings: Finding[] = [];
  if (list !== portal) {
    const { rules = [], rows = 0 } = uses.get(list) ?? {};
    findings.push(finding('portal-list-adopted', { list, configured: portal, router, rules, rows }));
  }
  const others = PORTAL_SPELLINGS.filter((name) => name !== list && (uses.get(name)?.rules.length ?? 0) > 0);
  for (const other of others) {
    const seen = { list, other, router, rules: uses.get(other)?.rules ?? [], isKept: isAdopting };
    findings.push(finding('portal-list-other', seen, isAdopting ? 'info' : undefined));
  }
  return { list, also: isAdopting ? others : [], findings };
}

function choose(configured: string, other: string, uses: ReadonlyMap<string, Use>): string {
  const [own, theirs] = [uses.get(configured), uses.get(other)];
  if (theirs?.isThere !== true) return configured;
  const isLookedAt = [own, theirs].map((use) => (use?.rules.length ?? 0) > 0);
  if (isLookedAt[0] !== isLookedAt[1]) return isLookedAt[1] === true ? other : configured;
  if ((own?.ours ?? 0) > 0) return configured;
  return theirs.ours > 0 || own?.isThere !== true ? other : configured;
}

function useOf(observed: Pick<ObservedRouter, 'tables'>, list: string): Use {
  const rows = LIST_MENUS.flatMap((menu) => rowsOf(observed, menu)).filter((row) => row.get('list') === list);
  const foreign = rows.filter((row) => ownerOf(row) === null && !isTrue(row.get('dynamic')));
  const rules = RULE_MENUS.flatMap((menu) => rowsOf(observed, menu)).filter(
    (row) => ownerOf(row) === null && looksAt(row, list),
  );
  return {
    rules: rules.filter((row) => !isTrue(row.get('disabled'))).map((row) => row.get('.id') ?? ''),
    rows: foreign.length,
    ours: rows.filter((row) => ownerOf(row) !== null).length,
    isThere: foreign.length + rules.length > 0,
  };
}

function looksAt(row: Row, list: string): boolean {
  return ['dst-address-list', 'src-address-list'].some(
    (property) => (row.get(property) ?? '').replace(/^!/, '') === list,
  );
}
