import type { ComodatoReturn } from '../schemas/comodato.ts';
import type { ExtensionDocument, Extension, Verdict } from '../schemas/extension.ts';
import type { Operation } from '../schemas/operation.ts';
import type { PhoneDialect } from '../schemas/phone-formats/dialect.ts';
import type { PlanillaReport } from '../schemas/planilla.ts';
import type { Phone, PhoneDocument } from '../schemas/phone.ts';
import type { PhoneRequestDocument, PhoneRequestWhy } from '../schemas/phone-request.ts';
import type {
  Batch,
  RotationDocument,
  RotationEnd,
  RotationEvidence,
  RotationExtension,
  RotationStep,
} from '../schemas/rotation.ts';
import type { Binding, RotationProgress } from '../schemas/rotation-progress.ts';
import type { Secret } from '../schemas/secret.ts';
import type { ToldSlot } from '../schemas/told-slot.ts';
import type { IdempotencyKey, IntentContext, JournalReader, NewEvent, OperationAdvance, Page } from './terms.ts';

/**
 * Where control and the provisioner meet: extensions, phones, their tokens and the rotation of keys. What is secret is
 * sealed to the provisioner on its way in; control can write a SIP key and never read one (design §2).
 */

/** A SIP key on its way in. `mark` is a keyed hash of number and key, so that the same key again changes nothing. */
export interface NewKey {
  readonly secret: Secret;
  readonly mark: string;
  /** Dialects that cannot carry it exactly: with it, control never needs to read the key again. */
  readonly refusedBy: readonly PhoneDialect[];
}

/**
 * Where files go out encrypted: under `token`, which the enrolment leads to and nobody else knows, so that who comes with it
 * has the key too; null: under the provisioning token itself.
 */
export interface EncryptedHome {
  readonly fileKey: Secret;
  readonly token: Secret | null;
}

/** What control asks about phones. Each is accepted as one transaction and answers at most one operation. */
export type PhoneIntent =
  | {
      readonly kind: 'put-extension';
      readonly number: string;
      readonly extension: Extension;
      readonly sipKey: NewKey | null;
    }
  | { readonly kind: 'delete-extension'; readonly number: string }
  /** The user has set his web key, somebody says: a delegation that was pending is over. */
  | { readonly kind: 'confirm-delegation'; readonly number: string }
  | { readonly kind: 'put-phone'; readonly mac: string; readonly phone: Phone }
  | { readonly kind: 'delete-phone'; readonly mac: string }
  /**
   * New tokens, and with `credentials` a new user and password. Stored hashed for the look-up and sealed for the provisioner;
   * of a password only what checks it. What is in use stays valid until the new one of its kind is used, an earlier one that
   * was never used ends at once, and so does the earlier enrolment token.
   */
  | {
      readonly kind: 'enrol';
      readonly mac: string;
      readonly provisioning: Secret;
      readonly enrolment: Secret;
      /** HA1s as `packHa1` writes them; null: none are given this time. */
      readonly credentials: Secret | null;
      readonly expiresAt: number;
      readonly encrypted?: EncryptedHome;
    }
  /** It was given back to the provider: a record of that, and the phone goes, its tokens with it. */
  | {
      readonly kind: 'return-phone';
      readonly mac: string;
      readonly serial: string | null;
      readonly note: string | null;
    }
  | { readonly kind: 'acknowledge-return'; readonly id: string; readonly ticket: string | null }
  /** Ends at once what is good beside the newest token and the newest credentials, used or not. */
  | { readonly kind: 'end-earlier'; readonly mac: string }
  | { readonly kind: 'resync'; readonly mac: string }
  | { readonly kind: 'validate'; readonly number: string; readonly sipKey: NewKey | null }
  | {
      readonly kind: 'rotate';
      readonly rotation: string;
      readonly extensions: readonly string[];
      readonly newKeys: ReadonlyMap<string, NewKey>;
      readonly batch: Batch;
      readonly reason: string;
    }
  | { readonly kind: 'rotation-key'; readonly rotation: string; readonly number: string; readonly sipKey: NewKey }
  | { readonly kind: 'cancel-rotation'; readonly rotation: string };

