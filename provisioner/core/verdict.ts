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
      /** Of the digest that it followed; null: none was asked for, or none was judged. */
      readonly algorithm: string | null;
      /** Null unless `valid`. */
      readonly bindings: readonly Binding[] | null;
      /** `locked`: not before. */
      readonly retryAt: number | null;
      /** `invalid`: how many more refusals this hour allows the extension. */
      readonly refusalsLeft: number | null;
    }
  /** Not asked: the extension had its refusals of this hour, or this very key was refused within the hour. */
  | { readonly kind: 'spent'; readonly until: number };

/** 403 to a digest of this key: some registrars refuse a wrong key like that, others lock whoever tries too often out. */
export function isForbidden(answer: Extract<ProbeVerdict, { kind: 'verdict' }>): boolean {
  return answer.verdict === 'locked' && answer.status === 403 && answer.algorithm !== null;
}
