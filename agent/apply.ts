import { parseAddress, contains, type Address } from '../schemas/address.ts';
import { AppError, type ErrorCode } from '../schemas/app-error.ts';
import type { RouterImage } from './image.ts';
import type { SubscriberLocks } from './subscriber-locks.ts';
import { printKey } from './core/ownership.ts';
import type { ExtraStage, Plan, Stage } from './core/plan/plan.ts';
import { addAttributes, type Anchor, type Step } from './core/plan/step.ts';
import type { Menu, Row } from './core/row.ts';
import type { Clock, RouterSession } from './ports.ts';
import { runWindowed, Window } from './window.ts';

export interface ApplyOptions {
  readonly session: RouterSession;
  readonly image: RouterImage;
  readonly locks: SubscriberLocks;
  readonly clock: Clock;
  readonly window: Window;
  readonly signal: AbortSignal;
  /** Told of every write that was answered. */
  readonly onApplied?: (step: Step) => void;
  /** Told of every write that the router did not take, and why. */
  readonly onRefused?: (step: Step, why: AppError) => void;
  /** True for a write that it refused so often already that nothing waits for it any more. */
  readonly isRefusedStill?: (step: Step) => boolean;
  /** Told that the router does not take an extra from us, and why. */
  readonly onExtraRefused?: (extra: ExtraStage, why: string) => void;
}

export interface ApplyReport {
  readonly applied: number;
  /** Steps left out: the subscriber was taken over by the restore lane. */
  readonly skipped: number;
  /** The router said its rows differ from what was read: the next pass reads again. */
  readonly stale: number;
  /** Steps that were written; what is left of the plan was not. */
  readonly written: ReadonlySet<Step>;
}

interface Run extends ApplyOptions {
  readonly created: Map<string, string>;
  /** `lacking`: stale, and something that others rely on may be missing; `unclear`: for the first times. */
  readonly counts: { applied: number; skipped: number; stale: number; lacking: number; unclear: number };
  readonly written: Set<Step>;
  readonly refusals: AppError[];
}

/**
 * Writes a plan. Stages follow one another; in a `window` stage the subscribers' sequences run side by side, each in its
 * own order. `already have such entry` and `no such item` mean the router differs from what was read: not a failure, the
 * next pass reads again; so with a row of the shared lists that the router refuses. A row of one subscriber that it refuses
 * does not stop the others; it rejects at the end.
 * Rejects with the first other error at once, after what was in flight has settled.
 */
export async function applyPlan(plan: Plan, options: ApplyOptions): Promise<ApplyReport> {
  const counts = { applied: 0, skipped: 0, stale: 0, lacking: 0, unclear: 0 };
  const run: Run = { ...options, created: new Map(), counts, written: new Set(), refusals: [] };
  for (const stage of plan.stages) {
    // Nothing leads to the other notice page before every subscriber has his there.
    const isAnyLacking = counts.lacking + counts.skipped + run.refusals.length > 0;
    // Nor is anything of another's switched off, or of ours taken off, before what goes before it stands.
    if ((stage.name === 'switch' || stage.name === 'adopt') && isAnyLacking) break;
    // An address leaves the portal's list only once nobody is led there any more.
    if (stage.name === 'clean' && counts.lacking + counts.skipped > 0) break;
    const staleBefore = counts.stale;
    if (stage.name === 'garden' || stage.name === 'phones') await applyExtra(stage.name, stage, run);
    else await applyStage(stage, run);
    // Nobody is blocked behind a portal list or rules that are not as they should be (I4): read again first. A row of the
    // list that the router never takes holds up nobody who reaches the portal without it: that was decided before.
    if (stage.name === 'allow' && counts.unclear > 0) break;
    if (stage.name === 'guard' && counts.stale > staleBefore) break;
  }
  const [refusal] = run.refusals;
  if (refusal !== undefined) throw refusal;
  return { ...counts, written: run.written };
}

async function applyStage(stage: Stage, run: Run): Promise<void> {
  const one = async (sequence: readonly Step[]): Promise<void> => {
    const subscriber = sequence[0]?.subscriber ?? null;
    if (subscriber === null) {
      await applySequence(sequence, run);
      return;
    }
    await run.locks.withBulk(subscriber, (isTaken) => applySequence(sequence, run, isTaken));
  };
  if (stage.mode === 'serial') for (const sequence of stage.sequences) await one(sequence);
  else await runWindowed(stage.sequences, run.window, one);
}

/** That the router takes no extra must not cost anybody his cut-off or his restore. */
async function applyExtra(extra: ExtraStage, stage: Stage, run: Run): Promise<void> {
  try {
    await applyStage(stage, run);
  } catch (error) {
    if (!(error instanceof AppError) || !REFUSALS.has(error.code)) throw error;
    run.onExtraRefused?.(extra, error.message);
  }
}

