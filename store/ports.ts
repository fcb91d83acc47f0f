import type { Adoption, AdoptStep } from '../schemas/adoption.ts';
import type { CentralState } from '../schemas/central.ts';
import type { DoctorReport, RedirectForm, SiteDoctor } from '../schemas/doctor.ts';
import type { HeldOperation } from '../schemas/held-operation.ts';
import type { Operation, OperationKind, OperationReason, OperationState } from '../schemas/operation.ts';
import type { PortalLead, PortalRound } from '../schemas/portal-round.ts';
import type { Portal, PortalAddress } from '../schemas/portal.ts';
import type { ReissuedSubscriber, ReissueState } from '../schemas/reissue.ts';
import type { ObservedSubscriber, PendingWork, RouterPlan, RouterStatus } from '../schemas/router.ts';
import type { Cutoff, Delta, Notice, NoticeKind, Subscriber, SubscriberState } from '../schemas/subscriber.ts';
import type { AdoptionStore, StoredAdoption } from './adoption-ports.ts';
import type { PhoneControlStore } from './phone-ports.ts';
import type { IntentContext, JournalReader, NewEvent, OperationAdvance, Page } from './terms.ts';

export type {
  Actor,
  IdempotencyKey,
  IntentContext,
  JournalEntry,
  JournalReader,
  NewEvent,
  OperationAdvance,
  Page,
} from './terms.ts';

/**
 * Where the daemons meet. Asynchronous, free of SQL words, one method one transaction, so that another engine can stand
 * behind it. Times are ms since the epoch, given by the caller's clock. Every write that others must notice appends to
 * the one journal, in the same transaction.
 */

/** One subscriber as somebody wants it. `revision` changes with every change of the document: the strong ETag. */
export interface DesiredSubscriber {
  readonly id: string;
  readonly revision: number;
  readonly changedAt: number;
  readonly subscriber: Subscriber;
  readonly cutoff: DesiredCutoff | null;
  readonly notices: Readonly<Partial<Record<NoticeKind, DesiredNotice>>>;
  /** He is not cut because a snapshot that names him left his cut-off out; nobody restored him by name. */
  readonly impliedRestore?: ImpliedRestore;
}

/** The snapshot that left a cut-off out. */
export interface ImpliedRestore {
  readonly operation: string;
  readonly since: number;
}

export interface DesiredCutoff {
  readonly value: Cutoff;
  readonly since: number;
  /** The operation that asked for it: the brake counts and releases by it. */
  readonly operation: string;
}

export interface DesiredNotice {
  readonly value: Notice;
  readonly since: number;
  readonly operation: string;
}

/**
 * A subscriber who is no longer wanted on a router (deleted, moved to another one, or absent from a snapshot) but may
 * still have rows there. Kept until the agent has seen that no row of ours is left. `named` is false when mere absence
 * from a snapshot implies it: those count against the brake.
 */
export interface Departure {
  readonly router: string;
  readonly subscriber: string;
  readonly operation: string;
  readonly named: boolean;
  readonly since: number;
}

/** What a PUT or DELETE of control asks. Each is accepted as one transaction and answers at most one operation. */
export type Intent =
  | { readonly kind: 'put-subscriber'; readonly id: string; readonly subscriber: Subscriber }
  | { readonly kind: 'delete-subscriber'; readonly id: string }
  | { readonly kind: 'cutoff'; readonly id: string; readonly cutoff: Cutoff }
  | { readonly kind: 'restore'; readonly id: string }
  | { readonly kind: 'notice'; readonly id: string; readonly notice: NoticeKind; readonly value: Notice }
  | { readonly kind: 'notice-end'; readonly id: string; readonly notice: NoticeKind }
  | { readonly kind: 'portal'; readonly portal: Portal }
  /** A person says that what vanished of this host (in lower case) from DNS is really gone. Brings no operation. */
  | { readonly kind: 'portal-confirm'; readonly host: string }
  | { readonly kind: 'reissue' }
  | { readonly kind: 'reconcile'; readonly router: string }
  | {
      readonly kind: 'release';
      readonly router: string;
      readonly operations: readonly string[];
      readonly shown?: readonly ShownVersion[];
    }
  /** On every router that has a part in them, or on those named. */
  | {
      readonly kind: 'release-everywhere';
      readonly operations: readonly string[];
      readonly routers: readonly string[] | null;
      readonly shown?: readonly ShownVersion[];
    }
  | { readonly kind: 'claim'; readonly router: string; readonly subscribers: readonly string[] }
  | { readonly kind: 'adopt'; readonly router: string; readonly step: AdoptStep }
  | { readonly kind: 'doctor'; readonly router: string; readonly selfTest: boolean };

