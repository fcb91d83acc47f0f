import { AppError } from '../../schemas/app-error.ts';
import type { RotationProgress } from '../../schemas/rotation-progress.ts';
import type { PhoneIntent } from '../phone-ports.ts';
import { PROVISIONER, type IntentContext } from '../terms.ts';
import { failsCondition } from './conditions.ts';
import type { Connection } from './connection.ts';
import { canonicalJson } from './documents.ts';
import { whyNotCarried } from './extension-intents.ts';
import { linkedPhones, openRotationOf, readStoredExtension, type SealedKey } from './extensions.ts';
import { insertOperation, readOperationRow } from './operations.ts';
import { answeredWith, type PhoneDecision } from './phone-decision.ts';
import { journalWish } from './phone-events.ts';
import { insertRotating, readRotating, readRotation, updateRotating, type StoredRotation } from './rotations.ts';

/** Rotations have no ETag: an `If-Match` with any revision fails. */
const NO_REVISION = -1;

/** POST of a rotation: every extension starts at `baseline`, with the new key that came for it or without. */
export function acceptRotate(
  connection: Connection,
  { rotation, extensions, batch, reason }: Extract<PhoneIntent, { readonly kind: 'rotate' }>,
  keys: ReadonlyMap<string, SealedKey>,
  context: IntentContext,
): PhoneDecision {
  const stray = [...keys.keys()].find((number) => !extensions.includes(number));
  if (stray !== undefined) {
    throw new AppError('invalid-input', `a new key is for ${stray}, which is not to be rotated`, { retryable: false });
  }
  for (const number of extensions) {
    const refused = whyNotRotated(connection, number, keys.get(number) ?? null);
    if (refused !== null) return refused;
  }
  const { at, actor, operation: id } = context;
  connection.run(
    'INSERT INTO rotations (id, operation, reason, batch, created_at) VALUES (?, ?, ?, ?, ?)',
    ...[rotation, id, reason, canonicalJson(batch), at],
  );
  for (const [position, number] of extensions.entries()) {
    const newKey = keys.get(number) ?? null;
    const fresh = { rotation, number, revision: 1, step: 'baseline', end: null } as const;
    const progress = initialProgress(at, newKey !== null);
    const stored = { ...fresh, progress, evidence: [], isNewServed: false, newKey, oldKey: null };
    insertRotating(connection, stored, position);
  }
  const whom = { routers: [PROVISIONER], known: [PROVISIONER] };
  const subject = `rotation/${rotation}`;
  return answeredWith(insertOperation(connection, { id, kind: 'rotation', subject, at, actor, ...whom }).operation);
}

/**
 * PUT of an extension's new key. Until the key at hand is proven another one may replace it; what was found out about the
 * earlier one, and how often it was tried, is forgotten with it. The same key again changes nothing (I5).
 */
export function acceptRotationKey(
  connection: Connection,
  { rotation: id, number }: Extract<PhoneIntent, { readonly kind: 'rotation-key' }>,
  newKey: SealedKey,
  context: IntentContext,
): PhoneDecision {
  const rotation = readRotation(connection, id);
  const rotating = readRotating(connection, id, number);
  const stored = readStoredExtension(connection, number);
  if (rotation === null || rotating === null) return { outcome: 'not-found' };
  if (failsCondition(context, NO_REVISION)) return { outcome: 'precondition-failed' };
  const { step, end, progress } = rotating;
  if (rotating.newKey?.mark === newKey.mark && end === null) return answeredWith(operationOf(connection, rotation));
  if (end !== null || stored === null || (step !== 'baseline' && step !== 'awaiting_key')) {
    return { outcome: 'too-late', step };
  }
  const refused = whyNotCarried(linkedPhones(connection, number), number, stored.extension, newKey);
  if (refused !== null) return refused;
  const { at } = context;
  // While the old key is still to be looked at, the tries are that one's.
  const restarted = step === 'baseline' && progress.old === null ? {} : { tries: 0, nextAt: at };
  updateRotating(
    connection,
    {
      ...rotating,
      revision: rotating.revision + 1,
      newKey,
      progress: { ...progress, ...restarted, fresh: null, keyAt: at },
    },
    null,
  );
  journalWish(connection, 'rotation.key', `rotation/${id}`, context, { number });
  return answeredWith(operationOf(connection, rotation));
}

/** Asks that a rotation ends as soon as it can without harm; every move that was decided before is stale. */
export function acceptCancel(connection: Connection, id: string, context: IntentContext): PhoneDecision {
  const rotation = readRotation(connection, id);
  if (rotation === null) return { outcome: 'not-found' };
  if (failsCondition(context, NO_REVISION)) return { outcome: 'precondition-failed' };
  if (rotation.end === null && !rotation.isCancelAsked) {
    connection.run('UPDATE rotations SET cancel_asked = 1 WHERE id = ?', id);
    connection.run('UPDATE rotation_extensions SET revision = revision + 1 WHERE rotation = ? AND "end" IS NULL', id);
    journalWish(connection, 'rotation.cancel-asked', `rotation/${id}`, context, {});
  }
  return answeredWith(operationOf(connection, rotation));
}

function whyNotRotated(connection: Connection, number: string, newKey: SealedKey | null): PhoneDecision | null {
  const stored = readStoredExtension(connection, number);
  if (stored === null) return { outcome: 'unknown-extension', number };
  const rotation = openRotationOf(connection, number);
  if (rotation !== null) return { outcome: 'in-rotation', number, rotation };
  return whyNotCarried(linkedPhones(connection, number), number, stored.extension, newKey);
}

function operationOf(connection: Connection, rotation: StoredRotation) {
  return readOperationRow(connection, rotation.operation)?.operation ?? null;
}

function initialProgress(at: number, hasKey: boolean): RotationProgress {
  return {
    old: null,
    fresh: null,
    enteredAt: at,
    keyAt: hasKey ? at : null,
    tries: 0,
    nextAt: at,
    served: {},
    servedAt: null,
    pushedAt: null,
    isRollingBack: false,
  };
}
