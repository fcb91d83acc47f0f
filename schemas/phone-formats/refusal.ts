import { PLAIN_TEXT } from '../extension.ts';
import { ciscoMppRule } from './cisco-mpp.ts';
import { ciscoSpaRule } from './cisco-spa.ts';
import type { PhoneDialect } from './dialect.ts';
import { grandstreamRule } from './grandstream.ts';
import { mitelRule } from './mitel.ts';
import type { FormatField, FormatRule } from './rule.ts';
import { snomRule } from './snom.ts';
import { yealinkRule } from './yealink.ts';

const RULES: Readonly<Record<PhoneDialect, FormatRule>> = {
  yealink: yealinkRule,
  grandstream: grandstreamRule,
  snom: snomRule,
  'cisco-spa': ciscoSpaRule,
  'cisco-mpp': ciscoMppRule,
  mitel: mitelRule,
};

const PLAIN = new RegExp(PLAIN_TEXT, 'u');

/** How many lines a dialect has names for. */
export function lineLimit(dialect: PhoneDialect): number {
  return RULES[dialect].lines;
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
