import type { BrakeLimit, HeldOperation } from '../../schemas/held-operation.ts';

/** Whom a held operation would hit. */
export type HeldEffect = 'cut' | 'restored' | 'noticed';

/** What is said of what waits, of its release, and of the central link. */
export interface HeldMessages {
  readonly verb: string;
  readonly options: Readonly<Record<'all' | 'everything' | 'onRouter' | 'yes', string>>;
  readonly head: (held: Pick<HeldOperation, 'operation' | 'reason'>, kind: string | null, since: string) => string;
  /** `named` are the first of them. */
  readonly effect: (effect: HeldEffect, count: number, named: string) => string;
  /** The same for one router, as it is asked before a release. */
  readonly asked: (effect: HeldEffect, count: number, router: string) => string;
  readonly limit: (limit: BrakeLimit) => string;
  readonly more: (count: number, isStored: boolean) => string;
  readonly release: (router: string, operation: string) => string;
  readonly claim: (router: string, subscribers: readonly string[]) => string;
  readonly waits: string;
  readonly withdrawCut: (subscriber: string) => string;
  readonly withdrawSnapshot: string;
  readonly withdrawAdopt: (router: string) => string;
  readonly others: (count: number) => string;
  readonly nothingHeld: (operation: string) => string;
  /** What to do about one that waits for cuts which the brake holds under these names. */
  readonly heldUnder: (operations: readonly string[]) => string;
  /** One that was to be released, and holds nobody by its own name. */
  readonly heldElsewhere: (operation: string, operations: readonly string[]) => string;
  /** An empty snapshot: everybody of the site would be forgotten. */
  readonly emptySnapshot: (subscribers: number, cut: number) => string;
  /** In place of one router's name. */
  readonly onRouters: (routers: number) => string;
  /** `s1, s2 (+3 more)` */
  readonly moreWord: string;
  /** The verb `operations`. */
  readonly operations: {
    readonly verb: string;
    readonly onlyHeld: string;
    readonly limit: string;
    readonly none: string;
    readonly columns: Readonly<Record<'id' | 'kind' | 'subject' | 'state' | 'reason' | 'since' | 'asked', string>>;
  };
  /** One held operation, on a line. */
  readonly heldOne: (id: string, kind: string, subject: string, reason: string) => string;
  /** How far an operation is on one router. */
  readonly part: (router: string, state: string, reason: string | null) => string;
  /** So many more there are, and where to look. */
  readonly heldMore: (count: number) => string;
  readonly paidButCut: (count: number) => string;
  readonly ofNoRouter: (count: number, routers: readonly string[]) => string;
  readonly paidButCutOn: (count: number, router: string) => string;
  readonly inOperations: (count: number) => string;
  readonly releaseAll: string;
  readonly releaseWhole: (operation: string) => string;
  readonly nothingBraked: string;
  /** Who came to be held after what was released was read; `where` is a router, or how many. */
  readonly later: (count: number, where: string, command: string) => string;
  /** Held, but not by the brake. */
  readonly notBraked: (operation: string, reason: string) => string;
  /** An empty snapshot for one router. */
  readonly wholeSite: (operation: string) => string;
  readonly eitherNameOrAll: string;
  readonly ask: string;
  readonly left: string;
  readonly needsYes: string;
  readonly central: Readonly<Record<'in-touch' | 'silent' | 'stale', (at: string) => string>>;
  readonly refusedReload: (daemon: string, at: string, why: string) => string;
  readonly since: (at: string) => string;
}

/** The command that releases these, one by one; of many the first few. */
export function releasesOf(operations: readonly string[]): string {
  const shown = operations.slice(0, 3).map((operation) => `wisp-edge release ${operation}`);
  return [...shown, ...(operations.length > shown.length ? ['…'] : [])].join('; ');
}
