import { akuvox } from './akuvox.ts';
import { fanvilText, fanvilXml } from './fanvil.ts';
import { grandstream } from './grandstream.ts';
import { htek } from './htek.ts';
import { snom } from './snom.ts';
import type { LabVendor, VendorRules } from './vendor.ts';
import { yealink } from './yealink.ts';

/** Every phone of the lab. */
export const LAB_VENDORS: Readonly<Record<LabVendor, VendorRules>> = {
  yealink,
  grandstream,
  snom,
  'fanvil-xml': fanvilXml,
  'fanvil-text': fanvilText,
  htek,
  akuvox,
};
