import type { NoticeKind } from '../../../schemas/subscriber.ts';
import { canonicalAddress, canonicalPorts } from '../canonical.ts';
import type { Hold, LiveSubscriber } from '../desired/live.ts';
import { rowsOf, type ObservedRouter } from '../observed.ts';
import { ownerOf } from '../ownership.ts';
import { isTrue, type Row } from '../row.ts';
import type { RouterSettings } from '../settings.ts';
import { natPart } from './parts.ts';
import type { TakenRow } from './state.ts';

type Settings = Pick<RouterSettings, 'lists' | 'port'>;

export interface BarredNotices {
  readonly subscribers: readonly LiveSubscriber[];
  readonly holds: readonly (Hold & { readonly facet: NoticeKind })[];
}

/**
 * Where WispHub's redirect of its reminders is on, it takes all TCP of whoever is in the list of notices, and not his port
 * 80 alone: a notice of ours would be a cut-off that nobody asked for (I2). It waits until that rule is off; whom WispHub
 * has in the list, or had before we took his row over (`taken`), keeps his own.
 */
export function barredNotices(
  subscribers: readonly LiveSubscriber[],
  observed: Pick<ObservedRouter, 'tables'>,
  settings: Settings,
  taken: readonly TakenRow[],
): BarredNotices {
  const rule = rowsOf(observed, '/ip/firewall/nat').find(
    (row) =>
      ownerOf(row) === null &&
      !isTrue(row.get('disabled')) &&
      natPart(row, settings) === 'notice-redirect' &&
      takesMoreThanPages(row),
  );
  if (rule === undefined) return { subscribers, holds: [] };
  const listed = new Set([
    ...rowsOf(observed, '/ip/firewall/address-list')
      .filter((row) => ownerOf(row) === null)
      .flatMap((row) => inList(Object.fromEntries(row), settings)),
    // Taken over already, though the rule is still on.
    ...taken.flatMap(({ values }) => inList(values, settings)),
  ]);
  const detail = `rule ${rule.get('.id') ?? ''} of WispHub redirects more than port 80 of who is in list ${settings.lists.notice}: a notice would cut off; the step manage switches it off`;
  const isBarred = ({ cut, notices, addresses }: LiveSubscriber): boolean =>
    cut === null &&
    notices.length > 0 &&
    addresses.some(({ family, text }) => family === 4 && !listed.has(canonicalAddress(text)));
  return {
    subscribers: subscribers.map((one) => (isBarred(one) ? { ...one, notices: [] } : one)),
    holds: subscribers.filter(isBarred).flatMap(({ id, notices }) =>
      notices.map(({ kind, operation }) => ({
        subscriber: id,
        facet: kind,
        operation,
        reason: 'router-degraded' as const,
        detail,
      })),
    ),
  };
}

function inList(values: TakenRow['values'], { lists }: Settings): readonly string[] {
  const isOn = values['list'] === lists.notice && !isTrue(values['disabled']);
  return isOn ? [canonicalAddress(values['address'] ?? '')] : [];
}

/** A redirect that leaves a browser nothing but the page. */
function takesMoreThanPages(row: Row): boolean {
  return row.get('protocol') !== 'tcp' || canonicalPorts(row.get('dst-port') ?? '') !== '80';
}
