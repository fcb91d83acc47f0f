import { Extension, SipKeyText } from '../../schemas/extension.ts';
import { Phone } from '../../schemas/phone.ts';
import type { Checks } from '../core/planilla/basis.ts';
import { validatorOf } from '../http/validate.ts';

const sipKey = validatorOf(SipKeyText);

/** The schemas of single puts, for a planilla is held to the same. */
export const CHECKS: Checks = {
  phone: validatorOf(Phone),
  extension: validatorOf(Extension),
  isSipKey: (text) => sipKey(text).ok,
};
