import type { Finding } from '../../../schemas/finding.ts';
import { parseDuration } from '../canonical.ts';
import { finding } from '../findings/table.ts';
import { isTrue } from '../row.ts';
import { answered, type DoctorFacts } from './facts.ts';

/** Whether the router's own DNS can fill the portal list, where it is meant to: only by what subscribers ask it. */
export function checkGarden(facts: DoctorFacts): readonly Finding[] {
  const [dns] = answered(facts, 'dns');
  if (facts.settings.gardenForward === undefined || dns === undefined) return [];
  if (!isTrue(dns.get('allow-remote-requests'))) return [finding('garden-dns-closed', null)];
  // Since RouterOS 7.15; earlier ones have no such setting to name.
  const extra = dns.get('address-list-extra-time');
  return extra !== undefined && parseDuration(extra) === 0 ? [finding('garden-dns-brief', null)] : [];
}
