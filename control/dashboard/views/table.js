import { h, patch } from '../dom.js';

/**
 * One row of a table.
 *
 * @typedef {object} Row
 * @property {string} key
 * @property {unknown} sign
 * @property {() => readonly (Node | string)[]} cells
 */

/**
 * A table that becomes a list of cards on a narrow screen. The roles are said outright, for a table that is laid out as
 * blocks is none any more to a screen reader.
 *
 * @param {string} caption
 * @param {readonly string[]} headings
 */
export function tableOf(caption, headings) {
  const body = h('tbody', { role: 'rowgroup' });
  const element = h(
    'table',
    { role: 'table' },
    h('caption', { class: 'unseen' }, caption),
    h(
      'thead',
      { role: 'rowgroup' },
      h('tr', { role: 'row' }, ...headings.map((text) => h('th', { role: 'columnheader', scope: 'col' }, text))),
    ),
    body,
  );
  /** @param {readonly Row[]} rows */
  const update = (rows) => {
    element.hidden = rows.length === 0;
    patch(
      body,
      rows.map(({ key, sign, cells }) => ({ key, sign, make: () => rowOf(cells(), headings) })),
    );
  };
  return { element, update };
}

/**
 * @param {readonly (Node | string)[]} cells
 * @param {readonly string[]} headings
 */
function rowOf(cells, headings) {
  const [first = '', ...rest] = cells;
  return h(
    'tr',
    { role: 'row' },
    h('th', { role: 'rowheader', scope: 'row' }, first),
    ...rest.map((cell, at) => h('td', { role: 'cell', 'data-label': headings[at + 1] ?? '' }, cell)),
  );
}