/**
 * What a person had read before a release: `shown` of an operation that the brake held on a router. With a list of them
 * whoever is not in it was shown to nobody; without one a release means whom the brake holds when it is accepted.
 */
export interface ShownVersion {
  readonly router: string;
  readonly operation: string;
  readonly version: number;
}

/** As `If-Match` of the portal: none was PUT so far. */
export const NEVER_PUT = 0;

export type AcceptResult =
  | {
      readonly outcome: 'accepted';
      readonly created: boolean;
      readonly operation: Operation | null;
      readonly record: DesiredSubscriber | null;
      readonly seq: number;
    }
  | {
      readonly outcome: 'replayed';
      readonly created: boolean;
      readonly operation: Operation | null;
      readonly record: DesiredSubscriber | null;
    }
  | { readonly outcome: 'key-reused' }
  | { readonly outcome: 'not-found' }
  | { readonly outcome: 'precondition-failed' }
  | { readonly outcome: 'address-held'; readonly address: string; readonly by: string };

/** Head of a snapshot whose rows were staged before. */
export interface SnapshotHead {
  readonly generation: number;
  readonly takenAt: number;
  readonly expectedCuts: number | null;
  /** SHA-256 over the canonical body: the same generation with the same hash again is a no-op. */
  readonly hash: string;
}

export type GenerationResult =
  | { readonly outcome: 'accepted'; readonly operation: Operation; readonly seq: number }
  | { readonly outcome: 'replayed'; readonly operation: Operation }
  | { readonly outcome: 'key-reused' }
  /** Older, or a wrong base, or the same number with another content; names the generation last accepted. */
  | { readonly outcome: 'generation-mismatch'; readonly lastGeneration: number };

export type { PortalAddress };

/** Control's view. */
export interface ControlStore extends JournalReader, PhoneControlStore {
  /**
   * Begins to show people what the brake holds: no release binds any more by a version that was shown before. Control asks
   * for it when it starts, for after a restore of the database it cannot know what pages of before say. `chance` is a random
   * number below 2^20.
   */
  beginShown(chance: number): Promise<void>;
  acceptIntent(intent: Intent, context: IntentContext): Promise<AcceptResult>;
  /** Stages snapshot rows in chunks under a name of the caller's; nothing is visible until `switchSnapshot`. */
  stageSnapshot(stage: string, rows: readonly SubscriberState[]): Promise<void>;
  discardStage(stage: string): Promise<void>;
  /**
   * Makes the staged rows the desired state, as one switch. Instructions accepted after `takenAt` outrank the snapshot.
   * An empty snapshot is held (`empty-snapshot`) and switches only on release.
   */
  switchSnapshot(stage: string, head: SnapshotHead, context: IntentContext): Promise<GenerationResult>;
  applyDelta(delta: Delta, hash: string, context: IntentContext): Promise<GenerationResult>;
  generation(): Promise<{ readonly generation: number; readonly hash: string; readonly takenAt: number } | null>;

