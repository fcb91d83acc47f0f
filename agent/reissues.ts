import type { AgentStore, DesiredView, OpenOperation } from '../store/ports.ts';
import { letsThrough, pageDomains } from './core/notice-pages.ts';
import { reissueRows, type ReissueInput } from './core/reissue.ts';
import type { Step } from './core/plan/step.ts';
import type { Portal } from '../schemas/portal.ts';
import type { SettingsInForce } from './core/in-force.ts';
import type { Clock } from './ports.ts';

/** The store is told how far a reissue is this often at most, ms. */
const TELL_EVERY_MS = 1000;

/** What telling of reissues needs of a pass. */
export interface ReissueDeps {
  readonly settings: { readonly router: string };
  /** The configured portal: in force until the platform sends one. */
  readonly portal: Portal;
  readonly store: AgentStore;
  readonly clock: Clock;
}

/** What one look at store and router came to. */
interface Seen extends Pick<ReissueInput, 'decision' | 'observed' | 'verdicts'> {
  readonly view: DesiredView;
  readonly ground: { readonly settings: SettingsInForce };
}

/** The operations of a view that lead every page anew. */
export function openReissues({ operations, seq }: Pick<DesiredView, 'operations' | 'seq'>): readonly OpenOperation[] {
  return operations.filter((one) => (one.kind === 'portal' || one.kind === 'reissue') && one.seq <= seq);
}

/**
 * Tells the store how far each subscriber is in what leads his page anew: before the first row is written, so that a
 * crash in the middle leaves who was meant and where he was led; and again whenever the router was read.
 */
export async function recordReissues(
  { view, decision, observed, verdicts, ground: { settings } }: Seen,
  { portal, store, clock }: Omit<ReissueDeps, 'settings'>,
): Promise<void> {
  const open = openReissues(view);
  if (open.length === 0 || decision.awaitsPortal) return;
  const present = view.portal ?? portal;
  const rows = reissueRows({
    decision,
    verdicts,
    observed,
    settings,
    domains: { domain: present.domain, awaited: null },
    reached: pageDomains(present, view.portalAddresses, view.portalLead, letsThrough(observed, settings.lists.portal)),
  });
  for (const { id, isCounted } of open)
    await store.recordReissue(clock.now(), { operation: id, router: settings.router, rows, isFirst: !isCounted });
}

/** Tells, while a plan is written, of the pages that the router took. */
export class ReissueMeter {
  readonly #deps: Pick<ReissueDeps, 'settings' | 'store' | 'clock'>;
  readonly #operations: readonly OpenOperation[];
  #taken = new Set<string>();
  #telling: Promise<void> = Promise.resolve();
  #toldAt: number;

  constructor(deps: Pick<ReissueDeps, 'settings' | 'store' | 'clock'>, view: Pick<DesiredView, 'operations' | 'seq'>) {
    this.#deps = deps;
    this.#operations = openReissues(view);
    this.#toldAt = deps.clock.monotonic();
  }

  note({ menu, kind, subscriber }: Step): void {
    if (this.#operations.length === 0 || subscriber === null) return;
    if (menu !== '/ip/proxy/access' || (kind !== 'set' && kind !== 'add')) return;
    this.#taken.add(subscriber);
    const now = this.#deps.clock.monotonic();
    if (now - this.#toldAt < TELL_EVERY_MS) return;
    this.#toldAt = now;
    this.#tell();
  }

  /** Tells of the rest. Rejects with the store's errors. */
  async end(): Promise<void> {
    this.#tell();
    await this.#telling;
  }

  #tell(): void {
    const taken = [...this.#taken];
    if (taken.length === 0) return;
    this.#taken = new Set();
    const { settings, store, clock } = this.#deps;
    const told = this.#telling.then(async () => {
      for (const { id } of this.#operations) await store.noteReissued(clock.now(), id, settings.router, taken);
    });
    // What fails here rejects at the end.
    told.catch(() => undefined);
    this.#telling = told;
  }
}
