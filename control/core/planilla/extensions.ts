import type { Extension } from '../../../schemas/extension.ts';
import { Secret } from '../../../schemas/secret.ts';
import type { Column, Refusal } from '../../../schemas/planilla.ts';
import { columnOf, type Basis, type Guard } from './basis.ts';
import { ownerOf, webAccessOf, yesOrNo } from './cell.ts';
import { EXTENSION_COLUMNS } from './columns.ts';
import type { Gathered } from './gather.ts';
import { refusal } from './report.ts';

/** An extension as a planilla wants it. */
export interface WantedExtension {
  readonly number: string;
  readonly extension: Extension;
  /** As it stands now; null for a new one. */
  readonly before: Extension | null;
  readonly sipKey: Secret | null;
  /** Whose leave it takes to change anything of it. */
  readonly guard: Guard | null;
}

/** What stands against one subject of the planilla, or what it is to become. Null: nothing is said of it. */
export type Judged<Wanted> = { readonly wanted: Wanted | null } | { readonly refusals: readonly Refusal[] };

/**
 * One extension of the planilla. A column that the file does not have, and what is needed and left blank, stays as it is;
 * what may be left out goes with a blank cell. A row that only names the extension says nothing of it.
 */
export function judgeExtension({ id: number, cells }: Gathered, basis: Basis): Judged<WantedExtension> {
  const before = basis.extensions.get(number) ?? null;
  const key = cells.get('sipKey') ?? '';
  const isNamedOnly = EXTENSION_COLUMNS.every((column) => (cells.get(column) ?? '') === '');
  if (isNamedOnly && key === '') {
    return before === null ? { refusals: [refusal('unknown-extension', 'extension')] } : { wanted: null };
  }
  if (key !== '' && !basis.checks.isSipKey(key)) return { refusals: [refusal('invalid-value', 'sipKey')] };

  const needed = (column: 'displayName' | 'registrar' | 'owner'): string | undefined => {
    const text = cells.get(column) ?? '';
    return text === '' ? before?.[column] : text;
  };
  const optional = (column: 'authUser' | 'site' | 'email' | 'webAccess'): string | undefined => {
    const text = isNamedOnly ? undefined : cells.get(column);
    return text === undefined ? before?.[column] : text === '' ? undefined : text;
  };
  const [displayName, registrar, owner] = [needed('displayName'), needed('registrar')?.trim(), needed('owner')];
  const missing: readonly Column[] = [
    ...(displayName === undefined ? ['displayName' as const] : []),
    ...(registrar === undefined ? ['registrar' as const] : []),
    ...(owner === undefined ? ['owner' as const] : []),
  ];
  if (missing.length > 0) return { refusals: missing.map((column) => refusal('missing', column)) };

  const webAccess = optional('webAccess');
  const softphone = isNamedOnly ? undefined : cells.get('softphone');
  const checked = basis.checks.extension(
    withoutUndefined({
      displayName,
      registrar,
      owner: ownerOf(owner ?? ''),
      authUser: optional('authUser'),
      site: optional('site'),
      email: optional('email')?.trim(),
      webAccess: webAccess === undefined ? undefined : webAccessOf(webAccess),
      softphone: softphone === undefined ? before?.softphone : softphone === '' ? undefined : yesOrNo(softphone),
    }),
  );
  if (!checked.ok) {
    return {
      refusals: checked.faults.map(({ pointer, detail }) => refusal('invalid-value', columnOf(pointer), detail)),
    };
  }
  const { registrar: wanted } = checked.value;
  if (wanted !== before?.registrar && !basis.registrars.includes(wanted)) {
    return { refusals: [refusal('unknown-registrar', 'registrar', basis.registrars.slice(0, 50).join(', '))] };
  }
  const sipKey = key === '' ? null : new Secret(key);
  return { wanted: { number, extension: checked.value, before, sipKey, guard: guardOf(before, basis) } };
}

function guardOf(before: Extension | null, { allowed }: Basis): Guard | null {
  if (before === null || before.owner === 'isp' || allowed.has(before.owner)) return null;
  return before.owner;
}

function withoutUndefined(value: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined));
}
