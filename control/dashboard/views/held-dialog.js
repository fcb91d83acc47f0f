/**
 * @import { HeldOperation } from '../../../schemas/held-operation.ts'
 * @import { HeldLater } from '../../../schemas/router-actions.ts'
 * @import { Words } from '../texts/en.js'
 * @import { Versions } from '../live/api.js'
 * @import { Context } from './context.js'
 */
import { h } from '../dom.js';
import { fill } from '../texts/words.js';
import { failureText } from './failure.js';
import { nameOf } from './parts.js';

/** @typedef {{ readonly router: string, readonly held: HeldOperation }} HeldPlace */
/**
 * A cut of one subscriber that the brake holds; how many alike there are is all that differs.
 *
 * @typedef {HeldOperation & { readonly operation: string }} SingleCut
 */
/** @type {readonly ('cut' | 'restored' | 'noticed')[]} */
const EFFECTS = ['cut', 'restored', 'noticed'];
/** So many are named in a question. */
const NAMED = 10;
/** More routers than this are one line. */
const EACH = 6;

/**
 * Asks before a release, with the numbers said once more.
 *
 * @param {{ operation: string, routers: readonly string[] | null, places: readonly HeldPlace[] }} asked
 * @param {Context} context
 */
export function askRelease({ operation, routers, places }, context) {
  const { api, words } = context;
  const shown = versionsOf(places.map(({ router, held }) => [router, held]));
  confirm(
    {
      heading: words.held.confirmRelease,
      lines: numbersOf(places, context),
      go: words.held.release,
      act: () => api.release(operation, routers, shown),
    },
    context,
  );
}

/**
 * Asks before many single cuts of one router are let through.
 *
 * @param {{ router: string, singles: readonly SingleCut[], names: readonly string[] }} asked
 * @param {Context} context
 */
export function askReleaseOfMany({ router, singles, names }, context) {
  const { api, words } = context;
  const operations = singles.map(({ operation }) => operation);
  const shown = versionsOf(singles.map((one) => [one.operation, one]));
  const rest = names.length - NAMED;
  const named = [...names.slice(0, NAMED), ...(rest > 0 ? [fill(words.more, { count: rest })] : [])];
  confirm(
    {
      heading: words.held.confirmRelease,
      lines: [willBe('cut', operations.length, router, words), named.join(', ')],
      go: words.held.release,
      act: () => api.releaseOn(router, operations, shown),
    },
    context,
  );
}

/**
 * Asks before foreign rows are taken over.
 *
 * @param {{ router: string, subscribers: readonly string[], held: HeldOperation }} asked
 * @param {Context} context
 */
export function askClaim({ router, subscribers, held }, context) {
  const { api, words } = context;
  confirm(
    {
      heading: words.held.confirmClaim,
      lines: [
        sentence(context.language === 'es' ? (held.es?.detail ?? held.detail) : held.detail),
        // A row that keeps somebody cut who is to be open goes; every other one stays, as ours.
        fill(held.restored.count > 0 && held.cut.count === 0 ? words.held.claimedOff : words.held.claimed, {
          subscribers: subscribers
            .slice(0, NAMED)
            .map((id) => nameOf(id, held.names))
            .join(', '),
          router,
        }),
      ],
      go: words.held.claim,
      act: async () => {
        await api.claim(router, subscribers);
        return [];
      },
    },
    context,
  );
}

/**
 * A detail follows a colon elsewhere; here it stands alone.
 *
 * @param {string} text
 */
function sentence(text) {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`;
}

/**
 * `199 abonados serán cortados en rb-norte`, one line for each router and effect.
 *
 * @param {readonly HeldPlace[]} places
 * @param {Context} context
 * @returns {readonly string[]}
 */
export function numbersOf(places, { words }) {
  if (places.length > EACH) {
    return EFFECTS.flatMap((effect) => {
      const count = places.reduce((sum, { held }) => sum + held[effect].count, 0);
      const where = fill(words.held.onRouters, { count: places.length });
      return count === 0 ? [] : [willBe(effect, count, where, words)];
    });
  }
  return places.flatMap(({ router, held }) =>
    EFFECTS.flatMap((effect) => {
      const { count } = held[effect];
      return count === 0 ? [] : [willBe(effect, count, router, words)];
    }),
  );
}

/**
 * What stands in the numbers that are asked about. The question keeps it: what arrives while it is open was not read.
 *
 * @param {readonly (readonly [string, HeldOperation])[]} places
 * @returns {Versions}
 */
function versionsOf(places) {
  return Object.fromEntries(places.flatMap(([key, { shown }]) => (shown === undefined ? [] : [[key, shown]])));
}

/**
 * `3 abonados quedaron retenidos en rb-norte …`, one line for each router.
 *
 * @param {readonly HeldLater[]} later
 * @param {Words} words
 * @returns {string}
 */
function laterText(later, words) {
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const { router, count } of later) counts.set(router, (counts.get(router) ?? 0) + count);
  const sum = later.reduce((total, { count }) => total + count, 0);
  const told = counts.size <= EACH ? [...counts] : [[fill(words.held.onRouters, { count: counts.size }), sum]];
  const lines = told.map(([router = '', count = 0]) =>
    fill(count === 1 ? words.held.laterOne : words.held.later, { count, router }),
  );
  return [...lines, words.held.laterTodo].join(' ');
}

/**
 * @param {'cut' | 'restored' | 'noticed'} effect
 * @param {number} count
 * @param {string} router
 * @param {Words} words
 */
function willBe(effect, count, router, words) {
  return fill((count === 1 ? words.held.willOne : words.held.will)[effect], { count, router });
}

/**
 * `act` gives whom it left, which is told: the question is over, and another one is for what the page shows by now.
 *
 * @param {{ heading: string, lines: readonly string[], go: string, act: () => Promise<readonly HeldLater[]> }} asked
 * @param {Context} context
 */
function confirm({ heading, lines, go, act }, { words }) {
  const cancel = h('button', { type: 'button' }, words.held.cancel);
  const proceed = h('button', { type: 'button', class: 'primary danger' }, go);
  const problem = h('p', { class: 'note bad', role: 'alert', hidden: true });
  const dialog = h(
    'dialog',
    { class: 'confirm', 'aria-labelledby': 'confirm-heading' },
    h('h3', { id: 'confirm-heading' }, heading),
    h('ul', { class: 'confirm-lines' }, ...lines.map((line) => h('li', {}, line))),
    problem,
    h('p', { class: 'actions' }, cancel, proceed),
  );
  cancel.addEventListener('click', () => {
    dialog.close();
  });
  dialog.addEventListener('close', () => {
    dialog.remove();
  });
  proceed.addEventListener('click', () => {
    proceed.disabled = true;
    act().then(
      (later) => {
        if (later.length === 0) {
          dialog.close();
          return;
        }
        problem.className = 'note warn';
        problem.textContent = laterText(later, words);
        problem.hidden = false;
        proceed.remove();
        cancel.textContent = words.held.close;
        cancel.focus();
      },
      (/** @type {unknown} */ error) => {
        problem.textContent = failureText(error, words);
        problem.hidden = false;
        proceed.disabled = false;
      },
    );
  });
  document.body.append(dialog);
  dialog.showModal();
  // What changes nothing is what a hasty Enter meets.
  cancel.focus();
}
