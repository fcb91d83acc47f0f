/** Subscribers whose router the configuration does not have: nobody cuts, restores or looks at them. */
export interface OfNoRouter {
  readonly count: number;
  /** The ids of these routers, in order. */
  readonly routers: readonly string[];
}

/** Whose router is none of the configured; null where all are, or where no router is known at all. */
export function ofNoRouter(subscribers: ReadonlyMap<string, number>, configured: readonly string[]): OfNoRouter | null {
  if (configured.length === 0) return null;
  const lost = [...subscribers].filter(([router]) => !configured.includes(router));
  if (lost.length === 0) return null;
  return { count: lost.reduce((sum, [, count]) => sum + count, 0), routers: lost.map(([router]) => router) };
}