  readSubscriber(
    id: string,
  ): Promise<{ readonly record: DesiredSubscriber; readonly observed: ObservedSubscriber | null } | null>;
  listSubscribers(
    after: string | null,
    limit: number,
  ): Promise<Page<{ readonly record: DesiredSubscriber; readonly observed: ObservedSubscriber | null }>>;
  readOperation(id: string): Promise<Operation | null>;
  /** How far an operation is on each router it concerns, by router. */
  operationParts(
    id: string,
  ): Promise<
    readonly { readonly router: string; readonly state: OperationState; readonly reason: OperationReason | null }[]
  >;
  /** Operations in one of these states, the newest first. */
  listOperations(states: readonly OperationState[], limit: number): Promise<readonly Operation[]>;
  /** What a change of the portal or a reissue did, by router and subscriber; an operation of another kind has none. */
  listReissued(operation: string, after: string | null, limit: number): Promise<Page<ReissuedSubscriber>>;
  readPortal(): Promise<{ readonly portal: Portal; readonly revision: number } | null>;
  readPortalAddresses(): Promise<readonly PortalAddress[]>;
  /** What the agent last saw of the portal's domain in DNS, or null. */
  readPortalRound(): Promise<PortalRound | null>;
  /** When a person confirmed that what vanished of a host is gone, by host. */
  readPortalConfirmations(): Promise<ReadonlyMap<string, number>>;
  routerStatuses(): Promise<readonly RouterStatus[]>;
  routerPlan(router: string): Promise<RouterPlan | null>;
  /** The routers that hold an operation, each with what it holds of it. */
  heldOn(operation: string): Promise<readonly { readonly router: string; readonly held: HeldOperation }[]>;
  /** What each router has yet to bring to an end; one that has nothing is missing. */
  pendingWork(): Promise<ReadonlyMap<string, PendingWork>>;
  driftCounts(): Promise<readonly (DriftCount & { readonly router: string })[]>;
  /**
   * The central platform was heard at `at`: something of it was accepted. What each link to it calls (the API for
   * instructions with a platform's token, the socket, the poll). Wakes the agent when a silence ends.
   */
  recordCentralContact(at: number): Promise<void>;
  /** When the central platform was last heard; null before any of it was counted. */
  centralRecord(): Promise<CentralRecord | null>;
  /** Keeps why a daemon did not take over its configuration; null: it did. */
  recordReload(daemon: string, refused: Omit<RefusedReload, 'daemon'> | null): Promise<void>;
  refusedReloads(): Promise<readonly RefusedReload[]>;
  /** What the last pass saw of WispHub's on a router, or null. */
  routerAdoption(router: string): Promise<Adoption | null>;
  /** What the last doctor found that concerns the whole site, or null. */
  siteDoctor(): Promise<SiteDoctor | null>;
  /** What the last doctor of a router found, or null. */
  routerDoctor(router: string): Promise<DoctorReport | null>;
  appendEvent(event: NewEvent): Promise<void>;
  /**
   * Forgets idempotency keys older than `before`, journal entries beyond `keep` that no open operation needs, operations
   * that ended 28 days before `before` and that nothing wanted names, and what is left of subscribers who are gone.
   */
  prune(before: number, keep: number): Promise<void>;
  counts(): Promise<StoreCounts>;
  /** How many subscribers are wanted on each router, whether it is configured or not; one without any is missing. */
  subscribersByRouter(): Promise<ReadonlyMap<string, number>>;
}

/** When the central platform was last heard, and what the operator was told since. */
export interface CentralRecord {
  readonly contactAt: number;
  readonly told: Exclude<CentralState, 'none'>;
}

/** Rows of one kind that were found changed under us, and put right again. */
export interface DriftCount {
  readonly kind: string;
  readonly found: number;
  readonly repaired: number;
}

export interface DriftNews {
  readonly counts: readonly DriftCount[];
  readonly events: readonly NewEvent[];
}

/** A configuration that a running daemon refused; the earlier one stays in force. */
export interface RefusedReload {
  readonly daemon: string;
  readonly at: number;
  readonly code: string;
  readonly detail: string;
}

