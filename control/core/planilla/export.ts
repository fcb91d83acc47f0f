import type { Extension } from '../../../schemas/extension.ts';
import type { Phone } from '../../../schemas/phone.ts';
import { COLUMNS, type Column } from '../../../schemas/planilla.ts';
import { guarded } from './cell.ts';

type Cells = Partial<Readonly<Record<Column, string>>>;

/**
 * Every phone with each of its lines, then the extensions that no phone has, a row each, under the headings that an import
 * reads. An extension on several phones says the same on each row. Keys are no part of it.
 */
export function exportRows(
  phones: ReadonlyMap<string, Phone>,
  extensions: ReadonlyMap<string, Extension>,
): readonly (readonly string[])[] {
  const onPhones = new Set([...phones.values()].flatMap(({ lines }) => lines.map(({ extension }) => extension)));
  const rows: readonly Cells[] = [
    ...[...phones].flatMap(([mac, phone]) => {
      const cells = phoneCells(mac, phone);
      if (phone.lines.length === 0) return [cells];
      return phone.lines.map(({ extension }, at) => ({
        ...cells,
        line: String(at + 1),
        ...extensionCells(extension, extensions.get(extension)),
      }));
    }),
    ...[...extensions].filter(([number]) => !onPhones.has(number)).map((entry) => extensionCells(...entry)),
  ];
  return [COLUMNS, ...rows.map((cells) => COLUMNS.map((column) => guarded(cells[column] ?? '')))];
}

function phoneCells(mac: string, { vendor, model = '', label = '', serial = '' }: Phone): Cells {
  return { mac, vendor, model, label, serial };
}

function extensionCells(number: string, extension: Extension | undefined): Cells {
  if (extension === undefined) return { extension: number };
  const { softphone, ...texts } = extension;
  return { extension: number, ...texts, softphone: softphone === undefined ? '' : softphone ? 'yes' : 'no' };
}
