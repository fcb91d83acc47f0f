import { stepsOf } from './plan/plan.ts';
import { wishKey, type Hold } from './desired/live.ts';
import { isSame } from './same.ts';
import { generationNext } from './progress/generation.ts';
import { adoptNext, wholeRouterNext } from './progress/router.ts';
import { cutNext, noticeEndNext, noticeNext, openNext } from './progress/subscriber.ts';
import type { Indexed, Next, OpenPart, PartProgress, ProgressInput } from './progress/terms.ts';

/** Moves operations on by what a pass saw. `verified` only ever comes out of a read (I6). */
export function progress(input: ProgressInput): readonly PartProgress[] {
  const { decision } = input;
  if (input.operations.length === 0) return [];
  const holds = new Map<string, Hold>();
  for (const hold of decision.holds) {
    const key = wishKey(hold);
    if (!holds.has(key)) holds.set(key, hold);
  }
  const indexed: Indexed = {
    ...input,
    expired: new Set(decision.live.expired.map((entry) => wishKey({ ...entry, facet: 'cutoff' }))),
    subscribers: new Map(decision.subscribers.map((subscriber) => [subscriber.id, subscriber])),
    acceptedSeqs: new Map(input.operations.map(({ id, seq }) => [id, seq])),
    holds,
    opening: new Set(
      stepsOf(decision.allowed).flatMap(({ kind, lane, key, subscriber }) =>
        kind === 'remove' && (lane === 'restore' || key.kind === 'cutoff') && subscriber !== null ? [subscriber] : [],
      ),
    ),
  };
  const moved: PartProgress[] = [];
  for (const operation of input.operations) {
    if (operation.seq > input.seq) continue;
    const next = nextOf(operation, indexed);
    if (next === null) continue;
    if (isToldAlready(next, operation)) continue;
    moved.push({ id: operation.id, ...next });
  }
  return moved;
}

function isToldAlready({ state, reason, heldUnder, follows }: Next, told: OpenPart): boolean {
  return (
    state === told.state &&
    (reason ?? null) === told.reason &&
    isSame(heldUnder ?? [], told.heldUnder) &&
    (follows ?? told.follows) === told.follows
  );
}

function nextOf(operation: OpenPart, input: Indexed): Next | null {
  const id = operation.subject.slice(operation.subject.indexOf('/') + 1);
  const wish = input.wishes.get(id);
  switch (operation.kind) {
    case 'cutoff':
      return wish?.cutoff?.operation === operation.id ? cutNext(wish, input) : null;
    case 'restore':
      return openNext(id, input);
    case 'notice': {
      const notice = wish?.notices.find((candidate) => candidate.operation === operation.id);
      return notice === undefined ? null : noticeNext(id, notice, input);
    }
    case 'notice-end':
      return noticeEndNext(id, input);
    case 'desired-state':
      return generationNext(operation, input);
    case 'portal':
    case 'reissue':
    case 'reconcile':
    case 'claim':
      return wholeRouterNext(operation, input);
    case 'adopt':
      return adoptNext(operation, input);
    case 'release':
    // The doctor's own, beside the passes.
    case 'doctor':
      return null;
    // The provisioner's: an agent is never given one.
    case 'resync':
    case 'validate':
    case 'rotation':
      return null;
  }
}
