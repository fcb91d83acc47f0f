import type { Actor } from '../../store/ports.ts';
import type { IfMatch } from '../core/request-headers.ts';

/** What comes with every request, whatever its route. */
export interface RequestHead {
  readonly actor: Actor;
  readonly requestId: string;
  readonly method: string;
  readonly path: string;
  /** Headers that the route declares; null when not sent or not declared. */
  readonly ifMatch: IfMatch | null;
  readonly idempotencyKey: string | null;
  readonly waitSeconds: number | null;
  readonly lastEventId: string | null;
  /** Fires when the caller has hung up: there is nobody left to wait for. */
  readonly gone: AbortSignal;
}

/** The parts of a request before they were checked. */
export interface RawParts {
  readonly params: unknown;
  readonly query: unknown;
  readonly body: unknown;
}

/** What a handler gives back; one place writes it to the socket. */
export type Answer =
  | {
      readonly kind: 'json';
      readonly status: number;
      readonly body?: unknown;
      readonly headers?: Readonly<Record<string, string>>;
    }
  | {
      readonly kind: 'text';
      readonly status: number;
      readonly type: string;
      readonly body: string;
      readonly headers?: Readonly<Record<string, string>>;
    }
  /** Server-sent events after this journal entry. */
  | { readonly kind: 'stream'; readonly after: number };

/** A JSON answer. */
export function json(status: number, body?: unknown, headers: Readonly<Record<string, string>> = {}): Answer {
  return { kind: 'json', status, body, headers };
}