export interface StoreCounts {
  readonly subscribers: number;
  readonly cutoffs: number;
  readonly notices: number;
  readonly operations: Readonly<Record<OperationState, number>>;
  readonly oldestPendingRestoreAt: number | null;
}

/** An operation as the agent works on it: its part for one router. */
export interface OpenOperation {
  readonly id: string;
  readonly kind: OperationKind;
  readonly subject: string;
  readonly router: string;
  readonly state: OperationState;
  readonly reason: OperationReason | null;
  /** Journal sequence at which it was accepted: desired state read at or after it includes it. */
  readonly seq: number;
  readonly acceptedAt: number;
  /** A person released it by name; whom that lets through stands in `DesiredView.releases`. */
  readonly released: boolean;
  /** For release and claim: what they name; for adopt: the step; for doctor: `self-test` if one was asked for. */
  readonly names: readonly string[];
  /** For desired-state: cuts the central expects. */
  readonly expectedCuts: number | null;
  /** For portal and reissue: whom it concerns on this router was noted. */
  readonly isCounted: boolean;
  readonly follows: Follows;
  /** What was instructed by name after a snapshot was taken that follows: `SUBSCRIBER/FACET`. */
  readonly overruled: readonly string[];
  /** The operations under which the cuts are held that it waits for, as it was last told; empty where all are its own. */
  readonly heldUnder: readonly string[];
}

/**
 * Whether a snapshot's part on a router stands for what earlier operations asked for and is still to be done: not, beside
 * what the snapshot changed there, or for nothing else.
 */
export type Follows = 'nothing' | 'beside' | 'alone';

/** How far a change of the portal, or a reissue, is with everybody who has a page on a router. URLs are masked. */
export interface ReissueReport {
  readonly operation: string;
  readonly router: string;
  readonly rows: readonly {
    readonly subscriber: string;
    readonly from: string | null;
    readonly to: string | null;
    readonly state: Exclude<ReissueState, 'ended'>;
  }[];
  /** It begins on this router: these are the ones it concerns. */
  readonly isFirst: boolean;
}

/** One admitted cut (or implied restore) in the brake's window. Written before the first row of it is. */
export interface Admission {
  readonly router: string;
  readonly subscriber: string;
  readonly operation: string;
  /** `begun`: its rows were seen on the router. Its `notAfter` has no say any more, though they went because he was away. */
  readonly kind: 'cut' | 'implied-restore' | 'begun';
  readonly at: number;
}

/** What a person let through by name on one router, in one word: others under the same name add to it. */
export interface Release {
  /** An operation, or `orphans-<router>`. */
  readonly name: string;
  /** Those whom the brake held under it and who were shown, and no others; null: all of it, for that is what was shown. */
  readonly subscribers: readonly string[] | null;
  readonly at: number;
}

/** What the agent reads for one router, in one consistent view. */
export interface DesiredView {
  /** Journal head of the view. */
  readonly seq: number;
  readonly subscribers: readonly DesiredSubscriber[];
  readonly departures: readonly Departure[];
  readonly portal: Portal | null;
  readonly portalAddresses: readonly PortalAddress[];
  /** The portal that notices lead to; null before the agent's first round of DNS. */
  readonly portalLead: PortalLead | null;
  readonly operations: readonly OpenOperation[];
  readonly claims: readonly string[];
  /** What a person let through by name, of operations that are open and of what is no operation. */
  readonly releases: readonly Release[];
  /** When the central platform was last heard; null for never. */
  readonly centralContactAt: number | null;
  /** What a self-test saw of how this router redirects, or null. */
  readonly redirect: RedirectForm | null;
  /** The step of an adoption that was asked for last, or null. */
  readonly adoption: StoredAdoption | null;
}

