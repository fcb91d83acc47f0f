/**
 * @import { Event } from '../../../schemas/event.ts'
 * @import { ExtensionDocument } from '../../../schemas/extension.ts'
 * @import { PhoneDocument } from '../../../schemas/phone.ts'
 * @import { RotationDocument } from '../../../schemas/rotation.ts'
 * @import { RouterPlan, RouterStatus } from '../../../schemas/router.ts'
 * @import { Site } from '../../../schemas/site.ts'
 * @import { Api } from './api.js'
 * @import { OperationRow } from './operations.js'
 */
import { ApiFailure } from './api.js';
import { addOlder, foldOperations } from './operations.js';

/** How many events are read for the list of operations at the start. */
const EVENTS = 300;
/** Older operations that are read one by one, because something that waits names them. */
const OLDER = 50;
/** More single documents than this are read as a list. */
const ONE_BY_ONE = 20;

/**
 * What the dashboard shows: the documents as last read.
 *
 * @typedef {object} Shown
 * @property {Site} site
 * @property {number} clockOffset How far the server's clock is ahead of the browser's, ms.
 * @property {Map<string, RouterStatus>} routers
 * @property {Map<string, RouterPlan>} plans Of the routers that hold something.
 * @property {Map<string, PhoneDocument>} phones
 * @property {Map<string, ExtensionDocument>} extensions
 * @property {Map<string, RotationDocument>} rotations
 * @property {readonly OperationRow[]} operations
 */

/**
 * Reads everything once.
 *
 * @param {Api} api
 * @param {Site} site as read when signing in; its `lastSeq` is where the events go on
 * @returns {Promise<Shown>}
 */
export async function readAll(api, site) {
  const [routers, phones, extensions, rotations, events] = await Promise.all([
    api.routers(),
    orNone(api.phones()),
    orNone(api.extensions()),
    orNone(api.rotations()),
    api.events(Math.max(0, site.lastSeq - EVENTS), EVENTS),
  ]);
  /** @type {Shown} */
  const shown = {
    site,
    clockOffset: Date.parse(site.now) - Date.now(),
    routers: byKey(routers, (router) => router.id),
    plans: new Map(),
    phones: byKey(phones, (phone) => phone.mac),
    extensions: byKey(extensions, (extension) => extension.number),
    rotations: byKey(rotations, (rotation) => rotation.id),
    operations: foldOperations([], events),
  };
  await readPlans(api, shown);
  await readOlder(api, shown);
  return shown;
}

/**
 * What is held may have been asked long ago, before the events that were read.
 *
 * @param {Api} api
 * @param {Shown} shown
 */
async function readOlder(api, shown) {
  const known = new Set(shown.operations.map(({ id }) => id));
  const open = [...shown.rotations.values()].filter(({ end }) => end === null);
  const named = [
    ...open.map(({ operation }) => operation),
    ...[...shown.plans.values()].flatMap(({ held }) => held.flatMap(({ operations }) => operations)),
  ];
  const ids = [...new Set(named)].filter((id) => !known.has(id)).slice(0, OLDER);
  const found = await Promise.all(ids.map((id) => api.operation(id).catch(orMissing)));
  shown.operations = addOlder(
    shown.operations,
    found.filter((operation) => operation !== null),
  );
}

/**
 * Takes events in.
 *
 * @param {Shown} shown
 * @param {readonly Event[]} events
 */
export function takeEvents(shown, events) {
  shown.operations = foldOperations(shown.operations, events);
}

/**
 * Reads again what the topics name (see concerns.js).
 *
 * @param {Api} api
 * @param {Shown} shown
 * @param {ReadonlySet<string>} topics
 * @returns {Promise<void>}
 */
export async function readAgain(api, shown, topics) {
  await Promise.all([
    topics.has('site') ? readSite(api, shown) : null,
    readDocuments(topics, 'router', shown.routers, api.routers, api.router, (router) => router.id),
    readDocuments(topics, 'phone', shown.phones, api.phones, api.phone, (phone) => phone.mac),
    readDocuments(topics, 'extension', shown.extensions, api.extensions, api.extension, (one) => one.number),
    readDocuments(topics, 'rotation', shown.rotations, api.rotations, api.rotation, (rotation) => rotation.id),
    // A phone is registered when its lines are: an extension's news are its phones' too.
    ...[...topics].filter((topic) => topic.startsWith('extension/')).map((topic) => readPhonesOf(api, shown, topic)),
  ]);
  if ([...topics].some((topic) => topic === 'routers' || topic.startsWith('router/'))) await readPlans(api, shown);
}

/**
 * @param {Api} api
 * @param {Shown} shown
 */
async function readSite(api, shown) {
  shown.site = await api.site();
  shown.clockOffset = Date.parse(shown.site.now) - Date.now();
}

/**
 * @template Document
 * @param {ReadonlySet<string>} topics
 * @param {string} noun
 * @param {Map<string, Document>} held
 * @param {() => Promise<readonly Document[]>} readList
 * @param {(id: string) => Promise<Document>} readOne
 * @param {(document: Document) => string} keyOf
 * @returns {Promise<void>}
 */
async function readDocuments(topics, noun, held, readList, readOne, keyOf) {
  const ids = [...topics].filter((topic) => topic.startsWith(`${noun}/`)).map((topic) => topic.slice(noun.length + 1));
  if (topics.has(`${noun}s`) || ids.length > ONE_BY_ONE) {
    const all = byKey(await orNone(readList()), keyOf);
    held.clear();
    for (const [key, document] of all) held.set(key, document);
    return;
  }
  await Promise.all(
    ids.map(async (id) => {
      const document = await readOne(id).catch(orMissing);
      if (document === null) held.delete(id);
      else held.set(id, document);
    }),
  );
}

/**
 * @param {Api} api
 * @param {Shown} shown
 * @param {string} topic
 */
async function readPhonesOf(api, shown, topic) {
  const number = topic.slice('extension/'.length);
  const macs = [...shown.phones.values()]
    .filter(({ lines }) => lines.some(({ extension }) => extension === number))
    .slice(0, ONE_BY_ONE)
    .map(({ mac }) => `phone/${mac}`);
  await readDocuments(new Set(macs), 'phone', shown.phones, api.phones, api.phone, (phone) => phone.mac);
}

/**
 * Plans say why something is held; of routers that hold nothing they are not needed.
 *
 * @param {Api} api
 * @param {Shown} shown
 */
async function readPlans(api, shown) {
  const holding = [...shown.routers.values()].filter(isHolding).map(({ id }) => id);
  const plans = await Promise.all(holding.map((id) => api.plan(id).catch(orMissing)));
  shown.plans = new Map(plans.flatMap((plan) => (plan === null ? [] : [[plan.router, plan]])));
}

/** @param {RouterStatus} router */
function isHolding({ counts, heldBy = {} }) {
  return counts.held > 0 || Object.keys(heldBy).length > 0;
}

/**
 * @template Item
 * @param {readonly Item[]} items
 * @param {(item: Item) => string} keyOf
 * @returns {Map<string, Item>}
 */
function byKey(items, keyOf) {
  return new Map(items.map((item) => [keyOf(item), item]));
}

/**
 * A list that this control does not have is empty.
 *
 * @template Item
 * @param {Promise<readonly Item[]>} reading
 * @returns {Promise<readonly Item[]>}
 */
async function orNone(reading) {
  return (await reading.catch(orMissing)) ?? [];
}

/**
 * @param {unknown} error
 * @returns {null}
 */
function orMissing(error) {
  if (error instanceof ApiFailure && error.kind === 'missing') return null;
  throw error;
}
