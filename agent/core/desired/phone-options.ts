import { optionText, routerosText } from '../dhcp-option-value.ts';
import { PHONE_OPTIONS_SET, phoneOptionName } from '../ownership.ts';
import type { PhoneDhcp } from '../settings.ts';
import type { DesiredRow } from './rows.ts';

const BASE = { subscriber: null } as const;

/**
 * The options that tell phones where to ask, all with the same URL. Without `force` (RouterOS 7) the router sends one only to
 * who asks for its code (manual, "DHCP options"): what reads none of them is told nothing.
 */
export function phoneOptionRows({ options, url }: Pick<PhoneDhcp, 'options' | 'url'>): readonly DesiredRow[] {
  const value = routerosText(optionText(url));
  return options.map((code) => ({
    ...BASE,
    menu: '/ip/dhcp-server/option',
    key: { kind: 'phones', key: String(code) },
    values: { name: phoneOptionName(code), code: String(code), value },
  }));
}

/** The set of them that a network names: another option is a change to the set, and none to the network. */
export function phoneOptionSet({ options }: Pick<PhoneDhcp, 'options'>): DesiredRow {
  return {
    ...BASE,
    menu: '/ip/dhcp-server/option/sets',
    key: { kind: 'phones', key: 'set' },
    values: { name: PHONE_OPTIONS_SET, options: options.map(phoneOptionName).join(',') },
  };
}
