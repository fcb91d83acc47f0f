import type { Batch, RotationDocument, RotationEnd, RotationExtension } from '../../schemas/rotation.ts';
import type { RotationProgress } from '../../schemas/rotation-progress.ts';
import type { Page } from '../terms.ts';
import type { Connection } from './connection.ts';
import { canonicalJson } from './documents.ts';
import type { SealedKey, ServedKey } from './extensions.ts';
import { readBatch, readEnd, readProgress, readRotationEvidence, readStep, readDialects } from './phone-documents.ts';
import { blobOrNull, flag, integer, text, type Row } from './rows.ts';

export interface StoredRotation {
  readonly seq: number;
  readonly id: string;
  readonly operation: string;
  readonly reason: string;
  readonly batch: Batch;
  readonly createdAt: number;
  readonly isCancelAsked: boolean;
  readonly end: RotationEnd | null;
}

/**
 * One extension of a rotation. While the old key is served it is the extension's own, and `oldKey` is null; once the new
 * one is served, the old one is kept here. Each key stays in its own slot of its own row, for none opens elsewhere.
 */
export interface StoredRotating extends RotationExtension {
  readonly rotation: string;
  readonly revision: number;
  readonly progress: RotationProgress;
  readonly isNewServed: boolean;
  readonly newKey: SealedKey | null;
  readonly oldKey: ServedKey | null;
}

export function readRotation(connection: Connection, id: string): StoredRotation | null {
  const row = connection.get('SELECT * FROM rotations WHERE id = ?', id);
  return row === null ? null : storedRotation(row);
}

export function openRotationRows(connection: Connection): readonly StoredRotation[] {
  return connection.all('SELECT * FROM rotations WHERE "end" IS NULL ORDER BY seq').map(storedRotation);
}

function storedRotation(row: Row): StoredRotation {
  return {
    seq: integer(row, 'seq'),
    id: text(row, 'id'),
    operation: text(row, 'operation'),
    reason: text(row, 'reason'),
    batch: readBatch(text(row, 'batch')),
    createdAt: integer(row, 'created_at'),
    isCancelAsked: flag(row, 'cancel_asked'),
    end: readEnd(row),
  };
}

export function readRotating(connection: Connection, rotation: string, number: string): StoredRotating | null {
  const row = connection.get('SELECT * FROM rotation_extensions WHERE rotation = ? AND number = ?', rotation, number);
  return row === null ? null : storedRotating(row);
}

/** The extensions of a rotation in the order of the request. */
export function rotatingOf(connection: Connection, rotation: string): readonly StoredRotating[] {
  return connection
    .all('SELECT * FROM rotation_extensions WHERE rotation = ? ORDER BY position', rotation)
    .map(storedRotating);
}

/** A key from before a rotation, in that rotation's own slot. */
export interface FormerKey {
  readonly rotation: string;
  readonly sealed: Uint8Array;
}

/** A challenge is answered with each of them in turn: more would be guessing. */
const MOST_FORMER_KEYS = 3;

/** The keys from before the rotations of an extension, as far as they are kept, newest first. */
export function formerKeysOf(connection: Connection, number: string): readonly FormerKey[] {
  return connection
    .all(
      `SELECT e.rotation, e.old_key FROM rotation_extensions e JOIN rotations r ON r.id = e.rotation
       WHERE e.number = ? AND e.old_key IS NOT NULL ORDER BY r.seq DESC LIMIT ?`,
      number,
      MOST_FORMER_KEYS,
    )
    .flatMap((row) => {
      const sealed = blobOrNull(row, 'old_key');
      return sealed === null ? [] : { rotation: text(row, 'rotation'), sealed };
    });
}

function storedRotating(row: Row): StoredRotating {
  const fresh = blobOrNull(row, 'new_key');
  const old = blobOrNull(row, 'old_key');
  return {
    rotation: text(row, 'rotation'),
    number: text(row, 'number'),
    revision: integer(row, 'revision'),
    step: readStep(text(row, 'step')),
    end: readEnd(row),
    progress: readProgress(text(row, 'progress')),
    evidence: readRotationEvidence(text(row, 'evidence')),
    isNewServed: flag(row, 'is_new_served'),
    newKey:
      fresh === null
        ? null
        : { sealed: fresh, mark: text(row, 'new_mark'), refusedBy: readDialects(text(row, 'new_refused_by')) },
    oldKey:
      old === null
        ? null
        : {
            sealed: old,
            mark: text(row, 'old_mark'),
            refusedBy: readDialects(text(row, 'old_refused_by')),
            changedAt: integer(row, 'old_changed_at'),
          },
  };
}

export function insertRotating(connection: Connection, stored: StoredRotating, position: number): void {
  const { rotation, number } = stored;
  connection.run(
    `INSERT INTO rotation_extensions (rotation, number, position, revision, step, progress, evidence, new_refused_by)
     VALUES (?, ?, ?, 0, 'baseline', '', '', '')`,
    ...[rotation, number, position],
  );
  updateRotating(connection, stored, null);
}

/** Writes everything that moves. `endedAt` counts for forgetting; null keeps the one that is set. */
export function updateRotating(connection: Connection, stored: StoredRotating, endedAt: number | null): void {
  const { rotation, number, newKey, oldKey } = stored;
  connection.run(
    `UPDATE rotation_extensions SET revision = ?, step = ?, "end" = ?, ended_at = coalesce(?, ended_at), progress = ?,
       evidence = ?, is_new_served = ?, new_key = ?, new_mark = ?, new_refused_by = ?,
       old_key = ?, old_mark = ?, old_refused_by = ?, old_changed_at = ? WHERE rotation = ? AND number = ?`,
    ...[stored.revision, stored.step, stored.end, endedAt, canonicalJson(stored.progress)],
    ...[canonicalJson(stored.evidence), stored.isNewServed ? 1 : 0],
    ...[newKey?.sealed ?? null, newKey?.mark ?? null, canonicalJson(newKey?.refusedBy ?? [])],
    ...[
      oldKey?.sealed ?? null,
      oldKey?.mark ?? null,
      canonicalJson(oldKey?.refusedBy ?? []),
      oldKey?.changedAt ?? null,
    ],
    ...[rotation, number],
  );
}

export function rotationView(connection: Connection, id: string): RotationDocument | null {
  const stored = readRotation(connection, id);
  return stored === null ? null : documentOf(connection, stored);
}

/** Newest first. */
export function rotationPage(connection: Connection, after: string | null, limit: number): Page<RotationDocument> {
  const rows = connection
    .all(
      'SELECT * FROM rotations WHERE seq < ? ORDER BY seq DESC LIMIT ?',
      after === null ? Number.MAX_SAFE_INTEGER : Number.parseInt(after, 10) || 0,
      limit + 1,
    )
    .map(storedRotation);
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return {
    items: shown.map((stored) => documentOf(connection, stored)),
    next: rows.length > limit && last !== undefined ? String(last.seq) : null,
  };
}

function documentOf(connection: Connection, stored: StoredRotation): RotationDocument {
  const { id, reason, end, operation, createdAt } = stored;
  return {
    id,
    reason,
    end,
    extensions: rotatingOf(connection, id).map(({ number, step, end: ended, evidence }) => ({
      number,
      step,
      end: ended,
      evidence,
    })),
    operation,
    createdAt: new Date(createdAt).toISOString(),
  };
}
