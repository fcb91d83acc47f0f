import { parseAddress } from '../../../schemas/address.ts';
import type { LiveSubscriber } from '../desired/live.ts';
import type { Step } from '../plan/step.ts';
import type { Row } from '../row.ts';
import { addressIndex } from '../sessions/address-index.ts';
import { idOf } from '../plan/diff-order.ts';
import type { WisphubRow } from './parts.ts';

/** The subscribers who are at an address of a row, or in its prefix; null for a row whose address is none (a name). */
export type HoldersOf = (row: Row) => readonly LiveSubscriber[] | null;

/** A row is whose address it has: a name in its comment proves nothing. */
export function holders(live: readonly LiveSubscriber[]): HoldersOf {
  const places = live.flatMap((one) => [...one.addresses, ...one.foreign].map((address) => ({ one, address })));
  const index = addressIndex(places, ({ address }) => address);
  return (row) => {
    const address = parseAddress(row.get('address') ?? row.get('src-address') ?? '');
    return address === null ? null : [...new Set(index.touching(address).map(({ one }) => one))];
  };
}

/** Changes a row that is not ours; the step carries what it was. */
export function setForeign({ part, menu, row }: WisphubRow, values: Readonly<Record<string, string>>): Step {
  const was = Object.fromEntries(Object.keys(values).map((name) => [name, shown(row, name)]));
  const key = { kind: 'rule', key: `wisphub-${part}` } as const;
  return { kind: 'set', menu, key, lane: 'bulk', subscriber: null, id: idOf(row), values, foreign: { was } };
}

/** Removes a list row that is not ours; who is open by it loses the connections that still lead to his page. */
export function lift({ part, menu, row }: WisphubRow, opened: readonly string[]): readonly Step[] {
  const address = row.get('address') ?? '';
  const [first = null] = opened;
  const lane = first === null ? 'bulk' : 'restore';
  const was = Object.fromEntries(['list', 'address', 'comment'].map((name) => [name, row.get(name) ?? '']));
  const key = { kind: 'rule', key: `wisphub-${part}` } as const;
  const remove: Step = { kind: 'remove', menu, key, lane, subscriber: first, id: idOf(row), foreign: { was } };
  if (first === null || parseAddress(address) === null) return [remove];
  const drop: Step = {
    kind: 'drop-connections',
    menu: '/ip/firewall/connection',
    key: { kind: 'cutoff', key: first },
    lane,
    subscriber: first,
    addresses: [address],
    subscribers: opened,
    intoPort: null,
  };
  return [remove, drop];
}

export function switchOff(found: WisphubRow): Step {
  return setForeign(found, { disabled: 'yes' });
}

function shown(row: Row, name: string): string {
  const value = row.get(name) ?? '';
  return name === 'disabled' ? (value === 'true' || value === 'yes' ? 'yes' : 'no') : value;
}
