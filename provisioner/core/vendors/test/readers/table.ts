import type { PhoneDialect } from '../../../../../schemas/phone-formats/dialect.ts';
import { readCiscoMpp } from './cisco-mpp.ts';
import { readCiscoSpa } from './cisco-spa.ts';
import { readGrandstream } from './grandstream.ts';
import { readMitel } from './mitel.ts';
import type { Reader } from './reader.ts';
import { readSnom } from './snom.ts';
import { readYealink } from './yealink.ts';

/** A phone's own way of reading, for each dialect. */
export const READERS: Readonly<Record<PhoneDialect, Reader>> = {
  yealink: readYealink,
  grandstream: readGrandstream,
  snom: readSnom,
  'cisco-spa': readCiscoSpa,
  'cisco-mpp': readCiscoMpp,
  mitel: readMitel,
};
