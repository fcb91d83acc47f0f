import { AppError } from '../../schemas/app-error.ts';

/** One row as SQLite gave it. Its columns are read through the guards below and nowhere else. */
export type Row = Readonly<Record<string, unknown>>;

/** What may be bound to a statement. */
export type Value = string | number | null | Uint8Array;

export function isRow(value: unknown): value is Row {
  return typeof value === 'object' && value !== null;
}

export function text(row: Row, column: string): string {
  const value = row[column];
  if (typeof value !== 'string') throw unexpected(column, value);
  return value;
}

export function textOrNull(row: Row, column: string): string | null {
  return row[column] === null ? null : text(row, column);
}

export function integer(row: Row, column: string): number {
  const value = row[column];
  if (typeof value !== 'number') throw unexpected(column, value);
  return value;
}

export function integerOrNull(row: Row, column: string): number | null {
  return row[column] === null ? null : integer(row, column);
}

export function blobOrNull(row: Row, column: string): Uint8Array | null {
  const value = row[column];
  if (value === null || value instanceof Uint8Array) return value;
  throw unexpected(column, value);
}

export function flag(row: Row, column: string): boolean {
  return integer(row, column) !== 0;
}

function unexpected(column: string, value: unknown): AppError {
  return new AppError('store-corrupt', `column ${column} holds ${typeof value}`, {
    remedy: 'Restore the database from a backup.',
    retryable: false,
  });
}
