import type { Evidence, OperationReason } from '../../../schemas/operation.ts';
import type { Wish } from '../desired/live.ts';
import { wholeRouterNext } from './router.ts';
import { cutNext, noticeEndNext, noticeNext, openNext } from './subscriber.ts';
import type { Indexed, Next, OpenPart } from './terms.ts';

/** So many subscribers of a held generation are named in its evidence; their number is told whole. */
const NAMED = 100;
/** And so many of the operations under which the brake holds its cuts. */
const NAMED_OPERATIONS = 20;

/** One thing of a generation that does not stand, and why. */
interface Withheld {
  readonly subscriber: string;
  /** Under which it is held. */
  readonly operation: string;
  readonly reason: OperationReason;
  readonly evidence: Evidence;
}

/** What became of all that a generation asked for on this router. */
interface Asked {
  readonly withheld: readonly Withheld[];
  /** Cuts that an earlier operation asked for, that it wants too, and that the brake holds. */
  readonly followed: readonly Withheld[];
  readonly expired: readonly string[];
  /** Something of it does not stand yet, and nothing is left to write: its time has not come. */
  readonly isWaiting: boolean;
  /** It asks for nothing more: whatever it asked for was asked otherwise since. */
  readonly isReplaced: boolean;
}

/** Of several reasons the one that a person can end is told; then the one that was met first. */
const TOLD_FIRST: readonly OperationReason[] = ['brake', 'foreign-row'];

/**
 * Only a wish, or a restore that the generation implies, is held for these: where nothing of it is left, it did not come
 * true. What a person lets through is no longer held when it does.
 */
const OF_A_WISH: ReadonlySet<OperationReason | null> = new Set([
  ...(['brake', 'portal-unknown', 'central-stale', 'address-refused', 'address-in-use', 'not-online'] as const),
  ...(['auto-cut-off', 'auto-notice-off', 'no-ipv4'] as const),
]);

/**
 * What a snapshot or a delta has come to: what the single instructions that it is made of would be told, together. It is
 * verified when all that it changed on this router stands and nothing is left to write; held as long as any of it is
 * withheld, for that reason; planned while any of it waits for its time. A notice that another one or a cut outranks is
 * as the generation has it, and a notice whose time is over asks for nothing.
 *
 * A snapshot wants all the cuts it names. Those that an earlier operation asked for and the brake holds stay under that
 * operation's name, where a person may be reading them; while they are held the snapshot is held too, and says where.
 */
export function generationNext(operation: OpenPart, input: Indexed): Next {
  const whole = wholeRouterNext(operation, input);
  if (whole.state !== 'verified') return whole;
  const { withheld, followed, expired, isWaiting, isReplaced } = askedBy(operation, input);
  const [first, ...others] = [...withheld, ...followed];
  if (first !== undefined) {
    const isItself = withheld.length > 0 || isWaiting || expired.length > 0;
    return { ...heldFor([first, ...others], operation.id), ...(isItself ? {} : { follows: 'alone' }) };
  }
  if (isWaiting) return { state: 'planned' };
  if (expired.length > 0)
    return { state: 'failed', reason: 'expired', evidence: { ...input.seen, subscribers: expired.slice(0, NAMED) } };
  if (isReplaced && operation.state === 'held' && OF_A_WISH.has(operation.reason))
    return { state: 'superseded', evidence: input.seen };
  return whole;
}

