import type { Verdict } from '../../schemas/extension.ts';
import type { Binding } from '../../schemas/rotation-progress.ts';

/** What the prober says of one key (design §4). Times are ms since the epoch; details are free of secrets. */
export type ProbeVerdict =
  | {
      readonly kind: 'verdict';
      readonly verdict: Verdict;
      /** When the request that told it left, and when its answer came: the bindings are from in between. */
      readonly askedAt: number;
      readonly answeredAt: number;
      readonly status: number | null;
      readonly detail: string | null;
      readonly algorithm: string | null;
      /** Null unless `valid`. */
      readonly bindings: readonly Binding[] | null;
      /** `locked`: not before. */
      readonly retryAt: number | null;
    }
  /** Not asked: the extension had its refusals of this hour, or this very key was refused within the hour. */
  | { readonly kind: 'spent'; readonly until: number };
