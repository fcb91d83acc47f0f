import type { ValueContext } from '../normalise.ts';
import { tableOf, type RouterState } from '../state.ts';

const BUILTIN_LISTS = new Set(['all', 'none', 'dynamic', 'static']);
const BUILTIN_INTERFACES = new Set(['all-ethernet', 'all-ppp', 'all-vlan', 'all-wireless']);

/** What the values of a menu's arguments are checked against, on this router now. */
export function valueContextOf(state: RouterState, menu: string): ValueContext {
  return {
    menu,
    wordsOf: (argument) => state.dialect.values.get(menu)?.get(argument),
    hasInterface: (name) => BUILTIN_INTERFACES.has(name) || tableOf(state, '/interface').holders({ name }).length > 0,
    hasCertificate: (name) => tableOf(state, '/certificate').holders({ name }).length > 0,
    hasDhcpOption: (name) => tableOf(state, '/ip/dhcp-server/option').holders({ name }).length > 0,
    hasDhcpOptionSet: (name) => tableOf(state, '/ip/dhcp-server/option/sets').holders({ name }).length > 0,
    hasInterfaceList: (name) =>
      BUILTIN_LISTS.has(name) || tableOf(state, '/interface/list').holders({ name }).length > 0,
  };
}
