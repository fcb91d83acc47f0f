import type { DoctorReport, RedirectForm } from '../schemas/doctor.ts';
import type { Operation, OperationKind, OperationReason, OperationState } from '../schemas/operation.ts';
import type { PortalLead, PortalRound } from '../schemas/portal-round.ts';
import type { Portal, PortalAddress } from '../schemas/portal.ts';
import type { ObservedSubscriber, RouterPlan, RouterStatus } from '../schemas/router.ts';
import type { Cutoff, Delta, Notice, NoticeKind, Subscriber, SubscriberState } from '../schemas/subscriber.ts';
import type { PhoneControlStore } from './phone-ports.ts';
import type { Actor, IntentContext, JournalReader, NewEvent, OperationAdvance, Page } from './terms.ts';

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
  | { readonly kind: 'reissue' }
  | { readonly kind: 'reconcile'; readonly router: string }
  | { readonly kind: 'release'; readonly router: string; readonly operations: readonly string[] }
  | { readonly kind: 'claim'; readonly router: string; readonly subscribers: readonly string[] }
  | { readonly kind: 'doctor'; readonly router: string; readonly selfTest: boolean };

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
  readPortal(): Promise<{ readonly portal: Portal; readonly revision: number } | null>;
  readPortalAddresses(): Promise<readonly PortalAddress[]>;
  /** What the agent last saw of the portal's domain in DNS, or null. */
  readPortalRound(): Promise<PortalRound | null>;
  /** A person says that what vanished of this host from DNS is really gone. */
  confirmPortalHost(host: string, at: number, actor: Actor): Promise<void>;
  routerStatuses(): Promise<readonly RouterStatus[]>;
  routerPlan(router: string): Promise<RouterPlan | null>;
  /** What the last doctor of a router found, or null. */
  routerDoctor(router: string): Promise<DoctorReport | null>;
  appendEvent(event: NewEvent): Promise<void>;
  /**
   * Forgets idempotency keys older than `before`, journal entries beyond `keep` that no open operation needs, operations
   * that ended 28 days before `before` and that nothing wanted names, and what is left of subscribers who are gone.
   */
  prune(before: number, keep: number): Promise<void>;
  counts(): Promise<StoreCounts>;
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
  /** Released by name: the brake lets it through. */
  readonly released: boolean;
  /** For release and claim: what they name; for doctor: `self-test` if one was asked for. */
  readonly names: readonly string[];
  /** For desired-state: cuts the central expects. */
  readonly expectedCuts: number | null;
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
  /** What a self-test saw of how this router redirects, or null. */
  readonly redirect: RedirectForm | null;
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
export interface AgentStore extends JournalReader {
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
  admissionsSince(at: number): Promise<readonly Admission[]>;
  recordAdmissions(admissions: readonly Admission[]): Promise<void>;
  /** Forgets admissions older than that of subscribers who are neither cut nor leaving. */
  forgetAdmissionsBefore(at: number): Promise<void>;
  recordObserved(router: string, observed: ReadonlyMap<string, ObservedSubscriber>): Promise<void>;
  /** How the last passes saw this router. */
  lastSeen(router: string): Promise<LastSeen>;
  recordRouter(status: RouterStatus, plan: RouterPlan | null): Promise<void>;
  recordDoctor(router: string, report: DoctorReport): Promise<void>;
  /** The last doctor of a router, or null. */
  readDoctor(router: string): Promise<DoctorReport | null>;
  /** Removes departures whose rows were seen to be gone. */
  finishDepartures(router: string, subscribers: readonly string[]): Promise<void>;
  /** The whole list, and what a round of questions about the portal said, where there was one. */
  recordPortalAddresses(at: number, addresses: readonly PortalAddress[], round?: PortalRound | null): Promise<void>;
  readPortalAddresses(): Promise<readonly PortalAddress[]>;
  readPortalRound(): Promise<PortalRound | null>;
  /** When a person confirmed that what vanished of a host is gone, by host. */
  readPortalConfirmations(): Promise<ReadonlyMap<string, number>>;
  readPortal(): Promise<Portal | null>;
  appendEvent(event: NewEvent): Promise<void>;
}
