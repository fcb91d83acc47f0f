/** One measured thing over time, and how much it may grow by. */
export interface Series {
  readonly what: string;
  readonly unit: string;
  /** Growth an hour that counts as none: a share of its mean, and never less than so much. */
  readonly share: number;
  readonly least: number;
  readonly values: readonly number[];
}

export interface Growth {
  readonly what: string;
  readonly unit: string;
  readonly first: number;
  readonly last: number;
  readonly most: number;
  readonly perHour: number;
  readonly allowed: number;
  readonly holds: boolean;
}

/** The first part of a run fills caches, tables and the heap: it is left out, and never less than this. */
const WARM_UP = 1 / 3;
const WARM_UP_MS = 4 * 60_000;

/**
 * Least squares over the samples after the warm-up. It grows when the slope is above what is allowed and the climb over the
 * run is larger than twice the scatter around the line: a short run cannot tell noise from growth.
 */
export function growthOf({ what, unit, share, least, values }: Series, everyMs: number): Growth {
  const warm = Math.max(values.length * WARM_UP, Math.min(values.length / 2, WARM_UP_MS / everyMs));
  const tail = values.slice(Math.floor(warm));
  const mean = tail.reduce((sum, value) => sum + value, 0) / Math.max(1, tail.length);
  const middle = (tail.length - 1) / 2;
  const spread = tail.reduce((sum, _, at) => sum + (at - middle) ** 2, 0);
  const slope = spread === 0 ? 0 : tail.reduce((sum, value, at) => sum + (at - middle) * (value - mean), 0) / spread;
  const scatter = Math.sqrt(
    tail.reduce((sum, value, at) => sum + (value - mean - slope * (at - middle)) ** 2, 0) / Math.max(1, tail.length),
  );
  const perHour = (slope * 3_600_000) / everyMs;
  const allowed = Math.max(least, share * mean);
  const isClear = slope * tail.length > 2 * scatter;
  return {
    what,
    unit,
    first: values[0] ?? 0,
    last: values.at(-1) ?? 0,
    most: Math.max(0, ...values),
    perHour,
    allowed,
    holds: perHour <= allowed || !isClear,
  };
}
