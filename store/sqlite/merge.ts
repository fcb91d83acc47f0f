import type { Subscriber } from '../../schemas/subscriber.ts';
import type { ImpliedRestore } from '../ports.ts';
import type { Wishes, WishValues } from './documents.ts';
import { isSame, isSameContent, WISH_FACETS, type Document, type WishFacet } from './subscribers.ts';

/** A subscriber as a snapshot or a delta brings it. */
export interface Wanted {
  readonly id: string;
  readonly subscriber: Subscriber;
  readonly wishes: WishValues;
}

/** What a merge stamps on whatever it changes. */
export interface Stamp {
  readonly at: number;
  readonly operation: string;
  readonly revision: number;
  /** It is a delta, which names everybody it changes: nothing is implied. */
  readonly isNamed: boolean;
  /** The snapshot that left out the subscriber himself, if he is back and his rows may stand. */
  readonly departed?: ImpliedRestore | null;
}

/**
 * One subscriber after a snapshot: what it wants, except for the facets that were instructed by name after it was taken.
 * Unchanged documents come back as they were; unchanged wishes keep their age and their operation.
 */
export function merge(
  id: string,
  current: Document | null,
  wanted: Wanted | null,
  instructed: ReadonlySet<string>,
  stamp: Stamp,
): Document | null {
  const subscriber = mergeSubscriber(current, wanted, instructed);
  if (subscriber === null) return null;
  const wishes: Wishes = Object.fromEntries(
    WISH_FACETS.flatMap((facet) => {
      const wish = mergeWish(facet, current, wanted, instructed, stamp);
      return wish === undefined ? [] : [[facet, wish]];
    }),
  );
  const impliedRestore = wishes.cutoff === undefined ? impliedOf(current, instructed, stamp) : null;
  const merged = { id, revision: stamp.revision, changedAt: stamp.at, subscriber, wishes, impliedRestore };
  return current !== null && isSameContent(current, merged) ? current : merged;
}

/** Who was cut, and is in a snapshot that says nothing of it, was restored by nobody's word about him. */
function impliedOf(
  current: Document | null,
  instructed: ReadonlySet<string>,
  { at, operation, isNamed, departed = null }: Stamp,
): ImpliedRestore | null {
  if (isNamed) return null;
  if (current === null) return departed && { operation: departed.operation, since: departed.since };
  if (instructed.has('cutoff') || current.wishes.cutoff === undefined) return current.impliedRestore;
  return { operation, since: at };
}

function mergeSubscriber(
  current: Document | null,
  wanted: Wanted | null,
  instructed: ReadonlySet<string>,
): Subscriber | null {
  if (instructed.has('subscriber')) return current?.subscriber ?? null;
  if (wanted !== null) return wanted.subscriber;
  // An acknowledged wish is not lost because the snapshot does not know its subscriber yet (I10).
  const isWished = WISH_FACETS.some((facet) => instructed.has(facet) && current?.wishes[facet] !== undefined);
  return isWished ? (current?.subscriber ?? null) : null;
}

function mergeWish(
  facet: WishFacet,
  current: Document | null,
  wanted: Wanted | null,
  instructed: ReadonlySet<string>,
  { at, operation }: Stamp,
): Wishes[WishFacet] {
  const existing = current?.wishes[facet];
  if (instructed.has(facet)) return existing;
  const value = wanted?.wishes[facet];
  if (value === undefined) return undefined;
  return existing !== undefined && isSame(existing.value, value) ? existing : { value, since: at, operation };
}
