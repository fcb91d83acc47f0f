import type { Extension } from '../../../schemas/extension.ts';
import type { Phone } from '../../../schemas/phone.ts';
import type { Change } from '../../../schemas/planilla.ts';

/** What differs between two versions of a phone, field by field. */
export function phoneChanges(before: Phone | null, after: Phone): readonly Change[] {
  return changesOf('phone', phoneFields(before), phoneFields(after));
}

/** The same of an extension; its key is no part of this. */
export function extensionChanges(before: Extension | null, after: Extension): readonly Change[] {
  return changesOf('extension', extensionFields(before), extensionFields(after));
}

type Fields = Readonly<Record<string, string | undefined>>;

function phoneFields(phone: Phone | null): Fields {
  return {
    vendor: phone?.vendor,
    model: phone?.model,
    lines: phone?.lines.map(({ extension }) => extension).join(' '),
    label: phone?.label,
    serial: phone?.serial,
  };
}

function extensionFields(extension: Extension | null): Fields {
  return {
    displayName: extension?.displayName,
    authUser: extension?.authUser,
    registrar: extension?.registrar,
    owner: extension?.owner,
    site: extension?.site,
    email: extension?.email,
    webAccess: extension?.webAccess,
    softphone: extension?.softphone === undefined ? undefined : String(extension.softphone),
  };
}

function changesOf(of: Change['of'], before: Fields, after: Fields): readonly Change[] {
  return Object.keys(after)
    .filter((field) => before[field] !== after[field])
    .map((field) => ({ of, field, before: before[field] ?? null, after: after[field] ?? null }));
}
