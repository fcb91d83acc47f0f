import type { AppError } from '../schemas/app-error.ts';
import type { Secret } from '../schemas/secret.ts';
import type { PageRival } from './core/notice-pages.ts';
import type { Row } from './core/row.ts';
import type { ListenerState } from './core/settings.ts';
import type { RouterPages } from './notice-server/book.ts';

/** One API sentence: `path` is menu and command (`/ip/proxy/access/print`), values are latin-1 text (see `Row`). */
export interface Command {
  readonly path: string;
  readonly attributes?: Readonly<Record<string, string>>;
  /** Query words without the leading `?`, in order: `list=Moroso`, `#|`. */
  readonly queries?: readonly string[];
}

export interface CommandOptions {
  /** Deadline of this command in ms; at it the command is cancelled and, if the router stays mute, the session destroyed. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/** What a command answered: its `!re` rows and the `ret` of its `!done` (the new row's id after `add`). */
export interface Reply {
  readonly rows: readonly Row[];
  readonly ret: string | null;
}

export interface Listening {
  stop(): Promise<void>;
}

/**
 * One logged-in API connection. Commands may be in flight together; each settles exactly once: with its reply, or with an
 * AppError whose code is one of `router-*`, `driver-limit`, `aborted`. After any fault that leaves the stream unsure the
 * session closes itself and rejects everything pending. It never throws outside a returned promise.
 */
export interface RouterSession {
  readonly isOpen: boolean;
  /** Resolves once, when the session has ended, with the reason (`aborted` after `close()`). Never rejects. */
  readonly closed: Promise<AppError>;
  run(command: Command, options?: CommandOptions): Promise<Reply>;
  /** `listen` on a menu: a hint that something changed there, never the truth. A deleted row has `.dead=yes`. */
  listen(menu: string, onRow: (row: Row) => void, options?: CommandOptions): Promise<Listening>;
  close(): Promise<void>;
}

/** How the TLS peer is known. `trust-on-first-use` is not here: the pin is in the config, or the doctor prints it. */
export type RouterTls =
  | { readonly kind: 'plain' }
  | { readonly kind: 'pin'; readonly sha256: string }
  | { readonly kind: 'ca'; readonly pem: string };

export interface RouterTarget {
  readonly id: string;
  readonly host: string;
  readonly port: number;
  readonly tls: RouterTls;
  readonly user: string;
  readonly password: Secret;
}

export interface SessionOptions {
  /** Deadline of connect + login, ms. */
  readonly connectTimeoutMs: number;
  /** Deadline of a command that names none, ms (`commandTimeoutSeconds`). */
  readonly commandTimeoutMs: number;
  readonly signal?: AbortSignal;
  /** Told of reply words the protocol does not define (they are counted and ignored). */
  readonly onUnknownWord?: (word: string) => void;
}

/** Opens a session; both drivers are one of these. Rejects with `router-unreachable`, `router-login-refused`, `router-tls`, … */
export type ConnectRouter = (target: RouterTarget, options: SessionOptions) => Promise<RouterSession>;

/** One address record found at the end of a CNAME chain. */
export interface ResolvedAddress {
  readonly address: string;
  readonly ttlSeconds: number;
}

/** What one resolver said of one host. `chain` starts with the host and ends with the name that had the addresses. */
export type Resolution =
  | {
      readonly kind: 'answer';
      readonly resolver: string;
      readonly chain: readonly string[];
      readonly addresses: readonly ResolvedAddress[];
      /** Families whose question was not answered, which says nothing of their addresses; left out for none. */
      readonly unanswered?: readonly (4 | 6)[];
    }
  | {
      readonly kind: 'no-data' | 'no-such-name' | 'server-failure' | 'timeout' | 'invalid';
      readonly resolver: string;
      readonly detail: string;
      /** How far the aliases led before it ended; left out where that says nothing. */
      readonly chain?: readonly string[];
    };

/** Asks every resolver for A and AAAA, following CNAMEs; one result a resolver, never rejects but on abort. */
export type ResolveHost = (host: string, signal: AbortSignal) => Promise<readonly Resolution[]>;

/** Wall clock in ms since the epoch and a monotonic clock in ms; passed in so that tests own time. */
export interface Clock {
  now(): number;
  monotonic(): number;
  /** Resolves after `ms` or rejects with `aborted` when the signal fires. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

/** Our own page server as a router's worker sees it. */
export interface NoticeDesk {
  listener(): ListenerState;
  /** Sources that came of late and have no page. */
  strangeSources(): readonly string[];
  /** The pages of the router's subscribers from now on; told before the router leads anybody to them. */
  publish(router: string, pages: RouterPages): void;
  /** The pages are still those, made of what stood at this journal head. */
  confirm(router: string, seq: number): void;
  /** Whose page of the router's, as it was published last, is withheld: another router leads the same address there. */
  rivals(router: string): readonly PageRival[];
}