export type PhoneAcceptResult =
  | {
      /** `replayed`: the idempotency key was seen with the same request; the documents are as they are now. */
      readonly outcome: 'accepted' | 'replayed';
      readonly created: boolean;
      /** Of a rotation's key and cancel: the rotation's own operation. */
      readonly operation: Operation | null;
      readonly extension: VersionedDocument<ExtensionDocument> | null;
      readonly phone: VersionedDocument<PhoneDocument> | null;
      /** Of a return and its acknowledgement: the record. */
      readonly comodato: ComodatoReturn | null;
    }
  | { readonly outcome: 'key-reused' }
  | { readonly outcome: 'not-found' }
  | { readonly outcome: 'precondition-failed' }
  /** `confirm-delegation`: its web key is not delegated. */
  | { readonly outcome: 'not-delegated'; readonly number: string }
  /** `return-phone`: no line of it is in comodato. */
  | { readonly outcome: 'not-comodato' }
  /** `put-phone`: a line names an extension that is not there. */
  | { readonly outcome: 'unknown-extension'; readonly number: string }
  /** `put-extension`, `put-phone`: a softphone's extension would be a phone's line. */
  | { readonly outcome: 'softphone'; readonly number: string; readonly mac: string }
  /** `put-extension`, `put-phone`, `rotate`, `rotation-key`: what a linked phone's format cannot carry. */
  | { readonly outcome: 'not-carried'; readonly mac: string | null; readonly detail: string }
  /** `put-extension` with another key after a phone has fetched: rotate instead. */
  | { readonly outcome: 'key-in-use'; readonly number: string }
  /** `delete-extension` while a phone has it as a line or a rotation is open. */
  | { readonly outcome: 'in-use'; readonly by: string }
  /** `rotate`: an extension is in another open rotation. `put-extension` with a key meanwhile, too. */
  | { readonly outcome: 'in-rotation'; readonly number: string; readonly rotation: string }
  /** `rotation-key`: the extension's key was proven already, or its rotation has ended. */
  | { readonly outcome: 'too-late'; readonly step: RotationStep }
  /** `validate` without a key for an extension that has none. */
  | { readonly outcome: 'no-sip-key'; readonly number: string };

/** Phones and extensions that are written together or not at all. */
export interface PhoneSheet {
  /**
   * The journal entry up to which the asker knew the store when he made the sheet: whole documents must not undo what was put
   * since. Left out: he made it of nothing that is there.
   */
  readonly since?: number;
  readonly extensions: readonly {
    readonly number: string;
    readonly extension: Extension;
    readonly sipKey: NewKey | null;
    /** Another key than the one that is set is refused, whatever else holds. */
    readonly isKeyKept: boolean;
  }[];
  readonly phones: readonly { readonly mac: string; readonly phone: Phone }[];
}

export type SheetOutcome =
  | { readonly outcome: 'accepted'; readonly isKeyChanged: boolean }
  | { readonly outcome: 'key-kept' }
  | Extract<
      PhoneAcceptResult,
      { readonly outcome: 'unknown-extension' | 'not-carried' | 'key-in-use' | 'in-rotation' | 'softphone' }
    >;

/** What is kept with the idempotency key, for the same request again. */
export type SheetAnswer = (result: PhoneSheetResult) => PlanillaReport;

/** By number and by MAC: what became of each, or would have. */
export interface PhoneSheetResult {
  readonly isWritten: boolean;
  /** Something that the sheet names was changed since it was made: nothing is written, and what is said of its parts is old. */
  readonly isOutdated?: true;
  readonly extensions: ReadonlyMap<string, SheetOutcome>;
  readonly phones: ReadonlyMap<string, SheetOutcome>;
}

/** `revision` changes with every change of the document by a person: the strong ETag. */
export interface VersionedDocument<Document> {
  readonly revision: number;
  readonly document: Document;
}

