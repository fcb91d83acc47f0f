import type { WisphubPart } from '../../../schemas/adoption.ts';
import type { Finding } from '../../../schemas/router.ts';
import { canonicalAddress } from '../canonical.ts';
import type { LiveSubscriber } from '../desired/live.ts';
import { finding } from '../findings/table.ts';
import { rowsOf, type ObservedRouter } from '../observed.ts';
import { ownerOf } from '../ownership.ts';
import { isTrue, type Row } from '../row.ts';
import type { RouterSettings } from '../settings.ts';
import type { WisphubRow } from './parts.ts';
import { holders } from './rows.ts';
import { isAsRecorded, valuesOf, type TakenRow } from './state.ts';
import type { TakeOver } from './take-over.ts';

interface FindingsInput {
  /** What was taken over: rows of it that are off we switched off ourselves. */
  readonly taken: readonly TakenRow[];
  readonly rows: readonly WisphubRow[];
  readonly over: TakeOver;
  readonly observed: ObservedRouter;
  readonly settings: RouterSettings;
  readonly live: readonly LiveSubscriber[];
  /** Interface lists with a member; null where they were not read. */
  readonly filledLists: ReadonlySet<string> | null;
}

/** What is wrong with WispHub's set, each with the policy that resolves it; empty where there is nothing of WispHub's. */
export function adoptFindings(input: FindingsInput): readonly Finding[] {
  const { rows, observed } = input;
  const isThere = rows.some(({ part }) => part.endsWith('-redirect') || part.endsWith('-page'));
  if (!isThere) return [];
  return [
    ...pageFindings(input),
    ...listFindings(input),
    ...ruleFindings(rows, input.taken),
    ...shadowed(rows, observed),
    ...shieldFindings(input),
  ];
}

function pageFindings({ rows, live, settings }: FindingsInput): readonly Finding[] {
  const pages = of(rows, 'cutoff-page', 'notice-page').filter(isOn);
  const seen = new Set<string>();
  const doubles = pages.filter(({ row }) => {
    const text = JSON.stringify([...row].filter(([name]) => name !== '.id'));
    return seen.has(text) || seen.add(text).size < 0;
  });
  const both = contradictions(rows);
  const holdersOf = holders(live);
  const listed = (part: WisphubPart): ReadonlySet<string> =>
    new Set(of(rows, part).map(({ row }) => canonicalAddress(row.get('address') ?? '')));
  const lists = { 'cutoff-page': listed('cutoff-list'), 'notice-page': listed('notice-list') } as const;
  const astray = pages.filter(({ part, row }) => {
    if (part !== 'cutoff-page' && part !== 'notice-page') return false;
    return !lists[part].has(canonicalAddress(row.get('src-address') ?? '')) && !both.pages.includes(row);
  });
  const others = astray.filter(({ row }) => (holdersOf(row) ?? []).length > 0);
  return [
    ...(doubles.length > 0 ? [finding('wisphub-duplicates', { count: doubles.length, ids: ids(doubles) })] : []),
    ...(both.names.length > 0 ? [finding('wisphub-contradictions', { names: both.names })] : []),
    ...(astray.length > 0
      ? [
          finding('wisphub-wrong-addresses', {
            count: astray.length,
            others: others.length,
            list: settings.lists.cutoff,
            ids: ids(astray),
          }),
        ]
      : []),
  ];
}

/** A client with a reminder and a cut-off: by the name in the comments, which decides nothing here. */
function contradictions(rows: readonly WisphubRow[]): {
  readonly names: readonly string[];
  readonly pages: readonly Row[];
} {
  const name = (row: Row): string => (row.get('comment') ?? '').replace(/-[^-]*$/, '');
  const cut = new Set(of(rows, 'cutoff-page').map(({ row }) => name(row)));
  const both = of(rows, 'notice-page').filter(({ row }) => name(row) !== '' && cut.has(name(row)));
  return { names: [...new Set(both.map(({ row }) => name(row)))], pages: both.map(({ row }) => row) };
}

