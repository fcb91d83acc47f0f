import { AppError } from '../../schemas/app-error.ts';
import { isFinal, type OperationReason, type OperationState } from '../../schemas/operation.ts';
import type { RotationEnd, RotationEvidence } from '../../schemas/rotation.ts';
import type { RotationAdvance } from '../phone-ports.ts';
import { PROVISIONER } from '../terms.ts';
import { advancePart } from './advances.ts';
import type { Connection } from './connection.ts';
import { forgetKeptKeys } from './extension-intents.ts';
import { readStoredExtension, writeExtension, type StoredExtension } from './extensions.ts';
import { nextRevision } from './journal.ts';
import { readOperationRow } from './operations.ts';
import { readEnd } from './phone-documents.ts';
import { journalPhones } from './phone-events.ts';
import { readRotating, readRotation, updateRotating, type StoredRotating } from './rotations.ts';
import { extensionKeyPlace, rotationKeyPlace, type Place, type Seals } from './seals.ts';

/** How a saga of weeks began, and its newest entries; the journal has the steps. */
const FIRST_EVIDENCE = 20;
const LAST_EVIDENCE = 180;

/** An extension and its place in a rotation, moved together. */
interface Moved {
  readonly rotating: StoredRotating;
  readonly extension: StoredExtension;
}

/**
 * One move of the saga, inside the caller's transaction: step, memory, evidence, what is served, the operation and, with
 * its last extension, the end of the rotation. `stale` when the extension has moved on since it was read, or has ended.
 */
export function advanceRotation(connection: Connection, seals: Seals, advance: RotationAdvance): 'advanced' | 'stale' {
  const rotation = readRotation(connection, advance.rotation);
  const rotating = readRotating(connection, advance.rotation, advance.number);
  const extension = readStoredExtension(connection, advance.number);
  if (rotation === null || rotating === null || extension === null) return 'stale';
  if (rotating.end !== null || rotating.revision !== advance.revision) return 'stale';

  if (advance.end === 'committed') forgetKeptKeys(connection, advance.number);
  const moved = withoutSpentKeys(moveKeys(connection, seals, { rotating, extension }, advance), advance);
  const { at, step, end, progress } = advance;
  const said = advance.evidence.map((one) => ({ ...one, at: new Date(at).toISOString(), step }));
  updateRotating(
    connection,
    {
      ...moved.rotating,
      revision: rotating.revision + 1,
      step,
      end,
      progress,
      evidence: bounded([...rotating.evidence, ...said]),
    },
    end === null ? null : at,
  );
  const isServedOther = moved.rotating.isNewServed !== rotating.isNewServed;
  if (isServedOther) writeExtension(connection, moved.extension);
  if (isServedOther || step !== rotating.step || end !== null) {
    const data = { number: advance.number, step, end, ...(isServedOther ? { serves: advance.serve } : {}) };
    journalPhones(connection, 'rotation.step', `rotation/${rotation.id}`, at, data, rotation.operation);
  }
  const part = { id: rotation.operation, router: PROVISIONER };
  if (advance.operation !== null) advancePart(connection, at, { ...part, ...advance.operation });
  if (end !== null) endRotation(connection, rotation.id, rotation.operation, at);
  return 'advanced';
}

/** Puts the key that phones are given from now on into the extension; the one before is kept, sealed for its new place. */
function moveKeys(
  connection: Connection,
  seals: Seals,
  { rotating, extension }: Moved,
  advance: RotationAdvance,
): Moved {
  const { rotation, number, at, serve } = advance;
  const unmoved = { rotating, extension };
  if (serve === null || (serve === 'new') === rotating.isNewServed) return unmoved;
  const served = extensionKeyPlace(number);
  const kept = rotationKeyPlace(rotation, number, 'old_key');
  const fresh = rotationKeyPlace(rotation, number, 'new_key');
  const servedRevision = nextRevision(connection);
  if (serve === 'old') {
    const key = resealed(seals, rotating.oldKey, kept, served);
    return {
      rotating: { ...rotating, isNewServed: false, oldKey: null },
      extension: { ...extension, servedRevision, key },
    };
  }
  const key = resealed(seals, rotating.newKey, fresh, served);
  if (key === null) throw broken(advance, 'there is no new key to serve');
  return {
    rotating: { ...rotating, isNewServed: true, oldKey: resealed(seals, extension.key, served, kept) },
    extension: { ...extension, servedRevision, key: { ...key, changedAt: at } },
  };
}

/**
 * Forgets the keys that are of no use after this move. The new key's slot is emptied with the end. The old key is kept past
 * the end only where a phone may still have it: until the extension's next rotation commits, or pruning.
 */
function withoutSpentKeys({ rotating, extension }: Moved, advance: RotationAdvance): Moved {
  const { end } = advance;
  if (advance.dropNewKey === true && rotating.isNewServed) throw broken(advance, 'the key to drop is served');
  if (end === 'committed' && !rotating.isNewServed) throw broken(advance, 'what is committed was never served');
  if (end === 'rolled_back' && rotating.isNewServed) throw broken(advance, 'what is rolled back is still served');
  const newKey = end !== null || advance.dropNewKey === true ? null : rotating.newKey;
  const oldKey = end === 'committed' && advance.keepOldKey !== true ? null : rotating.oldKey;
  return { rotating: { ...rotating, newKey, oldKey }, extension };
}

/** A rotation ends with its last extension, and its operation with it. */
function endRotation(connection: Connection, id: string, operation: string, at: number): void {
  const ends = connection
    .all('SELECT number, "end" FROM rotation_extensions WHERE rotation = ?', id)
    .map((row) => readEnd(row));
  if (ends.includes(null)) return;
  const end = ends.every((one) => one === 'committed')
    ? 'committed'
    : ((['needs_support', 'rolled_back'] as const).find((one) => ends.includes(one)) ?? 'cancelled');
  connection.run('UPDATE rotations SET "end" = ?, ended_at = ? WHERE id = ?', end, at, id);
  journalPhones(connection, 'rotation.ended', `rotation/${id}`, at, { end, extensions: ends.length }, operation);
  const row = readOperationRow(connection, operation);
  if (row === null || isFinal(row.operation.state)) return;
  advancePart(connection, at, { id: operation, router: PROVISIONER, ...OUTCOMES[end] });
}

/** What an operation becomes that was left open by the last move of its rotation. */
const OUTCOMES: Readonly<Record<RotationEnd, { readonly state: OperationState; readonly reason?: OperationReason }>> = {
  committed: { state: 'verified' },
  needs_support: { state: 'failed', reason: 'needs-support' },
  rolled_back: { state: 'failed', reason: 'rolled-back' },
  cancelled: { state: 'failed', reason: 'cancelled' },
};

function resealed<Key extends { readonly sealed: Uint8Array }>(
  seals: Seals,
  key: Key | null,
  from: Place,
  to: Place,
): Key | null {
  return key === null ? null : { ...key, sealed: seals.seal(to, seals.open(from, key.sealed)) };
}

function bounded(evidence: readonly RotationEvidence[]): RotationEvidence[] {
  if (evidence.length <= FIRST_EVIDENCE + LAST_EVIDENCE) return [...evidence];
  return [...evidence.slice(0, FIRST_EVIDENCE), ...evidence.slice(-LAST_EVIDENCE)];
}

function broken({ rotation, number }: RotationAdvance, why: string): AppError {
  return new AppError('internal', `rotation ${rotation}, extension ${number}: ${why}`, { retryable: false });
}
