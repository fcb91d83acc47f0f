import type { Change, Refusal, RowOutcome, RowReport } from '../../../schemas/planilla.ts';
import { extensionChanges, phoneChanges } from './changes.ts';
import type { Judgement } from './judge.ts';
import type { RefusedLine } from './report.ts';
import type { Row } from './rows.ts';

/** What became of each row. A phone or an extension with several rows is told at its first one. */
export function tellRows(
  rows: readonly Row[],
  { phones, extensions }: Pick<Judgement, 'phones' | 'extensions'>,
  refused: readonly RefusedLine[],
  newKeys: ReadonlySet<string>,
): RowReport[] {
  const ofPhone = new Map(phones.map((wanted) => [wanted.mac, wanted] as const));
  const ofExtension = new Map(extensions.map((wanted) => [wanted.number, wanted] as const));
  const told = new Set<string>();
  const isFirst = (subject: string): boolean => told.size < told.add(subject).size;
  const refusedAt = new Map<number, Refusal[]>();
  for (const { line, refusal } of refused) refusedAt.set(line, [...(refusedAt.get(line) ?? []), refusal]);
  return rows.map(({ line, mac, extension }) => {
    const phone = mac !== null && isFirst(`phone/${mac}`) ? ofPhone.get(mac) : undefined;
    const other = extension !== null && isFirst(`extension/${extension}`) ? ofExtension.get(extension) : undefined;
    const isNew = phone?.before === null || other?.before === null;
    const changes: Change[] = [
      ...(phone === undefined ? [] : phoneChanges(phone.before, phone.phone)),
      ...(other === undefined ? [] : extensionChanges(other.before, other.extension)),
      ...(other !== undefined && newKeys.has(other.number) ? [NEW_KEY] : []),
    ];
    const refusals = unique(refusedAt.get(line) ?? []);
    return { line, mac, extension, outcome: outcomeOf(refusals.length > 0, isNew, changes), changes, refusals };
  });
}

/** How many rows came to what. */
export function countRows(rows: readonly RowReport[]): Readonly<Record<RowOutcome, number>> {
  const counts = { new: 0, changed: 0, same: 0, refused: 0 };
  for (const { outcome } of rows) counts[outcome] += 1;
  return counts;
}

const NEW_KEY: Change = { of: 'extension', field: 'sipKey', before: null, after: null };

function outcomeOf(isRefused: boolean, isNew: boolean, changes: readonly Change[]): RowOutcome {
  if (isRefused) return 'refused';
  if (isNew) return 'new';
  return changes.length > 0 ? 'changed' : 'same';
}

function unique<Value>(values: readonly Value[]): Value[] {
  const seen = new Set<string>();
  return values.filter((value) => {
    const text = JSON.stringify(value);
    return seen.has(text) ? false : seen.add(text).size > 0;
  });
}
