import type { WisphubPart } from '../../../schemas/adoption.ts';
import { parseAddress } from '../../../schemas/address.ts';
import { canonicalPorts } from '../canonical.ts';
import { rowsOf, type ObservedRouter } from '../observed.ts';
import { ownerOf } from '../ownership.ts';
import { isPortalSpelling } from '../portal-spelling.ts';
import { isTrue, type Menu, type Row } from '../row.ts';
import type { RouterSettings } from '../settings.ts';
import { isLeft } from './take-off.ts';

/** A row of WispHub's, and what it is for. `place` is its position in its menu. */
export interface WisphubRow {
  readonly part: WisphubPart;
  readonly menu: Menu;
  readonly row: Row;
  readonly place: number;
}

const LISTS: readonly Menu[] = ['/ip/firewall/address-list', '/ipv6/firewall/address-list'];

type Settings = Pick<RouterSettings, 'lists' | 'port'>;

/**
 * The rows of a router that are WispHub's, by what they do: comments differ from router to router. A row of ours is none,
 * nor is a dynamic one, which goes when whoever made it lets it go.
 */
export function wisphubRows(observed: Pick<ObservedRouter, 'tables'>, settings: Settings): readonly WisphubRow[] {
  const found = (menu: Menu, partOf: (row: Row) => WisphubPart | null): readonly WisphubRow[] =>
    rowsOf(observed, menu).flatMap((row, place): readonly WisphubRow[] => {
      const part = ownerOf(row) === null && !isLeft(row) && !isTrue(row.get('dynamic')) ? partOf(row) : null;
      return part === null ? [] : [{ part, menu, row, place }];
    });
  return [
    ...LISTS.flatMap((menu) => found(menu, (row) => listPart(row, settings))),
    ...found('/ip/firewall/filter', (row) => (isShield(row, settings) ? 'shield' : null)),
    ...found('/ip/firewall/nat', (row) => natPart(row, settings)),
    ...found('/ip/proxy/access', (row) => pagePart(row, settings)),
  ];
}

function listPart(row: Row, { lists }: Settings): WisphubPart | null {
  const list = row.get('list') ?? '';
  if (list === lists.cutoff) return 'cutoff-list';
  if (list === lists.notice) return 'notice-list';
  return list === lists.portal || isPortalSpelling(list) ? 'portal-list' : null;
}

/** What bars the proxy's port from outside. */
function isShield(row: Row, { port }: Settings): boolean {
  return (
    row.get('chain') === 'input' &&
    row.get('protocol') === 'tcp' &&
    row.get('action') === 'drop' &&
    canonicalPorts(row.get('dst-port') ?? '') === String(port)
  );
}

/** Of a rule in dstnat that works on the lists of cut-offs and notices; null for any other. */
export function natPart(row: Row, { lists, port }: Settings): WisphubPart | null {
  const source = row.get('src-address-list');
  if (row.get('chain') !== 'dstnat' || (source !== lists.cutoff && source !== lists.notice)) return null;
  const action = row.get('action') ?? 'accept';
  if (action === 'accept') return row.has('dst-address-list') ? 'portal-accept' : null;
  if (action !== 'redirect' || canonicalPorts(row.get('to-ports') ?? '') !== String(port)) return null;
  return source === lists.cutoff ? 'cutoff-redirect' : 'notice-redirect';
}

/** The proxy row of one client: it leads to a page of the portal, and its comment ends with the list's name. */
function pagePart(row: Row, { lists }: Settings): WisphubPart | null {
  const target = [row.get('action-data'), row.get('redirect-to')].find((text) => (text ?? '') !== '') ?? '';
  if (target === '' || parseAddress(row.get('src-address') ?? '') === null) return null;
  const comment = row.get('comment') ?? '';
  if (comment.endsWith(`-${lists.cutoff}`) || target.includes('/aviso-corte/')) return 'cutoff-page';
  if (comment.endsWith(`-${lists.notice}`) || target.includes('/aviso-pago/')) return 'notice-page';
  return target.includes('/landing/') ? 'notice-page' : null;
}
