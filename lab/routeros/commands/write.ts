import { parseDuration } from '../duration.ts';
import { shapeOf } from '../menus.ts';
import { normaliseValue } from '../normalise.ts';
import { leaveDangling } from '../references.ts';
import type { StoredRow } from '../table.ts';
import { FLAGGED, Trap } from '../trap.ts';
import { written, type Call, type Outcome } from './outcome.ts';
import { valueContextOf } from './value-context.ts';

/** Words of a sentence that are not properties of the row. */
const NOT_PROPERTIES = new Set(['numbers', 'place-before', 'copy-from', 'proplist']);

/** `add`: a row at the end, or before `place-before`; answers the new id. */
export function add(call: Call): Outcome {
  const { table, request } = call;
  const before = request.attributes.get('place-before');
  if (before !== undefined) requirePlace(call, before);
  const source = request.attributes.get('copy-from');
  const base = source === undefined ? {} : requireRow(call, source).attributes;
  const { attributes, expiresAt, isDynamic } = readProperties(call, base);
  const missing = shapeOf(table.menu).required.filter((name) => attributes[name] === undefined);
  if (missing.length > 0) throw new Trap(`missing value(s) of argument(s) ${missing.join(' ')}`, 0);
  refuseFlagged(call, attributes['disabled'] !== 'true');
  refuseDuplicate(call, attributes);
  const createdAtWall = call.state.clock.wall();
  const row = table.insert({ attributes, expiresAt, isDynamic, createdAtWall }, before);
  call.wrote(1);
  return written(row.id);
}

/** `set`: on the rows of `.id`, or on the one row of a menu without ids. `=!name=` takes a matcher away. */
export function set(call: Call): Outcome {
  const { table, request } = call;
  const isSingle = shapeOf(table.menu).isSingle;
  const rows = isSingle ? table.rows().slice(0, 1) : requireRows(call);
  for (const row of rows) {
    const kept = Object.fromEntries(Object.entries(row.attributes).filter(([name]) => !request.removed.includes(name)));
    const { attributes, expiresAt, isDynamic } = readProperties(call, kept, row);
    const isEnabling = row.attributes['disabled'] === 'true' && attributes['disabled'] !== 'true';
    const isProxyOn = table.menu === '/ip/proxy' && request.attributes.get('enabled') === 'yes';
    refuseFlagged(call, isEnabling || isProxyOn);
    refuseDuplicate(call, attributes, row.id);
    table.replace(row.id, { attributes, expiresAt, isDynamic });
  }
  call.wrote(rows.length);
  return written();
}

/** `unset`: takes `value-name` away from the rows. */
export function unset(call: Call): Outcome {
  const name = call.request.attributes.get('value-name') ?? '';
  const rows = requireRows(call);
  for (const row of rows) {
    const attributes = Object.fromEntries(Object.entries(row.attributes).filter(([key]) => key !== name));
    call.table.replace(row.id, { attributes });
  }
  call.wrote(rows.length);
  return written();
}

/** `remove`: all rows named, or none when one of them is unknown (inferred: the router looks them up first). */
export function remove(call: Call): Outcome {
  const rows = requireRows(call);
  for (const row of rows) {
    call.table.remove(row.id);
    leaveDangling(call.state, call.table.menu, row);
  }
  call.wrote(rows.length);
  return written();
}

/** `move`: before `destination`, or to the end. Nothing goes above the router's own rows at the top. */
export function move(call: Call): Outcome {
  const destination = call.request.attributes.get('destination');
  if (destination !== undefined && destination !== '') requirePlace(call, destination);
  const rows = requireRows(call);
  call.table.move(
    rows.map((row) => row.id),
    destination === '' ? undefined : destination,
  );
  call.wrote(rows.length);
  return written();
}

export function enable(call: Call): Outcome {
  refuseFlagged(call, true);
  return setDisabled(call, 'false');
}

export function disable(call: Call): Outcome {
  return setDisabled(call, 'true');
}

function setDisabled(call: Call, disabled: 'true' | 'false'): Outcome {
  const rows = requireRows(call);
  for (const row of rows) call.table.replace(row.id, { attributes: { ...row.attributes, disabled } });
  call.wrote(rows.length);
  return written();
}

/** `comment`: sets the comment of the rows; an empty one takes it away. */
export function comment(call: Call): Outcome {
  const rows = requireRows(call);
  const text = call.request.attributes.get('comment') ?? '';
  for (const row of rows) call.table.replace(row.id, { attributes: withComment(row.attributes, text) });
  call.wrote(rows.length);
  return written();
}

function withComment(attributes: StoredRow['attributes'], text: string): StoredRow['attributes'] {
  if (text !== '') return { ...attributes, comment: text };
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => name !== 'comment'));
}

interface Properties {
  readonly attributes: StoredRow['attributes'];
  readonly expiresAt: number | null;
  readonly isDynamic: boolean;
}

function readProperties(call: Call, base: StoredRow['attributes'], row?: StoredRow): Properties {
  const context = valueContextOf(call.state, call.table.menu);
  const attributes: Record<string, string> = { ...base };
  let expiresAt = row?.expiresAt ?? null;
  let isDynamic = row?.isDynamic ?? false;
  const hasTimeout = call.table.menu.endsWith('/address-list');
  for (const [name, raw] of call.request.attributes) {
    if (NOT_PROPERTIES.has(name)) continue;
    if (call.table.menu === '/user' && name === 'password') {
      call.state.passwords.set(call.request.attributes.get('name') ?? base['name'] ?? '', raw);
      continue;
    }
    const value = normaliseValue(name, raw, context);
    if (hasTimeout && name === 'timeout') {
      expiresAt = call.state.clock.now() + (parseDuration(value) ?? 0);
      isDynamic = true;
    } else if (hasTimeout && name === 'dynamic') isDynamic = value === 'true';
    else if (name === 'comment' && value === '') Reflect.deleteProperty(attributes, 'comment');
    else attributes[name] = value;
  }
  return { attributes, expiresAt, isDynamic };
}

function refuseDuplicate({ table }: Call, attributes: StoredRow['attributes'], except?: string): void {
  if (table.holders(attributes, except).length > 0) throw new Trap('failure: already have such entry');
}

function refuseFlagged({ state, table }: Call, isEffective: boolean): void {
  if (state.deviceMode.isFlagged && isEffective && table.menu.startsWith('/ip/proxy')) throw new Trap(FLAGGED);
}

/** The rows of `.id` (a comma list), or the router's `no such item`; its own rows cannot be changed (Net_RouterOS #36). */
export function requireRows(call: Call): readonly StoredRow[] {
  const ids = call.request.attributes.get('numbers');
  if (ids === undefined) throw new Trap('missing value(s) of argument(s) numbers', 0);
  return ids
    .split(',')
    .filter((id) => id !== '')
    .map((id) => requireRow(call, id));
}

function requireRow({ state, table }: Call, id: string): StoredRow {
  const row = table.get(id);
  if (row === undefined) throw new Trap(state.dialect.major === 6 ? 'no such item (4)' : 'no such item', 0);
  if (row.isBuiltin) throw new Trap('failure: cannot change builtin');
  return row;
}

/** A place that a row may go before: one below the leading run of dynamic rows (nasnet-panel #509; the text is inferred). */
function requirePlace(call: Call, id: string): void {
  const { state, table } = call;
  if (table.get(id) === undefined) throw new Trap(state.dialect.major === 6 ? 'no such item (4)' : 'no such item', 0);
  for (const row of table.rows()) {
    if (!row.isDynamic) return;
    if (row.id === id) throw new Trap('failure: cannot change builtin');
  }
}
