import type { Operation } from '../../schemas/operation.ts';
import type { PhoneAcceptResult } from '../phone-ports.ts';

/** What was decided about a request, before the documents are added to the answer. */
export type PhoneDecision =
  | { readonly outcome: 'accepted'; readonly created: boolean; readonly operation: Operation | null }
  | Exclude<PhoneAcceptResult, { readonly outcome: 'accepted' | 'replayed' }>;

export const UNCHANGED: PhoneDecision = { outcome: 'accepted', created: false, operation: null };
export const CREATED: PhoneDecision = { outcome: 'accepted', created: true, operation: null };

export function answeredWith(operation: Operation | null): PhoneDecision {
  return { outcome: 'accepted', created: false, operation };
}
