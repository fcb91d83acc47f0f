import type { Finding } from '../../../schemas/finding.ts';
import type { PortalSpelling } from '../portal-spelling.ts';
import type { AdoptionHold, AdoptionState, AroundWisphub } from './state.ts';

/**
 * Why the step `manage` does not begin yet, or null: somebody else writes there too, or rules of others let a portal list
 * through that we do not fill, so that ours would leave a cut subscriber without portal. Where the router does not let us see who logs in, a person's
 * word counts (`isSaidOff`). What has begun goes on.
 */
export function refusalOf(
  adoption: AdoptionState | null,
  { writes }: AroundWisphub,
  spelling: PortalSpelling,
  isSaidOff: boolean,
): AdoptionHold | null {
  if (adoption?.step !== 'manage' || adoption.isBegun || adoption.isSettled) return null;
  const write = writes.find(({ code }) => !(isSaidOff && code === 'wisphub-unseen'));
  if (write !== undefined) return { reason: 'wisphub-writes', detail: told(write) };
  const unfilled = spelling.findings.find(({ severity }) => severity === 'error');
  return unfilled === undefined ? null : { reason: 'portal-unknown', detail: told(unfilled) };
}

function told({ detail, remedy = '' }: Finding): string {
  return `${detail}. ${remedy}`;
}
