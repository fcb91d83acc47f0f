import type { Finding } from '../../schemas/finding.ts';
import type { RedirectForm } from '../../schemas/doctor.ts';
import { refusalOf } from './adopt/refusal.ts';
import { modeOf, type AdoptionHold, type AdoptionState, type AroundWisphub } from './adopt/state.ts';
import type { ObservedRouter } from './observed.ts';
import { portalSpelling } from './portal-spelling.ts';
import { withRedirect, type RouterSettings } from './settings.ts';

/**
 * How one router is kept at this moment: what its configuration says, made exact by what it shows and by how far it is on
 * its way from WispHub to us. Computed once a pass and carried along: whoever decides, writes or tells goes by this.
 */
export interface SettingsInForce extends Omit<RouterSettings, 'adoptsPortalList'> {
  /** Lists kept as the portal's is, for rules of others look at them. */
  readonly alsoPortal: readonly string[];
  /** Cuts are written, and rows of ours that cut are lifted, so that a brake has something to hold. */
  readonly isWritten: boolean;
  /** Rows of ours that cut somebody go as soon as he is restored by name, whatever else is left alone. */
  readonly opensByName: boolean;
  /** A step of an adoption is under way: rows that are not ours may be about to go. */
  readonly isAdopting: boolean;
  /** Why the step `manage` of an adoption does not begin, or null. */
  readonly refusal: AdoptionHold | null;
  /** What a person should know of how the portal list got its name. */
  readonly findings: readonly Finding[];
}

/** What the settings in force depend on besides the configuration. */
export interface InForceInput {
  readonly observed: Pick<ObservedRouter, 'tables'>;
  readonly adoption: AdoptionState | null;
  readonly around: AroundWisphub;
  /** How the last self-test saw page URLs to be written; null before it. */
  readonly redirect: RedirectForm | null;
}

export function inForce(configured: RouterSettings, input: InForceInput): SettingsInForce {
  const { observed, adoption, around, redirect } = input;
  const spelling = portalSpelling(observed, configured);
  const refusal = refusalOf(adoption, around, spelling, configured.wisphubOff === true);
  const mode = modeOf(configured.mode, adoption, refusal !== null);
  return {
    ...withRedirect(configured, redirect),
    mode,
    lists: { ...configured.lists, portal: spelling.list },
    alsoPortal: spelling.also,
    isWritten: mode === 'manage' || isHandingBack(adoption),
    opensByName: mode !== 'observe' || isHandingBack(adoption),
    isAdopting: adoption !== null && !adoption.isSettled,
    refusal,
    findings: spelling.findings,
  };
}

/** A router that is on its way back is written to until that is over, whatever its mode. */
function isHandingBack(adoption: AdoptionState | null): boolean {
  return adoption?.step === 'hand-back' && !adoption.isSettled;
}
