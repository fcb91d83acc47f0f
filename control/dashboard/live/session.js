/**
 * @import { Site } from '../../../schemas/site.ts'
 * @import { Api } from './api.js'
 * @import { Link } from './event-stream.js'
 * @import { Shown } from './model.js'
 */
import { ApiFailure } from './api.js';
import { followEvents } from './event-stream.js';
import { concernsOf } from './concerns.js';
import { readAgain, readAll, takeEvents } from './model.js';
import { rereads } from './rereads.js';

/** What no event tells of (when a router was last seen, evidence within a step) is read this often. */
const REFRESH_MS = 30_000;
const EVERYTHING = ['site', 'routers', 'phones', 'extensions', 'rotations'];

/**
 * Reads everything, then keeps it true until the signal fires.
 *
 * @param {object} options
 * @param {Api} options.api
 * @param {Site} options.site as read when signing in
 * @param {AbortSignal} options.signal
 * @param {(shown: Shown) => void} options.onChange
 * @param {(link: Link) => void} options.onLink
 * @param {(failure: ApiFailure) => void} options.onRefused
 * @returns {Promise<void>} once everything was read; rejects if it could not be
 */
export async function keepShown({ api, site, signal, onChange, onLink, onRefused }) {
  const shown = await readAll(api, site);
  if (signal.aborted) return;
  onChange(shown);
  const ask = rereads(async (topics) => {
    try {
      await readAgain(api, shown, topics);
    } catch (error) {
      if (!(error instanceof ApiFailure) || error.kind !== 'refused') throw error;
      onRefused(error);
      return;
    }
    if (!signal.aborted) onChange(shown);
  }, signal);
  let wasLive = false;
  void followEvents({
    token: api.token,
    after: site.lastSeq,
    signal,
    onEvents: (events) => {
      takeEvents(shown, events);
      onChange(shown);
      ask(events.flatMap(concernsOf));
    },
    onLink: (link) => {
      // After a break the documents may be older than the events say: they may have been read while the server was away.
      if (link === 'live' && wasLive) ask(EVERYTHING);
      if (link === 'live') wasLive = true;
      onLink(link);
    },
    onRefused,
  });
  const onVisible = () => {
    if (document.visibilityState !== 'visible') return;
    const open = [...shown.rotations.values()].filter((rotation) => rotation.end === null);
    ask(['site', 'routers', ...open.map(({ id }) => `rotation/${id}`)]);
  };
  const refresh = setInterval(onVisible, REFRESH_MS);
  document.addEventListener('visibilitychange', onVisible);
  signal.addEventListener('abort', () => {
    clearInterval(refresh);
    document.removeEventListener('visibilitychange', onVisible);
  });
}