/** Control's view of phones. */
export interface PhoneControlStore {
  acceptPhoneIntent(intent: PhoneIntent, context: IntentContext): Promise<PhoneAcceptResult>;
  /**
   * All of a sheet, or nothing when one of it is refused or `isDryRun`: what each of it comes to is said the same way. The
   * same rules as for single puts, over the state that the sheet ends in. The answer is kept under the context's idempotency
   * key with what was written.
   *
   * @throws AppError `store-busy` when others change the same phones all the time.
   */
  acceptPhoneSheet(
    sheet: PhoneSheet,
    context: IntentContext,
    isDryRun: boolean,
    answerOf?: SheetAnswer,
  ): Promise<PhoneSheetResult>;
  /** What a sheet under this key was answered; null when it is new. */
  sheetAnswer(key: IdempotencyKey): Promise<{ readonly report: PlanillaReport } | 'key-reused' | null>;
  readExtension(number: string): Promise<VersionedDocument<ExtensionDocument> | null>;
  listExtensions(after: string | null, limit: number): Promise<Page<ExtensionDocument>>;
  readPhone(mac: string): Promise<VersionedDocument<PhoneDocument> | null>;
  listPhones(after: string | null, limit: number): Promise<Page<PhoneDocument>>;
  /** What the phone asked for lately and what became of it, newest first; of any MAC address, known or not. */
  listPhoneRequests(mac: string, after: string | null, limit: number): Promise<Page<PhoneRequestDocument>>;
  readReturn(id: string): Promise<ComodatoReturn | null>;
  /** Oldest first. */
  listReturns(isOpenOnly: boolean, after: string | null, limit: number): Promise<Page<ComodatoReturn>>;
  readRotation(id: string): Promise<RotationDocument | null>;
  /** Newest first. */
  listRotations(after: string | null, limit: number): Promise<Page<RotationDocument>>;
  phoneCounts(): Promise<PhoneCounts>;
  /** What the provisioner last said of itself; null when it never ran. */
  provisionerStatus(): Promise<ProvisionerStatus | null>;
}

/** For /v1/site and metrics. */
export interface PhoneCounts {
  /** `registered`: every line was seen registered when it was last looked at. */
  readonly phones: { readonly total: number; readonly registered: number };
  readonly extensions: { readonly total: number; readonly registered: number };
  /** Of those that are kept: they are forgotten some weeks after their end. */
  readonly rotations: Readonly<Record<RotationEnd | 'open', number>>;
}

/** What the provisioner says of itself, for /v1/site, /readyz and the dashboard. */
export interface ProvisionerStatus {
  readonly at: number;
  /** Where it listens for phones. */
  readonly url: string;
  /** Where it listens for old phones, with TLS that is no longer safe; left out: nowhere. */
  readonly legacyTls?: string;
  readonly sip: { readonly stack: 'embedded' | 'drachtio'; readonly isReady: boolean; readonly detail: string | null };
  /** Phones that are not given what is wanted of them. */
  readonly notServed: UnservedPhones;
  /** Addresses that guess too much, and their requests since the start that no more was said of. */
  readonly guesses?: { readonly addresses: number; readonly requests: number };
}

/** One phone that is not served as it is wanted, and the first reason. Free of secrets. */
export interface UnservedPhone {
  readonly mac: string;
  /** Counts from 1; null: the whole phone. */
  readonly line: number | null;
  readonly extension: string | null;
  readonly what: string;
  readonly detail: string;
}

export interface UnservedPhones {
  readonly count: number;
  /** A few of them. */
  readonly first: readonly UnservedPhone[];
}

/** One line of a phone, with what the phone is to know of it. */
export interface ServedLine {
  readonly number: string;
  readonly extension: Extension;
  /** The key phones are given now; null until one was set. */
  readonly key: Secret | null;
}

