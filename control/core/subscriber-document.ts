import { maskUrl } from '../../schemas/mask-url.ts';
import type { ObservedSubscriber } from '../../schemas/router.ts';
import type { CutoffDocument, NoticeDocument, SubscriberDocument } from '../../schemas/subscriber-document.ts';
import { NOTICE_KINDS, type NoticeKind, type Subscriber } from '../../schemas/subscriber.ts';
import { formatInstant } from './instant.ts';

interface Asked<Value> {
  readonly value: Value;
  readonly since: number;
  readonly operation: string;
}

/** What the store keeps of a subscriber; the same shape as its port's record. */
export interface SubscriberRecord {
  readonly id: string;
  readonly subscriber: Subscriber;
  readonly cutoff: Asked<Omit<CutoffDocument, 'since' | 'operation'>> | null;
  readonly notices: Readonly<Partial<Record<NoticeKind, Asked<Omit<NoticeDocument, 'kind' | 'since' | 'operation'>>>>>;
}

/** What a GET shows of a subscriber. URLs are masked: nobody needs the token back who sent it (I9). */
export function subscriberDocument(record: SubscriberRecord, observed: ObservedSubscriber | null): SubscriberDocument {
  const { cutoff } = record;
  return {
    id: record.id,
    ...record.subscriber,
    autoCut: record.subscriber.autoCut ?? true,
    autoNotice: record.subscriber.autoNotice ?? true,
    cutoff: cutoff === null ? null : { ...shown(cutoff, record.id, 'cutoff') },
    notices: NOTICE_KINDS.flatMap((kind) => {
      const notice = record.notices[kind];
      return notice === undefined ? [] : [{ kind, ...shown(notice, record.id, kind) }];
    }),
    observed,
  };
}

function shown<Value extends { readonly url?: string }>(
  asked: Asked<Value>,
  subscriber: string,
  kind: string,
): Value & { since: string; operation: string } {
  const { value } = asked;
  const masked = value.url === undefined ? value : { ...value, url: maskUrl(value.url, { subscriber, kind }) };
  return { ...masked, since: formatInstant(asked.since), operation: asked.operation };
}
