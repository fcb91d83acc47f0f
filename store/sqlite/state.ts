import { AppError } from '../../schemas/app-error.ts';
import type { Connection } from './connection.ts';
import { integer, integerOrNull, textOrNull } from './rows.ts';

/** A generation that was accepted, and the operation that answered it. */
export interface Generation {
  readonly generation: number;
  readonly hash: string;
  readonly takenAt: number;
  readonly operation: string;
}

/** An empty snapshot that waits for a person. */
export interface HeldGeneration extends Generation {
  readonly stage: string;
}

/** The one row that says which epoch of the desired state lives. */
export interface State {
  readonly epoch: number;
  /** Name of the build that may switch to the next epoch. */
  readonly build: string | null;
  readonly generation: Generation | null;
  readonly held: HeldGeneration | null;
}

export function readDesiredState(connection: Connection): State {
  const row = connection.get('SELECT * FROM state WHERE id = 1');
  if (row === null) throw new AppError('store-corrupt', 'the state row is missing', { retryable: false });
  const held = {
    generation: integerOrNull(row, 'held_generation'),
    hash: textOrNull(row, 'held_hash'),
    takenAt: integerOrNull(row, 'held_taken_at'),
    operation: textOrNull(row, 'held_operation'),
    stage: textOrNull(row, 'held_stage'),
  };
  const generation = {
    generation: integerOrNull(row, 'generation'),
    hash: textOrNull(row, 'generation_hash'),
    takenAt: integerOrNull(row, 'generation_taken_at'),
    operation: textOrNull(row, 'generation_operation'),
  };
  return {
    epoch: integer(row, 'epoch'),
    build: textOrNull(row, 'build'),
    generation: isWhole(generation) ? generation : null,
    held: isWhole(held) ? held : null,
  };
}

export function livingEpoch(connection: Connection): number {
  const row = connection.get('SELECT epoch FROM state WHERE id = 1');
  return row === null ? 0 : integer(row, 'epoch');
}

export function claimBuild(connection: Connection, build: string | null): void {
  connection.run('UPDATE state SET build = ? WHERE id = 1', build);
}

export function switchEpoch(connection: Connection, epoch: number): void {
  connection.run('UPDATE state SET epoch = ?, build = NULL WHERE id = 1', epoch);
}

export function recordGeneration(connection: Connection, { generation, hash, takenAt, operation }: Generation): void {
  connection.run(
    'UPDATE state SET generation = ?, generation_hash = ?, generation_taken_at = ?, generation_operation = ? WHERE id = 1',
    generation,
    hash,
    takenAt,
    operation,
  );
}

export function recordHeld(connection: Connection, held: HeldGeneration | null): void {
  connection.run(
    'UPDATE state SET held_generation = ?, held_hash = ?, held_taken_at = ?, held_operation = ?, held_stage = ? WHERE id = 1',
    held?.generation ?? null,
    held?.hash ?? null,
    held?.takenAt ?? null,
    held?.operation ?? null,
    held?.stage ?? null,
  );
}

/**
 * A version that was never given before, whatever became of the list that it is for: at least the time in ms. Where the
 * database is a backup that was restored, what it gave after that backup is not known, and a page of then may still be
 * open: a number that were merely the next one would bind that page's person to whom he was never shown.
 */
export function nextBrakedVersion(connection: Connection): number {
  connection.run('UPDATE state SET braked_version = max(braked_version + 1, ?) WHERE id = 1', connection.now());
  const row = connection.get('SELECT braked_version FROM state WHERE id = 1');
  return row === null ? 0 : integer(row, 'braked_version');
}

/**
 * From here on no version binds that was shown before: where the database is a backup that was restored, who left and came
 * back after it stands here as if he had stayed. `chance` is a random number, so that not even a clock
 * that was set back gives a version that is shown somewhere already.
 */
export function beginShown(connection: Connection, chance: number): void {
  const since = nextBrakedVersion(connection) + chance;
  connection.run('UPDATE state SET braked_version = ?, shown_since = ? WHERE id = 1', since, since);
}

/** The version from which on one binds. */
export function shownSince(connection: Connection): number {
  const row = connection.get('SELECT shown_since FROM state WHERE id = 1');
  return row === null ? 0 : integer(row, 'shown_since');
}

type Whole<Fields> = { readonly [Key in keyof Fields]: NonNullable<Fields[Key]> };

function isWhole<Fields extends object>(fields: Fields): fields is Fields & Whole<Fields> {
  return Object.values(fields).every((value) => value !== null);
}