/** What lets a phone in: the token of a URL, or a user with a password. */
export interface ServedToken {
  /** SHA-256 of `token`, hex. */
  readonly hash: string;
  readonly kind: 'provisioning' | 'enrolment' | 'credentials';
  /**
   * The token itself, for the URL that a phone is given; null for an enrolment of before it was kept sealed. Of credentials
   * the HA1s, as `packHa1` writes them.
   */
  readonly token: Secret | null;
  readonly expiresAt: number | null;
  readonly isUsed: boolean;
  /** Files under it go out encrypted with this key; null: plain. Always null for an enrolment. */
  readonly fileKey: Secret | null;
}

/** A token that is good for nothing any more: so that a phone that still has it can be told apart from a stranger. */
export interface EndedToken {
  /** SHA-256 of the token, hex. */
  readonly hash: string;
  readonly kind: ServedToken['kind'];
}

/** Everything that one phone is served. */
export interface ServedPhone {
  readonly mac: string;
  /** Grows with every change of what is served: the phone's file names it, so that its bytes change too. */
  readonly revision: number;
  readonly phone: Phone;
  readonly lines: readonly ServedLine[];
  /** Whom its files gave each slot when that was last recorded. */
  readonly slots: readonly ToldSlot[];
  readonly tokens: readonly ServedToken[];
  /** Those that a newer one put an end to, of the last weeks. */
  readonly endedTokens: readonly EndedToken[];
  /** True once it has fetched its lines: it works with what it was given. */
  readonly hasFetched: boolean;
}

/** Which version of its files a phone was told last. */
export interface ToldVersion {
  readonly mac: string;
  readonly version: number;
  /** Keyed hash of what they say, made by the provisioner. */
  readonly content: string;
}

/** Slots of a phone that are told otherwise from now on. */
export interface ToldSlots {
  readonly mac: string;
  /** Of the phone: a whole fetch of a file of this revision, or of a later one, has these slots. */
  readonly revision: number;
  readonly slots: readonly ToldSlot[];
}

/** A whole file that a phone took. */
export interface PhoneFetch {
  readonly mac: string;
  readonly at: number;
  readonly file: string;
  /** SHA-256 of the bytes sent, hex. */
  readonly sha256: string;
  /** Hash of the token it was fetched with. */
  readonly tokenHash: string;
  readonly address: string;
  readonly userAgent: string | null;
  /** The file held the phone's lines with their keys: only such a fetch counts as `lastFetch`. */
  readonly isWhole: boolean;
  /**
   * The revision of the phone whose slots the file told, lines or none, to its last byte; null where it told none. Not kept:
   * it is null in what is read back.
   */
  readonly revision: number | null;
}

/**
 * Requests of a phone that are alike in all but their time. `origin`: asked with a token of the phone; only named by its
 * file or User-Agent; or so named, and no phone of ours. Each has room of its own: a stranger pushes out no phone's own.
 */
export interface PhoneRequest {
  readonly mac: string;
  readonly origin: 'own' | 'named' | 'stranger';
  readonly firstAt: number;
  readonly at: number;
  readonly times: number;
  readonly method: string;
  /** Null where it may hold a token. */
  readonly file: string | null;
  readonly status: number;
  readonly address: string;
  readonly userAgent: string | null;
  readonly why: PhoneRequestWhy;
  readonly detail: string | null;
}

/** What was seen of one extension at its registrar. */
export interface Registration {
  readonly number: string;
  readonly at: number;
  readonly verdict: Verdict;
  /** Null when the verdict tells nothing about bindings. */
  readonly bindings: readonly Binding[] | null;
}

/** One 401 or 403 to a correct digest. Counted against design §4's limits, over restarts. */
export interface Refusal {
  readonly number: string;
  /** Keyed hash of the key, made by the provisioner. */
  readonly keyMark: string;
  readonly at: number;
}

/** An open validate or resync. */
export type PhoneWork =
  | {
      readonly kind: 'validate';
      readonly operation: string;
      readonly acceptedAt: number;
      readonly number: string;
      readonly extension: Extension;
      /** The key given with the request, else the served one. */
      readonly key: Secret | null;
      readonly isGiven: boolean;
    }
  | { readonly kind: 'resync'; readonly operation: string; readonly acceptedAt: number; readonly mac: string };

