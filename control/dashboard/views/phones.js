/**
 * @import { ExtensionDocument } from '../../../schemas/extension.ts'
 * @import { PhoneDocument } from '../../../schemas/phone.ts'
 * @import { Shown } from '../live/model.js'
 * @import { Context, View } from './context.js'
 * @import { Tone } from './parts.js'
 */
import { h, patch } from '../dom.js';
import { fill, textOf } from '../texts/words.js';
import { chip, emptyNote, when } from './parts.js';
import { tableOf } from './table.js';

/** Rows at once; the search finds the others. */
const ROWS = 200;

/** @type {Readonly<Record<string, Tone>>} */
const VERDICT_TONES = { valid: 'good', invalid: 'bad', locked: 'bad', unreachable: 'warn' };

/**
 * Phones and extensions, with one search over both.
 *
 * @param {Context} context
 * @returns {View}
 */
export function phonesView(context) {
  const { words } = context;
  const { phone, extension } = words;
  /** @type {Shown | null} */
  let last = null;
  const phones = tableOf(phone.caption, [
    phone.mac,
    phone.model,
    phone.label,
    phone.lines,
    phone.lastFetch,
    phone.lastSeen,
    phone.registered,
  ]);
  const extensions = tableOf(extension.caption, [
    extension.number,
    extension.name,
    extension.owner,
    extension.phones,
    extension.key,
    extension.verdict,
    extension.registered,
  ]);
  const search = h('input', { type: 'search', id: 'search', autocomplete: 'off', spellcheck: 'false' });
  const notes = { phones: h('div', {}), extensions: h('div', {}) };
  const draw = () => {
    if (last === null) return;
    const wanted = search.value.trim().toLowerCase();
    const fittingPhones = [...last.phones.values()].filter((one) => isFound(phoneText(one), wanted));
    const fittingExtensions = [...last.extensions.values()].filter((one) => isFound(extensionText(one), wanted));
    phones.update(
      fittingPhones.slice(0, ROWS).map((one) => ({ key: one.mac, sign: one, cells: () => phoneCells(one, context) })),
    );
    extensions.update(
      fittingExtensions
        .slice(0, ROWS)
        .map((one) => ({ key: one.number, sign: one, cells: () => extensionCells(one, context) })),
    );
    const text = wanted === '' ? null : fill(phone.emptySearch, { text: search.value.trim() });
    showNote(notes.phones, fittingPhones.length, text ?? phone.empty, context);
    showNote(notes.extensions, fittingExtensions.length, text ?? extension.empty, context);
  };
  search.addEventListener('input', draw);
  const element = h(
    'div',
    {},
    h('p', { class: 'search' }, h('label', { for: 'search' }, phone.search), search),
    h('section', {}, h('h3', {}, phone.heading), phones.element, notes.phones),
    h('section', {}, h('h3', {}, extension.heading), extensions.element, notes.extensions),
  );
  return {
    element,
    update: (shown) => {
      last = shown;
      draw();
    },
  };
}

/**
 * @param {HTMLElement} note
 * @param {number} count
 * @param {string} empty
 * @param {Context} context
 */
function showNote(note, count, empty, { words }) {
  const text = count === 0 ? empty : count > ROWS ? fill(words.more, { count: count - ROWS }) : null;
  patch(note, text === null ? [] : [{ key: text, sign: 0, make: () => emptyNote(text) }]);
}

/**
 * @param {string} text
 * @param {string} wanted in lower case
 * @returns {boolean}
 */
function isFound(text, wanted) {
  return wanted === '' || text.toLowerCase().includes(wanted);
}

/** @param {PhoneDocument} phone */
function phoneText({ mac, vendor, model, label, lines, address }) {
  return [mac, spelled(mac), vendor, model, label, address, ...lines.map((line) => line.extension)].join(' ');
}

/** @param {ExtensionDocument} extension */
function extensionText({ number, displayName, site, owner, registrar }) {
  return [number, displayName, site, owner, registrar].join(' ');
}

/**
 * @param {PhoneDocument} phone
 * @param {Context} context
 */
function phoneCells(phone, context) {
  const { words } = context;
  const state = phone.registered
    ? chip('good', words.phone.isRegistered)
    : phone.enrolled
      ? chip('warn', words.phone.notRegistered)
      : chip('calm', words.phone.notEnrolled);
  const lines = phone.lines.map((line) => line.extension).join(', ');
  return [
    h('code', {}, spelled(phone.mac)),
    [phone.vendor, phone.model].filter((text) => text !== undefined).join(' '),
    phone.label ?? '—',
    lines === '' ? '—' : lines,
    when(phone.lastFetch, context),
    h(
      'span',
      { title: phone.userAgent },
      when(phone.lastSeen, context),
      phone.address === null ? null : ` · ${phone.address}`,
    ),
    phone.delegatedPending === undefined
      ? state
      : h('span', { class: 'chips' }, state, pendingChip(phone.delegatedPending.join(', '), context)),
  ];
}

/**
 * @param {string} what
 * @param {Context} context
 */
function pendingChip(what, { words }) {
  const made = chip('warn', words.extension.delegatedPending);
  made.title = fill(words.extension.delegatedPendingTitle, { what });
  return made;
}

/**
 * @param {ExtensionDocument} extension
 * @param {Context} context
 */
function extensionCells(extension, context) {
  const { words } = context;
  const { sipKey, lastVerdict, phones, registered, rotation, delegation } = extension;
  const key = sipKey.set
    ? h('span', {}, `${words.extension.keySet} · `, when(sipKey.changedAt, context))
    : words.extension.keyMissing;
  const verdict =
    lastVerdict === null
      ? '—'
      : h(
          'span',
          {},
          chip(
            VERDICT_TONES[lastVerdict.verdict] ?? 'calm',
            textOf(words.extension.verdicts, lastVerdict.verdict) ?? lastVerdict.verdict,
          ),
          ' ',
          when(lastVerdict.at, context),
        );
  return [
    h('strong', {}, extension.number),
    extension.displayName,
    words.extension.owners[extension.owner],
    phones.length === 0 ? '—' : phones.map(spelled).join(', '),
    key,
    verdict,
    h(
      'span',
      { class: 'chips' },
      registered ? chip('good', words.phone.isRegistered) : chip('warn', words.phone.notRegistered),
      rotation === null ? null : chip('busy', words.extension.rotating),
      delegation?.state === 'delegated_pending' ? pendingChip(extension.number, context) : null,
    ),
  ];
}

/**
 * A MAC as it stands on the phone's label.
 *
 * @param {string} mac 12 hex digits
 * @returns {string}
 */
function spelled(mac) {
  return mac.match(/../g)?.join(':') ?? mac;
}
