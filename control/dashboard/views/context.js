/**
 * @import { Api } from '../live/api.js'
 * @import { Shown } from '../live/model.js'
 * @import { Words } from '../texts/en.js'
 * @import { Language } from '../texts/words.js'
 */

/**
 * What every view is given.
 *
 * @typedef {object} Context
 * @property {Api} api
 * @property {Language} language
 * @property {Words} words
 * @property {() => number} now The server's time, ms: times on the page are its, not the browser's.
 */

/**
 * A view keeps its element and brings it to what is shown now.
 *
 * @typedef {object} View
 * @property {HTMLElement} element
 * @property {(shown: Shown) => void} update
 */

export {};
