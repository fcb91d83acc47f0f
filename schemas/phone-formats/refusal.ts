import { PLAIN_TEXT } from '../extension.ts';
import { akuvoxRule } from './akuvox.ts';
import { ciscoMppRule } from './cisco-mpp.ts';
import { ciscoSpaRule } from './cisco-spa.ts';
import type { PhoneDialect } from './dialect.ts';
import { gigasetN510Rule } from './gigaset-n510.ts';
import { gigasetNx70Rule } from './gigaset-nx70.ts';
import { grandstreamAliasesRule } from './grandstream-aliases.ts';
import { grandstreamRule } from './grandstream.ts';
import { panasonicRule } from './panasonic.ts';
import { polyRule } from './poly.ts';
import { fanvilTextRule } from './fanvil-text.ts';
import { fanvilXmlRule } from './fanvil-xml.ts';
import { htekRule } from './htek.ts';
import { mitelRule } from './mitel.ts';
import type { FormatField, FormatRule } from './rule.ts';
import { snomRule } from './snom.ts';
import { yealinkRule } from './yealink.ts';

const RULES: Readonly<Record<PhoneDialect, FormatRule>> = {
  yealink: yealinkRule,
  grandstream: grandstreamRule,
  'grandstream-aliases': grandstreamAliasesRule,
  snom: snomRule,
  poly: polyRule,
  panasonic: panasonicRule,
  'gigaset-n510': gigasetN510Rule,
  'gigaset-nx70': gigasetNx70Rule,
  'fanvil-xml': fanvilXmlRule,
  'fanvil-text': fanvilTextRule,
  htek: htekRule,
  akuvox: akuvoxRule,
  'cisco-spa': ciscoSpaRule,
  'cisco-mpp': ciscoMppRule,
  mitel: mitelRule,
};

const PLAIN = new RegExp(PLAIN_TEXT, 'u');

/** How many lines a dialect has names for. */
export function lineLimit(dialect: PhoneDialect): number {
  return RULES[dialect].lines;
}

/** What is to be typed after a URL of ours for this phone to find its file there; mostly nothing. */
export function typedAfter(dialect: PhoneDialect): string {
  return RULES[dialect].typedAfter ?? '';
}

/**
 * Why a dialect cannot carry a value exactly, or null when it can: control asks before it accepts, the renderers ask before
 * they write, and a test holds both together with a real parser. A value is refused, never mangled. The answer never repeats
 * the value: it may be a key.
 */
export function formatRefusal(dialect: PhoneDialect, field: FormatField, value: string): string | null {
  if (value === '') return `${dialect}: ${field} may not be empty: an empty value clears or keeps the old one`;
  if (!PLAIN.test(value)) return `${dialect}: ${field} holds a control character or a line break`;
  return RULES[dialect].refusal(field, value);
}
