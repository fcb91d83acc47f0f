import { lineRoom, overfull } from '../../../schemas/phone-formats/line-room.ts';
import type { Phone } from '../../../schemas/phone.ts';
import type { Refusal } from '../../../schemas/planilla.ts';
import { columnOf, type Basis, type Guard } from './basis.ts';
import { vendorOf } from './cell.ts';
import { phoneChanges } from './changes.ts';
import { PHONE_COLUMNS } from './columns.ts';
import type { Judged } from './extensions.ts';
import type { Gathered } from './gather.ts';
import { refusal } from './report.ts';
import type { Row } from './rows.ts';

/** A phone as a planilla wants it. */
export interface WantedPhone {
  readonly mac: string;
  readonly phone: Phone;
  readonly before: Phone | null;
  readonly guard: Guard | null;
}

/** One phone of the planilla: the same rules for blanks as of an extension; its lines are those of its rows. */
export function judgePhone({ id: mac, rows, cells }: Gathered, basis: Basis): Judged<WantedPhone> {
  const before = basis.phones.get(mac) ?? null;
  const isNamedOnly = PHONE_COLUMNS.every((column) => (cells.get(column) ?? '') === '');
  const written = cells.get('vendor') ?? '';
  const vendor = written === '' ? before?.vendor : vendorOf(written);
  if (vendor === undefined) return { refusals: [refusal('missing', 'vendor')] };
  const optional = (column: 'model' | 'label' | 'serial'): Record<string, string> => {
    const text = (isNamedOnly ? undefined : cells.get(column)) ?? before?.[column] ?? '';
    return text === '' ? {} : { [column]: text };
  };
  const ordered = linesOf(rows);
  if ('refusals' in ordered) return ordered;
  const lines = rows.some((row) => row.cells.has('extension')) ? ordered.lines : (before?.lines ?? []);

  const checked = basis.checks.phone({
    vendor,
    lines,
    ...optional('model'),
    ...optional('label'),
    ...optional('serial'),
    // A planilla has no column for it, and takes away nothing that it cannot name.
    ...(before?.encryption === undefined ? {} : { encryption: before.encryption }),
    ...(before?.fileCipher === undefined ? {} : { fileCipher: before.fileCipher }),
  });
  if (!checked.ok) {
    return {
      refusals: checked.faults.map(({ pointer, detail }) => refusal('invalid-value', columnOf(pointer), detail)),
    };
  }
  const phone = checked.value;
  // What stays as it is was accepted once, perhaps by another version.
  const isSame = phoneChanges(before, phone).length === 0;
  const refusals = isSame ? [] : [...servedRefusals(phone, before), ...keptLines(before, phone, basis)];
  return refusals.length > 0 ? { refusals } : { wanted: { mac, phone, before, guard: guardOf(before, basis) } };
}

/** The lines of a phone in the order of its rows, or of their numbers where they have them: 1, 2, 3, none left out. */
function linesOf(rows: readonly Row[]): { readonly lines: Phone['lines'] } | { readonly refusals: readonly Refusal[] } {
  const placed = rows.flatMap((row, at) => {
    if (row.extension === null) return [];
    const text = (row.cells.get('line') ?? '').trim();
    return [{ extension: row.extension, text, place: text === '' ? at : Number(text) }];
  });
  const numbered = placed.filter(({ text }) => text !== '');
  if (numbered.some(({ text }) => !/^[1-9]\d?$/.test(text))) return { refusals: [refusal('line-order', 'line')] };
  const sorted = [...placed].sort((one, other) => one.place - other.place);
  const isWhole = numbered.length === placed.length && sorted.every(({ place }, at) => place === at + 1);
  if (numbered.length > 0 && !isWhole) return { refusals: [refusal('line-order', 'line')] };
  return { lines: sorted.map(({ extension }) => ({ extension })) };
}

function servedRefusals(phone: Phone, before: Phone | null): readonly Refusal[] {
  const room = lineRoom(phone);
  if (room === null) return [refusal('not-served', 'model', `${phone.vendor} ${phone.model ?? ''}`.trim())];
  return overfull(phone, before) === null ? [] : [refusal('too-many-lines', 'extension', String(room.model))];
}

/** A planilla that leaves out a phone's second line would silence it: that takes a person's word. */
function keptLines(before: Phone | null, phone: Phone, { allowed }: Basis): readonly Refusal[] {
  if (before === null || allowed.has('fewer-lines')) return [];
  const gone = before.lines.filter((line) => !phone.lines.some(({ extension }) => extension === line.extension));
  if (gone.length === 0) return [];
  return [refusal('fewer-lines', 'extension', gone.map(({ extension }) => extension).join(', '))];
}

/** A phone is whose lines it has. */
function guardOf(before: Phone | null, { extensions, allowed }: Basis): Guard | null {
  const owners = new Set(before?.lines.map(({ extension }) => extensions.get(extension)?.owner));
  return (['comodato', 'customer'] as const).find((owner) => owners.has(owner) && !allowed.has(owner)) ?? null;
}
