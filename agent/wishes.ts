import { NOTICE_KINDS } from '../schemas/subscriber.ts';
import type { DesiredSubscriber } from '../store/ports.ts';
import type { Wish } from './core/desired/live.ts';

/** Wishes made of documents before; the store gives an unchanged document as the same object. */
export type WishBook = WeakMap<DesiredSubscriber, Wish>;

/** The wish of a document, made once as long as the document stays the same. */
export function wishOf(record: DesiredSubscriber, book: WishBook): Wish {
  const known = book.get(record);
  if (known !== undefined) return known;
  const wish = toWish(record);
  book.set(record, wish);
  return wish;
}

/** The store's document as the core sees it: RFC 3339 times become ms since the epoch. */
function toWish(record: DesiredSubscriber): Wish {
  const { cutoff } = record;
  return {
    id: record.id,
    subscriber: record.subscriber,
    changedAt: record.changedAt,
    cutoff:
      cutoff === null
        ? null
        : {
            value: cutoff.value,
            operation: cutoff.operation,
            since: cutoff.since,
            notBefore: toMs(cutoff.value.notBefore),
            notAfter: toMs(cutoff.value.notAfter),
          },
    notices: NOTICE_KINDS.flatMap((kind) => {
      const notice = record.notices[kind];
      if (notice === undefined) return [];
      return [
        {
          kind,
          value: notice.value,
          operation: notice.operation,
          since: notice.since,
          start: toMs(notice.value.start),
          end: toMs(notice.value.end),
        },
      ];
    }),
  };
}

function toMs(instant: string | undefined): number | null {
  return instant === undefined ? null : Date.parse(instant);
}
