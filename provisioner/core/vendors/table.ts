import { dialectOf, type PhoneDialect } from '../../../schemas/phone-formats/dialect.ts';
import type { Phone } from '../../../schemas/phone.ts';
import { ciscoMpp } from './cisco-mpp.ts';
import { ciscoSpa } from './cisco-spa.ts';
import { grandstream } from './grandstream.ts';
import { mitel } from './mitel.ts';
import type { VendorFormat } from './model.ts';
import { snom } from './snom.ts';
import { yealink } from './yealink.ts';

/** Every dialect, by its name. */
export const FORMATS: Readonly<Record<PhoneDialect, VendorFormat>> = {
  yealink,
  grandstream,
  snom,
  'cisco-spa': ciscoSpa,
  'cisco-mpp': ciscoMpp,
  mitel,
};

/** How a phone is told things, or null for one of a vendor that is not served. */
export function formatOf(phone: Pick<Phone, 'vendor' | 'model'>): VendorFormat | null {
  const dialect = dialectOf(phone);
  return dialect === null ? null : FORMATS[dialect];
}
