import type { Finding } from '../../../schemas/finding.ts';
import { finding } from '../findings/table.ts';
import { parseMoment, routerWall } from '../doctor/router-time.ts';
import { isTrue, type Row } from '../row.ts';
import type { WisphubRow } from './parts.ts';
import type { TakenRow } from './state.ts';

/** Who wrote or came in within this time is still at work, ms. */
const RECENT_MS = 24 * 3600 * 1000;
/** A session that stays open is written down again after so long, ms. */
const SAME_LOGIN_MS = 3600 * 1000;
const CLOCK_STEP_MS = 5000;

/** What was known of rows without our mark before a look; see the store's port of the same shape. */
export interface KnownUnmarked {
  readonly since: ReadonlyMap<string, number>;
  readonly isLookedAt: boolean;
  readonly loggedInAt: number | null;
}

export interface UnmarkedLook {
  readonly appeared: ReadonlyMap<string, number>;
  readonly gone: readonly string[];
  readonly loggedInAt: number | null;
  /** Nothing of it differs from what was known. */
  readonly isSame: boolean;
  readonly writes: readonly Finding[];
}

/** The router's users and who of them is in, as far as we may read it; null where we may not. */
export interface SeenUsers {
  readonly users: readonly Row[] | null;
  readonly active: readonly Row[] | null;
  readonly clock: Row | null;
}

/**
 * Compares the rows without our mark with those known before, and says whether WispHub still writes: a row that was not
 * there at the first look, or a login of its user, within a day. What we gave back ourselves is no news, and who is
 * switched off comes in no more; but a session that he has open stays. Where users or sessions may not be read nothing is
 * known of logins, and that is said.
 */
export function lookAtUnmarked(
  rows: readonly WisphubRow[],
  taken: readonly TakenRow[],
  known: KnownUnmarked,
  seen: SeenUsers,
  { now, print }: { readonly now: number; readonly print: (at: number) => string },
): UnmarkedLook {
  const given = new Set(taken.map(({ menu, values }) => nameOf(menu, new Map(Object.entries(values)))));
  const names = new Map(writable(rows).map(({ menu, row }) => [nameOf(menu, row), row]));
  const appeared = new Map<string, number>();
  for (const name of names.keys())
    if (!known.since.has(name)) appeared.set(name, known.isLookedAt && !given.has(name) ? now : 0);
  const gone = [...known.since.keys()].filter((name) => !names.has(name));
  const login = loginOf(seen, known.loggedInAt, now);
  return {
    appeared,
    gone,
    loggedInAt: login?.at ?? null,
    isSame: known.isLookedAt && appeared.size === 0 && gone.length === 0 && known.loggedInAt === (login?.at ?? null),
    writes: [
      ...newRows([...names.keys()], (name) => appeared.get(name) ?? known.since.get(name) ?? 0, {
        isWisphub: isWisphubThere(rows, seen),
        now,
        print,
      }),
      ...(login === null ? [] : [finding('wisphub-writes', { user: login.user, at: print(login.at) })]),
      ...unseen(seen),
    ],
  };
}

/** What WispHub writes while it works: list rows and pages. Its rules are written once. */
function writable(rows: readonly WisphubRow[]): readonly WisphubRow[] {
  return rows.filter(({ part }) => part.endsWith('-page') || part === 'cutoff-list' || part === 'notice-list');
}

/** Rules, pages or a user of WispHub's: rows in a list alone are anybody's. Who may not look at users cannot say he is not. */
function isWisphubThere(rows: readonly WisphubRow[], { users }: SeenUsers): boolean {
  const isRule = ({ part }: WisphubRow): boolean => !part.endsWith('-list') && part !== 'shield';
  return rows.some(isRule) || (users?.some((row) => /wisphub/i.test(row.get('name') ?? '')) ?? true);
}

function newRows(
  names: readonly string[],
  sinceOf: (name: string) => number,
  { isWisphub, now, print }: { isWisphub: boolean; now: number; print: (at: number) => string },
): readonly Finding[] {
  const fresh = names.filter((name) => now - sinceOf(name) < RECENT_MS);
  const [example] = [...fresh].sort((a, b) => sinceOf(b) - sinceOf(a));
  if (example === undefined) return [];
  return [finding('wisphub-new-rows', { count: fresh.length, example, at: print(sinceOf(example)), isWisphub })];
}

/** What of the logins cannot be known here. */
function unseen({ users, active, clock }: SeenUsers): readonly Finding[] {
  const menus = [
    ...(users === null ? ['/user'] : []),
    ...(active === null ? ['/user/active'] : []),
    ...(clock === null ? ['/system/clock'] : []),
  ];
  return menus.length === 0 ? [] : [finding('wisphub-unseen', { menus })];
}

/** The last login of a user of WispHub's within a day; a session that is open now counts as one. */
function loginOf(
  { users, active, clock }: SeenUsers,
  before: number | null,
  now: number,
): { readonly user: string; readonly at: number } | null {
  const isTheirs = (row: Row): boolean => /wisphub/i.test(row.get('name') ?? '');
  const able = users?.filter((row) => isTheirs(row) && !isTrue(row.get('disabled')));
  const inNow = active?.find(isTheirs);
  if (inNow !== undefined) {
    const isKnown = before !== null && now - before < SAME_LOGIN_MS;
    return { user: inNow.get('name') ?? '', at: isKnown ? before : now };
  }
  if (able?.length === 0) return null;
  const wall = clock === null ? null : routerWall(clock);
  const logins = (able ?? []).flatMap((row) => {
    const at = parseMoment(row.get('last-logged-in') ?? '');
    return at === null || wall === null ? [] : [{ user: row.get('name') ?? '', at: now - Math.max(0, wall - at) }];
  });
  const remembered = before === null ? [] : [{ user: able?.[0]?.get('name') ?? 'wisphub', at: before }];
  const [last] = [...logins, ...remembered].sort((a, b) => b.at - a.at);
  if (last === undefined || now - last.at >= RECENT_MS) return null;
  // The router's clock counts whole seconds: the same login must not look like another one at every look.
  return before !== null && Math.abs(last.at - before) < CLOCK_STEP_MS ? { ...last, at: before } : last;
}

/** A row by what it says: WispHub writes the same client again with another id. */
function nameOf(menu: string, row: Row): string {
  const words = ['list', 'address', 'src-address', 'comment'].flatMap((name) => {
    const value = row.get(name) ?? '';
    return value === '' ? [] : [`${name}=${value}`];
  });
  return `${menu.slice(1).replaceAll('/', ' ')} ${words.join(' ')}`;
}
