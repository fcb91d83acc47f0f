import { maskUrl } from '../../schemas/mask-url.ts';
import type { ReissueState } from '../../schemas/reissue.ts';
import type { Decision } from './decision.ts';
import { noticeUrl, type PageDomains } from './desired/notice-url.ts';
import { shownNotice } from './desired/proxy.ts';
import { rowsOf, type ObservedRouter } from './observed.ts';
import { ownerOf } from './ownership.ts';
import type { Row } from './row.ts';
import type { RouterSettings } from './settings.ts';
import type { Verdict } from './verdict.ts';

/** One subscriber's page before and after a change of the portal; URLs are masked. */
export interface ReissueRow {
  readonly subscriber: string;
  /** Where he is led as the router was read; null where nothing leads him. */
  readonly from: string | null;
  readonly to: string | null;
  readonly state: Exclude<ReissueState, 'ended'>;
}

export interface ReissueInput {
  readonly decision: Decision;
  readonly verdicts: ReadonlyMap<string, Verdict>;
  readonly observed: ObservedRouter;
  readonly settings: Pick<RouterSettings, 'url' | 'mode'>;
  /** Where new rows lead. */
  readonly domains: PageDomains;
  /** Where the book of our own page server leads, as far as this router lets subscribers through. */
  readonly reached: PageDomains;
}

const PAGE_KINDS: ReadonlySet<string> = new Set(['cutoff', 'maintenance', 'payment-due', 'custom']);

/**
 * Everybody on this router who has a page now, from what is in force at this moment and from nothing else: who was
 * restored, or whose notice is over, is not among them.
 */
export function reissueRows(input: ReissueInput): readonly ReissueRow[] {
  const { decision, settings } = input;
  const standing = pagesOnProxy(input.observed);
  if (settings.mode !== 'manage') return standingRows(input, standing);
  const shown = decision.subscribers
    .filter(({ id }) => !decision.frozen.has(id))
    .flatMap(({ id, cut, notices, addresses }): readonly ReissueRow[] => {
      const page = shownNotice({ cut, notices });
      if (page === null || !addresses.some(({ family }) => family === 4)) return [];
      const urlOf = (domains: PageDomains): string | null => {
        const url = noticeUrl(settings.url, domains, page.kind, id, page.url);
        return url === null ? null : maskUrl(url, { kind: page.kind, subscriber: id });
      };
      const isProxied = decision.backend === 'web-proxy';
      const from = isProxied ? maskedOf(standing.get(id), id) : urlOf(input.reached);
      return [{ subscriber: id, from, to: urlOf(input.domains), state: stateOf(id, input) }];
    });
  const frozen = [...decision.frozen].flatMap((id): readonly ReissueRow[] => {
    const url = maskedOf(standing.get(id), id);
    return url === null ? [] : [{ subscriber: id, from: url, to: null, state: 'held' }];
  });
  return [...shown, ...frozen];
}

/**
 * On a router that is only assisted pages are WispHub's but for rows of ours that stand there, of an earlier time; of one
 * that is observed nothing is led anew. `applied` and not `verified`: nobody vouches for what such a row depends on.
 */
function standingRows(
  { decision, settings, domains }: ReissueInput,
  standing: ReadonlyMap<string, Row>,
): readonly ReissueRow[] {
  if (settings.mode === 'observe' || decision.backend !== 'web-proxy') return [];
  return decision.subscribers.flatMap(({ id, cut, notices }): readonly ReissueRow[] => {
    const page = decision.frozen.has(id) ? null : shownNotice({ cut, notices });
    const from = maskedOf(standing.get(id), id);
    const url = page === null ? null : noticeUrl(settings.url, domains, page.kind, id, page.url);
    if (page === null || url === null || from === null) return [];
    const to = maskUrl(url, { kind: page.kind, subscriber: id });
    return [{ subscriber: id, from, to, state: from === to ? 'applied' : 'pending' }];
  });
}

function stateOf(id: string, { decision, verdicts, reached }: ReissueInput): ReissueRow['state'] {
  const verdict = verdicts.get(id);
  const isLed = decision.backend === 'web-proxy' || reached.awaited === null;
  if (verdict?.isDone !== true || !isLed) return 'pending';
  return decision.soundness.isSound && verdict.pageRival === null ? 'verified' : 'applied';
}

function pagesOnProxy(observed: ObservedRouter): ReadonlyMap<string, Row> {
  const found = new Map<string, Row>();
  for (const row of rowsOf(observed, '/ip/proxy/access')) {
    const key = ownerOf(row);
    if (key !== null && PAGE_KINDS.has(key.kind) && !found.has(key.key)) found.set(key.key, row);
  }
  return found;
}

function maskedOf(row: Row | undefined, subscriber: string): string | null {
  const url = row?.get('action-data') ?? row?.get('redirect-to') ?? '';
  const kind = row === undefined ? undefined : ownerOf(row)?.kind;
  return url === '' ? null : maskUrl(url, { subscriber, ...(kind === undefined ? {} : { kind }) });
}
