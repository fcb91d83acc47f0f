import { dialectOf, type PhoneDialect } from '../../../schemas/phone-formats/dialect.ts';
import type { Phone } from '../../../schemas/phone.ts';
import { gigasetN510 } from './gigaset-n510.ts';
import { gigasetNx70 } from './gigaset-nx70.ts';
import { grandstreamAliases } from './grandstream-aliases.ts';
import { akuvox } from './akuvox.ts';
import { fanvilText } from './fanvil-text.ts';
import { fanvilXml } from './fanvil-xml.ts';
import { grandstream } from './grandstream.ts';
import { htek } from './htek.ts';
import { ciscoMpp } from './cisco-mpp.ts';
import { ciscoSpa } from './cisco-spa.ts';
import { mitel } from './mitel.ts';
import type { VendorFormat } from './model.ts';
import { panasonic } from './panasonic.ts';
import { poly } from './poly.ts';
import { snom } from './snom.ts';
import { yealink } from './yealink.ts';

/** Every dialect, by its name. */
export const FORMATS: Readonly<Record<PhoneDialect, VendorFormat>> = {
  yealink,
  grandstream,
  snom,
  poly,
  panasonic,
  'grandstream-aliases': grandstreamAliases,
  'gigaset-n510': gigasetN510,
  'gigaset-nx70': gigasetNx70,
  'fanvil-xml': fanvilXml,
  'fanvil-text': fanvilText,
  htek,
  akuvox,
  'cisco-spa': ciscoSpa,
  'cisco-mpp': ciscoMpp,
  mitel,
};

/** How a phone is told things, or null for one of a vendor that is not served. */
export function formatOf(phone: Pick<Phone, 'vendor' | 'model'>): VendorFormat | null {
  const dialect = dialectOf(phone);
  return dialect === null ? null : FORMATS[dialect];
}
