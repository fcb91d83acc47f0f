import type { Evidence, OperationReason } from '../../../schemas/operation.ts';
import { NOTICE_KINDS, type NoticeKind } from '../../../schemas/subscriber.ts';
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

/** What became of some of that which a generation asks for on this router. */
interface Outcome {
  readonly withheld: Withheld[];
  readonly expired: string[];
  /** Something of it does not stand yet, and nothing is left to write: its time has not come. */
  isWaiting: boolean;
}

/** By which operation a wish was asked for, and when. */
interface Asking {
  readonly operation: string;
  readonly since?: number;
}

interface Asked {
  readonly own: Outcome;
  /** What an earlier operation asked for, and a snapshot asks for too. */
  readonly followed: Outcome;
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
 * A snapshot asks for the whole state (I6). What an earlier operation asked for and is not done stays under that operation's
 * name, where a person may be reading it; while it is held the snapshot is held too, for that reason, and says where the
 * brake holds it. Whose time ran out is told by the operation that asked for him. Of its own failure only the snapshot can
 * tell, so it does not wait with it for others.
 */
export function generationNext(operation: OpenPart, input: Indexed): Next {
  const whole = wholeRouterNext(operation, input);
  if (whole.state !== 'verified') return whole;
  const { own, followed, isReplaced } = askedBy(operation, input);
  const isOwn = own.withheld.length > 0 || own.isWaiting;
  if (!isOwn && own.expired.length > 0)
    return {
      state: 'failed',
      reason: 'expired',
      evidence: { ...input.seen, subscribers: own.expired.slice(0, NAMED) },
    };
  const alone = isOwn || operation.follows === 'nothing' ? {} : ({ follows: 'alone' } as const);
  const [first, ...others] = [...own.withheld, ...followed.withheld];
  if (first !== undefined) return { ...heldFor([first, ...others], operation.id), ...alone };
  if (own.isWaiting || followed.isWaiting) return { state: 'planned', ...alone };
  if (isReplaced && operation.state === 'held' && OF_A_WISH.has(operation.reason))
    return { state: 'superseded', evidence: input.seen };
  return whole;
}

function askedBy(operation: OpenPart, input: Indexed): Asked {
  const own: Outcome = { withheld: [], expired: [], isWaiting: false };
  const followed: Outcome = { withheld: [], expired: [], isWaiting: false };
  const isFollowed = following(operation, input);
  let isReplaced = true;
  const noteHeld = (of: Outcome, subscriber: string, next: Next | null, asked: string): boolean => {
    if (next?.state !== 'held' || next.reason === undefined) return false;
    // Who is left alone with all that he has is held under the name of his cut.
    const under = input.verdicts.get(subscriber)?.hold?.operation ?? asked;
    if (next.reason !== 'cut-outranks')
      of.withheld.push({ subscriber, operation: under, reason: next.reason, evidence: next.evidence ?? input.seen });
    return true;
  };
  const noteWish = (of: Outcome, subscriber: string, next: Next | null, asked: string): void => {
    isReplaced = false;
    if (noteHeld(of, subscriber, next, asked)) return;
    if (next?.state === 'failed') of.expired.push(subscriber);
    else if (next?.state !== 'verified') of.isWaiting = true;
  };
  for (const wish of input.wishes.values()) {
    const { id, cutoff, notices, changedAt, impliedRestore } = wish;
    const isChanged = changedAt === operation.acceptedAt;
    // Its own, an earlier operation's that it follows, or no matter of its.
    const ofWish = (facet: 'cutoff' | NoticeKind, asked: Asking): Outcome | null => {
      if (asked.operation === operation.id) return own;
      if (isFollowed(id, facet, asked)) return followed;
      return isChanged ? own : null;
    };
    if (cutoff !== null) {
      const of = ofWish('cutoff', cutoff);
      if (of !== null) noteWish(of, id, cutNext(wish, input), cutoff.operation);
    } else if (isOpenedBy(operation, wish)) noteHeld(own, id, openNext(id, input), operation.id);
    else if (isFollowed(id, 'cutoff', null)) noteHeld(followed, id, openNext(id, input), operation.id);
    for (const notice of notices) {
      // Once its time is over nobody can say whether it was shown.
      const isOver = (notice.end ?? Infinity) <= input.now;
      const of = isOver ? null : ofWish(notice.kind, notice);
      if (of !== null) noteWish(of, id, noticeNext(id, notice, input), notice.operation);
    }
    if (notices.length === 0 && (isChanged || NOTICE_KINDS.every((kind) => isFollowed(id, kind, null))))
      noteHeld(isChanged ? own : followed, id, noticeEndNext(id, input), operation.id);
    if (impliedRestore?.operation === operation.id) isReplaced = false;
  }
  noteImplied(operation, input, { own, followed });
  return { own, followed, isReplaced };
}
/** Says of a wish, or of one facet of who wishes for nothing, whether an earlier operation asked for it and this one does too. */
function following(
  { follows, overruled, seq, acceptedAt }: OpenPart,
  { acceptedSeqs }: Indexed,
): (id: string, facet: 'cutoff' | NoticeKind, asked: Asking | null) => boolean {
  if (follows === 'nothing') return () => false;
  const said = new Set(overruled);
  return (id, facet, asked) => {
    if (said.has(`${id}/${facet}`)) return false;
    if (asked === null) return true;
    const accepted = acceptedSeqs.get(asked.operation);
    return accepted === undefined ? (asked.since ?? 0) <= acceptedAt : accepted < seq;
  };
}

/** Nobody keeps which instruction opened him; what was changed since may be its doing. */
function isOpenedBy({ acceptedAt }: OpenPart, { cutoff, changedAt }: Wish): boolean {
  return cutoff === null && changedAt !== undefined && changedAt >= acceptedAt;
}

/** Notes the restores that mere absence implies and that are held: of who is known no more, or whose cut-off was left out. */
function noteImplied(
  { id, seq, follows }: OpenPart,
  input: Indexed,
  { own, followed }: Omit<Asked, 'isReplaced'>,
): void {
  const { decision, wishes, acceptedSeqs, seen } = input;
  for (const { operation, subscriber, facet, reason, detail } of decision.holds) {
    if (facet !== 'cutoff' || (wishes.get(subscriber)?.cutoff ?? null) !== null) continue;
    const isFollowed = follows !== 'nothing' && (acceptedSeqs.get(operation) ?? 0) < seq;
    if (operation !== id && !isFollowed) continue;
    const { withheld } = operation === id ? own : followed;
    withheld.push({ subscriber, operation, reason, evidence: { ...seen, detail } });
  }
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
