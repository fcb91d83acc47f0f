import type { PhoneDialect } from '../../../../../schemas/phone-formats/dialect.ts';
import { readAkuvox } from './akuvox.ts';
import { readFanvilText } from './fanvil-text.ts';
import { readFanvilXml } from './fanvil-xml.ts';
import { readGrandstream } from './grandstream.ts';
import { readHtek } from './htek.ts';
import type { Reader } from './reader.ts';
import { readSnom } from './snom.ts';
import { readYealink } from './yealink.ts';

/** A phone's own way of reading, for each dialect. */
export const READERS: Readonly<Record<PhoneDialect, Reader>> = {
  yealink: readYealink,
  grandstream: readGrandstream,
  snom: readSnom,
  'fanvil-xml': readFanvilXml,
  'fanvil-text': readFanvilText,
  htek: readHtek,
  akuvox: readAkuvox,
};
