import { AppError } from '../../../schemas/app-error.ts';
import type { PhoneDialect } from '../../../schemas/phone-formats/dialect.ts';
import { formatRefusal } from '../../../schemas/phone-formats/refusal.ts';
import type { FormatField } from '../../../schemas/phone-formats/rule.ts';

/**
 * The value, if the dialect can carry it exactly. Every text that a person wrote passes here on its way into a
 * file; throws `value-not-carried`, which never repeats the value.
 */
export function carried(dialect: PhoneDialect, field: FormatField, value: string): string {
  const refusal = formatRefusal(dialect, field, value);
  if (refusal === null) return value;
  throw notCarried(
    refusal,
    field === 'provisioningUrl' ? 'change provisioner.publicUrl' : 'give the extension another value',
  );
}

/** `value-not-carried`, with the reason and what to do. Neither may repeat a value that may be a key. */
export function notCarried(refusal: string, remedy: string): AppError {
  return new AppError('value-not-carried', refusal, { retryable: false, remedy });
}
