import { canonicalPorts } from '../canonical.ts';
import { LISTENER_RULE } from '../desired/chains.ts';
import type { DesiredRouter } from '../desired/desired.ts';
import type { DesiredChain, DesiredRow } from '../desired/rows.ts';
import { rowsOf, type ObservedRouter } from '../observed.ts';
import { ownerOf, printKey } from '../ownership.ts';
import { isTrue, type Menu, type Row } from '../row.ts';
import { CHAINS, placeOf, type Place, type RouterSettings } from '../settings.ts';
import { changedValues, hasForeignMatcher, idOf } from './diff-order.ts';
import type { Step } from './step.ts';

/** True when the router's web proxy runs on our port, whoever turned it on: then it is to be shut to strangers. */
export function isProxyOnPort(observed: Pick<ObservedRouter, 'tables'>, port: number): boolean {
  const row = rowsOf(observed, '/ip/proxy')[0];
  return (
    isTrue(row?.get('enabled')) &&
    canonicalPorts(row?.get('port') ?? '')
      .split(',')
      .includes(String(port))
  );
}

/**
 * The guard of the proxy's port is wanted by the web-proxy back-end, and by the other one for as long as the proxy
 * listens there: we do not turn it off, for we do not know who else uses it.
 */
export function wantsProxyGuard(observed: Pick<ObservedRouter, 'tables'>, settings: RouterSettings): boolean {
  return settings.backend.kind === 'web-proxy' || isProxyOnPort(observed, settings.port);
}

/**
 * The dstnat chain of the web-proxy back-end as long as its rules still lead to a notice server: all is mended but where
 * they lead, for the proxy has no rows for the subscribers yet. Null when they do not (any more).
 */
export function stillToListener(observed: readonly Row[], chain: DesiredChain): DesiredChain | null {
  const rows = chain.rows.map((row): DesiredRow => {
    if (row.values['action'] !== 'redirect') return row;
    const there = ownRow(observed, row);
    const server = {
      action: 'dst-nat',
      'to-addresses': there?.get('to-addresses'),
      'to-ports': there?.get('to-ports'),
    };
    if (there?.get('action') !== server.action) return row;
    const standing = { ...row, values: { ...row.values, ...definedOf(server) } };
    const isWorking = !hasForeignMatcher(there, standing) && Object.keys(changedValues(there, standing)).length === 0;
    return isWorking ? standing : row;
  });
  return rows.some((row, at) => row !== chain.rows[at]) ? { ...chain, rows } : null;
}

/**
 * True on a router whose proxy still gives our pages: it runs on our port, and a rule of ours in the dstnat chain leads
 * there. It is not turned to a listener that takes no connections.
 */
export function isStillOnProxy(observed: Pick<ObservedRouter, 'tables'>, port: number): boolean {
  if (!isProxyOnPort(observed, port)) return false;
  return dstnatRules(observed).some((row) => row.get('action') === 'redirect' && row.get('to-ports') === String(port));
}

/** True on a router that leads subscribers to a notice server, wanted or not any more. */
export function isStillToListener(observed: Pick<ObservedRouter, 'tables'>): boolean {
  return dstnatRules(observed).some((row) => row.get('action') === 'dst-nat');
}

/** Rules of ours that stand in the chain which leads subscribers to their page. */
function dstnatRules(observed: Pick<ObservedRouter, 'tables'>): readonly Row[] {
  return rowsOf(observed, '/ip/firewall/nat').filter(
    (row) => ownerOf(row) !== null && row.get('chain') === CHAINS.dstnat && !isTrue(row.get('disabled')),
  );
}

/**
 * The places of a page server that a router leads subscribers to: a rule of ours does, and another one lets through to
 * the same place. Without the second one it may be what somebody made of our rule.
 */
export function placesLedTo(observed: Pick<ObservedRouter, 'tables'>): readonly Place[] {
  const open = new Set(
    rowsOf(observed, '/ip/firewall/filter').flatMap((row) => {
      const key = isTrue(row.get('disabled')) ? null : ownerOf(row);
      return key?.kind === 'rule' && key.key.startsWith(LISTENER_RULE) ? [key.key.slice(LISTENER_RULE.length)] : [];
    }),
  );
  const places = rowsOf(observed, '/ip/firewall/nat')
    .filter(
      (row) =>
        ownerOf(row) !== null &&
        row.get('chain') === CHAINS.dstnat &&
        row.get('action') === 'dst-nat' &&
        !isTrue(row.get('disabled')),
    )
    .map((row): Place => ({ address: row.get('to-addresses') ?? '', port: Number(row.get('to-ports')) }))
    .filter((place) => open.has(placeOf(place)));
  return [...new Map(places.map((place) => [placeOf(place), place])).values()];
}

/** Rows of ours that let cut subscribers through to a listener that is not (any more) the one wanted. */
export function isOldListenerRule(row: Row, forward: DesiredChain): boolean {
  const key = ownerOf(row);
  if (key?.kind !== 'rule' || !key.key.startsWith(LISTENER_RULE)) return false;
  return !forward.rows.some((wanted) => printKey(wanted.key) === printKey(key));
}

/** What the other back-end, or another listener's place, left: removed when nothing leads there any more. */
export function leftoverSteps(
  observed: ObservedRouter,
  desired: Pick<DesiredRouter, 'input' | 'inputV6' | 'forward' | 'proxyDeny'>,
  isGuarded: boolean,
): readonly Step[] {
  const remove = (menu: Menu, isOver: (row: Row) => boolean): readonly Step[] =>
    rowsOf(observed, menu).flatMap((row): readonly Step[] => {
      const key = ownerOf(row);
      if (key === null || !isOver(row)) return [];
      return [{ kind: 'remove', menu, key, lane: 'bulk', subscriber: null, id: idOf(row) }];
    });
  const named =
    (...rows: readonly DesiredRow[]) =>
    (row: Row): boolean => {
      const key = ownerOf(row);
      return key !== null && rows.some((one) => printKey(one.key) === printKey(key));
    };
  const { input, inputV6, forward, proxyDeny } = desired;
  const guard = [
    ...input.jumps.flatMap((jump) => remove(jump.menu, named(jump))),
    ...input.chains.flatMap((chain) => remove(chain.menu, named(...chain.rows))),
    ...remove(inputV6.menu, named(inputV6)),
    ...remove(proxyDeny.menu, named(proxyDeny)),
  ];
  return [
    ...forward.chains.flatMap((chain) => remove(chain.menu, (row) => isOldListenerRule(row, chain))),
    ...(isGuarded ? [] : guard),
  ];
}

function ownRow(observed: readonly Row[], wanted: DesiredRow): Row | undefined {
  return observed.find((row) => {
    const key = ownerOf(row);
    return key !== null && printKey(key) === printKey(wanted.key);
  });
}

function definedOf(values: Readonly<Record<string, string | undefined>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, value ?? '']));
}
