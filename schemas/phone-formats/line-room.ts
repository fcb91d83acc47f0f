import type { Phone } from '../phone.ts';
import { dialectOf } from './dialect.ts';
import { modelLines } from './model-lines.ts';
import { lineLimit } from './refusal.ts';

/** How many lines a phone may have: its model's, where they are known, and those that its format has names for. */
export interface LineRoom {
  /** What its format has names for. */
  readonly format: number;
  /** What its model has, no more than that: what a phone may be put with. */
  readonly model: number;
}

/** Null for a model that this version does not serve. */
export function lineRoom(phone: Pick<Phone, 'vendor' | 'model'>): LineRoom | null {
  const dialect = dialectOf(phone);
  if (dialect === null) return null;
  const format = lineLimit(dialect);
  return { format, model: Math.min(format, modelLines(phone) ?? format) };
}

/**
 * Why a phone cannot be put with so many lines, or null. `before` is what was put last: a phone that an earlier version took
 * with more lines than its model is known to have may be put with as many, for they may be there all the same.
 */
export function overfull(phone: Phone, before: Phone | null): string | null {
  const { vendor, model = '', lines } = phone;
  const room = lineRoom(phone);
  if (room === null || lines.length <= room.model) return null;
  if (lines.length > room.format) return `${vendor}: its format has names for ${room.format} lines`;
  const isSameModel = before?.vendor === vendor && before.model === phone.model;
  if (isSameModel && lines.length <= before.lines.length) return null;
  return `${vendor}: a ${model} has no more than ${room.model} lines`;
}
