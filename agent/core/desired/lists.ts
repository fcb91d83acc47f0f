import { parseAddress } from '../../../schemas/address.ts';
import type { SettingsInForce } from '../in-force.ts';
import type { RouterSettings } from '../settings.ts';
import type { LiveSubscriber } from './live.ts';
import type { DesiredRow, ListAddress } from './rows.ts';

const LIST_MENU = { 4: '/ip/firewall/address-list', 6: '/ipv6/firewall/address-list' } as const;

/** The address-list rows one subscriber should have: cut-off list, notice list, once list. */
export function subscriberListRows(subscriber: LiveSubscriber, settings: RouterSettings): readonly DesiredRow[] {
  const rows: DesiredRow[] = [];
  const row = (family: 4 | 6, list: string, kind: 'cutoff' | 'notice' | 'once', address: string): void => {
    const key = { kind, key: subscriber.id } as const;
    rows.push({ menu: LIST_MENU[family], key, values: { list, address }, subscriber: subscriber.id });
  };
  const shown = subscriber.notices[0];
  for (const address of subscriber.addresses) {
    if (subscriber.cut !== null) row(address.family, settings.lists.cutoff, 'cutoff', address.text);
    else if (shown !== undefined && address.family === 4) {
      if (shown.once) row(4, settings.lists.once, 'once', address.text);
      row(4, settings.lists.notice, 'notice', address.text);
    }
  }
  return rows;
}

/**
 * Portal, walled garden and always-reachable addresses, each address once in its list. It is named for the portal before
 * the garden, and for a host that has it before one that had it; the others are told, so that a row is not renamed each
 * time that a host comes whose name sorts first.
 */
export function sharedListRows(
  addresses: readonly ListAddress[],
  settings: Pick<SettingsInForce, 'lists' | 'alsoPortal'>,
): readonly DesiredRow[] {
  const rows = new Map<string, DesiredRow>();
  for (const entry of [...addresses].sort((a, b) => standingOf(a) - standingOf(b))) {
    const address = parseAddress(entry.address);
    if (address === null) continue;
    const { always, portal } = settings.lists;
    const key = { kind: entry.use, key: entry.host };
    for (const list of entry.use === 'always' ? [always] : [portal, ...settings.alsoPortal]) {
      const at = `${list} ${address.text}`;
      const there = rows.get(at);
      if (there === undefined)
        rows.set(at, {
          menu: LIST_MENU[address.family],
          key,
          values: { list, address: address.text },
          subscriber: null,
        });
      else if (there.key.kind === key.kind && there.key.key !== key.key)
        rows.set(at, { ...there, alsoFor: [...(there.alsoFor ?? []), key] });
    }
  }
  return [...rows.values()];
}

function standingOf({ use, isGone }: ListAddress): number {
  return (use === 'portal' ? 0 : 2) + (isGone === true ? 1 : 0);
}
