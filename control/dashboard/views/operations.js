/**
 * @import { Operation } from '../../../schemas/operation.ts'
 * @import { OperationRow } from '../live/operations.js'
 * @import { Context, View } from './context.js'
 * @import { Tone } from './parts.js'
 */
import { h, patch } from '../dom.js';
import { fill, textOf } from '../texts/words.js';
import { failureText } from './failure.js';
import { chip, emptyNote, evidenceOf, reasonOf, subjectOf, when } from './parts.js';

/** @type {Readonly<Record<string, Tone>>} */
const TONES = {
  received: 'busy',
  planned: 'busy',
  applied: 'busy',
  verified: 'good',
  held: 'warn',
  failed: 'bad',
  superseded: 'calm',
};
const OPEN = ['received', 'planned', 'applied', 'held'];

/** @typedef {'all' | 'open' | 'held' | 'failed'} Filter */
/** @type {readonly Filter[]} */
const FILTERS = ['all', 'open', 'held', 'failed'];

/**
 * The last operations, newest change first.
 *
 * @param {Context} context
 * @returns {View}
 */
export function operationsView(context) {
  const { words } = context;
  /** @type {Filter} */
  let filter = 'all';
  /** @type {readonly OperationRow[]} */
  let rows = [];
  const list = h('ol', { class: 'operations', 'aria-label': words.operation.caption });
  const note = h('div', {});
  const draw = () => {
    const fitting = rows.filter((row) => fits(row, filter));
    patch(
      list,
      fitting.map((row) => ({ key: row.id, sign: row, make: () => operationItem(row, context) })),
    );
    const text = rows.length === 0 ? words.operation.empty : words.operation.emptyFilter;
    patch(note, fitting.length > 0 ? [] : [{ key: text, sign: 0, make: () => emptyNote(text) }]);
  };
  const choices = FILTERS.map((one) => {
    const input = h('input', { type: 'radio', name: 'filter', value: one, checked: one === filter });
    input.addEventListener('change', () => {
      filter = one;
      draw();
    });
    return h('label', { class: 'choice' }, input, h('span', {}, words.operation.filters[one]));
  });
  const element = h(
    'div',
    {},
    h('fieldset', { class: 'choices' }, h('legend', { class: 'unseen' }, words.operation.filter), ...choices),
    list,
    note,
  );
  return {
    element,
    update: ({ operations }) => {
      rows = operations;
      draw();
    },
  };
}

/**
 * @param {OperationRow} row
 * @param {Filter} filter
 * @returns {boolean}
 */
function fits({ state }, filter) {
  if (filter === 'all') return true;
  return filter === 'open' ? OPEN.includes(state) : state === filter;
}

/**
 * @param {OperationRow} row
 * @param {Context} context
 */
function operationItem(row, context) {
  const { words } = context;
  const { id, kind, subject, state, reason, heldUnder, actor, at } = row;
  return h(
    'li',
    { class: 'operation' },
    h(
      'div',
      { class: 'operation-head' },
      h('strong', {}, textOf(words.operation.kinds, kind) ?? kind),
      subjectOf(subject, context),
      chip(TONES[state] ?? 'calm', textOf(words.operation.states, state) ?? state),
      h('span', { class: 'operation-when' }, when(at, context)),
    ),
    reason === null ? null : reasonOf(reason, context),
    heldUnder.length === 0
      ? null
      : h('p', { class: 'remedy' }, fill(words.operation.heldUnder, { operations: heldUnder.join(', ') })),
    historyOf(id, actor, context),
  );
}

/**
 * The operation's history, read when it is opened.
 *
 * @param {string} id
 * @param {string | null} actor
 * @param {Context} context
 */
function historyOf(id, actor, context) {
  const { words, api } = context;
  const content = h('div', { class: 'history' });
  const details = h(
    'details',
    { 'data-name': 'history', class: 'quiet' },
    h('summary', {}, words.operation.history),
    h(
      'p',
      { class: 'faint' },
      h('code', { class: 'id' }, id),
      actor === null ? null : ` ${fill(words.operation.by, { actor })}`,
    ),
    content,
  );
  details.addEventListener('toggle', () => {
    if (!details.open || content.childElementCount > 0) return;
    content.replaceChildren(h('p', { class: 'faint' }, words.loading));
    api.operation(id).then(
      (operation) => {
        content.replaceChildren(historyList(operation, context));
      },
      (/** @type {unknown} */ error) => {
        content.replaceChildren(h('p', {}, failureText(error, words)));
      },
    );
  });
  return details;
}

/**
 * @param {Operation} operation
 * @param {Context} context
 */
function historyList({ history, result }, context) {
  const { words } = context;
  const items = history.map(({ state, at, evidence }) =>
    h('li', {}, `${words.operation.states[state]} · `, when(at, context), evidence ? evidenceOf(evidence) : null),
  );
  return h('div', {}, h('ol', { class: 'steps-taken' }, ...items), result === undefined ? null : evidenceOf(result));
}
