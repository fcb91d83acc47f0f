import type { Finding, Severity } from '../../../schemas/finding.ts';
import { checkExposure } from './check-exposure.ts';
import { checkGarden } from './check-garden.ts';
import { checkIpv6 } from './check-ipv6.ts';
import { checkLink } from './check-link.ts';
import { checkOrder } from './check-order.ts';
import { checkPhoneDhcp } from './check-phone-dhcp.ts';
import { checkRights } from './check-rights.ts';
import { checkServices } from './check-services.ts';
import { checkBackend, checkPortal, checkWisphub } from './check-site.ts';
import { checkSystem } from './check-system.ts';
import type { DoctorFacts } from './facts.ts';

const CHECKS: readonly ((facts: DoctorFacts) => readonly Finding[])[] = [
  checkLink,
  checkRights,
  checkSystem,
  checkServices,
  checkOrder,
  checkExposure,
  checkIpv6,
  checkPortal,
  checkGarden,
  checkPhoneDhcp,
  checkWisphub,
  checkBackend,
];

const GRAVITY: readonly Severity[] = ['error', 'warning', 'info'];

/** Everything that follows from what was seen, gravest first. */
export function examine(facts: DoctorFacts): readonly Finding[] {
  return byGravity(CHECKS.flatMap((check) => check(facts)));
}

export function byGravity(findings: readonly Finding[]): readonly Finding[] {
  return [...findings].sort((a, b) => GRAVITY.indexOf(a.severity) - GRAVITY.indexOf(b.severity));
}
