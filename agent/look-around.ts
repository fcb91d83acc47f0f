import { AppError } from '../schemas/app-error.ts';
import type { AgentStore } from '../store/ports.ts';
import { wisphubRows } from './core/adopt/parts.ts';
import { NOTHING_AROUND, type AdoptionState, type AroundWisphub } from './core/adopt/state.ts';
import { lookAtUnmarked } from './core/adopt/writes.ts';
import type { ObservedRouter } from './core/observed.ts';
import { isTrue, type Row } from './core/row.ts';
import type { RouterSettings } from './core/settings.ts';
import type { Clock, RouterSession } from './ports.ts';

interface AroundDeps {
  readonly settings: RouterSettings;
  readonly commandTimeoutMs: number;
  readonly store: AgentStore;
  readonly session: RouterSession;
  readonly clock: Pick<Clock, 'now'>;
  readonly signal: AbortSignal;
}

/**
 * Reads what else matters where WispHub's rows are: whether its interface list has a member, and whether it still writes.
 * What our user may not read stays unknown. Keeps in the store since when each row without our mark is known; a look that
 * is not the agent's own (`isKept` false) does not.
 */
export async function lookAround(
  observed: ObservedRouter,
  adoption: AdoptionState | null,
  { settings, commandTimeoutMs: timeoutMs, store, session, clock, signal }: AroundDeps,
  isKept: boolean,
): Promise<AroundWisphub> {
  const rows = wisphubRows(observed, settings).filter(({ part }) => part !== 'portal-list');
  if (rows.length === 0) return NOTHING_AROUND;
  const read = async (path: string, properties: string): Promise<readonly Row[] | null> => {
    try {
      const { rows: found } = await session.run(
        { path: `${path}/print`, attributes: { '.proplist': properties } },
        { timeoutMs, signal },
      );
      return found;
    } catch (error) {
      const isRefused = error instanceof AppError && error.code.startsWith('router-') && session.isOpen;
      if (isRefused) return null;
      throw error;
    }
  };
  const [members, users, active, clocks] = await Promise.all([
    read('/interface/list/member', 'list,disabled'),
    read('/user', 'name,disabled,last-logged-in'),
    read('/user/active', 'name'),
    read('/system/clock', 'date,time,gmt-offset'),
  ]);
  const now = clock.now();
  const known = await store.unmarkedRows(settings.router);
  const look = lookAtUnmarked(
    rows,
    adoption?.taken ?? [],
    known,
    { users, active, clock: clocks?.[0] ?? null },
    { now, print: (at) => new Date(at).toISOString() },
  );
  if (isKept && !look.isSame) {
    const { appeared, gone, loggedInAt } = look;
    await store.noteUnmarked(settings.router, { at: now, appeared, gone, loggedInAt });
  }
  const filled = members?.filter((row) => !isTrue(row.get('disabled'))).map((row) => row.get('list') ?? '');
  return { filledLists: filled === undefined ? null : new Set(filled), writes: look.writes };
}
