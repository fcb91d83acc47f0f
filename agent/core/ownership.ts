import type { Menu, Row } from './row.ts';
import { isTrue } from './row.ts';

/** What a row of ours for one subscriber is for; its key is his id. */
export const SUBSCRIBER_ROW_KINDS = ['cutoff', 'maintenance', 'payment-due', 'custom', 'notice', 'once'] as const;

/** What a row of ours is for; the word between the colons of its comment. */
export const ROW_KINDS = [...SUBSCRIBER_ROW_KINDS, 'portal', 'garden', 'always', 'rule', 'jump', 'phones'] as const;
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

/**
 * Menus whose rows others call by their name. The name says whose they are: RouterOS takes a comment there since 7.16
 * (options) and 7.23 (sets) only.
 */
const NAMED_MENUS: ReadonlySet<Menu> = new Set(['/ip/dhcp-server/option', '/ip/dhcp-server/option/sets']);

/** What makes a row of a menu ours: its comment, or the name that is among its values already. */
export function ownMark(menu: Menu, key: RowKey): Readonly<Record<string, string>> {
  return NAMED_MENUS.has(menu) ? {} : { comment: ownComment(key) };
}

/** The name of the set that holds our options; those have their code after it. */
export const PHONE_OPTIONS_SET = 'wisp-edge-phones';
const PHONE_OPTION = /^wisp-edge-phones-(\d{1,3})$/;

/** The name of our option with this code. `phones enrol --dhcp` names what a person pastes by the phone's MAC instead. */
export function phoneOptionName(code: number): string {
  return `${PHONE_OPTIONS_SET}-${code}`;
}

/** The key of our option, or set of options, of this name; null for every other name (I3). */
export function phoneOptionKey(name: string | undefined): RowKey | null {
  if (name === PHONE_OPTIONS_SET) return { kind: 'phones', key: 'set' };
  const code = PHONE_OPTION.exec(name ?? '')?.[1];
  return code === undefined ? null : { kind: 'phones', key: code };
}

/** As `ownerOf`, of menus too where the name says whose a row is. */
export function ownerIn(menu: Menu, row: Row): RowKey | null {
  return NAMED_MENUS.has(menu) ? phoneOptionKey(row.get('name')) : ownerOf(row);
}

/** Whose a row is for one plan: rows that must stay count as foreign, rows a person handed over as ours. */
export type RowOwner = (row: Row) => RowKey | null;

/** `cutoff:s5`: how plans and reports name a row. */
export function printKey(key: RowKey): string {
  return `${key.kind}:${key.key}`;
}
