import { AppError } from '../schemas/app-error.ts';
import type { Mac } from '../schemas/ids.ts';
import type { Phone } from '../schemas/phone.ts';
import type { Secret } from '../schemas/secret.ts';
import type { Api } from './api.ts';
import { checkMac, encryptionOf, misplaced, unreadable, unserved } from './core/check-phone.ts';
import { enrolIntent, enrolmentOf, enrolmentTokens, newFileKey } from './enrolment.ts';
import { json, type Answer, type RequestHead } from './http/exchange.ts';
import { invalidRequest, ProblemError } from './http/problems.ts';
import { pageOf, positionOf } from './http/query.ts';
import { etagHeader } from './intents.ts';
import type { PhoneSettings } from './settings.ts';

/** GET /v1/phones */
export async function listPhones(api: Api, after: string | undefined, limit: number): Promise<Answer> {
  const page = await api.store.listPhones(positionOf('phones', after), limit);
  return json(200, pageOf('phones', page.items, page.next));
}

/** GET /v1/phones/{mac} */
export async function readPhone(api: Api, spelled: Mac): Promise<Answer> {
  const mac = canonical(spelled);
  const found = await api.store.readPhone(mac);
  if (found === null) throw new ProblemError('not-found', { detail: `there is no phone ${mac}` });
  return json(200, found.document, etagHeader(found.revision));
}

/** GET /v1/phones/{mac}/requests: also of a MAC address that is no phone's, as long as somebody came with it. */
export async function listPhoneRequests(
  api: Api,
  spelled: Mac,
  after: string | undefined,
  limit: number,
): Promise<Answer> {
  const mac = canonical(spelled);
  const list = `phones/${mac}/requests`;
  const page = await api.store.listPhoneRequests(mac, positionOf(list, after), limit);
  if (page.items.length === 0 && after === undefined && (await api.store.readPhone(mac)) === null)
    throw new ProblemError('not-found', { detail: `there is no phone ${mac}, and nobody came with that address` });
  return json(200, pageOf(list, page.items, page.next));
}

/** PUT /v1/phones/{mac} */
export async function putPhone(api: Api, head: RequestHead, spelled: Mac, phone: Phone): Promise<Answer> {
  const mac = canonical(spelled);
  const notServed = unserved(phone);
  if (notServed !== null) throw new ProblemError('vendor-not-served', { detail: notServed });
  refuseMisplaced(phone, api.settings().phones);
  const { phone: written, created } = await api.phoneIntents.accept(
    about(head, spelled, mac),
    { kind: 'put-phone', mac, phone },
    phone,
    () => revisionOf(api, mac),
  );
  if (written === null) throw new AppError('internal', 'the store gave no phone for a put');
  return json(created ? 201 : 200, written.document, {
    ...etagHeader(written.revision),
    ...(created ? { location: `/v1/phones/${mac}` } : {}),
  });
}

/** DELETE /v1/phones/{mac} */
export async function deletePhone(api: Api, head: RequestHead, spelled: Mac): Promise<Answer> {
  const mac = canonical(spelled);
  await api.phoneIntents.accept(about(head, spelled, mac), { kind: 'delete-phone', mac }, null, () =>
    revisionOf(api, mac),
  );
  return json(204);
}

/**
 * POST /v1/phones/{mac}/enrol: the only answer that shows a token or a password. The store keeps no token that could be answered again, so
 * a replay of an idempotency key issues fresh ones.
 */
export async function enrolPhone(api: Api, head: RequestHead, spelled: Mac): Promise<Answer> {
  const mac = canonical(spelled);
  const settings = phoneSettings(api);
  const found = await api.store.readPhone(mac);
  if (found !== null) {
    refuseMisplaced(found.document, settings);
    const refusal = unreadable(found.document, settings.encryption);
    if (refusal !== null) throw new ProblemError('value-not-carried', { detail: refusal });
  }
  const encryption = found === null ? 'off' : encryptionOf(found.document, settings.encryption);
  const fileKey = (): Secret => (found === null ? api.newToken() : newFileKey(found.document, api.newToken));
  const tokens = enrolmentTokens(api.newToken, settings, api.clock.now(), encryption, fileKey);
  const intent = enrolIntent(mac, tokens);
  const revision = (): Promise<number | null> => revisionOf(api, mac);
  const { outcome } = await api.phoneIntents.accept(about(head, spelled, mac), intent, null, revision);
  // What was asked for was granted then, and has changed the revision that If-Match named.
  const again = { ...head, idempotencyKey: null, ifMatch: null };
  if (outcome === 'replayed') await api.phoneIntents.accept(again, intent, null, revision);
  return json(200, enrolmentOf(settings, mac, tokens), { 'cache-control': 'no-store' });
}

/** DELETE /v1/phones/{mac}/earlier */
export async function endEarlier(api: Api, head: RequestHead, spelled: Mac): Promise<Answer> {
  const mac = canonical(spelled);
  await api.phoneIntents.accept(about(head, spelled, mac), { kind: 'end-earlier', mac }, null, () =>
    revisionOf(api, mac),
  );
  return json(204);
}

function refuseMisplaced(phone: Pick<Phone, 'vendor' | 'model'>, settings: PhoneSettings | null): void {
  const place = settings === null ? null : misplaced(phone, settings.publicUrl);
  if (place !== null) throw new ProblemError('value-not-carried', { detail: place });
}

/** POST /v1/phones/{mac}/resync */
export async function resyncPhone(api: Api, head: RequestHead, spelled: Mac): Promise<Answer> {
  phoneSettings(api);
  const mac = canonical(spelled);
  return api.phoneIntents.submit(about(head, spelled, mac), { kind: 'resync', mac }, null, () => revisionOf(api, mac));
}

/** The provisioner's part of the configuration; without one nobody would carry out what is asked. */
export function phoneSettings(api: Api): PhoneSettings {
  const { phones } = api.settings();
  if (phones === null) throw new ProblemError('no-provisioner');
  return phones;
}

export function canonical(spelled: Mac): string {
  const checked = checkMac(spelled);
  if (!checked.ok) throw invalidRequest([checked.fault]);
  return checked.mac;
}

/** An idempotency key vouches for the phone, however its MAC address is spelled. */
export function about(head: RequestHead, spelled: Mac, mac: string): RequestHead {
  const [, , , , ...rest] = head.path.split('/');
  return head.idempotencyKey === null || spelled === mac
    ? head
    : { ...head, path: ['', 'v1', 'phones', mac, ...rest].join('/') };
}

async function revisionOf(api: Api, mac: string): Promise<number | null> {
  return (await api.store.readPhone(mac))?.revision ?? null;
}
