import type { Evidence, OperationReason } from '../../../schemas/operation.ts';
import type { Wish } from '../desired/live.ts';
import { wholeRouterNext } from './router.ts';
import { cutNext, noticeEndNext, noticeNext, openNext } from './subscriber.ts';
import type { Indexed, Next, OpenPart } from './terms.ts';

/** So many subscribers of a held generation are named in its evidence; their number is told whole. */
const NAMED = 100;

/** One thing of a generation that does not stand, and why. */
interface Withheld {
  readonly subscriber: string;
  readonly reason: OperationReason;
  readonly evidence: Evidence;
}

/** What became of all that a generation asked for on this router. */
interface Asked {
  readonly withheld: readonly Withheld[];
  readonly expired: readonly string[];
  /** Something of it does not stand yet, and nothing is left to write: its time has not come. */
  readonly isWaiting: boolean;
  /** It asks for nothing more: whatever it asked for was asked otherwise since. */
  readonly isReplaced: boolean;
}

/** Of several reasons the one that a person can end is told; then the one that was met first. */
const TOLD_FIRST: readonly OperationReason[] = ['brake', 'foreign-row'];

/** Only a wish is held for these: where no wish of a generation is left, none of them came true. */
const OF_A_WISH: ReadonlySet<OperationReason | null> = new Set([
  ...(['portal-unknown', 'central-stale', 'address-refused', 'address-in-use', 'not-online'] as const),
  ...(['auto-cut-off', 'auto-notice-off', 'no-ipv4'] as const),
]);

/**
 * What a snapshot or a delta has come to: what the single instructions that it is made of would be told, together. It is
 * verified when all that it changed on this router stands and nothing is left to write; held as long as any of it is
 * withheld, for that reason; planned while any of it waits for its time. A notice that another one or a cut outranks is
 * as the generation has it, and a notice whose time is over asks for nothing.
 */
export function generationNext(operation: OpenPart, input: Indexed): Next {
  const whole = wholeRouterNext(operation, input);
  if (whole.state !== 'verified') return whole;
  const { withheld, expired, isWaiting, isReplaced } = askedBy(operation, input);
  const [first, ...others] = withheld;
  if (first !== undefined) return heldFor([first, ...others]);
  if (isWaiting) return { state: 'planned' };
  if (expired.length > 0)
    return { state: 'failed', reason: 'expired', evidence: { ...input.seen, subscribers: expired.slice(0, NAMED) } };
  if (isReplaced && operation.state === 'held' && OF_A_WISH.has(operation.reason))
    return { state: 'superseded', evidence: input.seen };
  return whole;
}

function askedBy(operation: OpenPart, input: Indexed): Asked {
  const withheld: Withheld[] = [];
  const expired: string[] = [];
  let isWaiting = false;
  let isReplaced = true;
  const noteHeld = (subscriber: string, next: Next | null): boolean => {
    if (next?.state !== 'held' || next.reason === undefined) return false;
    if (next.reason !== 'cut-outranks')
      withheld.push({ subscriber, reason: next.reason, evidence: next.evidence ?? input.seen });
    return true;
  };
  const noteWish = (subscriber: string, next: Next | null): void => {
    isReplaced = false;
    if (noteHeld(subscriber, next)) return;
    if (next?.state === 'failed') expired.push(subscriber);
    else if (next?.state !== 'verified') isWaiting = true;
  };
  for (const wish of input.wishes.values()) {
    const { id, cutoff, notices, changedAt } = wish;
    const isChanged = changedAt === operation.acceptedAt;
    if (cutoff !== null && (isChanged || cutoff.operation === operation.id)) noteWish(id, cutNext(wish, input));
    for (const notice of notices) {
      // Once its time is over nobody can say whether it was shown.
      const isOver = (notice.end ?? Infinity) <= input.now;
      if (!isOver && (isChanged || notice.operation === operation.id)) noteWish(id, noticeNext(id, notice, input));
    }
    if (isChanged && notices.length === 0) noteHeld(id, noticeEndNext(id, input));
    if (isOpenedBy(operation, wish)) noteHeld(id, openNext(id, input));
  }
  return { withheld: [...withheld, ...departuresHeld(operation, input)], expired, isWaiting, isReplaced };
}

/** Nobody keeps which instruction opened him; what was changed since may be its doing. */
function isOpenedBy({ acceptedAt }: OpenPart, { cutoff, changedAt }: Wish): boolean {
  return cutoff === null && changedAt !== undefined && changedAt >= acceptedAt;
}

/** Restores that mere absence implies: of those who are known no more. */
function departuresHeld({ id }: OpenPart, { decision, wishes, seen }: Indexed): readonly Withheld[] {
  return decision.holds.flatMap(({ operation, subscriber, reason, detail }) =>
    operation === id && !wishes.has(subscriber) ? [{ subscriber, reason, evidence: { ...seen, detail } }] : [],
  );
}

function heldFor(withheld: readonly [Withheld, ...Withheld[]]): Next {
  const told = TOLD_FIRST.flatMap((reason) => withheld.find((one) => one.reason === reason) ?? [])[0] ?? withheld[0];
  const byReason = new Map<OperationReason, Set<string>>();
  for (const { subscriber, reason } of withheld)
    byReason.set(reason, (byReason.get(reason) ?? new Set<string>()).add(subscriber));
  const counts = Object.fromEntries([...byReason].map(([reason, subscribers]) => [reason, subscribers.size]));
  const subscribers = [...new Set(withheld.map(({ subscriber }) => subscriber))].slice(0, NAMED);
  return { state: 'held', reason: told.reason, evidence: { ...told.evidence, withheld: counts, subscribers } };
}
