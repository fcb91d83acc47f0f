import { canonicalAddress } from '../canonical.ts';
import { isTrue, type Menu, type Row } from '../row.ts';
import { ownerOf, type RowKey, type RowOwner } from '../ownership.ts';
import type { DesiredRouter } from '../desired/desired.ts';
import type { DesiredChain, DesiredRow } from '../desired/rows.ts';
import { rowsOf, type ObservedRouter } from '../observed.ts';
import type { SettingsInForce } from '../in-force.ts';
import type { RouterSettings } from '../settings.ts';
import { isOldListenerRule, leftoverSteps, stillToListener, wantsProxyGuard } from './back-end.ts';
import { idOf, type OrderChange } from './diff-order.ts';
import { diffProxy, type ProxyDiff } from './diff-proxy.ts';
import { diffChain, diffJump, strangersIn } from './diff-rules.ts';
import { diffSet, type SetDiff } from './diff-set.ts';
import { proxySettings } from './proxy-settings.ts';
import type { Step } from './step.ts';
import { subscriberSequences } from './sequences.ts';

/** What nobody's service depends on: a router that does not take it is asked again after an hour, and all else goes on. */
export type ExtraStage = 'garden' | 'phones';

/** Steps that belong together: one after the other. Sequences of a `window` stage run side by side. */
export interface Stage {
  readonly name: 'restore' | 'allow' | 'guard' | 'cut' | 'notice' | 'switch' | 'clean' | ExtraStage | 'adopt';
  readonly mode: 'window' | 'serial';
  readonly sequences: readonly (readonly Step[])[];
}

/** What to write, in the order in which every prefix of it is harmless: unblock first, allow, guard, block later. */
export interface Plan {
  readonly stages: readonly Stage[];
  readonly covered: readonly { readonly desired: DesiredRow; readonly row: Row }[];
  readonly blocked: readonly { readonly desired: DesiredRow; readonly row: Row }[];
  /** Foreign rules inside our chains. */
  readonly strangers: readonly { readonly menu: Menu; readonly row: Row }[];
}

const LIST_MENUS = ['/ip/firewall/address-list', '/ipv6/firewall/address-list'] as const;
const SHARED_KINDS = new Set(['portal', 'garden', 'always']);
const SUBSCRIBER_KINDS = new Set(['cutoff', 'maintenance', 'payment-due', 'custom', 'notice', 'once']);

export interface PlanInput {
  readonly observed: ObservedRouter;
  readonly desired: DesiredRouter;
  readonly settings: SettingsInForce;
  /** Subscribers whose rows of ours stay exactly as they are: a person or the central must say more first. */
  readonly frozen: ReadonlySet<string>;
  /** Addresses that are another's by now, who is to be open: a frozen row there goes after all (I1). */
  readonly isOpenForAnother: (address: string, subscriber: string) => boolean;
  /** Addresses at which the subscriber surely is no longer: all of his rows there go before anything is blocked. */
  readonly hasLeft: (address: string, subscriber: string) => boolean;
  /** The portal's addresses are not known (yet): what stands of them on the router stays (I4). */
  readonly keepsShared: boolean;
  /** Canonical addresses whose foreign rows a person handed over, and to whom they belong. */
  readonly claimed: ReadonlyMap<string, string>;
  /** Cut subscribers whose rows stand, but whose open connections were not removed for sure. */
  readonly owed: readonly { readonly subscriber: string; readonly addresses: readonly string[] }[];
  /** What is to be written to its DNS. */
  readonly forwards: readonly Step[];
  /** What is to be written to its DHCP server; each leans on those before it. */
  readonly phoneDhcp: readonly Step[];
}