function listFindings({ over, live, settings }: FindingsInput): readonly Finding[] {
  const known = new Set(live.map(({ id }) => id));
  const paid = over.lifts.filter(({ subscriber }) => known.has(subscriber));
  const orphans = over.lifts.filter(({ subscriber }) => !known.has(subscriber));
  const list = settings.lists.cutoff;
  return [
    ...(paid.length > 0
      ? [finding('wisphub-paid-but-cut', { list, subscribers: paid.map(({ subscriber }) => subscriber) })]
      : []),
    ...(orphans.length > 0
      ? [finding('wisphub-orphans', { list, addresses: orphans.map(({ subscriber }) => subscriber) })]
      : []),
    ...(over.left.length > 0 ? [finding('wisphub-left', { count: over.left.length, ids: ids(over.left) })] : []),
  ];
}

/** Every list has its accept, and its redirects of TCP and UDP. */
function ruleFindings(rows: readonly WisphubRow[], taken: readonly TakenRow[]): readonly Finding[] {
  const rules = of(rows, 'portal-accept', 'cutoff-redirect', 'notice-redirect');
  const wereOn = new Map(
    taken.filter(({ values }) => !isTrue(values['disabled'])).map((row) => [`${row.menu} ${row.id}`, row]),
  );
  const isOurDoing = ({ menu, row }: WisphubRow): boolean => {
    const was = wereOn.get(`${menu} ${row.get('.id') ?? ''}`);
    return was !== undefined && isAsRecorded(was, valuesOf(row));
  };
  const off = rules.filter((found) => !isOn(found) && !isOurDoing(found));
  const missing: string[] = [];
  for (const part of ['cutoff-redirect', 'notice-redirect'] as const) {
    if (of(rows, part === 'cutoff-redirect' ? 'cutoff-list' : 'notice-list').length === 0) continue;
    for (const protocol of ['tcp', 'udp'])
      if (!of(rows, part).some(({ row }) => row.get('protocol') === protocol)) missing.push(`${part} ${protocol}`);
  }
  if (of(rows, 'portal-accept').length === 0) missing.push('portal-accept');
  if (of(rows, 'shield').length === 0) missing.push('shield');
  return [
    ...(off.length > 0 ? [finding('wisphub-rules-disabled', { count: off.length, ids: ids(off) })] : []),
    ...(missing.length > 0 ? [finding('wisphub-rules-missing', { rules: missing })] : []),
  ];
}

/** Rules of nobody's we know that decide before WispHub's: what they match is not cut. */
function shadowed(rows: readonly WisphubRow[], observed: ObservedRouter): readonly Finding[] {
  const redirects = of(rows, 'cutoff-redirect').filter(isOn);
  const last = Math.max(-1, ...redirects.map(({ place }) => place));
  const theirs = new Set(rows.map(({ row }) => row));
  const above = rowsOf(observed, '/ip/firewall/nat').filter(
    (row, place) =>
      place < last &&
      row.get('chain') === 'dstnat' &&
      ['accept', 'return'].includes(row.get('action') ?? 'accept') &&
      !isTrue(row.get('disabled')) &&
      ownerOf(row) === null &&
      !theirs.has(row),
  );
  const found = above.map((row) => row.get('.id') ?? '');
  return found.length > 0 ? [finding('wisphub-rules-below', { ids: found })] : [];
}

function shieldFindings({ rows, filledLists }: FindingsInput): readonly Finding[] {
  if (filledLists === null) return [];
  const lists = of(rows, 'shield').flatMap(({ row }) => row.get('in-interface-list') ?? []);
  return lists
    .filter((list) => !list.startsWith('!') && !filledLists.has(list))
    .map((list) => finding('wisphub-wan-list-empty', { list }));
}

function of(rows: readonly WisphubRow[], ...parts: readonly WisphubPart[]): readonly WisphubRow[] {
  return rows.filter(({ part }) => parts.includes(part));
}

function isOn({ row }: WisphubRow): boolean {
  return !isTrue(row.get('disabled'));
}

function ids(rows: readonly WisphubRow[]): readonly string[] {
  return rows.map(({ row }) => row.get('.id') ?? '');
}