const REFUSALS: ReadonlySet<ErrorCode> = new Set([
  'router-trap',
  'router-unknown-parameter',
  'router-no-such-command',
  'router-not-permitted',
  'router-device-mode',
  'router-flagged',
]);

async function applySequence(sequence: readonly Step[], run: Run, isTaken: () => boolean = () => false): Promise<void> {
  for (const [at, step] of sequence.entries()) {
    run.signal.throwIfAborted();
    if (isTaken()) {
      run.counts.skipped += sequence.length - at;
      return;
    }
    const from = run.clock.monotonic();
    try {
      await applyStep(step, run);
      run.counts.applied += 1;
      run.written.add(step);
      run.onApplied?.(step);
    } catch (error) {
      if (step.subscriber !== null) run.image.doubt(step.subscriber);
      if (error instanceof AppError && (isStale(error) || error.code === 'router-trap')) run.onRefused?.(step, error);
      if (step.subscriber !== null && error instanceof AppError && error.code === 'router-trap') {
        run.refusals.push(error);
        return;
      }
      if (!isStale(error) && !isRefusedRow(error, step)) throw error;
      noteStale(step, run);
      // What follows in this sequence leans on what just failed: leave it to the next pass.
      return;
    } finally {
      run.window.answered(run.clock.monotonic() - from);
    }
  }
}

function noteStale(step: Step, { counts, isRefusedStill }: Run): void {
  counts.stale += 1;
  // A row that all share and that keeps an old name, or stays too long, is no lack to anybody.
  const isNamedOnly = step.kind === 'set' && Object.keys(step.values).every((name) => name === 'comment');
  if (isSharedRow(step) && (isNamedOnly || step.kind === 'remove')) return;
  counts.lacking += 1;
  if (isRefusedStill?.(step) !== true) counts.unclear += 1;
}

/** A row of the lists that all share: one that the router does not take must not hold up the rows of others. */
function isRefusedRow(error: unknown, step: Step): boolean {
  return error instanceof AppError && error.code === 'router-trap' && isSharedRow(step);
}

function isSharedRow({ subscriber, menu, foreign }: Step): boolean {
  return subscriber === null && menu.endsWith('/address-list') && foreign === undefined;
}

/** True for answers that say "read again": the rows changed under us. */
export function isStale(error: unknown): boolean {
  return error instanceof AppError && (error.code === 'router-duplicate' || error.code === 'router-no-such-item');
}

type Appliers = { readonly [Kind in Step['kind']]: (step: Extract<Step, { kind: Kind }>, run: Run) => Promise<void> };

const APPLIERS: Appliers = {
  async add(step, run) {
    const attributes: Record<string, string> = { ...addAttributes(step) };
    if (step.before !== null && step.before.by !== 'end') attributes['place-before'] = resolve(step.before, run);
    const { ret } = await run.session.run({ path: `${step.menu}/add`, attributes }, { signal: run.signal });
    if (ret === null) return;
    run.created.set(createdKey(step.menu, printKey(step.key)), ret);
    if (step.subscriber !== null) run.image.added(step.menu, ret, step.values, step.key);
  },
  async set(step, run) {
    if (step.menu === '/ip/dhcp-server/network' && step.foreign !== undefined) await refuseChanged(step, run);
    await run.session.run(
      { path: `${step.menu}/set`, attributes: { '.id': step.id, ...step.values } },
      { signal: run.signal },
    );
    if (step.subscriber === null) return;
    if (step.foreign === undefined) run.image.rekeyed(step.menu, step.id, step.key);
    else run.image.taken(step.menu, step.id, step.key);
  },
  async move(step, run) {
    const destination = step.before.by === 'end' ? {} : { destination: resolve(step.before, run) };
    await run.session.run(
      { path: `${step.menu}/move`, attributes: { '.id': step.id, ...destination } },
      { signal: run.signal },
    );
  },
  async remove(step, run) {
    await run.session.run({ path: `${step.menu}/remove`, attributes: { '.id': step.id } }, { signal: run.signal });
    if (step.subscriber !== null) run.image.removed(step.menu, step.id, step.subscriber);
  },
  async settings(step, run) {
    await run.session.run({ path: `${step.menu}/set`, attributes: step.values }, { signal: run.signal });
  },
  async 'drop-connections'(step, run) {
    await dropConnections(run.session, step.addresses, run.signal, step.intoPort);
  },
};

/**
 * Looks once more at a person's row whose one word we write: it was read before all that was written since, and what he put
 * there meanwhile is his (I3). What he does between this answer and the write nobody can see: RouterOS knows no condition.
 */
