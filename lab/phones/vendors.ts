import { ciscoMpp } from './cisco-mpp.ts';
import { ciscoSpa } from './cisco-spa.ts';
import { grandstream } from './grandstream.ts';
import { mitel } from './mitel.ts';
import { snom } from './snom.ts';
import type { LabVendor, VendorRules } from './vendor.ts';
import { yealink } from './yealink.ts';

/** Every phone of the lab. */
export const LAB_VENDORS: Readonly<Record<LabVendor, VendorRules>> = {
  yealink,
  grandstream,
  snom,
  'cisco-spa': ciscoSpa,
  'cisco-mpp': ciscoMpp,
  mitel,
};