function askedBy(operation: OpenPart, input: Indexed): Asked {
  const withheld: Withheld[] = [];
  const followed: Withheld[] = [];
  const expired: string[] = [];
  let isWaiting = false;
  let isReplaced = true;
  const noteHeld = (subscriber: string, next: Next | null, under = operation.id): boolean => {
    if (next?.state !== 'held' || next.reason === undefined) return false;
    if (next.reason !== 'cut-outranks')
      withheld.push({ subscriber, operation: under, reason: next.reason, evidence: next.evidence ?? input.seen });
    return true;
  };
  const noteWish = (subscriber: string, next: Next | null, under: string): void => {
    isReplaced = false;
    if (noteHeld(subscriber, next, under)) return;
    if (next?.state === 'failed') expired.push(subscriber);
    else if (next?.state !== 'verified') isWaiting = true;
  };
  for (const wish of input.wishes.values()) {
    const { id, cutoff, notices, changedAt } = wish;
    const isChanged = changedAt === operation.acceptedAt;
    const isEarlier = isFollowed(operation, wish, input);
    if (isEarlier) isReplaced = false;
    const braked = isEarlier ? brakedNext(wish, input) : null;
    if (cutoff !== null && braked !== null)
      followed.push({ subscriber: id, operation: cutoff.operation, reason: 'brake', evidence: braked });
    else if (cutoff !== null && (isChanged || cutoff.operation === operation.id))
      noteWish(id, cutNext(wish, input), cutoff.operation);
    for (const notice of notices) {
      // Once its time is over nobody can say whether it was shown.
      const isOver = (notice.end ?? Infinity) <= input.now;
      if (!isOver && (isChanged || notice.operation === operation.id))
        noteWish(id, noticeNext(id, notice, input), notice.operation);
    }
    if (isChanged && notices.length === 0) noteHeld(id, noticeEndNext(id, input));
    if (isOpenedBy(operation, wish)) noteHeld(id, openNext(id, input));
    if (wish.impliedRestore?.operation === operation.id) isReplaced = false;
  }
  return { withheld: [...withheld, ...impliedHeld(operation, input)], followed, expired, isWaiting, isReplaced };
}

/** A cut that an earlier operation asked for is a snapshot's too. */
function isFollowed({ follows, seq, acceptedAt }: OpenPart, { cutoff }: Wish, { acceptedSeqs }: Indexed): boolean {
  if (follows === 'nothing' || cutoff === null) return false;
  const asked = acceptedSeqs.get(cutoff.operation);
  return asked === undefined ? cutoff.since <= acceptedAt : asked < seq;
}

/** What is told of a cut that the brake holds; null where it does not. */
function brakedNext(wish: Wish, input: Indexed): Evidence | null {
  const next = cutNext(wish, input);
  return next?.state === 'held' && next.reason === 'brake' ? (next.evidence ?? input.seen) : null;
}

/** Nobody keeps which instruction opened him; what was changed since may be its doing. */
function isOpenedBy({ acceptedAt }: OpenPart, { cutoff, changedAt }: Wish): boolean {
  return cutoff === null && changedAt !== undefined && changedAt >= acceptedAt;
}

/** Restores that mere absence implies: of those who are known no more, or whose cut-off was left out. */
function impliedHeld({ id }: OpenPart, { decision, wishes, seen }: Indexed): readonly Withheld[] {
  return decision.holds.flatMap(({ operation, subscriber, facet, reason, detail }) => {
    const isImplied = facet === 'cutoff' && (wishes.get(subscriber)?.cutoff ?? null) === null;
    return operation === id && isImplied ? [{ subscriber, operation, reason, evidence: { ...seen, detail } }] : [];
  });
}

function heldFor(withheld: readonly [Withheld, ...Withheld[]], id: string): Next {
  const told = TOLD_FIRST.flatMap((reason) => withheld.find((one) => one.reason === reason) ?? [])[0] ?? withheld[0];
  const byReason = new Map<OperationReason, Set<string>>();
  for (const { subscriber, reason } of withheld)
    byReason.set(reason, (byReason.get(reason) ?? new Set<string>()).add(subscriber));
  const counts = Object.fromEntries([...byReason].map(([reason, subscribers]) => [reason, subscribers.size]));
  const subscribers = [...new Set(withheld.map(({ subscriber }) => subscriber))].slice(0, NAMED);
  const evidence = { ...told.evidence, withheld: counts, subscribers };
  const under = [...new Set(withheld.filter(({ reason }) => reason === 'brake').map(({ operation }) => operation))];
  // Where all are its own its own name says what to release.
  if (under.every((operation) => operation === id)) return { state: 'held', reason: told.reason, evidence };
  const heldUnder = under.sort().slice(0, NAMED_OPERATIONS);
  return { state: 'held', reason: told.reason, evidence: { ...evidence, heldUnder }, heldUnder };
}
