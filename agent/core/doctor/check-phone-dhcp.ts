import { contains, parseAddress } from '../../../schemas/address.ts';
import type { Finding } from '../../../schemas/finding.ts';
import { finding } from '../findings/table.ts';
import { PHONE_OPTIONS_SET } from '../ownership.ts';
import { isTrue, type Row } from '../row.ts';
import { answered, isSeen, type DoctorFacts } from './facts.ts';

/**
 * Whether what the networks are told reaches phones: somebody gives leases there, and says nothing else himself. Options of a
 * server outrank those of its network (manual, "DHCP options").
 */
export function checkPhoneDhcp(facts: DoctorFacts): readonly Finding[] {
  const { router, phoneDhcp } = facts.settings;
  if (phoneDhcp === undefined || !isSeen(facts, 'dhcpServers') || !isSeen(facts, 'addresses')) return [];
  const servers = answered(facts, 'dhcpServers').filter(
    (row) => !isTrue(row.get('disabled')) && !isTrue(row.get('invalid')),
  );
  // Behind a relay a server may serve any network.
  const isRelayed = servers.some((row) => !['', '0.0.0.0'].includes(row.get('relay') ?? ''));
  return phoneDhcp.networks.flatMap((network): readonly Finding[] => {
    const interfaces = interfacesOf(network, answered(facts, 'addresses'));
    const serving = servers.filter((row) => interfaces.has(row.get('interface') ?? ''));
    if (serving.length === 0 && !isRelayed) return [finding('phone-dhcp-no-server', { router, network })];
    return serving
      .filter((row) => !['', 'none', PHONE_OPTIONS_SET].includes(row.get('dhcp-option-set') ?? ''))
      .map((row) =>
        finding('phone-dhcp-outranked', {
          network,
          id: row.get('.id') ?? '',
          server: row.get('name') ?? '',
          set: row.get('dhcp-option-set') ?? '',
        }),
      );
  });
}

/** Interfaces on which the router has an address in this network. */
function interfacesOf(network: string, addresses: readonly Row[]): ReadonlySet<string> {
  const range = parseAddress(network);
  const there = addresses.filter((row) => {
    const own = parseAddress((row.get('address') ?? '').replace(/\/\d+$/, ''));
    return range !== null && own !== null && !isTrue(row.get('disabled')) && contains(range, own);
  });
  return new Set(there.flatMap((row) => [row.get('interface') ?? '', row.get('actual-interface') ?? '']));
}
