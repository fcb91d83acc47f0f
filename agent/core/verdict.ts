import type { NoticeKind } from '../../schemas/subscriber.ts';
import type { Decision } from './decision.ts';
import type { Hold, Wish } from './desired/live.ts';
import type { PageRival } from './notice-pages.ts';
import { rowsOf, type ObservedRouter } from './observed.ts';
import { ownerOf } from './ownership.ts';
import type { LiveAddress } from './sessions/effective.ts';
import { stepsOf } from './plan/plan.ts';
import type { Menu, Row } from './row.ts';

/** One row as evidence. */
export interface EvidenceRow {
  readonly menu: Menu;
  readonly id: string;
  readonly address: string;
  readonly foreign: boolean;
}

/** What one pass saw of one subscriber. `isVerified` is true only when rows and all they depend on were read back. */
export interface Verdict {
  readonly service: 'open' | 'cut' | 'partial';
  readonly notice: 'cutoff' | NoticeKind | null;
  readonly isVerified: boolean;
  /** Nothing is left to write for this subscriber. */
  readonly isDone: boolean;
  /** Something of ours is wanted for him that this router will not get: it is being given back. */
  readonly isForgone: boolean;
  readonly hold: Hold | null;
  /** A foreign row of the cut-off list that holds an address of a subscriber who should be open. */
  readonly foreignRow: Row | null;
  /** A row of ours for somebody else that cuts a subscriber who should be open, and whether it is about to go. */
  readonly otherRow: { readonly row: Row; readonly owner: string; readonly isGoing: boolean } | null;
  /** His page is withheld at our page server, and by whom; of the decision alone nobody can say so. */
  readonly pageRival: PageRival | null;
  readonly rows: readonly EvidenceRow[];
  /** Where he is now. */
  readonly addresses: readonly LiveAddress[];
}

const ROW_MENUS = ['/ip/firewall/address-list', '/ipv6/firewall/address-list', '/ip/proxy/access'] as const;

/** Judges every wished subscriber from the decision of a pass; departures by `departed`. */
export function verdicts(
  wishes: readonly Wish[],
  departed: readonly string[],
  decision: Decision,
  observed: ObservedRouter,
): ReadonlyMap<string, Verdict> {
  const rows = evidenceRows(observed, decision);
  const pending = new Set(
    stepsOf(decision.plan).flatMap((step) =>
      step.kind === 'drop-connections' ? step.subscribers : (step.subscriber ?? []),
    ),
  );
  const forgone = forgoneBy(decision);
  const going = new Set(
    stepsOf(decision.plan).flatMap((step) => (step.kind === 'remove' ? `${step.menu} ${step.id}` : [])),
  );
  const blocked = new Map(decision.plan.blocked.map(({ desired, row }) => [desired.subscriber ?? '', row]));
  const holds = new Map<string, Hold>();
  for (const hold of decision.holds)
    if (!holds.has(hold.subscriber) || hold.facet === 'cutoff') holds.set(hold.subscriber, hold);
  const asPut = new Map(decision.subscribers.map((subscriber) => [subscriber.id, subscriber]));
  const result = new Map<string, Verdict>();
  const judge = (id: string, addresses: readonly LiveAddress[]): void => {
    const own = rows.get(id) ?? [];
    const put = asPut.get(id);
    const wantsCut = (put?.cut ?? null) !== null;
    const wantsNotice = put?.notices[0]?.kind ?? null;
    const foreignRow = wantsCut
      ? null
      : (addresses.map((address) => decision.foreign.touching(address)).find((row) => row !== null) ?? null);
    const otherRow = wantsCut ? null : otherRowAt(addresses, id, decision, going);
    // A row of ours that is to become another's still counts as his until it has.
    const isStale = own.some((row) => !row.foreign && (row.isCut ? !wantsCut : !wantsCut && wantsNotice === null));
    const isDone = !pending.has(id) && !blocked.has(id) && !isStale;
    const hold = holds.get(id) ?? null;
    const needsSound = wantsCut || wantsNotice !== null;
    const cutRows = own.filter((row) => row.menu !== '/ip/proxy/access' && row.isCut).length;
    const service =
      cutRows === 0 && foreignRow === null && otherRow === null
        ? 'open'
        : cutRows >= addresses.length || foreignRow !== null || otherRow !== null
          ? 'cut'
          : 'partial';
    result.set(id, {
      service,
      notice: shownBy(own, decision.backend, wantsNotice),
      isVerified:
        isDone &&
        hold?.facet !== 'cutoff' &&
        foreignRow === null &&
        otherRow === null &&
        !decision.frozen.has(id) &&
        (!needsSound || decision.soundness.isSound),
      isDone,
      isForgone: forgone.has(id),
      hold,
      foreignRow: foreignRow ?? blocked.get(id) ?? null,
      otherRow,
      pageRival: null,
      rows: own.map(({ menu, id: rowId, address, foreign }) => ({ menu, id: rowId, address, foreign })),
      addresses,
    });
  };
  const addressesOf = new Map(decision.live.subscribers.map(({ id, addresses }) => [id, addresses]));
  for (const { id } of wishes) judge(id, addressesOf.get(id) ?? []);
  for (const id of departed) if (!result.has(id)) judge(id, []);
  return result;
}

