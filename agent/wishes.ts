import { NOTICE_KINDS } from '../schemas/subscriber.ts';
import type { DesiredSubscriber } from '../store/ports.ts';
import type { Wish } from './core/desired/live.ts';

/** The wishes of a router's subscribers. */
export function wishesOf(subscribers: readonly DesiredSubscriber[]): readonly Wish[] {
  return subscribers.map(wishOf);
}

/** The store's document as the core sees it: RFC 3339 times become ms since the epoch. */
export function wishOf(record: DesiredSubscriber): Wish {
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
