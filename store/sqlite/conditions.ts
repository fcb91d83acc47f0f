import type { AcceptResult, IntentContext } from '../ports.ts';

/** `If-Match` against the revision a document has; null when it does not exist. */
export function failsCondition(context: IntentContext, revision: number | null): boolean {
  if (context.ifMatch === undefined) return false;
  return revision === null || (context.ifMatch !== 'any' && context.ifMatch !== revision);
}

export const PRECONDITION_FAILED: AcceptResult = { outcome: 'precondition-failed' };
export const NOT_FOUND: AcceptResult = { outcome: 'not-found' };
