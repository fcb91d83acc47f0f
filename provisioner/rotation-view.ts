import type { OpenRotation, RotatingExtension, RotationAdvance } from '../store/phone-ports.ts';
import { admitted } from './core/rotation/batch.ts';
import { standingOf, type Standing } from './core/rotation/standing.ts';
import type { Obstacle, SagaMove, SagaState } from './core/rotation/state.ts';
import type { Fetched } from './rotation-steps.ts';

/** One extension as the saga looks at it. */
export function stateOf(
  rotation: OpenRotation,
  extension: RotatingExtension,
  obstacle: Obstacle | null,
  fetched: Fetched,
): SagaState {
  const { step, end, progress, oldKey, newKey, evidence } = extension;
  return {
    step,
    end,
    progress,
    hasOldKey: oldKey !== null,
    hasNewKey: newKey !== null,
    isSameKey: oldKey !== null && oldKey.reveal() === newKey?.reveal(),
    isKeyGiven: progress.keyAt === rotation.createdAt,
    isCancelAsked: rotation.isCancelAsked,
    isStopped: admitted(rotation.extensions, rotation.batch).isStopped,
    obstacle,
    ...fetched,
    noted: evidence.map(({ what }) => what),
  };
}

/** A move as the store takes it, with what it makes of the rotation's one operation. */
export function advanceOf(
  rotation: OpenRotation,
  { number, revision }: RotatingExtension,
  move: SagaMove,
  at: number,
): RotationAdvance {
  const { dropNewKey, keepOldKey, ...rest } = move;
  const before = standingOf(rotation.extensions);
  const after = standingOf(rotation.extensions.map((one) => (one.number === number ? { ...one, ...rest } : one)));
  return {
    rotation: rotation.id,
    number,
    revision,
    at,
    ...rest,
    dropNewKey,
    keepOldKey,
    operation: isSame(before, after) ? null : operationOf(rotation, number, after),
  };
}

/** The rotation as it is after a move was stored: the store counts revisions by one. */
export function moved(
  rotation: OpenRotation,
  { number, at, step, end, progress, evidence, dropNewKey, revision }: RotationAdvance,
): OpenRotation {
  const said = evidence.map((one) => ({ ...one, at: new Date(at).toISOString(), step }));
  const extensions = rotation.extensions.map((one) => {
    if (one.number !== number) return one;
    const newKey = dropNewKey === true ? null : one.newKey;
    return { ...one, step, end, progress, newKey, evidence: [...one.evidence, ...said], revision: revision + 1 };
  });
  return { ...rotation, extensions };
}

function operationOf({ extensions }: OpenRotation, moving: string, standing: Standing): RotationAdvance['operation'] {
  const { state, reason, ends } = standing;
  const open = extensions.filter(({ end }) => end === null).map(({ number }) => number);
  const evidence = ends === null ? { extension: moving, open: open.length } : { ends };
  return { state, ...(reason === null ? {} : { reason }), evidence };
}

function isSame(one: Standing, other: Standing): boolean {
  return one.state === other.state && one.reason === other.reason;
}
