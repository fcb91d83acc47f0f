import type { ReissueState } from '../../schemas/reissue.ts';
import type { OperationState } from '../../schemas/operation.ts';
import type { ObservedSubscriber, RouterMode } from '../../schemas/router.ts';

/** What the verbs about subscribers, notices, routers and events say. */
export interface SiteMessages {
  readonly options: Readonly<
    Record<
      | 'onRouter'
      | 'isCut'
      | 'isHeld'
      | 'name'
      | 'router'
      | 'address'
      | 'ppp'
      | 'mac'
      | 'noAutoCut'
      | 'noAutoNotice'
      | 'reason'
      | 'url'
      | 'notBefore'
      | 'notAfter'
      | 'text'
      | 'start'
      | 'end'
      | 'once'
      | 'report'
      | 'noWait'
      | 'timeout'
      | 'yes'
      | 'after'
      | 'follow'
      | 'type'
      | 'subject'
      | 'limit'
      | 'box'
      | 'user'
      | 'port'
      | 'passwordFile'
      | 'routeros'
      | 'openInput'
      | 'certificate'
      | 'anyway',
      string
    >
  >;
  readonly verbs: Readonly<
    Record<
      | 'subscribers'
      | 'subscribersPut'
      | 'subscribersDelete'
      | 'cutoff'
      | 'restore'
      | 'notices'
      | 'noticesPut'
      | 'noticesEnd'
      | 'noticesReissue'
      | 'routers'
      | 'routersReconcile'
      | 'routersRelease'
      | 'routersClaim'
      | 'events'
      | 'completion'
      | 'router'
      | 'routerEnrol'
      | 'routerRetire',
      string
    >
  >;
  readonly columns: Readonly<
    Record<
      | 'id'
      | 'name'
      | 'router'
      | 'addresses'
      | 'service'
      | 'notice'
      | 'since'
      | 'sinceOrHeld'
      | 'held'
      | 'ppp'
      | 'mac'
      | 'autoCut'
      | 'autoNotice'
      | 'cutoff'
      | 'notices'
      | 'rows'
      | 'seen'
      | 'reason'
      | 'subscriber'
      | 'kind'
      | 'start'
      | 'end'
      | 'once'
      | 'page'
      | 'from'
      | 'to'
      | 'state'
      | 'mode'
      | 'connection'
      | 'asDesired'
      | 'link'
      | 'ok'
      | 'open'
      | 'restore'
      | 'version'
      | 'cut'
      | 'pending'
      | 'oldestRestore'
      | 'lastError'
      | 'lastPass'
      | 'dialect'
      | 'drift'
      | 'paidButCut'
      | 'subscribers'
      | 'findings'
      | 'steps',
      string
    >
  >;
  readonly words: Readonly<
    Record<
      | 'yes'
      | 'no'
      | 'butHeld'
      | 'butPaid'
      | 'none'
      | 'never'
      | 'notVerified'
      | 'notConfigured'
      | 'notOurs'
      | 'template',
      string
    >
  >;
  readonly service: Readonly<Record<ObservedSubscriber['service'], string>>;
  /** A cut that does not stand. */
  readonly cutStates: Readonly<Record<'scheduled' | 'expired' | 'toCut', string>>;
  readonly modes: Readonly<Record<RouterMode, string>>;
  readonly connection: Readonly<Record<'up' | 'down' | 'unknown', string>>;
  /** A state of an operation, as progress shows it. */
  readonly states: Readonly<Record<OperationState, string>>;
  readonly reissueStates: Readonly<Record<ReissueState, string>>;
  /** Under a reissue without a page to tell of. */
  readonly nothingReissued: string;
  /** Nothing is led anew before the new domain was seen good so often. */
  readonly reissueAwaits: (domain: string, positive: number, needed: number) => string;
  readonly reissued: (subject: string, done: number, total: number) => string;
  readonly noSubscribers: string;
  readonly nobodyCut: string;
  readonly noNotices: string;
  readonly noRouters: string;
  /** Above what the store has of routers while no agent runs. */
  readonly seenLast: string;
  readonly progress: (subject: string, state: string) => string;
  readonly readBack: (router: string, version: string | null, at: string) => string;
  readonly noRowLeft: string;
  readonly heldBy: (reason: string, what: string) => string;
  readonly detail: (detail: string) => string;
  readonly todo: (todo: string) => string;
  readonly beginsAt: (subject: string, at: string) => string;
  /** A router that the agent cannot reach, and why. */
  readonly away: (router: string, why: string) => string;
  readonly doneOnceBack: string;
  readonly accepted: (subject: string, operation: string) => string;
  /** The fields of a result that a person is told of. */
  readonly results: Readonly<Record<string, string>>;
  /** A router that a change of the portal left out, all or in part, for its mode. */
  readonly leftOut: (router: string, mode: string) => string;
  readonly result: (name: string, value: string) => string;
  /** Rows of ours that somebody else changed, and those of them that were put right. */
  readonly drifted: (found: number, repaired: number) => string;
  readonly claimShows: (router: string) => string;
  readonly claimNothing: (subscriber: string) => string;
  /** What becomes of a row: his who is to be cut is ours then, any other goes. */
  readonly claimTakes: string;
  readonly claimRemoves: string;
  /** No row is known of any of them. */
  readonly claimIdle: string;
  readonly claimAsk: string;
  readonly claimLeft: string;
  /** Why `router retire` prints nothing now. */
  readonly retireRefused: (router: string) => string;
  readonly retireTaken: (router: string) => string;
  /** The same, where it is printed all the same. */
  readonly retireLeaves: (router: string) => string;
  readonly retireWarns: (router: string) => string;
  /** After `router enrol`, on stderr: where the password lies, what to add to the configuration, how to take the pin. */
  readonly enrolled: (facts: {
    readonly file: string;
    readonly isNew: boolean;
    readonly entry: readonly string[];
    readonly takePin: string;
    readonly printPin: string;
  }) => readonly string[];
  readonly faults: {
    readonly reasonMissing: string;
    /** A subscriber that nothing tells from others. */
    readonly knownByNothing: string;
    readonly field: (option: string, detail: string) => string;
    /** A fault that the API told in English; one that is not known here stays as it is. */
    readonly detail: (told: string) => string;
    readonly unknownRouter: (router: string, known: readonly string[]) => string;
    /** Somebody wrote between what was shown and what was asked. */
    readonly changedMeanwhile: string;
    readonly addressHeld: (address: string, by: string) => string;
    readonly claimNeedsYes: string;
    readonly subject: (text: string) => string;
    readonly box: (text: string) => string;
    readonly user: (text: string) => string;
    readonly otherProduct: (text: string) => string;
    readonly password: string;
    readonly passwordFile: (file: string) => string;
  };
}
