import type { ComodatoReturn } from '../../../schemas/comodato.ts';
import { guarded } from './cell.ts';

const HEADINGS = [
  ...['id', 'state', 'cause', 'at', 'by', 'via', 'mac', 'vendor', 'model', 'serial', 'label', 'site', 'extensions'],
  ...['note', 'acknowledgedAt', 'acknowledgedBy', 'ticket'],
] as const;

/** Records of ended comodato as rows of a file, for the provider's own list; no cell of it runs as a formula. */
export function returnRows(returns: readonly ComodatoReturn[]): readonly (readonly string[])[] {
  return [HEADINGS, ...returns.map((one) => cellsOf(one).map((cell) => guarded(cell ?? '')))];
}

function cellsOf(one: ComodatoReturn): readonly (string | null)[] {
  const { acknowledged } = one;
  return [
    ...[one.id, one.state, one.cause, one.at, one.by.name, one.by.via, one.mac, one.vendor, one.model, one.serial],
    ...[one.label, one.site, one.extensions.join(' '), one.note],
    ...[acknowledged?.at ?? null, acknowledged?.by ?? null, acknowledged?.ticket ?? null],
  ];
}
