/**
 * @import { Words } from '../texts/en.js'
 * @import { Language } from '../texts/words.js'
 */
import { h } from '../dom.js';
import { brand, languageSwitch } from './brand.js';
import { failureText } from './failure.js';

/**
 * The form for a token.
 *
 * @param {object} options
 * @param {Language} options.language
 * @param {Words} options.words
 * @param {string | null} options.notice What to say first, e.g. that the token is good no longer.
 * @param {(language: Language) => void} options.onLanguage
 * @param {(token: string) => Promise<void>} options.onToken Rejects when it is refused.
 * @returns {HTMLElement}
 */
export function signInView({ language, words, notice, onLanguage, onToken }) {
  const text = words.signIn;
  const message = h('p', { class: 'message', role: 'alert' }, notice);
  const input = h('input', {
    id: 'token',
    type: 'password',
    autocomplete: 'off',
    autocapitalize: 'none',
    spellcheck: 'false',
    'aria-describedby': 'token-hint',
  });
  const show = h('input', { type: 'checkbox' });
  show.addEventListener('change', () => {
    input.type = show.checked ? 'text' : 'password';
  });
  const submit = h('button', { type: 'submit', class: 'primary' }, text.submit);
  const form = h(
    'form',
    { class: 'card sign-in', novalidate: true },
    h('h1', {}, text.heading),
    h('p', {}, text.lead),
    h('label', { for: 'token' }, text.token),
    input,
    h('label', { class: 'choice plain' }, show, h('span', {}, text.show)),
    message,
    submit,
    h('p', { class: 'faint', id: 'token-hint' }, text.hint),
  );
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const token = input.value.trim();
    if (token === '') {
      message.textContent = text.empty;
      input.focus();
      return;
    }
    submit.disabled = true;
    submit.textContent = text.checking;
    message.textContent = '';
    onToken(token).catch((/** @type {unknown} */ error) => {
      message.textContent = failureText(error, words);
      submit.disabled = false;
      submit.textContent = text.submit;
      input.focus();
      input.select();
    });
  });
  return h(
    'main',
    { class: 'door' },
    h('div', { class: 'door-head' }, brand(), languageSwitch(language, words, onLanguage)),
    form,
  );
}
