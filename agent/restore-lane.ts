import { AppError } from '../schemas/app-error.ts';
import type { Evidence } from '../schemas/operation.ts';
import type { ObservedSubscriber } from '../schemas/router.ts';
import type { AgentStore, OpenOperation, OperationAdvance } from '../store/ports.ts';
import { dropConnections, isStale } from './apply.ts';
import { foreignCuts } from './core/foreign-cuts.ts';
import { canonicalAddress, sameValue } from './core/canonical.ts';
import { ownerOf } from './core/ownership.ts';
import type { Menu, Row } from './core/row.ts';
import { effectiveAddresses, type LiveAddress } from './core/sessions/effective.ts';
import type { NamedLifts } from './core/adopt/named-lifts.ts';
import type { SettingsInForce } from './core/in-force.ts';
import type { TakenRow } from './core/adopt/state.ts';
import type { ImageRow, RouterImage } from './image.ts';
import type { Clock, RouterSession } from './ports.ts';
import type { SubscriberLocks } from './subscriber-locks.ts';

/** Up to so many rows a filtered print (about 0.18 ms a row of the whole table) is cheaper than doubt. */
const PRINTABLE_ROWS = 1000;

export interface RestoreLaneDeps {
  /** Those of the last pass; null before the first. */
  readonly settings: SettingsInForce | null;
  /** What of WispHub's may go with a restore while the router is taken over; null where nothing may. */
  readonly lifts: NamedLifts | null;
  readonly store: AgentStore;
  readonly image: RouterImage;
  readonly locks: SubscriberLocks;
  readonly clock: Clock;
  readonly session: () => Promise<RouterSession>;
  readonly signal: AbortSignal;
}

type Deps = RestoreLaneDeps & { readonly settings: SettingsInForce };

/** What the lane did and saw. */
export interface Restored {
  readonly advances: readonly OperationAdvance[];
  readonly observed: ObservedSubscriber;
  /** A notice is wanted for the subscriber: the next full pass puts it up. */
  readonly hasNotice: boolean;
}

/**
 * Gives one subscriber the service back at once, beside whatever bulk work runs: list row, connections, proxy row; then
 * proves it. Returns null when the narrow way does not apply (no read of the router yet, still wanted cut): the next full
 * pass does it. Rejects with `router-*` errors; the operation then stays open for the next pass.
 */
export async function restoreNow(subscriber: string, lane: RestoreLaneDeps): Promise<Restored | null> {
  const { settings, store, image } = lane;
  if (settings?.opensByName !== true || image.observed === null) return null;
  const deps = { ...lane, settings };
  const view = await store.desiredSubscriber(settings.router, subscriber);
  const operations = view.operations.filter((operation) => operation.kind === 'restore');
  if ((view.record?.cutoff ?? null) !== null || operations.length === 0) return null;
  return deps.locks.withLane(subscriber, () => carry(subscriber, view, operations, deps));
}

async function carry(
  subscriber: string,
  view: Awaited<ReturnType<AgentStore['desiredSubscriber']>>,
  operations: readonly OpenOperation[],
  deps: Deps,
): Promise<Restored | null> {
  const { image } = deps;
  const session = await deps.session();
  // Asked only now: what bulk had in flight for the subscriber has ended, well or not.
  if (!image.knows(subscriber)) return null;
  const ours = image.rowsOf(subscriber).filter((row) => row.key.kind === 'cutoff');
  const now = view.record === null ? [] : effectiveAddresses(view.record.subscriber, image.usage, () => null).addresses;
  const rows = [...ours, ...(await lifted(subscriber, ours, now, session, deps))];
  const lists = rows.filter((row) => row.menu !== '/ip/proxy/access');
  const proxies = rows.filter((row) => row.menu === '/ip/proxy/access');
  // Where the cut was, and where he is now: connections of both go.
  const addresses = [...new Set([...rows.map((row) => row.address), ...now.map(({ text }) => text)])];
  await removeRows(session, lists, subscriber, deps);
  await dropConnections(session, addresses, deps.signal);
  await removeRows(session, proxies, subscriber, deps);
  const advances = await prove(session, subscriber, rows, now, operations, deps);
  if (advances === null) return null;
  const isHeld = advances.some((advance) => advance.state === 'held');
  return {
    advances,
    hasNotice: Object.keys(view.record?.notices ?? {}).length > 0,
    observed: {
      service: isHeld ? 'cut' : 'open',
      notice: null,
      verified: !isHeld,
      held: isHeld ? 'foreign-row' : null,
      at: new Date(deps.clock.now()).toISOString(),
      rows: [],
      addresses: now.map(({ text, from }) => ({ address: text, from })),
    },
  };
}