/** One extension of an open rotation, with both keys. */
export interface RotatingExtension extends RotationExtension {
  readonly extension: Extension | null;
  readonly oldKey: Secret | null;
  readonly newKey: Secret | null;
  /** Keys from before earlier rotations that ended while a phone may not have left them, newest first. */
  readonly keptKeys: readonly Secret[];
  readonly progress: RotationProgress;
  /** Grows with every advance; an advance names the one it was decided on. */
  readonly revision: number;
}

export interface OpenRotation {
  readonly id: string;
  readonly operation: string;
  readonly reason: string;
  readonly createdAt: number;
  readonly batch: Batch;
  readonly isCancelAsked: boolean;
  readonly extensions: readonly RotatingExtension[];
}

/** One move of the saga: step, memory, evidence and what is served, as one transaction. */
export interface RotationAdvance {
  readonly rotation: string;
  readonly number: string;
  /** The revision it was decided on; another one means that somebody else was faster (a key arrived, a cancel). */
  readonly revision: number;
  readonly at: number;
  readonly step: RotationStep;
  readonly end: RotationEnd | null;
  readonly progress: RotationProgress;
  readonly evidence: readonly Omit<RotationEvidence, 'at' | 'step'>[];
  /** Makes the new or the old key the one phones are given from now on. */
  readonly serve: 'new' | 'old' | null;
  /** Drops a refused new key, so that another can be given. */
  readonly dropNewKey?: boolean;
  /** With a commit: keeps the old key for a while, for a phone may still have it. */
  readonly keepOldKey?: boolean;
  /** How the rotation's operation stands now. */
  readonly operation: Omit<OperationAdvance, 'id' | 'router'> | null;
}

/** The provisioner's view. */
export interface ProvisionerStore extends JournalReader {
  /** All phones, or those named and those that have a named extension as a line; gone ones are left out. */
  servedPhones(
    which: 'all' | { readonly macs: readonly string[]; readonly extensions: readonly string[] },
  ): Promise<readonly ServedPhone[]>;
  /** Of phones that go by a version, deleted ones too. */
  toldVersions(): Promise<readonly ToldVersion[]>;
  recordToldVersions(told: readonly ToldVersion[]): Promise<void>;
  /** Before any file says so: who was told a slot keeps it. */
  recordToldSlots(told: readonly ToldSlots[]): Promise<void>;
  /**
   * Marks tokens used (which ends the earlier ones of their kind and the enrolment), notes lastSeen and lastFetch, journals a whole fetch;
   * whoever was to go from the slots that it told is gone.
   */
  recordFetches(fetches: readonly PhoneFetch[]): Promise<void>;
  /** Adds to what phones asked for lately; of each phone, and of all strangers, only the latest are kept. */
  recordRequests(requests: readonly PhoneRequest[]): Promise<void>;
  /** Whole fetches of a phone since a time, oldest first. */
  fetchesSince(mac: string, at: number): Promise<readonly PhoneFetch[]>;
  recordRegistrations(registrations: readonly Registration[]): Promise<void>;
  lastRegistration(number: string): Promise<Registration | null>;
  recordRefusal(refusal: Refusal): Promise<void>;
  refusalsSince(at: number): Promise<readonly Refusal[]>;
  openWork(): Promise<readonly PhoneWork[]>;
  advanceWork(at: number, advances: readonly Omit<OperationAdvance, 'router'>[]): Promise<void>;
  openRotations(): Promise<readonly OpenRotation[]>;
  /** Keys that phones may still have instead of the served one, of an open rotation and of earlier ones, newest first. */
  formerKeys(number: string): Promise<readonly Secret[]>;
  /** `stale`: the extension has moved on meanwhile; nothing was written. */
  advanceRotation(advance: RotationAdvance): Promise<'advanced' | 'stale'>;
  recordStatus(status: ProvisionerStatus): Promise<void>;
  appendEvent(event: NewEvent): Promise<void>;
}
