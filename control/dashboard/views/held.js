/**
 * @import { HeldOperation } from '../../../schemas/held-operation.ts'
 * @import { RouterPlan, RouterStatus } from '../../../schemas/router.ts'
 * @import { Context } from './context.js'
 */
import { h } from '../dom.js';
import { fill, textOf } from '../texts/words.js';
import { askRelease, askClaim } from './held-dialog.js';
import { groupCard, partSingles } from './held-group.js';
import { effectOfCommand, withdrawal } from './held-words.js';
import { emptyNote, nameOf, reasonOf, terms, when } from './parts.js';

/** So many held operations are shown; beyond that a reader works with the command line. */
const SHOWN = 30;
const NAMED = 12;

/** @typedef {'cut' | 'restored' | 'noticed'} Effect */
/** @type {readonly Effect[]} */
export const EFFECTS = ['cut', 'restored', 'noticed'];

/**
 * Where an operation is held, over all routers.
 *
 * @typedef {ReadonlyMap<string, readonly { readonly router: string, readonly held: HeldOperation }[]>} HeldPlaces
 */

/**
 * @param {Iterable<RouterPlan>} plans
 * @returns {HeldPlaces}
 */
export function placesOf(plans) {
  /** @type {Map<string, { readonly router: string, readonly held: HeldOperation }[]>} */
  const places = new Map();
  for (const { router, heldOperations = [] } of plans) {
    for (const held of heldOperations) {
      if (held.operation === null || held.way !== 'release') continue;
      places.set(held.operation, [...(places.get(held.operation) ?? []), { router, held }]);
    }
  }
  return places;
}

/**
 * What a router holds: of each operation whom it would hit, the limit, the commands, and how it goes on.
 *
 * @param {RouterStatus} router
 * @param {RouterPlan | null} plan
 * @param {() => HeldPlaces} places as they are on the page when it is called
 * @param {Context} context
 */
export function heldSection(router, plan, places, context) {
  const { words } = context;
  const held = plan?.heldOperations ?? [];
  const { singles, others } = partSingles(held);
  const shown = others.slice(0, SHOWN);
  return h(
    'section',
    { class: 'note warn' },
    h('h4', {}, words.router.heldHeading),
    ...(held.length === 0 ? [h('p', {}, words.router.heldElsewhere)] : []),
    singles.length === 0 ? null : groupCard(singles, router.id, context),
    ...shown.map((one) => heldCard(one, router.id, places, context)),
    others.length > shown.length ? emptyNote(fill(words.more, { count: others.length - shown.length })) : null,
  );
}

/**
 * @param {HeldOperation} held
 * @param {string} router
 * @param {() => HeldPlaces} places
 * @param {Context} context
 */
function heldCard(held, router, places, context) {
  const { words } = context;
  const { operation, kind, reason, since, limit, way } = held;
  const elsewhere = () => (places().get(operation ?? '') ?? []).filter((one) => one.router !== router);
  const title = kind === null ? words.held.nobodys : (textOf(words.operation.kinds, kind) ?? kind);
  return h(
    'div',
    { class: 'held' },
    h(
      'p',
      { class: 'held-head' },
      h('strong', {}, title),
      ...effectsOf(held, context).map((text) => h('span', { class: 'held-effect' }, text)),
    ),
    reasonOf(reason, context),
    terms('held-facts', [
      [words.held.since, when(since, context)],
      ...(limit === undefined
        ? [/** @type {const} */ ([words.held.detail, detailOf(held, context)])]
        : [/** @type {const} */ ([words.held.limit, fill(words.held.limits[limit.scope], limitWords(limit))])]),
    ]),
    h(
      'details',
      { 'data-name': `held-${reason}-${operation ?? ''}` },
      h('summary', {}, words.held.open),
      ...EFFECTS.map((effect) => namesOf(held, effect, context)),
      diffOf(held, context),
      operation === null ? null : h('p', { class: 'faint' }, h('code', { class: 'id' }, operation)),
    ),
    actions({ held, router, elsewhere }, context),
    way === 'release' ? withdrawalNote(held, router, context) : null,
  );
}

/**
 * Why it waits, in the page's language.
 *
 * @param {HeldOperation} held
 * @param {Context} context
 */
function detailOf({ detail, es }, { language }) {
  return language === 'es' ? (es?.detail ?? detail) : detail;
}

