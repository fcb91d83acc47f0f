import type { IntentContext } from '../ports.ts';
import type { Delta } from '../../schemas/subscriber.ts';
import type { Connection } from './connection.ts';
import { departureOf } from './departures.ts';
import type { BuildPolicy } from './epoch-build.ts';
import { instructedAfter, instructedSince } from './instructions.ts';
import { merge } from './merge.ts';
import { stagedRow } from './stages.ts';
import type { Generation } from './state.ts';

/** A snapshot is the whole truth, except for what was instructed by name after it was taken. */
export function snapshotPolicy(
  connection: Connection,
  { takenAt, operation }: Generation,
  stage: string,
  at: number,
  expectedCuts: number | null = null,
): BuildPolicy {
  return {
    stage,
    at,
    operation,
    decide: (id, current, stamp) => {
      const wanted = stagedRow(connection, stage, id);
      const departed =
        current === null && wanted !== null ? departureOf(connection, wanted.subscriber.router, id) : null;
      return merge(id, current, wanted, instructedAfter(connection, id, takenAt), {
        ...stamp,
        isNamed: false,
        departed: departed === null || departed.named ? null : departed,
      });
    },
    names: (id) => instructedAfter(connection, id, takenAt).has('cutoff'),
    expectedCuts,
  };
}

/**
 * A delta names everybody it changes. While it waits and is built, instructions by name go on: one that was accepted after
 * the delta was received, at this journal entry, outweighs it (I10).
 */
export function deltaPolicy(
  connection: Connection,
  { remove = [] }: Delta,
  stage: string,
  { at, operation }: IntentContext,
  receivedAfter: number,
): BuildPolicy {
  const removed = new Set(remove);
  return {
    stage,
    at,
    operation,
    decide: (id, current, stamp) => {
      const wanted = stagedRow(connection, stage, id);
      if (wanted === null && !removed.has(id)) return current;
      return merge(id, current, wanted, instructedSince(connection, id, receivedAfter), { ...stamp, isNamed: true });
    },
    names: () => true,
    expectedCuts: null,
  };
}
