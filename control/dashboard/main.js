/**
 * @import { Site } from '../../schemas/site.ts'
 * @import { Api } from './live/api.js'
 * @import { Link } from './live/event-stream.js'
 * @import { Shown } from './live/model.js'
 * @import { Language } from './texts/words.js'
 */
import { h } from './dom.js';
import { ApiFailure, createApi } from './live/api.js';
import { keepShown } from './live/session.js';
import { chooseLanguage, rememberLanguage, WORDS } from './texts/words.js';
import { failureText } from './views/failure.js';
import { shell } from './views/shell.js';
import { signInView } from './views/sign-in.js';

/** The token lives as long as the tab, and nowhere else. */
const TOKEN = 'wisp-edge.token';
const TICK_MS = 10_000;

/**
 * Runs the dashboard in an element: signed out, or signed in with one token.
 *
 * @param {HTMLElement} root
 */
function run(root) {
  let language = chooseLanguage(localStorage, navigator.languages);
  /** @type {() => void} Draws what is there now, after the language has changed. */
  let redraw = () => undefined;
  /** @param {Language} chosen */
  const onLanguage = (chosen) => {
    language = chosen;
    rememberLanguage(localStorage, chosen);
    redraw();
  };

  /** @param {ApiFailure | null} failure Why we are here again. */
  const showDoor = (failure) => {
    redraw = () => {
      const words = WORDS[language];
      name(language, words.title);
      const notice =
        failure === null ? null : failure.kind === 'refused' ? words.signIn.expired : failureText(failure, words);
      root.replaceChildren(signInView({ language, words, notice, onLanguage, onToken }));
      root.querySelector('input')?.focus();
    };
    redraw();
  };

  /** @param {string} token */
  const onToken = async (token) => {
    const api = createApi(token);
    const site = await api.site();
    sessionStorage.setItem(TOKEN, token);
    showSite(api, site);
  };

  /** @param {ApiFailure | null} failure */
  const leave = (failure) => {
    sessionStorage.removeItem(TOKEN);
    showDoor(failure);
  };

  /**
   * @param {Api} api
   * @param {Site} site
   */
  const showSite = (api, site) => {
    const ending = new AbortController();
    /** @type {{ shown: Shown | null, link: Link, since: number }} */
    const state = { shown: null, link: 'connecting', since: Date.now() };
    const now = () => Date.now() + (state.shown?.clockOffset ?? Date.parse(site.now) - Date.now());
    const mayAct = () => {
      const scopes = (state.shown?.site ?? site).caller?.scopes ?? [];
      return scopes.includes('operator') || scopes.includes('admin');
    };
    /** @param {ApiFailure | null} failure */
    const end = (failure) => {
      ending.abort();
      leave(failure);
    };
    let page = draw();
    function draw() {
      const words = WORDS[language];
      name(language, `${site.site} · wisp-edge`);
      const context = { api, language, words, now, mayAct };
      const drawn = shell(context, {
        site: site.site,
        onLanguage,
        onSignOut: () => {
          end(null);
        },
      });
      if (state.shown !== null) drawn.update(state.shown);
      drawn.setLink(state.link, state.since);
      root.replaceChildren(drawn.element);
      return drawn;
    }
    redraw = () => {
      page = draw();
      // The button that was pressed was drawn anew: it keeps the focus.
      const pressed = root.querySelector('.languages [aria-pressed="true"]');
      if (pressed instanceof HTMLElement) pressed.focus();
    };
    const begin = () => {
      keepShown({
        api,
        site,
        signal: ending.signal,
        onChange: (shown) => {
          state.shown = shown;
          page.update(shown);
        },
        onLink: (link) => {
          if (link !== state.link) state.since = now();
          state.link = link;
          page.setLink(link, state.since);
        },
        onRefused: end,
      }).catch((/** @type {unknown} */ error) => {
        if (error instanceof ApiFailure && error.kind === 'refused') {
          end(error);
          return;
        }
        const again = h('button', { type: 'button' }, WORDS[language].retry);
        again.addEventListener('click', begin);
        page.showProblem(h('div', { class: 'empty' }, h('p', {}, failureText(error, WORDS[language])), again));
      });
    };
    const options = { signal: ending.signal };
    window.addEventListener(
      'hashchange',
      () => {
        page.navigate();
      },
      options,
    );
    const ticking = setInterval(() => {
      page.tick();
    }, TICK_MS);
    ending.signal.addEventListener('abort', () => {
      clearInterval(ticking);
    });
    begin();
  };

  const token = sessionStorage.getItem(TOKEN);
  if (token === null) {
    showDoor(null);
    return;
  }
  onToken(token).catch((/** @type {unknown} */ error) => {
    const failure = error instanceof ApiFailure ? error : new ApiFailure('failed', { cause: error });
    // A server that is away for a moment is no reason to forget the token.
    if (failure.kind === 'refused') leave(failure);
    else showDoor(failure);
  });
}

/**
 * @param {Language} language
 * @param {string} title
 */
function name(language, title) {
  document.documentElement.lang = language;
  document.title = title;
}

const root = document.getElementById('app');
if (root !== null) run(root);