/**
 * @param {NonNullable<HeldOperation['limit']>} limit
 * @returns {Readonly<Record<string, number>>}
 */
function limitWords({ asked, before, allowed, windowMinutes }) {
  return { asked, before, allowed, minutes: windowMinutes };
}

/**
 * `199 serían cortados`, for each of the three.
 *
 * @param {HeldOperation} held
 * @param {Context} context
 * @returns {readonly string[]}
 */
function effectsOf(held, { words }) {
  return EFFECTS.filter((effect) => held[effect].count > 0).map((effect) =>
    fill((held[effect].count === 1 ? words.held.wouldOne : words.held.would)[effect], { count: held[effect].count }),
  );
}

/**
 * @param {HeldOperation} held
 * @param {Effect} effect
 * @param {Context} context
 */
function namesOf(held, effect, context) {
  const { count, first } = held[effect];
  if (count === 0) return null;
  const shown = first.slice(0, NAMED);
  const rest = count - shown.length;
  return h(
    'p',
    { class: 'held-names' },
    h('span', { class: 'faint' }, `${context.words.held.whom[effect]}: `),
    shown.map((id) => nameOf(id, held.names)).join(', '),
    rest === 0 ? null : ` ${fill(context.words.more, { count: rest })}`,
  );
}

/**
 * @param {HeldOperation} held
 * @param {Context} context
 */
function diffOf({ commands, omitted }, { words }) {
  if (commands.length === 0) return null;
  return h(
    'div',
    { class: 'diff-box' },
    h('p', { class: 'faint small' }, words.held.commands),
    h(
      'ol',
      { class: 'diff', tabindex: '0', 'aria-label': words.held.commands },
      ...commands.map(({ sign, command }) =>
        h(
          'li',
          { class: sign === '+' ? 'added' : 'removed' },
          h('span', { class: 'unseen' }, words.held[effectOfCommand({ sign, command })]),
          h('code', {}, `${sign} ${command}`),
        ),
      ),
    ),
    omitted === 0 ? null : h('p', { class: 'faint small' }, fill(words.held.moreCommands, { count: omitted })),
  );
}

/**
 * The buttons of somebody who may; for everybody else the command that does it.
 *
 * @param {{ held: HeldOperation, router: string, elsewhere: () => readonly { readonly router: string, readonly held: HeldOperation }[] }} told
 * @param {Context} context
 */
function actions({ held, router, elsewhere }, context) {
  const { words, mayAct } = context;
  const { operation, way } = held;
  if (way === 'wait') return null;
  if (way === 'claim') {
    const subscribers = EFFECTS.flatMap((effect) => held[effect].first);
    if (!mayAct()) return command(`wisp-edge routers claim ${router} ${subscribers[0] ?? ''}`, context);
    const claim = h('button', { type: 'button' }, words.held.claim);
    claim.addEventListener('click', () => {
      askClaim({ router, subscribers, held }, context);
    });
    return h('p', { class: 'actions' }, claim);
  }
  if (operation === null) return null;
  const count = elsewhere().length;
  if (!mayAct()) {
    return command(
      count === 0 ? `wisp-edge routers release ${router} ${operation}` : `wisp-edge release ${operation}`,
      context,
    );
  }
  const here = h('button', { type: 'button' }, fill(words.held.releaseHere, { router }));
  here.addEventListener('click', () => {
    askRelease({ operation, routers: [router], places: [{ router, held }] }, context);
  });
  const all = h('button', { type: 'button' }, fill(words.held.releaseAll, { count: count + 1 }));
  all.addEventListener('click', () => {
    askRelease({ operation, routers: null, places: [{ router, held }, ...elsewhere()] }, context);
  });
  return h('p', { class: 'actions' }, here, count === 0 ? null : all);
}

/**
 * @param {string} text
 * @param {Context} context
 */
function command(text, { words }) {
  return h('p', { class: 'remedy' }, h('span', { class: 'faint' }, `${words.held.byCommand}: `), h('code', {}, text));
}

/**
 * @param {HeldOperation} held
 * @param {string} router
 * @param {Context} context
 */
function withdrawalNote(held, router, { words }) {
  const text = withdrawal(held, router, words.held);
  return text === null ? null : h('p', { class: 'faint small' }, text);
}
