import type { PhoneDialect } from '../../../../../schemas/phone-formats/dialect.ts';
import { readGigasetN510 } from './gigaset-n510.ts';
import { readGigasetNx70 } from './gigaset-nx70.ts';
import { readGrandstreamAliases } from './grandstream-aliases.ts';
import { readGrandstream } from './grandstream.ts';
import { readPanasonic } from './panasonic.ts';
import { readPoly } from './poly.ts';
import { readAkuvox } from './akuvox.ts';
import { readFanvilText } from './fanvil-text.ts';
import { readFanvilXml } from './fanvil-xml.ts';
import { readHtek } from './htek.ts';
import { readCiscoMpp } from './cisco-mpp.ts';
import { readCiscoSpa } from './cisco-spa.ts';
import { readMitel } from './mitel.ts';
import type { Reader } from './reader.ts';
import { readSnom } from './snom.ts';
import { readYealink } from './yealink.ts';

/** A phone's own way of reading, for each dialect. */
export const READERS: Readonly<Record<PhoneDialect, Reader>> = {
  yealink: readYealink,
  grandstream: readGrandstream,
  'grandstream-aliases': readGrandstreamAliases,
  snom: readSnom,
  poly: readPoly,
  panasonic: readPanasonic,
  'gigaset-n510': readGigasetN510,
  'gigaset-nx70': readGigasetNx70,
  'fanvil-xml': readFanvilXml,
  'fanvil-text': readFanvilText,
  htek: readHtek,
  akuvox: readAkuvox,
  'cisco-spa': readCiscoSpa,
  'cisco-mpp': readCiscoMpp,
  mitel: readMitel,
};
