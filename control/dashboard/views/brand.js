/**
 * @import { Words } from '../texts/en.js'
 * @import { Language } from '../texts/words.js'
 */
import { h } from '../dom.js';

/** @type {readonly (readonly [Language, string])[]} */
const LANGUAGES = [
  ['es', 'Español'],
  ['en', 'English'],
];

/** The mark and the name of the product. */
export function brand() {
  return h(
    'p',
    { class: 'brand' },
    h('img', { src: '/dashboard/icon.svg', alt: '', width: 28, height: 28 }),
    h('span', {}, 'wisp-edge'),
  );
}

/**
 * Both languages, each in its own words.
 *
 * @param {Language} language the present one
 * @param {Words} words
 * @param {(language: Language) => void} onChange
 */
export function languageSwitch(language, words, onChange) {
  return h(
    'div',
    { class: 'languages', role: 'group', 'aria-label': words.language },
    ...LANGUAGES.map(([one, name]) => {
      const button = h(
        'button',
        { type: 'button', lang: one, 'aria-pressed': one === language ? 'true' : 'false', title: name },
        h('span', { 'aria-hidden': 'true' }, one.toUpperCase()),
        h('span', { class: 'unseen' }, name),
      );
      button.addEventListener('click', () => {
        onChange(one);
      });
      return button;
    }),
  );
}