export function makePlan(input: PlanInput): Plan {
  const { observed, desired, settings } = input;
  const owner = rowOwner(input);
  const has = (menu: Menu): boolean => !observed.missing.has(menu);

  const lists = LIST_MENUS.filter(has).map((menu): SetDiff & { menu: Menu } => ({
    menu,
    ...diffSet(
      menu,
      rowsOf(observed, menu).filter((row) => isOurList(row, settings)),
      [...desired.sharedLists, ...desired.subscriberLists],
      owner,
    ),
  }));
  const proxy = diffProxy(rowsOf(observed, '/ip/proxy/access'), desired.proxyRows, desired.proxyDeny, owner);
  const sequences = subscriberSequences(lists, proxy, input.owed, { hasLeft: input.hasLeft, port: settings.port });
  const led = hostsLedTo(input);
  const shared = lists
    .flatMap((diff) => sharedSteps(diff))
    .filter((step) => step.kind !== 'remove' || !input.keepsShared || !SHARED_KINDS.has(step.key.kind))
    .filter((step) => step.kind !== 'remove' || step.key.kind !== 'portal' || !led.has(step.key.key));
  const strangers: Plan['strangers'][number][] = [];
  const note = (chain: DesiredChain): void => {
    for (const row of strangersIn(rowsOf(observed, chain.menu), chain)) strangers.push({ menu: chain.menu, row });
  };
  const { guard, last } = guardSteps(input, proxy, note);
  const stages: Stage[] = [
    { name: 'restore', mode: 'window', sequences: sequences.restore },
    { name: 'allow', mode: 'window', sequences: shared.filter((step) => step.kind !== 'remove').map((step) => [step]) },
    { name: 'guard', mode: 'serial', sequences: guard.length === 0 ? [] : [guard] },
    ...sequences.cut.map((batch): Stage => ({ name: 'cut', ...batch })),
    { name: 'notice', mode: 'window', sequences: sequences.notice },
    { name: 'notice', mode: 'serial', sequences: sequences.leave.map((step) => [step]) },
    { name: 'switch', mode: 'serial', sequences: last.length === 0 ? [] : [last] },
    { name: 'clean', mode: 'window', sequences: shared.filter((step) => step.kind === 'remove').map((step) => [step]) },
    // Last: nobody's cut, page or portal waits for it.
    { name: 'garden', mode: 'serial', sequences: input.forwards.map((step) => [step]) },
    { name: 'phones', mode: 'serial', sequences: input.phoneDhcp.length === 0 ? [] : [input.phoneDhcp] },
  ];
  return {
    stages: stages.filter((stage) => stage.sequences.length > 0),
    covered: [...lists.flatMap((diff) => diff.covered), ...proxy.covered],
    blocked: lists.flatMap((diff) => diff.blocked),
    strangers,
  };
}

/** Every step in order. */
export function stepsOf(plan: Pick<Plan, 'stages'>): readonly Step[] {
  return plan.stages.flatMap((stage) => stage.sequences.flat());
}

