import type { Row } from './row.ts';
import { isTrue } from './row.ts';

/** What a row of ours for one subscriber is for; its key is his id. */
export const SUBSCRIBER_ROW_KINDS = ['cutoff', 'maintenance', 'payment-due', 'custom', 'notice', 'once'] as const;

/** What a row of ours is for; the word between the colons of its comment. */
export const ROW_KINDS = [...SUBSCRIBER_ROW_KINDS, 'portal', 'garden', 'always', 'rule', 'jump'] as const;
export type RowKind = (typeof ROW_KINDS)[number];

/** Who a row of ours is: unique among our rows of one menu. */
export interface RowKey {
  readonly kind: RowKind;
  readonly key: string;
}

const PREFIX = 'wisp-edge:';
const KEY = /^[\x21-\x7e]{1,255}$/;
const KINDS: ReadonlyMap<string, RowKind> = new Map(ROW_KINDS.map((kind) => [kind, kind]));

/** The comment that makes a row ours. Not configurable: clean-up after a crash must find it whatever the settings are. */
export function ownComment(key: RowKey): string {
  return `${PREFIX}${key.kind}:${key.key}`;
}

/** Reads a comment back; null for any comment that is not ours to the letter (I3). */
export function parseOwnComment(comment: string | undefined): RowKey | null {
  if (comment?.startsWith(PREFIX) !== true) return null;
  const colon = comment.indexOf(':', PREFIX.length);
  const kind = KINDS.get(comment.slice(PREFIX.length, Math.max(colon, 0)));
  const key = comment.slice(colon + 1);
  return kind === undefined || !KEY.test(key) ? null : { kind, key };
}

/** The key of a row of ours, or null for a foreign one. A dynamic row is never ours: the router made it. */
export function ownerOf(row: Row): RowKey | null {
  return isTrue(row.get('dynamic')) ? null : parseOwnComment(row.get('comment'));
}

/** Whose a row is for one plan: rows that must stay count as foreign, rows a person handed over as ours. */
export type RowOwner = (row: Row) => RowKey | null;

/** `cutoff:s5`: how plans and reports name a row. */
export function printKey(key: RowKey): string {
  return `${key.kind}:${key.key}`;
}
