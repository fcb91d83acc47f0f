import { AppError } from '../schemas/app-error.ts';
import type { ExtensionPut, Validate } from '../schemas/extension.ts';
import type { Api } from './api.ts';
import { json, type Answer, type RequestHead } from './http/exchange.ts';
import { ProblemError } from './http/problems.ts';
import { pageOf, positionOf } from './http/query.ts';
import { etagHeader } from './intents.ts';
import { phoneSettings } from './phones.ts';
import { newKey } from './sip-keys.ts';
import { gapInWords, gapsOfPut } from './web-access.ts';

/** GET /v1/extensions */
export async function listExtensions(api: Api, after: string | undefined, limit: number): Promise<Answer> {
  const page = await api.store.listExtensions(positionOf('extensions', after), limit);
  return json(200, pageOf('extensions', page.items, page.next));
}

/** GET /v1/extensions/{number} */
export async function readExtension(api: Api, number: string): Promise<Answer> {
  const found = await api.store.readExtension(number);
  if (found === null) throw new ProblemError('not-found', { detail: `there is no extension ${number}` });
  return json(200, found.document, etagHeader(found.revision));
}

/** PUT /v1/extensions/{number} */
export async function putExtension(api: Api, head: RequestHead, number: string, body: ExtensionPut): Promise<Answer> {
  const { sipKey: text, ...extension } = body;
  const sipKey = text === undefined ? null : newKey(api.fingerprint, number, text);
  refuseUnknownRegistrar(api, extension.registrar);
  const [gap] = await gapsOfPut(api.store, number, extension);
  if (gap !== undefined) throw new ProblemError('web-access-incomplete', { detail: gapInWords(gap) });
  const vouched = { ...extension, sipKey: sipKey?.mark ?? null };
  const { extension: written, created } = await api.phoneIntents.accept(
    head,
    { kind: 'put-extension', number, extension, sipKey },
    vouched,
    () => revisionOf(api, number),
  );
  if (written === null) throw new AppError('internal', 'the store gave no extension for a put');
  return json(created ? 201 : 200, written.document, {
    ...etagHeader(written.revision),
    ...(created ? { location: `/v1/extensions/${number}` } : {}),
  });
}

/** DELETE /v1/extensions/{number} */
export async function deleteExtension(api: Api, head: RequestHead, number: string): Promise<Answer> {
  await api.phoneIntents.accept(head, { kind: 'delete-extension', number }, null, () => revisionOf(api, number));
  return json(204);
}

/** POST /v1/extensions/{number}/confirm-delegation */
export async function confirmDelegation(api: Api, head: RequestHead, number: string): Promise<Answer> {
  const { extension } = await api.phoneIntents.accept(head, { kind: 'confirm-delegation', number }, null, () =>
    revisionOf(api, number),
  );
  if (extension === null) throw new AppError('internal', 'the store gave no extension for a confirmation');
  return json(200, extension.document, etagHeader(extension.revision));
}

/** POST /v1/extensions/{number}/validate */
export async function validateExtension(
  api: Api,
  head: RequestHead,
  number: string,
  { sipKey: text }: Validate,
): Promise<Answer> {
  const sipKey = text === undefined ? null : newKey(api.fingerprint, number, text);
  phoneSettings(api);
  return api.phoneIntents.submit(head, { kind: 'validate', number, sipKey }, { sipKey: sipKey?.mark ?? null }, () =>
    revisionOf(api, number),
  );
}

function refuseUnknownRegistrar(api: Api, registrar: string): void {
  const known = api.settings().phones?.registrars ?? [];
  if (known.includes(registrar)) return;
  throw new ProblemError('unknown-registrar', {
    detail: known.length === 0 ? 'no registrar is configured' : `known registrars: ${known.slice(0, 50).join(', ')}`,
    errors: [{ pointer: '/registrar', detail: 'no such registrar' }],
  });
}

async function revisionOf(api: Api, number: string): Promise<number | null> {
  return (await api.store.readExtension(number))?.revision ?? null;
}
