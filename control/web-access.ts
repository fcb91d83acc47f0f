import type { Extension } from '../schemas/extension.ts';
import type { PhoneControlStore } from '../store/phone-ports.ts';
import { namesOf, webAccessGaps, type WebAccessGap } from './core/planilla/web-access.ts';
import { readSite } from './planilla/import.ts';

/** What stands against a single put of an extension with `webAccess`: the rules of a planilla, over the same whole set. */
export async function gapsOfPut(
  store: Pick<PhoneControlStore, 'listExtensions' | 'listPhones'>,
  number: string,
  extension: Extension,
): Promise<readonly WebAccessGap[]> {
  if (extension.webAccess === undefined) return [];
  const { extensions } = await readSite(store);
  return webAccessGaps(new Map([...extensions, [number, extension]]), new Set([number]));
}

/** English; the CLI has both languages. */
export function gapInWords(gap: WebAccessGap): string {
  return gap.kind === 'delegate-without-email'
    ? `extension ${gap.number} has no email to delegate to`
    : `extensions of the same registrar without \`establish\` or without email: ${namesOf(gap.lacking)}`;
}