async function refuseChanged({ menu, id, foreign }: Extract<Step, { kind: 'set' }>, run: Run): Promise<void> {
  const was = Object.entries(foreign?.was ?? {});
  const properties = ['.id', ...was.map(([name]) => name)].join(',');
  const command = { path: `${menu}/print`, attributes: { '.proplist': properties }, queries: [`.id=${id}`] };
  const { rows } = await run.session.run(command, { signal: run.signal });
  const said = (text: string | undefined): string => (text === undefined || text === 'none' ? '' : text);
  const isAsRead = was.every(([name, value]) => said(rows[0]?.get(name)) === said(value));
  if (rows.length !== 1 || !isAsRead)
    throw new AppError('router-no-such-item', `${menu}: the row to be changed is not as it was read any more`);
}

async function applyStep(step: Step, run: Run): Promise<void> {
  switch (step.kind) {
    case 'add':
      return APPLIERS.add(step, run);
    case 'set':
      return APPLIERS.set(step, run);
    case 'move':
      return APPLIERS.move(step, run);
    case 'remove':
      return APPLIERS.remove(step, run);
    case 'settings':
      return APPLIERS.settings(step, run);
    case 'drop-connections':
      return APPLIERS['drop-connections'](step, run);
  }
}

function resolve(anchor: Exclude<Anchor, { by: 'end' }>, run: Run): string {
  if (anchor.by === 'id') return anchor.id;
  const at = createdKey(anchor.menu, printKey(anchor.key));
  const id = run.created.get(at) ?? ownRowId(anchor, run);
  if (id === null)
    throw new AppError('router-no-such-item', `the row ${printKey(anchor.key)} to stand before is not there`);
  // Thousands of rows are placed before the same one: it is looked for once.
  run.created.set(at, id);
  return id;
}

function ownRowId(anchor: Extract<Anchor, { by: 'key' }>, run: Run): string | null {
  const comment = `wisp-edge:${printKey(anchor.key)}`;
  const rows = run.image.observed?.tables.get(anchor.menu) ?? [];
  return rows.find((row) => row.get('comment') === comment)?.get('.id') ?? null;
}

function createdKey(menu: Menu, key: string): string {
  return `${menu} ${key}`;
}

const CONNECTION_MENUS = [
  [4, '/ip/firewall/connection'],
  [6, '/ipv6/firewall/connection'],
] as const;

/**
 * Removes the open connections of these addresses: NAT and FastTrack decide on a connection's first packet only, so one
 * that is open survives a cut, and after a restore a kept-alive one would still lead to the notice. With `intoPort` only
 * those that NAT led to that port of the router: what else the subscriber has open is not touched.
 */
export async function dropConnections(
  session: RouterSession,
  addresses: readonly string[],
  signal: AbortSignal,
  intoPort: number | null = null,
): Promise<void> {
  const parsed = addresses.map((text) => parseAddress(text)).filter((address) => address !== null);
  for (const [family, menu] of CONNECTION_MENUS) {
    const mine = parsed.filter((address) => address.family === family);
    if (mine.length === 0) continue;
    const matcher = connectionMatcher(mine);
    try {
      const { rows } = await session.run(
        {
          path: `${menu}/print`,
          attributes: { '.proplist': `.id,src-address${intoPort === null ? '' : ',reply-src-address,reply-src-port'}` },
        },
        { signal },
      );
      const isMeant = (row: Row): boolean =>
        matcher(row.get('src-address') ?? '') && (intoPort === null || replyPort(row) === intoPort);
      const ids = rows.filter(isMeant).flatMap((row) => row.get('.id') ?? []);
      for (let at = 0; at < ids.length; at += 100)
        await removeConnections(session, menu, ids.slice(at, at + 100), signal);
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'router-no-such-command') throw error;
    }
  }
}

/** A connection that ended by itself fails its whole batch (`no such item`): then one by one. */
async function removeConnections(
  session: RouterSession,
  menu: string,
  ids: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  try {
    await session.run({ path: `${menu}/remove`, attributes: { '.id': ids.join(',') } }, { signal });
  } catch (error) {
    if (!isStale(error)) throw error;
    if (ids.length === 1) return;
    for (const id of ids) await removeConnections(session, menu, [id], signal);
  }
}

/** The port that answers, after NAT: a property of its own, or behind the address (RouterOS 6, early 7). */
function replyPort(row: Row): number {
  return Number(row.get('reply-src-port') ?? /:(\d+)$/.exec(row.get('reply-src-address') ?? '')?.[1]);
}

/** Connection rows print `address:port` (RouterOS 6, early 7) or the address alone. */
function connectionMatcher(addresses: readonly Address[]): (text: string) => boolean {
  const hosts = new Set(addresses.map((address) => address.text));
  const prefixes = addresses.filter((address) => address.length < (address.family === 4 ? 32 : 128));
  return (text) => {
    const host =
      parseAddress(text) ??
      parseAddress(text.replace(/^\[(.*)\]:\d+$/, '$1')) ??
      parseAddress(text.replace(/:\d+$/, ''));
    return host !== null && (hosts.has(host.text) || prefixes.some((prefix) => contains(prefix, host)));
  };
}
