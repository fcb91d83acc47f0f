import type { Finding } from '../../../schemas/finding.ts';
import { finding } from '../findings/table.ts';
import { isTrue, type Row } from '../row.ts';
import { answered, type DoctorFacts } from './facts.ts';

/** Whether a cut reaches the IPv6 of those who have it. */
export function checkIpv6(facts: DoctorFacts): readonly Finding[] {
  const addresses = answered(facts, 'addresses6').filter(isGlobal).length;
  const { subscribers, withIpv6 } = facts.site;
  if (facts.answers.get('filter6')?.kind === 'absent') {
    if (addresses === 0 && withIpv6 === 0) return [];
    return [finding('ipv6-no-firewall', { addresses, subscribers: withIpv6 })];
  }
  const without = subscribers - withIpv6;
  // One who has IPv6 says nothing of the others.
  if (addresses === 0 || without <= 0) return [];
  return [finding('ipv6-untold', { subscribers, without })];
}

function isGlobal(row: Row): boolean {
  const address = (row.get('address') ?? '').toLowerCase();
  return address !== '' && !isTrue(row.get('disabled')) && !/^(fe[89ab]|::1)/.test(address);
}
