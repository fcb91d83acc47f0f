import type { RouterPlan, RouterStatus } from '../schemas/router.ts';
import type { PortalAddress } from '../schemas/portal.ts';
import type { Admission, DesiredSubscriber } from '../store/ports.ts';
import { admissionBook, type AdmissionBook } from './admission-book.ts';
import type { AdoptionDecision } from './core/adopt/adoption.ts';
import type { Ground, Span } from './core/ground.ts';
import type { PageRival } from './core/notice-pages.ts';
import type { ObservedRouter } from './core/observed.ts';
import type { ExtraStage, Plan } from './core/plan/plan.ts';
import { countRefusals, standingRefusals, type RefusedWrite, type Refusals } from './core/refused-writes.ts';
import type { PartProgress } from './core/progress/terms.ts';
import type { FindNamed } from './core/sessions/identity.ts';

/**
 * What a pass came to that left nothing to write, nor any operation open but for `reconcile`: what the next one finds, if
 * nothing changed.
 */
export interface Settled {
  readonly subscribers: readonly DesiredSubscriber[];
  readonly ground: Ground;
  readonly span: Span;
  readonly plan: Plan;
  readonly adoption: AdoptionDecision;
  /** Whose pages the page server withheld: it goes by all routers. */
  readonly rivals: readonly PageRival[];
  readonly nextChange: number | null;
  readonly status: RouterStatus;
  readonly report: RouterPlan;
  /** What a `reconcile` comes to by it; null where that is not `verified`. */
  readonly reconciled: PartProgress | null;
  /** Finds those whose sessions and leases are watched; null when nobody is known by a name or a MAC. */
  readonly watched: FindNamed | null;
}

/** A row that a router refused is tried again after so long. */
const REFUSED_FOR_MS = 3_600_000;

/**
 * What a router's passes remember of one another, so that one that finds nothing new costs little. Hundreds of routers
 * with hundreds of subscribers each have one: it holds no subscriber's decision. All of it is made of what the store and
 * the router say, and made anew as soon as they say something else: losing it changes nothing.
 */
export class PassMemory {
  #admissions: { readonly of: readonly Admission[]; readonly book: AdmissionBook } | null = null;
  readonly #extras = new Map<ExtraStage, { readonly at: number; readonly why: string }>();
  #refusals: Refusals = new Map();
  /** The last read of the router. */
  observed: ObservedRouter | null = null;
  /** What of the portal the last pass went by; null before the first. */
  portalAddresses: readonly PortalAddress[] | null = null;
  /** The last pass held a cut because a subscriber would not reach the portal. */
  isHeldForPortal = false;
  /** What the last pass came to, where it left nothing to do. */
  settled: Settled | null = null;
  /** Whose own page had a login link that had died at the last decision; null before the first. */
  expiredLinks: ReadonlySet<string> | null = null;
  /** What the store was told of each subscriber; only what differs is written again. */
  readonly recorded = new Map<string, number>();

  /** `own` are the router's own admissions; the store gives the same array while none came or went. */
  admissions(own: readonly Admission[]): AdmissionBook {
    if (this.#admissions?.of !== own) this.#admissions = { of: own, book: admissionBook(own) };
    return this.#admissions.book;
  }

  /** The router did not take an extra: it is given none for an hour, and everything else goes on. */
  noteExtraRefusal(extra: ExtraStage, at: number, why: string): void {
    this.#extras.set(extra, { at, why });
  }

  extraRefusal(extra: ExtraStage, now: number): string | null {
    const refusal = this.#extras.get(extra);
    const isOver = refusal === undefined || now - refusal.at >= REFUSED_FOR_MS || now < refusal.at;
    return isOver ? null : refusal.why;
  }

  /** A pass wrote: what the router did not take of it. */
  noteRefusedWrites(refused: readonly RefusedWrite[]): void {
    this.#refusals = countRefusals(this.#refusals, refused);
  }

  get refusedWrites(): readonly RefusedWrite[] {
    return standingRefusals(this.#refusals);
  }

  /** The store was told of this subscriber by somebody else: the next pass tells it again. */
  forgetRecord(subscriber: string): void {
    this.recorded.delete(subscriber);
    this.settled = null;
  }
}
