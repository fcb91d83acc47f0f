import type { ProblemDetail } from '../schemas/problem.ts';
import { SipKeyText } from '../schemas/extension.ts';
import type { Batch, RotationKey, RotationPost } from '../schemas/rotation.ts';
import type { NewKey } from '../store/phone-ports.ts';
import type { Api } from './api.ts';
import { json, type Answer, type RequestHead } from './http/exchange.ts';
import { invalidRequest, ProblemError } from './http/problems.ts';
import { pageOf, positionOf } from './http/query.ts';
import { validatorOf } from './http/validate.ts';
import { phoneSettings } from './phones.ts';
import { newKey } from './sip-keys.ts';

/** One after the other, unless the caller says more: the first that does not commit stops the rest. */
export const DEFAULT_BATCH: Batch = { canary: 1, wave: 1 };

/** A rotation whose keys are still to be looked at, one by one. */
export type UncheckedRotation = Omit<RotationPost, 'newKeys'> & {
  readonly newKeys?: Readonly<Record<string, unknown>>;
};

const checkKey = validatorOf(SipKeyText);

/** GET /v1/rotations, newest first */
export async function listRotations(api: Api, after: string | undefined, limit: number): Promise<Answer> {
  const page = await api.store.listRotations(positionOf('rotations', after), limit);
  return json(200, pageOf('rotations', page.items, page.next));
}

/** GET /v1/rotations/{id} */
export async function readRotation(api: Api, id: string): Promise<Answer> {
  const rotation = await api.store.readRotation(id);
  if (rotation === null) throw new ProblemError('not-found', { detail: `there is no rotation ${id}` });
  return json(200, rotation);
}

/** POST /v1/rotations */
export async function startRotation(api: Api, head: RequestHead, body: UncheckedRotation): Promise<Answer> {
  const { extensions, reason, batch = DEFAULT_BATCH, newKeys: given = {} } = body;
  const newKeys = keysOf(api, extensions, given);
  phoneSettings(api);
  const vouched = { extensions, reason, batch, newKeys: [...newKeys].map(([number, key]) => [number, key.mark]) };
  return api.phoneIntents.submit(
    head,
    { kind: 'rotate', rotation: api.newRotation(), extensions, newKeys, batch, reason },
    vouched,
  );
}

/** PUT /v1/rotations/{id}/keys/{number}: answers the rotation's own operation. */
export async function giveKey(
  api: Api,
  head: RequestHead,
  { id, number }: { readonly id: string; readonly number: string },
  body: RotationKey,
): Promise<Answer> {
  const sipKey = newKey(api.fingerprint, number, body.sipKey);
  return api.phoneIntents.submit(head, { kind: 'rotation-key', rotation: id, number, sipKey }, { sipKey: sipKey.mark });
}

/** POST /v1/rotations/{id}/cancel: answers the rotation's own operation. */
export async function cancelRotation(api: Api, head: RequestHead, id: string): Promise<Answer> {
  return api.phoneIntents.submit(head, { kind: 'cancel-rotation', rotation: id }, null);
}

/**
 * The keys given with a rotation. A field that names none of its extensions is told without its name, for whoever swaps
 * number and key has written the key there (I9).
 */
function keysOf(
  api: Api,
  extensions: readonly string[],
  given: Readonly<Record<string, unknown>>,
): ReadonlyMap<string, NewKey> {
  const wanted = new Set(extensions);
  const keys = new Map<string, NewKey>();
  const faults: ProblemDetail[] = [];
  for (const [number, value] of Object.entries(given)) {
    if (!wanted.has(number)) {
      faults.push({ pointer: '/newKeys', detail: 'has a key for a number that is not in extensions' });
      continue;
    }
    const key = checkKey(value, `/newKeys/${number.replaceAll('~', '~0')}`);
    if (key.ok) keys.set(number, newKey(api.fingerprint, number, key.value));
    else faults.push(...key.faults);
  }
  if (faults.length > 0) throw invalidRequest(faults);
  return keys;
}