/**
 * WispHub's rows that go with his; what they were is on record before they do, so that a hand-back knows it. Each is asked
 * first whether it is still the row that the last pass saw, at an address that is his now: an id may be another row's since.
 */
async function lifted(
  subscriber: string,
  ours: readonly ImageRow[],
  addresses: readonly LiveAddress[],
  session: RouterSession,
  deps: Deps,
): Promise<readonly ImageRow[]> {
  const { lifts, store, settings } = deps;
  // A row that the bulk has made ours in the meantime is on record already.
  const isOurs = ({ menu, id }: TakenRow): boolean => ours.some((row) => row.menu === menu && row.id === id);
  const seen = (lifts?.rows.get(subscriber) ?? []).filter((row) => !isOurs(row) && isAt(row, addresses));
  const stillThere = await Promise.all(seen.map((row) => isStill(row, session, deps)));
  const taken = seen.filter((_, at) => stillThere[at]);
  if (lifts === null || taken.length === 0) return [];
  await store.recordTaken(settings.router, taken);
  await store.noteBegun(settings.router, lifts.operation);
  const key = { kind: 'cutoff', key: subscriber } as const;
  return taken.map(({ menu, id, values }) => ({ menu, id, key, address: values['address'] ?? '' }));
}

function isAt({ values }: TakenRow, addresses: readonly LiveAddress[]): boolean {
  const place = canonicalAddress(values['address'] ?? '');
  return addresses.some(({ text }) => text === place);
}

/** What makes a list row this row and no other. */
const IDENTITY = ['list', 'address', 'comment', 'disabled'] as const;

/** False too where this router cannot be asked by id: then it is for the next full pass. */
async function isStill({ menu, id, values }: TakenRow, session: RouterSession, { signal }: Deps): Promise<boolean> {
  const isSame = async (name: (typeof IDENTITY)[number]): Promise<boolean> => {
    const asked = { path: `${menu}/get`, attributes: { '.id': id, 'value-name': name } };
    const { ret } = await session.run(asked, { signal });
    return sameValue(name, ret ?? '', values[name] ?? '');
  };
  try {
    return (await Promise.all(IDENTITY.map(isSame))).every(Boolean);
  } catch (error) {
    if (isStale(error) || (error instanceof AppError && error.code === 'router-no-such-command')) return false;
    throw error;
  }
}

async function removeRows(
  session: RouterSession,
  rows: readonly ImageRow[],
  subscriber: string,
  deps: Deps,
): Promise<void> {
  await Promise.all(
    rows.map(async (row) => {
      try {
        await session.run({ path: `${row.menu}/remove`, attributes: { '.id': row.id } }, { signal: deps.signal });
      } catch (error) {
        if (!isStale(error)) throw error;
      }
      deps.image.removed(row.menu, row.id, subscriber);
    }),
  );
}

/**
 * Small tables are read again, which also shows foreign rows; in large ones each removed row is asked for by its id (no
 * such item proves it gone) and foreign rows are judged by the last full read. The next full pass reads all again.
 */
