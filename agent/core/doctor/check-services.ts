import type { Finding } from '../../../schemas/finding.ts';
import { finding } from '../findings/table.ts';
import { isTrue } from '../row.ts';
import { answered, type DoctorFacts } from './facts.ts';

/** The worker's session, the restore lane's, and the doctor's. */
const OUR_SESSIONS = 3;

/** `/ip/service`: who may come in, how many, and whether in clear. */
export function checkServices(facts: DoctorFacts): readonly Finding[] {
  const findings: Finding[] = [];
  const used = facts.tls.kind === 'plain' ? 'api' : 'api-ssl';
  for (const row of answered(facts, 'services')) {
    const service = row.get('name') ?? '';
    if ((service !== 'api' && service !== 'api-ssl') || isTrue(row.get('disabled'))) continue;
    // Since 7.19 every open connection, our own among them, is a dynamic row of the same name.
    if (isTrue(row.get('dynamic'))) continue;
    // 7.24 may name its limit in the second; either one limits.
    if (['address', 'available-from'].every((limit) => (row.get(limit) ?? '') === ''))
      findings.push(finding('service-open', { service }));
    if (service === 'api' && used === 'api-ssl') findings.push(finding('service-plain-api', null));
    const most = Number(row.get('max-sessions') ?? NaN);
    const open = answered(facts, 'active').filter((one) => ['api', 'api-ssl'].includes(one.get('via') ?? '')).length;
    // Our own are among the open ones: what is left must hold the rest of ours.
    if (service === used && (most < OUR_SESSIONS || most - open < OUR_SESSIONS - 1))
      findings.push(finding('service-sessions', { service, most, open }));
  }
  return findings;
}
