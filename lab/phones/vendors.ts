import { gigasetN510 } from './gigaset-n510.ts';
import { gigasetNx70 } from './gigaset-nx70.ts';
import { grandstreamAliases } from './grandstream-aliases.ts';
import { grandstream } from './grandstream.ts';
import { panasonic } from './panasonic.ts';
import { poly } from './poly.ts';
import { akuvox } from './akuvox.ts';
import { fanvilText, fanvilXml } from './fanvil.ts';
import { htek } from './htek.ts';
import { ciscoMpp } from './cisco-mpp.ts';
import { ciscoSpa } from './cisco-spa.ts';
import { mitel } from './mitel.ts';
import { snom } from './snom.ts';
import type { LabVendor, VendorRules } from './vendor.ts';
import { yealink } from './yealink.ts';

/** Every phone of the lab. */
export const LAB_VENDORS: Readonly<Record<LabVendor, VendorRules>> = {
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
