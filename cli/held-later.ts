import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import type { Operation } from '../schemas/operation.ts';
import { HeldLater } from '../schemas/router-actions.ts';
import type { Invocation } from './invocation.ts';

const LATER = Compile(Type.Array(HeldLater));
/** More routers than this are told as one sum. */
const EACH = 20;

/** Whom a release left because he came to be held after what was released was read. */
export function laterOf({ kind, result }: Pick<Operation, 'kind' | 'result'>): readonly HeldLater[] {
  const later = kind === 'release' ? result?.['later'] : undefined;
  return LATER.Check(later) ? later : [];
}

/** How many there are on each router, and the command that shows them. */
export function laterLines({ held: texts }: Invocation['messages'], later: readonly HeldLater[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const { router, count } of later) counts.set(router, (counts.get(router) ?? 0) + count);
  if (counts.size <= EACH)
    return [...counts].map(([router, count]) => texts.later(count, router, `wisp-edge routers ${router}`));
  const sum = later.reduce((total, { count }) => total + count, 0);
  return [texts.later(sum, texts.onRouters(counts.size), 'wisp-edge operations --held')];
}
