import type { Extension } from '../../../schemas/extension.ts';

/** What stands against how users of extensions come to their web keys. */
export type WebAccessGap =
  /** DELEGAR sends a mail: without an address nobody gets it. */
  | { readonly kind: 'delegate-without-email'; readonly number: string }
  /** ESTABLECER is refused by the platform as long as one extension contracted lacks a password or an address: those are named. */
  | { readonly kind: 'establish-incomplete'; readonly number: string; readonly lacking: readonly string[] };

/**
 * The rules of DELEGAR and ESTABLECER over all extensions as they are to be, for those that are changed (`touched`). IPLAN's
 * manual: “obligatoriamente … contraseña WEB y un mail en cada interno contratado. En caso de no cumplirse estas 2
 * condiciones, dará error”. Contracted are all extensions of a registrar. All gaps are told at once, before the first write.
 */
export function webAccessGaps(
  extensions: ReadonlyMap<string, Extension>,
  touched: ReadonlySet<string>,
): readonly WebAccessGap[] {
  const established = new Set(
    [...extensions.values()].flatMap(({ webAccess, registrar }) => (webAccess === 'establish' ? [registrar] : [])),
  );
  const lacking = new Map<string, string[]>();
  for (const [number, { registrar, webAccess, email }] of extensions) {
    if (!established.has(registrar) || (webAccess === 'establish' && email !== undefined)) continue;
    lacking.set(registrar, [...(lacking.get(registrar) ?? []), number]);
  }
  return [...touched].flatMap((number): readonly WebAccessGap[] => {
    const extension = extensions.get(number);
    if (extension === undefined) return [];
    const { registrar, webAccess, email } = extension;
    const gaps = lacking.get(registrar) ?? [];
    return [
      ...(webAccess === 'delegate' && email === undefined ? [{ kind: 'delegate-without-email' as const, number }] : []),
      ...(gaps.length > 0 ? [{ kind: 'establish-incomplete' as const, number, lacking: gaps }] : []),
    ];
  });
}

/** Some of the extensions that lack something. */
export function namesOf(numbers: readonly string[]): string {
  return `${numbers.slice(0, 20).join(', ')}${numbers.length > 20 ? ' …' : ''}`;
}
