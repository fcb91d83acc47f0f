import { PLAIN_TEXT } from '../extension.ts';
import type { FileCipher } from '../file-encryption.ts';
import type { Phone } from '../phone.ts';
import { akuvoxRule } from './akuvox.ts';
import { ciscoMppRule } from './cisco-mpp.ts';
import { ciscoSpaRule } from './cisco-spa.ts';
import { dialectOf, type PhoneDialect } from './dialect.ts';
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

/** How this dialect's phones can read encrypted files, the usual one first; empty where they cannot. */
export function ciphersOf(dialect: PhoneDialect): readonly FileCipher[] {
  return RULES[dialect].ciphers ?? [];
}

/** How this phone's files are encrypted, should they be; null where it reads none that are. */
export function fileCipherOf(phone: Pick<Phone, 'vendor' | 'model' | 'fileCipher'>): FileCipher | null {
  const dialect = dialectOf(phone);
  const ciphers = dialect === null ? [] : ciphersOf(dialect);
  return ciphers.find((cipher) => cipher === phone.fileCipher) ?? ciphers[0] ?? null;
}

/** Why a phone cannot have its files encrypted as is wanted of it, or null when it can; begins with the name of the dialect. */
export function encryptionRefusal(
  phone: Pick<Phone, 'vendor' | 'model' | 'fileCipher'>,
  wanted: Phone['encryption'],
): string | null {
  const dialect = dialectOf(phone);
  if (dialect === null) return null;
  const ciphers = ciphersOf(dialect);
  if (phone.fileCipher !== undefined && !ciphers.includes(phone.fileCipher))
    return `${dialect}: its phones read no file in ${phone.fileCipher}${ciphers.length > 0 ? `, but in ${ciphers.join(', ')}` : ''}`;
  if (wanted === 'required' && ciphers.length === 0)
    return `${dialect}: no way to encrypt its files is known, so encryption cannot be required of it`;
  return null;
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
