import type { SubscriberDocument } from '../schemas/subscriber-document.ts';
import type { Cutoff, Notice, NoticeKind, Subscriber } from '../schemas/subscriber.ts';
import type { ProblemDetail } from '../schemas/problem.ts';
import { AppError } from '../schemas/app-error.ts';
import type { Api } from './api.ts';
import { checkCutoff, checkNotice } from './core/check-instructions.ts';
import { checkSubscriber } from './core/check-subscriber.ts';
import { subscriberDocument } from './core/subscriber-document.ts';
import { json, type Answer, type RequestHead } from './http/exchange.ts';
import { pageOf, positionOf } from './http/query.ts';
import { invalidRequest, ProblemError } from './http/problems.ts';
import { etagHeader } from './intents.ts';
import { prefixesOf } from './settings.ts';

/** GET /v1/subscribers/{id} */
export async function readSubscriber(api: Api, id: string): Promise<Answer> {
  const found = await api.store.readSubscriber(id);
  if (found === null) throw unknownSubscriber(id);
  return json(200, subscriberDocument(found.record, found.observed), etagHeader(found.record.revision));
}

/** GET /v1/subscribers */
export async function listSubscribers(api: Api, after: string | undefined, limit: number): Promise<Answer> {
  const page = await api.store.listSubscribers(positionOf('subscribers', after), limit);
  const items: readonly SubscriberDocument[] = page.items.map(({ record, observed }) =>
    subscriberDocument(record, observed),
  );
  return json(200, pageOf('subscribers', items, page.next));
}

/** PUT /v1/subscribers/{id} */
export async function putSubscriber(api: Api, head: RequestHead, id: string, body: Subscriber): Promise<Answer> {
  const { value, faults } = checkSubscriber(body, '', prefixesOf(api.settings()));
  refuse(faults);
  const routers = await api.routerIds();
  if (!routers.includes(value.router)) {
    throw new ProblemError('unknown-router', {
      detail: routers.length === 0 ? 'no router is configured' : `known routers: ${routers.slice(0, 50).join(', ')}`,
      errors: [{ pointer: '/router', detail: 'no such router' }],
    });
  }
  const intent = { kind: 'put-subscriber', id, subscriber: value } as const;
  const { record, created } = await api.intents.accept(head, intent, value, () => revisionOf(api, id));
  if (record === null) throw new AppError('internal', 'the store gave no record for a put');
  const observed = created ? null : ((await api.store.readSubscriber(id))?.observed ?? null);
  return json(created ? 201 : 200, subscriberDocument(record, observed), {
    ...etagHeader(record.revision),
    ...(created ? { location: `/v1/subscribers/${id}` } : {}),
  });
}

/** DELETE /v1/subscribers/{id} */
export async function deleteSubscriber(api: Api, head: RequestHead, id: string): Promise<Answer> {
  await about(
    id,
    api.intents.accept(head, { kind: 'delete-subscriber', id }, null, () => revisionOf(api, id)),
  );
  return json(204);
}

/** PUT /v1/subscribers/{id}/cutoff */
export async function cutOff(api: Api, head: RequestHead, id: string, cutoff: Cutoff): Promise<Answer> {
  refuse(checkCutoff(cutoff, ''));
  return about(
    id,
    api.intents.submit(head, { kind: 'cutoff', id, cutoff }, cutoff, () => revisionOf(api, id)),
  );
}

/** DELETE /v1/subscribers/{id}/cutoff: an operation comes of it also when nobody was cut. */
export async function restore(api: Api, head: RequestHead, id: string): Promise<Answer> {
  return about(
    id,
    api.intents.submit(head, { kind: 'restore', id }, null, () => revisionOf(api, id)),
  );
}

/** PUT /v1/subscribers/{id}/notices/{kind} */
export async function putNotice(
  api: Api,
  head: RequestHead,
  id: string,
  notice: NoticeKind,
  value: Notice,
): Promise<Answer> {
  refuse(checkNotice(value, '', api.clock.now()));
  return about(
    id,
    api.intents.submit(head, { kind: 'notice', id, notice, value }, value, () => revisionOf(api, id)),
  );
}

/** DELETE /v1/subscribers/{id}/notices/{kind} */
export async function endNotice(api: Api, head: RequestHead, id: string, notice: NoticeKind): Promise<Answer> {
  return about(
    id,
    api.intents.submit(head, { kind: 'notice-end', id, notice }, null, () => revisionOf(api, id)),
  );
}

function refuse(faults: readonly ProblemDetail[]): void {
  if (faults.length > 0) throw invalidRequest(faults);
}

async function revisionOf(api: Api, id: string): Promise<number | null> {
  return (await api.store.readSubscriber(id))?.record.revision ?? null;
}

/** Names the subscriber in a 404. */
async function about<Value>(id: string, work: Promise<Value>): Promise<Value> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof ProblemError && error.code === 'not-found') throw unknownSubscriber(id);
    throw error;
  }
}

function unknownSubscriber(id: string): ProblemError {
  return new ProblemError('not-found', { detail: `there is no subscriber ${id}` });
}