async function prove(
  session: RouterSession,
  subscriber: string,
  removed: readonly ImageRow[],
  addresses: readonly LiveAddress[],
  operations: readonly OpenOperation[],
  deps: Deps,
): Promise<readonly OperationAdvance[] | null> {
  const isSmall = deps.image.tableRows <= PRINTABLE_ROWS;
  // Nothing to ask for by id proves nothing: the next full read does.
  if (!isSmall && removed.length === 0) return null;
  const rows = isSmall ? await readCutLists(session, deps) : await readById(session, removed, deps);
  if (rows === null) return null;
  const stillOurs = rows.some((row) => ownerOf(row)?.kind === 'cutoff' && ownerOf(row)?.key === subscriber);
  if (stillOurs) return null;
  // Of thousands of rows only those are compared in full that can hold an address of his.
  const hasPrefix = addresses.some(({ text }) => text.includes('/'));
  const isNear = (row: Row): boolean => {
    const address = row.get('address') ?? '';
    return hasPrefix || /[/-]/.test(address) || addresses.some(({ text }) => text === address);
  };
  const near = (isSmall ? rows : listRows(deps.image, removed)).filter(isNear);
  const holding = (isForeign: (row: Row) => boolean): Row | undefined => {
    const cuts = foreignCuts(near, deps.settings.lists.cutoff, () => false, isForeign);
    return addresses.map((address) => cuts.touching(address)).find((row) => row !== null) ?? undefined;
  };
  // Another subscriber's row of ours at his address: what becomes of it is for a full pass to decide.
  const isAnothers = (row: Row): boolean => ![null, subscriber].includes(ownerOf(row)?.key ?? null);
  if (holding(isAnothers) !== undefined) return null;
  const holder = holding((row) => ownerOf(row) === null);
  // WispHub's, most likely: whether it goes, or is none of our business, is for a full pass to say.
  if (holder !== undefined && (deps.settings.mode !== 'manage' || deps.settings.isAdopting)) return null;
  const seen: Evidence = {
    router: deps.settings.router,
    readAt: new Date(deps.clock.now()).toISOString(),
    removed: removed.map(({ menu, id, address }) => ({ menu, id, address })),
    proof: isSmall ? 'lists-read' : 'ids-gone',
  };
  return operations.map((operation): OperationAdvance => {
    const part = { id: operation.id, router: deps.settings.router };
    if (holder === undefined) return { ...part, state: 'verified', evidence: seen };
    const row = { row: holder.get('.id') ?? '', list: holder.get('list') ?? '', address: holder.get('address') ?? '' };
    return { ...part, state: 'held', reason: 'foreign-row', evidence: { ...seen, ...row } };
  });
}

const LISTS = ['/ip/firewall/address-list', '/ipv6/firewall/address-list'] as const;

/** As last read, without those that went since. */
function listRows(image: RouterImage, removed: readonly ImageRow[]): readonly Row[] {
  const isGone = (menu: Menu, row: Row): boolean =>
    removed.some((gone) => gone.menu === menu && gone.id === row.get('.id'));
  return LISTS.flatMap((menu) => (image.observed?.tables.get(menu) ?? []).filter((row) => !isGone(menu, row)));
}

async function readCutLists(session: RouterSession, deps: Deps): Promise<readonly Row[]> {
  const menus: readonly Menu[] = LISTS.filter((menu) => deps.image.observed?.missing.has(menu) !== true);
  const replies = await Promise.all(
    menus.map((menu) =>
      session.run(
        {
          path: `${menu}/print`,
          attributes: { '.proplist': '.id,list,address,comment,disabled,dynamic' },
          queries: [`list=${deps.settings.lists.cutoff}`],
        },
        { signal: deps.signal },
      ),
    ),
  );
  return replies.flatMap((reply) => reply.rows);
}

/** Rows still there among those removed; null when this router cannot be asked by id. */
async function readById(
  session: RouterSession,
  removed: readonly ImageRow[],
  deps: Deps,
): Promise<readonly Row[] | null> {
  const found: Row[] = [];
  for (const row of removed) {
    try {
      await session.run(
        { path: `${row.menu}/get`, attributes: { '.id': row.id, 'value-name': 'comment' } },
        { signal: deps.signal },
      );
      found.push(
        new Map([
          ['.id', row.id],
          ['comment', `wisp-edge:${row.key.kind}:${row.key.key}`],
        ]),
      );
    } catch (error) {
      if (error instanceof AppError && error.code === 'router-no-such-command') return null;
      if (!isStale(error)) throw error;
    }
  }
  return found;
}
