/**
 * @import { RouterPlan, RouterStatus } from '../../../schemas/router.ts'
 * @import { Context, View } from './context.js'
 * @import { HeldPlaces } from './held.js'
 */
import { h, patch } from '../dom.js';
import { fill } from '../texts/words.js';
import { heldSection, placesOf } from './held.js';
import { byGravity, findingItem } from './findings.js';
import { chip, emptyNote, terms, when } from './parts.js';

/**
 * Routers: are they as they should be, and if not, why.
 *
 * @param {Context} context
 * @returns {View}
 */
export function routersView(context) {
  const element = h('div', { class: 'cards' });
  /** @type {HeldPlaces} A card may stand for long while the others are drawn anew: a question about all asks for them then. */
  let places = new Map();
  return {
    element,
    update: (shown) => {
      const routers = [...shown.routers.values()].sort((a, b) => rank(a) - rank(b) || (a.id < b.id ? -1 : 1));
      places = placesOf(shown.plans.values());
      const blocks = routers.map((router) => {
        const plan = shown.plans.get(router.id) ?? null;
        return {
          key: router.id,
          sign: [router, plan?.heldOperations ?? null, elsewhereOf(plan, places), context.mayAct()],
          make: () => routerCard(router, plan, () => places, context),
        };
      });
      const empty = { key: '', sign: 0, make: () => emptyNote(context.words.router.empty) };
      patch(element, blocks.length === 0 ? [empty] : blocks);
    },
  };
}

/**
 * On how many routers each operation of a plan is held: part of what the card shows.
 *
 * @param {RouterPlan | null} plan
 * @param {HeldPlaces} places
 */
function elsewhereOf(plan, places) {
  return (plan?.heldOperations ?? []).map(({ operation }) => places.get(operation ?? '')?.length ?? 0);
}

/**
 * True when nothing about this router needs a look.
 *
 * @param {RouterStatus} router
 * @returns {boolean}
 */
export function isInOrder({ connection, converged, mode, counts }) {
  return connection === 'up' && (converged || mode !== 'manage') && counts.held === 0 && counts.paidButCut === 0;
}

/**
 * @param {RouterStatus} router
 * @returns {number}
 */
function rank(router) {
  if (router.connection === 'down') return 0;
  return isInOrder(router) ? 2 : 1;
}

/**
 * @param {RouterStatus} router
 * @param {RouterPlan | null} plan
 * @param {() => HeldPlaces} places
 * @param {Context} context
 */
function routerCard(router, plan, places, context) {
  const { words } = context;
  const { id, counts, lastError } = router;
  const findings = byGravity(router.findings);
  const error = context.language === 'es' ? (lastError?.es ?? lastError) : lastError;
  return h(
    'article',
    { class: `card ${isInOrder(router) ? '' : 'attention'}`.trim(), 'aria-labelledby': `router-${id}` },
    h('header', {}, h('h3', { id: `router-${id}` }, id), h('p', { class: 'chips' }, ...chipsOf(router, context))),
    terms('facts', [
      [words.router.lastSeen, when(router.lastSeen, context)],
      [words.router.lastPass, when(router.lastPass, context)],
      ...since(words.router.convergedSince, router.convergedSince ?? null, context),
      ...since(words.router.oldestPending, router.pending?.oldestAt ?? null, context),
      ...since(words.router.oldestRestore, router.pending?.oldestRestoreAt ?? null, context),
      [words.router.version, router.version ?? words.unknown],
      [words.router.mode, words.router.modes[router.mode]],
    ]),
    terms('counts', [
      [words.router.counts.subscribers, counts.subscribers],
      [words.router.counts.cut, counts.cut],
      [words.router.counts.notices, counts.notices],
      [words.router.counts.pending, counts.pending, counts.pending > 0 ? 'busy' : 'calm'],
      [words.router.counts.held, counts.held, counts.held > 0 ? 'warn' : 'calm'],
      [words.router.counts.paidButCut, counts.paidButCut, counts.paidButCut > 0 ? 'bad' : 'calm'],
    ]),
    notSentOf(router, context),
    driftOf(router, context),
    lastError === null || error === null
      ? null
      : h(
          'section',
          { class: 'note bad' },
          h('h4', {}, words.router.error, ' ', h('code', { class: 'faint' }, lastError.code)),
          h('p', {}, error.message),
          error.remedy === null ? null : h('p', { class: 'remedy' }, error.remedy),
        ),
    isHolding(router, plan) ? heldSection(router, plan, places, context) : null,
    findings.length === 0
      ? null
      : h(
          'section',
          {},
          h('h4', {}, words.router.findings),
          h('ul', { class: 'findings' }, ...findings.map((finding) => findingItem(finding, context))),
        ),
  );
}

/**
 * Steps that are missing and that the mode keeps back, be the router watched, assisted or handed back.
 *
 * @param {RouterStatus} router
 * @param {Context} context
 */
function notSentOf({ id, notSent }, { words }) {
  return notSent === undefined
    ? null
    : h('p', { class: 'small' }, fill(words.router.notSent, { count: notSent, router: id }));
}

/**
 * What somebody else changed under us; what is not put right yet stands out.
 *
 * @param {RouterStatus} router
 * @param {Context} context
 */
function driftOf({ drift, lastPass }, { words }) {
  if (drift === undefined || lastPass === null) return null;
  const isOpen = drift.found > drift.repaired;
  return h('p', { class: isOpen ? 'small' : 'small faint' }, fill(words.router.drift, { ...drift }));
}

/**
 * A row of facts that is there only when there is something to say.
 *
 * @param {string} term
 * @param {string | null} instant
 * @param {Context} context
 * @returns {readonly (readonly [string, Node])[]}
 */
function since(term, instant, context) {
  return instant === null ? [] : [[term, when(instant, context)]];
}

/**
 * A foreign row that keeps somebody cut is no held change of the count, and is held all the same.
 *
 * @param {RouterStatus} router
 * @param {RouterPlan | null} plan
 */
function isHolding({ counts }, plan) {
  return counts.held > 0 || (plan?.heldOperations ?? []).length > 0;
}

/**
 * @param {RouterStatus} router
 * @param {Context} context
 */
function chipsOf({ connection, converged, mode, counts }, { words }) {
  const tone = connection === 'up' ? 'good' : connection === 'down' ? 'bad' : 'calm';
  const written = converged
    ? chip('good', words.router.converged)
    : mode === 'manage'
      ? chip('busy', words.router.notConverged)
      : chip('calm', words.router.watched);
  const state = mode === 'observe' ? chip('calm', words.router.watched) : written;
  return [
    chip(tone, words.router.connection[connection]),
    connection === 'unknown' ? null : state,
    counts.pending === 0 ? null : chip('busy', fill(words.router.pending, { count: counts.pending })),
    counts.held === 0 ? null : chip('warn', fill(words.router.held, { count: counts.held })),
  ];
}
