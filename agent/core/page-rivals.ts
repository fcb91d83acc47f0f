import type { Finding } from '../../schemas/router.ts';
import { finding } from './findings/table.ts';
import type { PageRival } from './notice-pages.ts';
import type { Verdict } from './verdict.ts';

/** The verdicts of a pass, with whose page is withheld; the same object where nobody's is. */
export function withRivals(
  verdicts: ReadonlyMap<string, Verdict>,
  rivals: readonly PageRival[],
): ReadonlyMap<string, Verdict> {
  if (rivals.length === 0) return verdicts;
  const marked = new Map(verdicts);
  for (const rival of rivals) {
    const verdict = marked.get(rival.subscriber);
    if (verdict?.pageRival === null) marked.set(rival.subscriber, { ...verdict, pageRival: rival });
  }
  return marked;
}

/** One finding for each other router, from this one's side. */
export function rivalFindings(router: string, rivals: readonly PageRival[]): readonly Finding[] {
  const byRouter = new Map<string, PageRival[]>();
  for (const rival of rivals) {
    const group = byRouter.get(rival.router);
    if (group === undefined) byRouter.set(rival.router, [rival]);
    else group.push(rival);
  }
  return [...byRouter.values()].flatMap(([first, ...others]) =>
    first === undefined ? [] : [finding('page-address-shared', { ...first, here: router, count: others.length + 1 })],
  );
}

/** What a person reads of one of them. */
export function describeRival({ address, router, rival }: PageRival): string {
  const whose = rival === null ? `a row on ${router} that is not ours` : `${rival} on ${router}`;
  return `${address} is also led to our page server for ${whose}: neither is shown a page that may be the other’s`;
}
