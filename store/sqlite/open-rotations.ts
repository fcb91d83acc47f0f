import type { Secret } from '../../schemas/secret.ts';
import type { OpenRotation, RotatingExtension } from '../phone-ports.ts';
import type { Connection } from './connection.ts';
import { readStoredExtension, type StoredExtension } from './extensions.ts';
import { formerKeysOf, openRotationRows, rotatingOf, type FormerKey, type StoredRotating } from './rotations.ts';
import { extensionKeyPlace, rotationKeyPlace, unhurried, type Seals } from './seals.ts';

/** The rotations that have not ended, oldest first, with the keys of those extensions that have not. */
export async function openRotations(connection: Connection, seals: Seals): Promise<readonly OpenRotation[]> {
  seals.assertOpens();
  const rows = await connection.read(() =>
    openRotationRows(connection).map((rotation) => ({
      rotation,
      members: rotatingOf(connection, rotation.id).map((rotating) => ({
        rotating,
        stored: readStoredExtension(connection, rotating.number),
        former: rotating.end === null ? formerKeysOf(connection, rotating.number) : [],
      })),
    })),
  );
  const open: OpenRotation[] = [];
  for (const { rotation, members } of rows) {
    const { id, operation, reason, createdAt, batch, isCancelAsked } = rotation;
    const extensions = await unhurried(members, ({ rotating, stored, former }) =>
      opened(seals, rotating, stored, former),
    );
    open.push({ id, operation, reason, createdAt, batch, isCancelAsked, extensions });
  }
  return open;
}

/** Keys that phones may still have instead of the served one, newest first. */
export async function formerKeys(connection: Connection, seals: Seals, number: string): Promise<readonly Secret[]> {
  seals.assertOpens();
  const kept = await connection.read(() => formerKeysOf(connection, number));
  return kept.map((key) => openedFormer(seals, number, key));
}

function openedFormer(seals: Seals, number: string, { rotation, sealed }: FormerKey): Secret {
  return seals.open(rotationKeyPlace(rotation, number, 'old_key'), sealed);
}

function opened(
  seals: Seals,
  rotating: StoredRotating,
  stored: StoredExtension | null,
  former: readonly FormerKey[],
): RotatingExtension {
  const { rotation, number, step, end, evidence, progress, revision, isNewServed } = rotating;
  const { newKey, oldKey } = end === null ? rotating : { newKey: null, oldKey: null };
  const served = end === null && !isNewServed ? (stored?.key ?? null) : null;
  const kept = oldKey === null ? null : seals.open(rotationKeyPlace(rotation, number, 'old_key'), oldKey.sealed);
  return {
    number,
    step,
    end,
    evidence,
    progress,
    revision,
    keptKeys: former.filter((key) => key.rotation !== rotation).map((key) => openedFormer(seals, number, key)),
    extension: stored?.extension ?? null,
    oldKey: served === null ? kept : seals.open(extensionKeyPlace(number), served.sealed),
    newKey: newKey === null ? null : seals.open(rotationKeyPlace(rotation, number, 'new_key'), newKey.sealed),
  };
}
