/**
 * @import { Event } from '../../../schemas/event.ts'
 * @import { ExtensionDocument } from '../../../schemas/extension.ts'
 * @import { Operation } from '../../../schemas/operation.ts'
 * @import { HeldLater } from '../../../schemas/router-actions.ts'
 * @import { PhoneDocument } from '../../../schemas/phone.ts'
 * @import { RotationDocument } from '../../../schemas/rotation.ts'
 * @import { RouterPlan, RouterStatus } from '../../../schemas/router.ts'
 * @import { Site } from '../../../schemas/site.ts'
 */

const DEADLINE_MS = 20_000;
const PAGE = 1000;
/** Far beyond a large site; a list that never ends must not keep the page busy for ever. */
const MAX_PAGES = 100;

/** @typedef {'refused' | 'throttled' | 'forbidden' | 'missing' | 'unreachable' | 'failed'} FailureKind */

/** Why the API did not answer as hoped, in the few kinds that a reader can do something about. */
export class ApiFailure extends Error {
  /**
   * @param {FailureKind} kind
   * @param {{ detail?: string, retryAfterSeconds?: number, cause?: unknown }} [more]
   */
  constructor(kind, { detail = '', retryAfterSeconds = 0, cause } = {}) {
    super(`${kind} ${detail}`.trim(), { cause });
    this.kind = kind;
    this.detail = detail;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** True when such a token can be sent at all (RFC 6750 §2.1); anything else is none of ours. */
export const TOKEN_FORM = /^[A-Za-z0-9._~+/-]+=*$/;

/** @typedef {ReturnType<typeof createApi>} Api */

/**
 * What was on the page, as the plans said it: a release binds nobody else.
 *
 * @typedef {Readonly<Record<string, number>>} Versions
 */

/**
 * The API as the dashboard uses it. Answers come from the server that also served this file, so their shape is taken as
 * its own schemas say; nothing is checked twice.
 *
 * @param {string} token
 */
export function createApi(token) {
  /** @param {string} path */
  const get = async (path) => bodyOf(await send(path, token, {}, AbortSignal.timeout(DEADLINE_MS)));
  /**
   * @param {string} path
   * @param {unknown} body
   * @returns {Promise<Operation>}
   */
  const post = async (path, body) => {
    const head = { 'content-type': 'application/json' };
    const answer = await send(path, token, head, AbortSignal.timeout(DEADLINE_MS), body);
    return /** @type {Operation} */ (await bodyOf(answer));
  };
  /** @param {string} path */
  const list = async (path) => {
    /** @type {unknown[]} */
    const items = [];
    /** @type {string | null} */
    let next = null;
    for (let page = 0; page < MAX_PAGES; page += 1) {
      const after = next === null ? '' : `&after=${encodeURIComponent(next)}`;
      const body = /** @type {{ items: unknown[], next: string | null }} */ (
        await get(`${path}?limit=${PAGE}${after}`)
      );
      items.push(...body.items);
      next = body.next;
      if (next === null) break;
    }
    return items;
  };
  /** @param {string} id */
  const segment = (id) => encodeURIComponent(id);
  return {
    token,
    site: async () => /** @type {Site} */ (await get('/v1/site')),
    routers: async () => /** @type {RouterStatus[]} */ (await list('/v1/routers')),
    /** @param {string} id */
    router: async (id) => /** @type {RouterStatus} */ (await get(`/v1/routers/${segment(id)}`)),
    /** @param {string} id */
    plan: async (id) => /** @type {RouterPlan} */ (await get(`/v1/routers/${segment(id)}/plan`)),
    phones: async () => /** @type {PhoneDocument[]} */ (await list('/v1/phones')),
    /** @param {string} mac */
    phone: async (mac) => /** @type {PhoneDocument} */ (await get(`/v1/phones/${segment(mac)}`)),
    extensions: async () => /** @type {ExtensionDocument[]} */ (await list('/v1/extensions')),
    /** @param {string} number */
    extension: async (number) => /** @type {ExtensionDocument} */ (await get(`/v1/extensions/${segment(number)}`)),
    /**
     * Lets a held operation through; null: on every router that holds it.
     *
     * @param {string} operation
     * @param {readonly string[] | null} routers
     * @param {Versions} shown by router
     */
    release: async (operation, routers, shown) =>
      laterOf(
        await post(`/v1/operations/${segment(operation)}/release`, routers === null ? { shown } : { routers, shown }),
      ),
    /**
     * Lets held operations of one router through.
     *
     * @param {string} router
     * @param {readonly string[]} operations
     * @param {Versions} shown by operation
     */
    releaseOn: async (router, operations, shown) =>
      laterOf(await post(`/v1/routers/${segment(router)}/release`, { operations, shown })),
    /**
     * Takes over the foreign rows that hold these subscribers.
     *
     * @param {string} router
     * @param {readonly string[]} subscribers
     */
    claim: (router, subscribers) => post(`/v1/routers/${segment(router)}/claim`, { subscribers }),
    /** The newest ones only: what is older is history. */
    rotations: async () => {
      const body = await get('/v1/rotations?limit=50');
      return /** @type {{ items: RotationDocument[] }} */ (body).items;
    },
    /** @param {string} id */
    rotation: async (id) => /** @type {RotationDocument} */ (await get(`/v1/rotations/${segment(id)}`)),
    /** @param {string} id */
    operation: async (id) => /** @type {Operation} */ (await get(`/v1/operations/${segment(id)}`)),
    /**
     * @param {number} after
     * @param {number} limit
     */
    events: async (after, limit) => {
      const body = await get(`/v1/events?after=${after}&limit=${limit}`);
      return /** @type {{ items: Event[] }} */ (body).items;
    },
  };
}

/**
 * @param {Response} answer
 * @returns {Promise<unknown>}
 */
async function bodyOf(answer) {
  /** @type {unknown} */
  const body = await answer.json().catch((/** @type {unknown} */ cause) => {
    throw new ApiFailure('unreachable', { cause });
  });
  return body;
}

/**
 * Whom a release left because he came to be held after the page had read of it.
 *
 * @param {Operation} released
 */
function laterOf({ result }) {
  return /** @type {readonly HeldLater[]} */ (result?.['later'] ?? []);
}

/**
 * One GET, or with a body a POST. The token goes in the header and nowhere else; no cookie goes along, and nothing is kept by the browser.
 *
 * @param {string} path
 * @param {string} token
 * @param {Record<string, string>} headers
 * @param {AbortSignal} signal
 * @param {unknown} [body]
 * @returns {Promise<Response>}
 * @throws {ApiFailure} for anything but a 2xx
 */
export async function send(path, token, headers, signal, body) {
  if (!TOKEN_FORM.test(token)) throw new ApiFailure('refused');
  const answer = await fetch(path, {
    headers: { authorization: `Bearer ${token}`, ...headers },
    signal,
    ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
    cache: 'no-store',
    credentials: 'omit',
    redirect: 'error',
  }).catch((/** @type {unknown} */ cause) => {
    throw new ApiFailure('unreachable', { cause });
  });
  if (answer.ok) return answer;
  throw await failureOf(answer);
}

/**
 * @param {Response} answer
 * @returns {Promise<ApiFailure>}
 */
async function failureOf(answer) {
  const retryAfterSeconds = Number(answer.headers.get('retry-after') ?? '0');
  /** @type {unknown} */
  const body = await answer.json().catch(() => null);
  const detail = textOf(body, 'detail') ?? textOf(body, 'title') ?? `HTTP ${answer.status}`;
  return new ApiFailure(kindOf(answer.status), { detail, retryAfterSeconds });
}

/**
 * @param {number} status
 * @returns {FailureKind}
 */
function kindOf(status) {
  if (status === 401) return 'refused';
  if (status === 403) return 'forbidden';
  if (status === 404) return 'missing';
  return status === 429 ? 'throttled' : 'failed';
}

/**
 * @param {unknown} body
 * @param {string} name
 * @returns {string | null}
 */
function textOf(body, name) {
  if (typeof body !== 'object' || body === null) return null;
  /** @type {unknown} */
  const found = Object.entries(body).find(([key]) => key === name)?.[1];
  return typeof found === 'string' ? found : null;
}