/** Whom a hand-back leaves without what is wanted for them. */
function forgoneBy({ adoption }: Decision): ReadonlySet<string> {
  if (adoption.adoption?.step !== 'hand-back') return new Set();
  return new Set(stepsOf(adoption.ours).flatMap((step) => (step.kind === 'add' ? (step.subscriber ?? []) : [])));
}

/** The row of ours that cuts him at one of his addresses and is another's. */
function otherRowAt(
  addresses: readonly LiveAddress[],
  id: string,
  { ownCuts }: Decision,
  going: ReadonlySet<string>,
): Verdict['otherRow'] {
  for (const address of addresses) {
    const row = ownCuts.touching(address, (one) => ownerOf(one)?.key !== id);
    if (row === null) continue;
    const menu: Menu = address.family === 4 ? '/ip/firewall/address-list' : '/ipv6/firewall/address-list';
    return { row, owner: ownerOf(row)?.key ?? '', isGoing: going.has(`${menu} ${row.get('.id') ?? ''}`) };
  }
  return null;
}

/** The notice that these rows show; which one a list row means is the page server's book to say. */
function shownBy(own: readonly FoundRow[], backend: Decision['backend'], kind: NoticeKind | null): Verdict['notice'] {
  switch (backend) {
    case 'web-proxy':
      return own.find((row) => row.menu === '/ip/proxy/access')?.notice ?? null;
    case 'notice-server': {
      const lists = own.filter((row) => row.menu === '/ip/firewall/address-list');
      if (lists.some((row) => row.isCut)) return 'cutoff';
      return lists.length > 0 ? kind : null;
    }
  }
}

interface FoundRow extends EvidenceRow {
  readonly isCut: boolean;
  readonly notice: 'cutoff' | NoticeKind | null;
}

function evidenceRows(observed: ObservedRouter, decision: Decision): ReadonlyMap<string, readonly FoundRow[]> {
  const found = new Map<string, FoundRow[]>();
  const put = (subscriber: string, row: FoundRow): void => {
    const list = found.get(subscriber);
    if (list === undefined) found.set(subscriber, [row]);
    else list.push(row);
  };
  for (const menu of ROW_MENUS) {
    for (const row of rowsOf(observed, menu)) {
      const key = ownerOf(row);
      if (key === null) continue;
      put(key.key, {
        ...evidence(menu, row, false),
        isCut: key.kind === 'cutoff',
        notice: menu === '/ip/proxy/access' ? noticeOf(key.kind) : null,
      });
    }
  }
  for (const { desired, row } of decision.plan.covered) {
    if (desired.subscriber === null) continue;
    const isProxy = desired.menu === '/ip/proxy/access';
    put(desired.subscriber, {
      ...evidence(desired.menu, row, true),
      isCut: desired.key.kind === 'cutoff',
      notice: isProxy ? noticeOf(desired.key.kind) : null,
    });
  }
  return found;
}

function evidence(menu: Menu, row: Row, foreign: boolean): EvidenceRow {
  return { menu, id: row.get('.id') ?? '', address: row.get('address') ?? row.get('src-address') ?? '', foreign };
}

function noticeOf(kind: string): 'cutoff' | NoticeKind | null {
  return kind === 'cutoff' || kind === 'maintenance' || kind === 'payment-due' || kind === 'custom' ? kind : null;
}
