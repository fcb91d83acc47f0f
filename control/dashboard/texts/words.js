/** @import { Words } from './en.js' */
import { en } from './en.js';
import { es } from './es.js';

/** @typedef {'es' | 'en'} Language */

const STORED = 'wisp-edge.language';

/** @type {Readonly<Record<Language, Words>>} */
export const WORDS = { es, en };

/**
 * The language that was chosen before, else the first of the browser's that we have, else English.
 *
 * @param {Pick<Storage, 'getItem'>} storage
 * @param {readonly string[]} preferred as navigator.languages
 * @returns {Language}
 */
export function chooseLanguage(storage, preferred) {
  for (const tag of [storage.getItem(STORED) ?? '', ...preferred]) {
    const [language] = tag.toLowerCase().split('-');
    if (language === 'es' || language === 'en') return language;
  }
  return 'en';
}

/**
 * @param {Pick<Storage, 'setItem'>} storage
 * @param {Language} language
 */
export function rememberLanguage(storage, language) {
  storage.setItem(STORED, language);
}

/**
 * Puts values into the places of a text: `{count}`.
 *
 * @param {string} text
 * @param {Readonly<Record<string, string | number>>} values
 * @returns {string}
 */
export function fill(text, values) {
  return text.replace(/\{(\w+)\}/g, (place, /** @type {string} */ name) => String(values[name] ?? place));
}

/**
 * The text for a word of the wire; one that is newer than this page stays as it is.
 *
 * @template Text
 * @param {Readonly<Record<string, Text>>} texts
 * @param {string} word
 * @returns {Text | null}
 */
export function textOf(texts, word) {
  return Object.hasOwn(texts, word) ? (texts[word] ?? null) : null;
}
