import { AppError } from '../../../schemas/app-error.ts';
import { formatRefusal, type FormatField } from '../../../schemas/phone-format.ts';
import type { PhoneVendor } from '../../../schemas/phone.ts';

/**
 * The value, if the vendor's format can carry it exactly. Every text that a person wrote passes here on its way into a
 * file; throws `value-not-carried`, which never repeats the value.
 */
export function carried(vendor: PhoneVendor, field: FormatField, value: string): string {
  const refusal = formatRefusal(vendor, field, value);
  if (refusal === null) return value;
  throw new AppError('value-not-carried', refusal, { retryable: false, remedy: 'give the extension another value' });
}
