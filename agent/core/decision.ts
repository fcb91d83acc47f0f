import type { CentralState } from '../../schemas/central.ts';
import type { Brake } from '../../schemas/config/agent.ts';
import type { PortalLead } from '../../schemas/portal-round.ts';
import type { Portal } from '../../schemas/portal.ts';
import type { Finding } from '../../schemas/router.ts';
import type { AdoptionDecision } from './adopt/adoption.ts';
import type { AdoptionState, AroundWisphub } from './adopt/state.ts';
import type { BrakeCandidate, BrakeOperation, AdmittedBefore } from './brake.ts';
import type { Hold, LiveState, LiveSubscriber, Wish } from './desired/live.ts';
import type { ListAddress } from './desired/rows.ts';
import type { ForeignCuts } from './foreign-cuts.ts';
import type { SettingsInForce } from './in-force.ts';
import type { ObservedRouter } from './observed.ts';
import type { Plan } from './plan/plan.ts';
import type { Backend, ListenerState } from './settings.ts';
import type { RefusedWrite } from './refused-writes.ts';
import type { Soundness } from './soundness.ts';

/** Everything one decision looks at: what is wanted, what was seen, what was let through before. */
export interface DecisionInput {
  readonly wishes: readonly Wish[];
  readonly departures: readonly {
    readonly subscriber: string;
    readonly operation: string;
    readonly named: boolean;
    readonly since: number;
  }[];
  readonly portal: Portal | null;
  readonly portalAddresses: readonly ListAddress[];
  /** The portal that DNS was last found good for; left out before the first round. */
  readonly portalLead?: PortalLead | null;
  /** What this router last said when it was given a row of its DNS, and did not take it. */
  readonly forwardRefusal?: string | null;
  /** What it last said when it was given options for its DHCP server, and did not take them. */
  readonly phoneDhcpRefusal?: string | null;
  /** Writes that this router refused again and again. */
  readonly refusedWrites?: readonly RefusedWrite[];
  readonly operations: ReadonlyMap<string, BrakeOperation>;
  /** What was released by name of late and is no open operation: such a name is no reason to owe anybody anything. */
  readonly releases?: ReadonlyMap<string, BrakeOperation>;
  /** `operation/subscriber` of cuts and implied restores that the brake let through, ever. */
  readonly admitted: ReadonlySet<string>;
  readonly admittedBefore: AdmittedBefore;
  /** `operation/subscriber` of cuts whose rows were seen, and went when nobody was there: they have begun all the same. */
  readonly begun?: ReadonlySet<string>;
  readonly claims: ReadonlySet<string>;
  /** Subscribers whom an open operation restores by name. */
  readonly restored: ReadonlySet<string>;
  /** `operation/subscriber` of cuts whose open connections were surely removed after their rows were written. */
  readonly dropped: ReadonlySet<string>;
  readonly observed: ObservedRouter;
  readonly settings: SettingsInForce;
  /** How our own page server is; left out by who does not run it: then it is taken to be down. */
  readonly listener?: ListenerState;
  /** Sources that came to our page server of late, and that it knows no subscriber for. */
  readonly strangeSources?: readonly string[];
  readonly limits: Brake;
  /** How the central platform stands, and when it was last heard (RFC 3339); left out where there is none to hear from. */
  readonly central?: { readonly state: CentralState; readonly heardAt: string | null };
  readonly now: number;
  /** How far the router is on its way from WispHub to us; left out where nobody asked for a step. */
  readonly adoption?: AdoptionState | null;
  readonly around?: AroundWisphub;
}

export interface Decision {
  readonly live: LiveState;
  /** The subscribers as they are put on the router: held wishes left out. */
  readonly subscribers: readonly LiveSubscriber[];
  readonly plan: Plan;
  /** What of the plan may be written to a router that is kept as this one is. */
  readonly allowed: Plan;
  /** What gives the page now: with a notice server it is the list row that leads to it. */
  readonly backend: Backend['kind'];
  /** The places of a page server that the router leads to, as it was read or as soon as the plan is written. */
  readonly leadsTo: readonly string[];
  readonly soundness: Soundness;
  /** The portal that is wanted was not seen good often enough yet: notices go on leading to where they lead. */
  readonly awaitsPortal: boolean;
  readonly holds: readonly Hold[];
  readonly frozen: ReadonlySet<string>;
  /** Let through now; they count in the brake's window. To be stored before the first row of them is written. */
  readonly newlyAdmitted: readonly BrakeCandidate[];
  /** Cuts that already stood on the router when they were asked for, or were announced: let through, and not counted. */
  readonly standing: readonly BrakeCandidate[];
  /** Cuts seen on the router for the first time, whose rows may go with their subscriber and must come back with him. */
  readonly newlyBegun: readonly { readonly subscriber: string; readonly operation: string }[];
  readonly foreign: ForeignCuts;
  /** Rows of ours in the cut-off list: one for another subscriber cuts whomever it hits. */
  readonly ownCuts: ForeignCuts;
  readonly findings: readonly Finding[];
  /** Steps of the plan that the router refused again and again. */
  readonly refused: readonly RefusedWrite[];
  /** What is WispHub's on the router, and what a step does about it; `plan` has it. */
  readonly adoption: AdoptionDecision;
}

/** How what was let through is called. */
export function admissionKey(operation: string, subscriber: string): string {
  return `${operation}/${subscriber}`;
}