/** What is known of a router from the passes before. */
export interface LastSeen {
  /** Where its subscribers were; who was not seen yet is missing. */
  readonly addresses: ReadonlyMap<string, readonly string[]>;
  /** The rows that were found for each subscriber. */
  readonly rows: readonly SeenRow[];
  /** When the last pass read it, if that found nothing left to write; else null. */
  readonly settledAt: number | null;
}

export interface SeenRow {
  readonly subscriber: string;
  readonly menu: string;
  readonly address: string;
}

/** The agent's view. */
export interface AgentStore extends JournalReader, AdoptionStore {
  desiredFor(router: string): Promise<DesiredView>;
  /** One subscriber with its open operations on this router: the restore lane's narrow read. */
  desiredSubscriber(
    router: string,
    id: string,
  ): Promise<{
    readonly record: DesiredSubscriber | null;
    readonly departure: Departure | null;
    readonly operations: readonly OpenOperation[];
  }>;
  openOperations(router: string): Promise<readonly OpenOperation[]>;
  /** Moves operations on. An operation over several routers is verified when each part is. Final states stay as they are. */
  advanceOperations(at: number, advances: readonly OperationAdvance[]): Promise<void>;
  /** Keeps how far each subscriber of a reissue is; who is known and no more in its rows has ended. */
  recordReissue(at: number, report: ReissueReport): Promise<void>;
  /** The router took what these subscribers' pages need; not read back yet. */
  noteReissued(at: number, operation: string, router: string, subscribers: readonly string[]): Promise<void>;
  admissionsSince(at: number): Promise<readonly Admission[]>;
  /**
   * What one router's brake looks at: all of its own admissions, the same array while none came or went, and how many the
   * other routers had after `since`. A site of hundreds of routers must not read the whole site's for each of them.
   */
  admissionsFor(
    router: string,
    since: number,
  ): Promise<{ readonly own: readonly Admission[]; readonly others: number }>;
  recordAdmissions(admissions: readonly Admission[]): Promise<void>;
  /** Forgets admissions older than that of subscribers who are neither cut nor leaving. */
  forgetAdmissionsBefore(at: number): Promise<void>;
  recordObserved(router: string, observed: ReadonlyMap<string, ObservedSubscriber>): Promise<void>;
  /** How the last passes saw this router. */
  lastSeen(router: string): Promise<LastSeen>;
  recordRouter(status: RouterStatus, plan: RouterPlan | null): Promise<void>;
  /** Counts what drifted and was repaired, with the events that tell of it. */
  recordDrift(router: string, news: DriftNews): Promise<void>;
  centralRecord(): Promise<CentralRecord | null>;
  /** From `at` on a silence of the central platform counts, if none was counted before. */
  beginCentral(at: number): Promise<void>;
  /** Tells the journal how the central platform stands, once for each state. */
  tellCentral(at: number, state: CentralRecord['told']): Promise<void>;
  recordDoctor(router: string, report: DoctorReport): Promise<void>;
  /** Keeps what a doctor found that concerns the whole site. */
  recordSiteDoctor(doctor: SiteDoctor): Promise<void>;
  /** The last doctor of a router, or null. */
  readDoctor(router: string): Promise<DoctorReport | null>;
  /** Removes departures whose rows were seen to be gone. */
  finishDepartures(router: string, subscribers: readonly string[]): Promise<void>;
  /**
   * The whole list, and what a round of questions about the portal said, where there was one. `voided`: confirmations that
   * say nothing any more, by host, and when each was given; one that was given since stays.
   */
  recordPortalAddresses(
    at: number,
    addresses: readonly PortalAddress[],
    round?: PortalRound | null,
    voided?: ReadonlyMap<string, number>,
  ): Promise<void>;
  readPortalAddresses(): Promise<readonly PortalAddress[]>;
  readPortalRound(): Promise<PortalRound | null>;
  /** When a person confirmed that what vanished of a host is gone, by host. */
  readPortalConfirmations(): Promise<ReadonlyMap<string, number>>;
  readPortal(): Promise<Portal | null>;
  appendEvent(event: NewEvent): Promise<void>;
}