/** Where rows lead that stay as they are: a page of a portal's earlier domain is reached for as long as it is shown (I4). */
function hostsLedTo({ observed, frozen }: PlanInput): ReadonlySet<string> {
  if (frozen.size === 0) return new Set();
  return new Set(
    rowsOf(observed, '/ip/proxy/access')
      .filter((row) => frozen.has(ownerOf(row)?.key ?? ''))
      .map((row) => row.get('action-data') ?? row.get('redirect-to') ?? '')
      .map((url) => (/^(?:https?:\/\/)?([^/?#:]*)/i.exec(url)?.[1] ?? '').toLowerCase()),
  );
}

function isOurList(row: Row, settings: SettingsInForce): boolean {
  const list = row.get('list') ?? '';
  const { cutoff, notice, portal, always, once } = settings.lists;
  // A row of ours in a list whose name was changed in the config is still ours, and goes.
  return ownerOf(row) !== null || [cutoff, notice, portal, always, once, ...settings.alsoPortal].includes(list);
}

function rowOwner({ frozen, claimed, isOpenForAnother, settings }: PlanInput): RowOwner {
  const { cutoff, notice, once } = settings.lists;
  return (row) => {
    const key = ownerOf(row);
    if (key !== null && !(SUBSCRIBER_KINDS.has(key.kind) && frozen.has(key.key))) return key;
    if (key === null && claimed.size === 0) return null;
    const address = canonicalAddress(row.get('address') ?? row.get('src-address') ?? '');
    if (key !== null) return isOpenForAnother(address, key.key) ? key : null;
    const claimant = claimed.get(address);
    const list = row.get('list');
    const isHandedOver = claimant !== undefined && (list === undefined || [cutoff, notice, once].includes(list));
    return isHandedOver && !isTrue(row.get('dynamic')) ? { kind: 'cutoff', key: claimant } : null;
  };
}

function sharedSteps(diff: SetDiff & { menu: Menu }): readonly Step[] {
  const base = { menu: diff.menu, lane: 'bulk', subscriber: null } as const;
  return [
    ...diff.add
      .filter((row) => row.subscriber === null)
      .map((row): Step => ({ ...base, kind: 'add', key: row.key, values: row.values, before: null })),
    ...diff.set
      .filter(({ desired }) => desired.subscriber === null)
      .map(({ row, desired, values }): Step => ({ ...base, kind: 'set', key: desired.key, id: idOf(row), values })),
    ...diff.remove
      .filter(({ key }) => !SUBSCRIBER_KINDS.has(key.kind))
      .map(({ row, key }): Step => ({ ...base, kind: 'remove', key, id: idOf(row) })),
  ];
}

/**
 * The proxy is shut to strangers before it is opened, chains are whole before a jump leads into them. `last` is what
 * waits for the subscribers' rows: to lead from a notice server to the proxy, and to clear what a back-end left.
 */
function guardSteps(
  input: PlanInput,
  proxy: ProxyDiff,
  note: (chain: DesiredChain) => void,
): { readonly guard: readonly Step[]; readonly last: readonly Step[] } {
  const { observed, desired, settings } = input;
  const has = (menu: Menu): boolean => !observed.missing.has(menu);
  const chainSteps = (one: DesiredChain): readonly Step[] => {
    const rows = rowsOf(observed, one.menu).filter((row) => !isOldListenerRule(row, one));
    return diffChain(rows, one).map((change) => orderStep(change, one.menu));
  };
  const chain = (rules: DesiredRouter['input']): readonly Step[] =>
    rules.chains.flatMap((one) => {
      if (!has(one.menu)) return [];
      note(one);
      return chainSteps(one);
    });
  const jumps = (rows: readonly DesiredRow[]): readonly Step[] =>
    rows
      .filter((row) => has(row.menu))
      .flatMap((row) => diffJump(rowsOf(observed, row.menu), row).map((change) => orderStep(change, row.menu)));
  const isGuarded = wantsProxyGuard(observed, settings);
  const standing = desired.dstnat.chains.map((one) => stillToListener(rowsOf(observed, one.menu), one) ?? one);
  const isSwitching = standing.some((one, at) => one !== desired.dstnat.chains[at]);
  const dstnat = chain({ ...desired.dstnat, chains: standing });
  const guard = [
    ...(isGuarded ? [...chain(desired.input), ...jumps(desired.input.jumps), ...jumps([desired.inputV6])] : []),
    ...(isGuarded ? denySteps(proxy, desired.proxyDeny, settings) : []),
    ...(settings.backend.kind === 'web-proxy' ? settingsSteps(observed, settings) : []),
    ...chain(desired.forward),
    ...chain(desired.forwardV6),
    ...dstnat,
    ...jumps(desired.forward.jumps),
    ...jumps(desired.forwardV6.jumps),
    ...jumps(desired.dstnat.jumps),
  ];
  // A chain that is still to be mended is read again first.
  if (isSwitching && dstnat.length > 0) return { guard, last: [] };
  const turned = isSwitching ? desired.dstnat.chains.flatMap(chainSteps) : [];
  return { guard, last: [...turned, ...leftoverSteps(observed, desired, isGuarded)] };
}

function settingsSteps(observed: ObservedRouter, { port }: RouterSettings): readonly Step[] {
  const values = proxySettings(rowsOf(observed, '/ip/proxy')[0], port);
  if (Object.keys(values).length === 0) return [];
  const key = { kind: 'rule', key: 'proxy' } as const;
  return [{ kind: 'settings', menu: '/ip/proxy', key, lane: 'bulk', subscriber: null, values }];
}

/** With a notice server the deny is kept while rows of ours are or were here: a kept-alive client may still ask. */
function denySteps(proxy: ProxyDiff, deny: DesiredRow, { backend }: RouterSettings): readonly Step[] {
  const base = { menu: deny.menu, key: deny.key, lane: 'bulk', subscriber: null } as const;
  switch (proxy.deny.kind) {
    case 'replace':
      return [
        { ...base, kind: 'add', values: deny.values, before: proxy.deny.before },
        { ...base, kind: 'remove', id: idOf(proxy.deny.row) },
      ];
    case 'keep':
      return [];
    case 'add':
      if (backend.kind === 'notice-server' && proxy.remove.length === 0) return [];
      return [{ ...base, kind: 'add', values: deny.values, before: proxy.deny.before }];
    case 'move':
      return [{ ...base, kind: 'move', id: idOf(proxy.deny.row), before: proxy.deny.before }];
    case 'set':
      return [{ ...base, kind: 'set', id: idOf(proxy.deny.row), values: proxy.deny.values }];
  }
}

function orderStep(change: OrderChange, menu: Menu): Step {
  const key: RowKey = change.kind === 'remove' ? change.key : change.desired.key;
  const base = { menu, key, lane: 'bulk', subscriber: null } as const;
  switch (change.kind) {
    case 'add':
      return { ...base, kind: 'add', values: change.desired.values, before: change.before };
    case 'set':
      return { ...base, kind: 'set', id: change.id, values: change.values };
    case 'move':
      return { ...base, kind: 'move', id: change.id, before: change.before };
    case 'remove':
      return { ...base, kind: 'remove', id: change.id };
  }
}

/** True when a row of ours is there but without effect (invalid, or inactive under device-mode). */
export function isWithoutEffect(row: Row): boolean {
  return ownerOf(row) !== null && (isTrue(row.get('invalid')) || isTrue(row.get('inactive')));
}
