/**
 * @import { HeldOperation } from '../../../schemas/held-operation.ts'
 * @import { Context } from './context.js'
 * @import { SingleCut } from './held-dialog.js'
 */
import { h } from '../dom.js';
import { fill } from '../texts/words.js';
import { askReleaseOfMany } from './held-dialog.js';
import { nameOf, reasonOf, terms, when } from './parts.js';

/** So many are named; a reader who wants all of more works with the command line. */
const NAMED = 200;

/**
 * Parts what is alike from the rest: single cuts that the brake holds, where there are several.
 *
 * @param {readonly HeldOperation[]} held
 * @returns {{ readonly singles: readonly SingleCut[], readonly others: readonly HeldOperation[] }}
 */
export function partSingles(held) {
  const singles = held.filter(isSingleCut);
  if (singles.length < 2) return { singles: [], others: held };
  return { singles, others: held.filter((one) => !isSingleCut(one)) };
}

/**
 * @param {HeldOperation} held
 * @returns {held is SingleCut}
 */
function isSingleCut(held) {
  const { operation, kind, reason, way, cut, restored, noticed } = held;
  const isOne = cut.count === 1 && restored.count + noticed.count === 0;
  return operation !== null && kind === 'cutoff' && reason === 'brake' && way === 'release' && isOne;
}

/**
 * Many single cuts as one card: who they are, and one word for all of them or for each.
 *
 * @param {readonly SingleCut[]} singles
 * @param {string} router
 * @param {Context} context
 */
export function groupCard(singles, router, context) {
  const { words, mayAct } = context;
  const [oldest = ''] = singles.map(({ since }) => since).sort();
  const shown = singles.slice(0, NAMED);
  return h(
    'div',
    { class: 'held' },
    h('p', { class: 'held-head' }, h('strong', {}, fill(words.held.group, { count: singles.length }))),
    reasonOf('brake', context),
    terms('held-facts', [[words.held.since, when(oldest, context)]]),
    h(
      'details',
      { 'data-name': 'held-group' },
      h('summary', {}, words.held.groupOpen),
      h('ul', { class: 'held-people' }, ...shown.map(personRow)),
      shown.length === singles.length
        ? null
        : h('p', { class: 'faint small' }, fill(words.more, { count: singles.length - shown.length })),
    ),
    mayAct()
      ? h(
          'p',
          { class: 'actions' },
          releaseButton(fill(words.held.releaseGroup, { count: singles.length, router }), singles),
        )
      : h(
          'p',
          { class: 'remedy' },
          h('span', { class: 'faint' }, `${words.held.byCommand}: `),
          h('code', {}, `wisp-edge release --all --router ${router}`),
        ),
  );

  /**
   * @param {string} text
   * @param {readonly SingleCut[]} these
   */
  function releaseButton(text, these) {
    const button = h('button', { type: 'button' }, text);
    button.addEventListener('click', () => {
      askReleaseOfMany({ router, singles: these, names: these.map(subscriberOf) }, context);
    });
    return button;
  }

  /** @param {SingleCut} one */
  function personRow(one) {
    return h(
      'li',
      {},
      h('span', {}, subscriberOf(one)),
      ' ',
      h('code', { class: 'id faint' }, one.operation),
      mayAct() ? releaseButton(words.held.release, [one]) : null,
    );
  }
}

/**
 * Whom a single cut is of.
 *
 * @param {HeldOperation} held
 */
function subscriberOf({ cut, names }) {
  return nameOf(cut.first[0] ?? '', names);
}
