/**
 * @import { Event } from '../../../schemas/event.ts'
 * @import { Frame } from './frames.js'
 */
import { ApiFailure, send } from './api.js';
import { backOff } from './back-off.js';
import { frameReader } from './frames.js';

/** The server speaks every 15 s; longer silence is a dead link that nobody told us of. */
const SILENCE_MS = 40_000;

/** @typedef {'connecting' | 'live' | 'reconnecting'} Link */

/**
 * Follows the events from a sequence number on, for as long as the signal lets it. EventSource cannot send a token, so the
 * stream is read by fetch; after a break it resumes with Last-Event-ID, so nothing is missed.
 *
 * @param {object} options
 * @param {string} options.token
 * @param {number} options.after
 * @param {AbortSignal} options.signal
 * @param {(events: readonly Event[]) => void} options.onEvents
 * @param {(link: Link) => void} options.onLink
 * @param {(failure: ApiFailure) => void} options.onRefused The token is good no longer: it ends here.
 * @returns {Promise<void>}
 */
export async function followEvents({ token, after, signal, onEvents, onLink, onRefused }) {
  let last = after;
  let attempt = 0;
  while (!signal.aborted) {
    let wait = 0;
    try {
      await readOnce(token, last, signal, {
        onOpen: () => {
          attempt = 0;
          onLink('live');
        },
        onEvents: (events) => {
          last = events.at(-1)?.seq ?? last;
          onEvents(events);
        },
      });
    } catch (error) {
      if (error instanceof ApiFailure && (error.kind === 'refused' || error.kind === 'forbidden')) {
        onRefused(error);
        return;
      }
      wait = error instanceof ApiFailure ? error.retryAfterSeconds * 1000 : 0;
    }
    if (hasEnded(signal)) return;
    onLink('reconnecting');
    await pause(Math.max(wait, backOff(attempt, Math.random())), signal);
    attempt += 1;
  }
}

/**
 * @param {string} token
 * @param {number} after
 * @param {AbortSignal} signal
 * @param {{ onOpen: () => void, onEvents: (events: readonly Event[]) => void }} told
 * @returns {Promise<void>} when the stream has ended
 */
async function readOnce(token, after, signal, told) {
  const silence = new AbortController();
  let timer = 0;
  const heard = () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(() => {
      silence.abort();
    }, SILENCE_MS);
  };
  heard();
  try {
    const headers = { accept: 'text/event-stream', 'last-event-id': String(after) };
    const answer = await send('/v1/events/stream', token, headers, AbortSignal.any([signal, silence.signal]));
    if (answer.body === null) return;
    told.onOpen();
    const frames = frameReader();
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      heard();
      const events = frames.push(value).map(eventOf);
      if (events.length > 0) told.onEvents(events);
    }
  } finally {
    window.clearTimeout(timer);
  }
}

/**
 * @param {number} ms
 * @param {AbortSignal} signal
 * @returns {Promise<void>} after that time, when the browser is online again, or when the signal fires
 */
function pause(ms, signal) {
  return new Promise((resolve) => {
    const end = () => {
      window.clearTimeout(timer);
      signal.removeEventListener('abort', end);
      window.removeEventListener('online', end);
      resolve();
    };
    const timer = window.setTimeout(end, ms);
    signal.addEventListener('abort', end);
    window.addEventListener('online', end);
  });
}

/**
 * Asked anew: it may have fired while something was awaited.
 *
 * @param {AbortSignal} signal
 * @returns {boolean}
 */
function hasEnded(signal) {
  return signal.aborted;
}

/**
 * @param {Frame} frame
 * @returns {Event}
 */
function eventOf({ data }) {
  /** @type {unknown} */
  const event = JSON.parse(data);
  return /** @type {Event} */ (event);
}
