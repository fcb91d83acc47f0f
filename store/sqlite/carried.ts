import type { Extension } from '../../schemas/extension.ts';
import { dialectOf, type PhoneDialect } from '../../schemas/phone-formats/dialect.ts';
import { formatRefusal } from '../../schemas/phone-formats/refusal.ts';
import type { Phone } from '../../schemas/phone.ts';

/** Why a phone's dialect cannot carry an extension as one of its lines; null when it can. */
export function lineRefusal(phone: Phone, number: string, extension: Extension): string | null {
  const dialect = dialectOf(phone);
  if (dialect === null) return null;
  return (
    formatRefusal(dialect, 'number', number) ??
    formatRefusal(dialect, 'displayName', extension.displayName) ??
    (extension.authUser === undefined ? null : formatRefusal(dialect, 'authUser', extension.authUser))
  );
}

/** The same of a key, which was judged while it could be read. */
export function keyRefusal(phone: Phone, key: { readonly refusedBy: readonly PhoneDialect[] } | null): string | null {
  const dialect = dialectOf(phone);
  return dialect !== null && key?.refusedBy.includes(dialect) === true
    ? `${dialect}: its format cannot carry this sipKey`
    : null;
}
