import type { OperationKind } from '../../schemas/operation.ts';
import type { SubscriberState } from '../../schemas/subscriber.ts';
import type { Intent } from '../../store/ports.ts';
import type { Backend } from './actions.ts';

/** What control is asked for. */
export type Ask =
  | { readonly kind: 'intent'; readonly intent: Intent }
  | {
      readonly kind: 'snapshot';
      readonly rows: readonly SubscriberState[];
      readonly expectedCuts: number | null;
      readonly ageMs: number;
    }
  | { readonly kind: 'delta'; readonly put: readonly SubscriberState[]; readonly remove: readonly string[] };

/** An ask may change what is wanted of this subscriber. */
export function concerns(ask: Ask, subscriber: string): boolean {
  if (ask.kind === 'intent') return 'id' in ask.intent && ask.intent.id === subscriber;
  // Who is missing in a snapshot is spoken of, too.
  return ask.kind === 'snapshot' || ask.remove.includes(subscriber) || ask.put.some(({ id }) => id === subscriber);
}

/** One thing that is the same in a calm run, and when it was (ms of the history). */
export type Entry =
  | { readonly at: number; readonly what: 'ask'; readonly ask: Ask }
  | { readonly at: number; readonly what: 'portal-moved' }
  | { readonly at: number; readonly what: 'clock-jump'; readonly ms: number }
  | { readonly at: number; readonly what: 'backend'; readonly router: string; readonly backend: Backend }
  | {
      readonly at: number;
      readonly what: 'moved';
      readonly who: string;
      readonly router: string;
      readonly address: string | null;
    };

/** An operation, as the world remembers it. */
export interface Asked {
  readonly id: string;
  readonly kind: OperationKind;
  readonly subscriber: string | null;
  /** Of a snapshot or a delta: whom it changed. */
  readonly changed: readonly string[];
  /**
   * Of a snapshot, which asks for everything, also for what others asked for before: when it was taken, by the wall. What
   * was instructed by name since then outranks it, and is no matter of its. Null for anything else, and for an empty one.
   */
  readonly takenAt: number | null;
  /** When it was asked for, by the world's count of what happened. */
  readonly seq: number;
}
