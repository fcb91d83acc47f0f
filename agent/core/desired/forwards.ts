import type { RouterSettings } from '../settings.ts';
import type { DesiredRow } from './rows.ts';

/**
 * Rows of `/ip/dns/static` that put what subscribers resolve below these names into the portal list, for the TTL of the
 * answer. Without `forward-to` RouterOS asks the servers of `/ip/dns`.
 */
export function forwardRows(
  names: readonly string[],
  { gardenForward, lists }: Pick<RouterSettings, 'gardenForward' | 'lists'>,
): readonly DesiredRow[] {
  if (gardenForward === undefined) return [];
  const { to } = gardenForward;
  return names.map((name) => ({
    menu: '/ip/dns/static',
    key: { kind: 'garden', key: name },
    values: {
      name,
      type: 'FWD',
      'match-subdomain': 'yes',
      ...(to === null ? {} : { 'forward-to': to }),
      'address-list': lists.portal,
    },
    subscriber: null,
  }));
}
