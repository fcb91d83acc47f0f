/** @import { Context } from './context.js' */
import { h } from '../dom.js';
import { absoluteTime, relativeTime } from '../times.js';
import { fill, textOf } from '../texts/words.js';

/** @typedef {'good' | 'busy' | 'warn' | 'bad' | 'calm'} Tone */

/**
 * A state in a word; the tone never says more than the word.
 *
 * @param {Tone} tone
 * @param {string} text
 */
export function chip(tone, text) {
  return h('span', { class: `chip ${tone}` }, text);
}

/**
 * A time as how long ago, with the whole time on hover. `tick` keeps it true.
 *
 * @param {string | null} instant
 * @param {Context} context
 */
export function when(instant, { language, now, words }) {
  const at = Date.parse(instant ?? '');
  if (instant === null || Number.isNaN(at)) return h('span', { class: 'faint' }, words.never);
  const absolute = absoluteTime(at, language);
  return h('time', { datetime: instant, title: absolute }, relativeTime(at, now(), language));
}

/**
 * Brings every relative time below `root` up to now.
 *
 * @param {ParentNode} root
 * @param {Context} context
 */
export function tick(root, { language, now }) {
  for (const element of root.querySelectorAll('time')) {
    const text = relativeTime(Date.parse(element.dateTime), now(), language);
    if (element.textContent !== text) element.textContent = text;
  }
}

/**
 * Terms with what is said of each.
 *
 * @param {string} name class of the list
 * @param {readonly (readonly [string, Node | string | number, Tone?])[]} rows
 */
export function terms(name, rows) {
  return h(
    'dl',
    { class: name },
    ...rows.map(([term, value, tone]) => h('div', { class: tone ?? null }, h('dt', {}, term), h('dd', {}, value))),
  );
}

/**
 * A reason word in plain language, with what to do about it.
 *
 * @param {string} word
 * @param {Context} context
 */
export function reasonOf(word, { words }) {
  const reason = textOf(words.reasons, word);
  if (reason === null) return h('div', { class: 'reason' }, h('code', {}, word));
  return h(
    'div',
    { class: 'reason' },
    h('p', { class: 'reason-what' }, reason.what, ' ', h('code', { class: 'faint' }, word)),
    h('details', { 'data-name': `reason-${word}` }, h('summary', {}, words.router.meaning), h('p', {}, reason.todo)),
  );
}

/**
 * `subscriber/s5` with its noun in the reader's language.
 *
 * @param {string} subject
 * @param {Context} context
 */
export function subjectOf(subject, { words }) {
  const at = subject.indexOf('/');
  const noun = textOf(words.operation.nouns, subject.slice(0, at));
  if (at < 0 || noun === null) return h('span', { class: 'subject' }, subject);
  return h('span', { class: 'subject' }, h('span', { class: 'faint' }, `${noun} `), subject.slice(at + 1));
}

/**
 * `Ana Pérez (s5)`, or the id alone where no name is known.
 *
 * @param {string} id
 * @param {Readonly<Record<string, string>>} [names]
 */
export function nameOf(id, names = {}) {
  const name = textOf(names, id);
  return name === null ? id : `${name} (${id})`;
}

/**
 * What a list says when there is nothing in it: what to do next.
 *
 * @param {string} text
 */
export function emptyNote(text) {
  return h('p', { class: 'empty' }, text);
}

/**
 * The first ones of a list, and how many more there are.
 *
 * @template Item
 * @param {readonly Item[]} items
 * @param {number} limit
 * @param {(item: Item) => HTMLElement} show
 * @param {Context} context
 * @returns {HTMLElement[]}
 */
export function firstOf(items, limit, show, { words }) {
  const shown = items.slice(0, limit).map(show);
  const rest = items.length - shown.length;
  return rest === 0 ? shown : [...shown, h('li', { class: 'faint' }, fill(words.more, { count: rest }))];
}

/**
 * Evidence as it came: names and values, nested ones as JSON.
 *
 * @param {Readonly<Record<string, unknown>>} data
 */
export function evidenceOf(data) {
  const rows = Object.entries(data);
  if (rows.length === 0) return null;
  return terms(
    'evidence',
    rows.map(([name, value]) => [name, h('span', { class: 'value' }, plain(value))]),
  );
}

/**
 * @param {unknown} value
 * @returns {string}
 */
function plain(value) {
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value.join(', ');
  return typeof value === 'string' ? value : JSON.stringify(value);
}
