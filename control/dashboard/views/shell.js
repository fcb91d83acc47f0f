/**
 * @import { Link } from '../live/event-stream.js'
 * @import { Shown } from '../live/model.js'
 * @import { Language } from '../texts/words.js'
 * @import { Context, View } from './context.js'
 */
import { h } from '../dom.js';
import { fill } from '../texts/words.js';
import { absoluteTime } from '../times.js';
import { brand, languageSwitch } from './brand.js';
import { operationsView } from './operations.js';
import { tick } from './parts.js';
import { phonesView } from './phones.js';
import { rotationsView } from './rotations.js';
import { routersView } from './routers.js';
import { siteNotes, tiles } from './tiles.js';

/** @typedef {'routers' | 'operations' | 'phones' | 'rotations'} ViewName */

/** @type {Readonly<Record<ViewName, (context: Context) => View>>} */
const VIEWS = {
  routers: routersView,
  operations: operationsView,
  phones: phonesView,
  rotations: rotationsView,
};
/** @type {readonly ViewName[]} */
const NAMES = ['routers', 'operations', 'phones', 'rotations'];

/**
 * The page of somebody who is signed in: summary, views, and how live it is.
 *
 * @param {Context} context
 * @param {object} told
 * @param {string} told.site
 * @param {(language: Language) => void} told.onLanguage
 * @param {() => void} told.onSignOut
 */
export function shell(context, { site, onLanguage, onSignOut }) {
  const { words, language } = context;
  /** @type {Shown | null} */
  let last = null;
  /** @type {View | null} */
  let view = null;
  const summary = tiles(context);
  const notes = siteNotes(context);
  const mark = h('p', { class: 'link', role: 'status' });
  const content = h('div', { class: 'view' });
  const heading = h('h2', { class: 'unseen' });
  const main = h('main', { id: 'main', tabindex: '-1' }, heading, content);
  const version = h('footer', {});
  const links = NAMES.map((name) => h('a', { href: `#${name}` }, words.views[name]));
  const skip = h('a', { class: 'skip', href: '#main' }, words.skip);
  skip.addEventListener('click', (event) => {
    event.preventDefault();
    main.focus();
  });
  const signOut = h('button', { type: 'button' }, words.signOut);
  signOut.addEventListener('click', onSignOut);
  const element = h(
    'div',
    { class: 'page' },
    skip,
    h(
      'header',
      { class: 'top' },
      brand(),
      h('h1', {}, site),
      mark,
      h('div', { class: 'tools' }, languageSwitch(language, words, onLanguage), signOut),
    ),
    summary.element,
    notes.element,
    h('nav', { class: 'views', 'aria-label': words.title }, ...links),
    main,
    version,
  );
  const navigate = () => {
    const name = NAMES.find((one) => `#${one}` === location.hash) ?? 'routers';
    view = VIEWS[name](context);
    heading.textContent = words.views[name];
    for (const link of links) {
      if (link.hash === `#${name}`) link.setAttribute('aria-current', 'page');
      else link.removeAttribute('aria-current');
    }
    content.replaceChildren(last === null ? h('p', { class: 'empty' }, words.loading) : view.element);
    if (last !== null) view.update(last);
  };
  navigate();
  return {
    element,
    navigate,
    /** @param {Shown} shown */
    update: (shown) => {
      const isFirst = last === null;
      last = shown;
      summary.update(shown);
      notes.update(shown);
      version.textContent = `wisp-edge ${shown.site.version}`;
      if (isFirst) navigate();
      else view?.update(shown);
    },
    /** @param {HTMLElement} problem Stands in the place of the view until something was read. */
    showProblem: (problem) => {
      content.replaceChildren(problem);
    },
    /**
     * @param {Link} link
     * @param {number} since When it came about, by the server's clock.
     */
    setLink: (link, since) => {
      mark.className = `link ${link}`;
      const stale = fill(words.link.stale, { time: absoluteTime(since, language) });
      mark.title = link === 'reconnecting' ? stale : '';
      mark.textContent = words.link[link];
    },
    tick: () => {
      tick(element, context);
    },
  };
}
