import type { ErrorCode } from '../../schemas/app-error.ts';
import type { Severity } from '../../schemas/finding.ts';
import type { ConfigFault, Expected } from '../config/fault.ts';
import type { AdoptMessages } from './adopt-messages.ts';
import type { DeskMessages } from './desk-messages.ts';
import type { HeldMessages } from './held-messages.ts';
import type { PhoneMessages } from './phone-messages.ts';
import type { PortalMessages } from './portal-messages.ts';
import type { SiteMessages } from './site-messages.ts';

export type Language = 'en' | 'es';

/** Everything the CLI says, once a language: a missing text does not compile. */
export interface Messages {
  readonly language: Language;
  readonly program: string;
  /** What another part of the product said in English, in the person’s words; what is not ours stays as it is. */
  readonly told: (text: string) => string;
  readonly options: Readonly<
    Record<'config' | 'lang' | 'json' | 'secrets' | 'selfTest' | 'timeout' | 'db' | 'help' | 'version', string>
  >;
  readonly verbs: Readonly<
    Record<
      | 'init'
      | 'up'
      | 'agent'
      | 'provisioner'
      | 'control'
      | 'check'
      | 'plan'
      | 'apply'
      | 'doctor'
      | 'status'
      | 'version'
      | 'help',
      string
    >
  >;
  /** Headings of the usage page, by commander's own English ones. */
  readonly headings: Readonly<Record<'Usage:' | 'Options:' | 'Commands:' | 'Arguments:', string>>;
  /** Words of a help page that commander has in English only. */
  readonly help: Readonly<Record<'options' | 'verb' | 'required' | 'choices' | 'fallback', string>>;
  readonly exitCodes: string;
  readonly labels: Readonly<Record<'error' | 'remedy' | 'path' | 'unnamed', string>>;
  readonly usage: {
    readonly unknownOption: (text: string) => string;
    readonly unknownVerb: (text: string) => string;
    readonly missingArgument: (text: string) => string;
    readonly excessArgument: (text: string) => string;
    readonly invalidValue: (text: string) => string;
    readonly wrongChoice: (text: string, choices: string | null) => string;
    readonly conflictingOptions: (one: string, other: string) => string;
    readonly noVerb: string;
    readonly secretsNeedTerminal: string;
    readonly missingSection: (section: string) => string;
  };
  readonly expected: (expected: Expected) => string;
  readonly fault: (fault: ConfigFault) => { readonly wrong: string; readonly instead: string };
  readonly init: {
    readonly made: (what: string) => string;
    readonly nothingMissing: string;
  };
  readonly check: {
    readonly good: (what: string) => string;
    readonly config: (file: string) => string;
    readonly secret: (where: string) => string;
    readonly file: (where: string) => string;
    readonly store: (file: string) => string;
    readonly key: (daemon: string) => string;
    readonly storeMissing: string;
    readonly allGood: string;
    readonly problems: (count: number) => string;
  };
  readonly plan: {
    readonly router: (router: string, at: string, mode: string | null) => string;
    readonly nothing: string;
    readonly nothingSent: string;
    /** Above what the mode leaves out. */
    readonly notSent: (mode: string) => string;
    readonly done: (router: string) => string;
    readonly held: (subject: string, reason: string, detail: string) => string;
    readonly finding: (severity: string, detail: string) => string;
    readonly none: (router: string) => string;
    readonly stored: (router: string, at: string) => string;
    readonly notReadSince: (router: string, at: string | null) => string;
    readonly otherFile: (router: string) => string;
    readonly urls: string;
  };
  readonly apply: {
    readonly asked: (router: string) => string;
    readonly outcome: (router: string, state: string, reason: string | null) => string;
    readonly timeout: (router: string, seconds: number) => string;
    readonly left: (router: string, steps: number) => string;
    readonly done: (router: string) => string;
  };
  readonly doctor: {
    readonly head: (router: string, version: string | null, at: string) => string;
    /** Of what is no router's own. */
    readonly site: (at: string) => string;
    readonly severities: Readonly<Record<Severity, string>>;
    readonly sum: (errors: number, warnings: number, infos: number) => string;
  };
  readonly status: {
    /** `at`: when the file was last written; `since`: since when the agent runs with what it read before. */
    readonly broken: (file: string, at: string | null, runs: { readonly since: string | null } | null) => string;
    readonly agentRuns: (runs: boolean) => string;
    readonly counts: (subscribers: number, cut: number, notices: number) => string;
    readonly generation: (generation: number | null) => string;
    readonly held: (count: number) => string;
    readonly phones: (runs: boolean, phones: number, registered: number, rotations: number) => string;
    readonly sipNotReady: (detail: string | null) => string;
    /** The listener for old phones is on. */
    readonly legacyTls: (url: string) => string;
    /** Of phones that keep what they have; the first of them with why. */
    readonly notServed: (count: number, mac: string, line: number | null, detail: string) => string;
    readonly neverSeen: (router: string) => string;
    readonly router: (
      router: string,
      mode: string,
      connection: string,
      howFar: 'asDesired' | 'butHeld' | 'butPaid' | 'notYet',
      open: string,
    ) => string;
    readonly open: (pending: number, held: number) => string;
    /** What is wanted, and not written to a router in this mode. */
    readonly notSent: (steps: number, mode: string, router: string) => string;
    readonly words: Readonly<Record<'up' | 'down' | 'unknown', string>>;
    /** In place of them while no agent runs; null: it never saw the router. */
    readonly lastSeen: (at: string | null) => string;
  };
  readonly desk: DeskMessages;
  readonly phones: PhoneMessages;
  readonly site: SiteMessages;
  readonly held: HeldMessages;
  readonly adopt: AdoptMessages;
  readonly portal: PortalMessages;
  /** A file or folder that is there and closed to this user. */
  readonly denied: (path: string) => { readonly what: string; readonly remedy: string };
  /** What went wrong and what to do, for every code; used where the error itself speaks English only. */
  readonly errors: Readonly<Record<ErrorCode, { readonly what: string; readonly remedy: string }>>;
}
