import type { PlanillaMessages } from './planilla-messages.ts';
import type { ReturnCause } from '../../schemas/comodato.ts';
import type { Delegation, Verdict } from '../../schemas/extension.ts';
import type { PhoneDialect } from '../../schemas/phone-formats/dialect.ts';
import type { PhoneRequestWhy } from '../../schemas/phone-request.ts';
import type { DhcpFormat } from '../dhcp-host.ts';
import type { RotationEnd, RotationStep } from '../../schemas/rotation.ts';

/** What the verbs about phones say. */
export interface PhoneMessages {
  readonly options: Readonly<
    Record<
      | 'vendor'
      | 'line'
      | 'model'
      | 'label'
      | 'registrar'
      | 'name'
      | 'owner'
      | 'authUser'
      | 'email'
      | 'site'
      | 'keyFile'
      | 'reason'
      | 'canary'
      | 'wave'
      | 'noWait'
      | 'dhcp'
      | 'timeout'
      | 'trace'
      | 'dryRun'
      | 'allow'
      | 'softphone'
      | 'serial'
      | 'note'
      | 'ticket'
      | 'openOnly'
      | 'encryption'
      | 'fileCipher'
      | 'webAccess',
      string
    >
  >;
  readonly verbs: Readonly<
    Record<
      | 'phones'
      | 'phonesPut'
      | 'phonesDelete'
      | 'phonesEnrol'
      | 'phonesEndEarlier'
      | 'phonesResync'
      | 'phonesImport'
      | 'phonesExport'
      | 'phonesReturn'
      | 'comodato'
      | 'comodatoAck'
      | 'comodatoExport'
      | 'extensions'
      | 'extensionsPut'
      | 'extensionsDelete'
      | 'extensionsConfirm'
      | 'validate'
      | 'rotate'
      | 'rotateShow'
      | 'rotateKey'
      | 'rotateCancel',
      string
    >
  >;
  /** What stands above a column, or before a value. */
  readonly columns: Readonly<
    Record<
      | 'mac'
      | 'vendor'
      | 'lines'
      | 'slots'
      | 'enrolled'
      | 'encrypted'
      | 'earlier'
      | 'lastSeen'
      | 'lastFetch'
      | 'registered'
      | 'address'
      | 'userAgent'
      | 'label'
      | 'number'
      | 'name'
      | 'registrar'
      | 'owner'
      | 'key'
      | 'phones'
      | 'verdict'
      | 'rotation'
      | 'authUser'
      | 'email'
      | 'site'
      | 'created'
      | 'state'
      | 'extensions'
      | 'reason'
      | 'last'
      | 'times'
      | 'asked'
      | 'status'
      | 'why'
      | 'webAccess'
      | 'serial'
      | 'since'
      | 'by'
      | 'cause'
      | 'acknowledged',
      string
    >
  >;
  readonly planilla: PlanillaMessages;
  readonly words: Readonly<Record<'yes' | 'no' | 'never' | 'none' | 'open' | 'set' | 'notSet', string>>;
  readonly setAt: (at: string) => string;
  readonly noPhones: string;
  readonly noRequests: string;
  /** What became of a request; `detail` is what the outcome names. */
  readonly why: Readonly<Record<PhoneRequestWhy, (detail: string) => string>>;
  readonly delegations: Readonly<Record<Delegation['state'], (since: string) => string>>;
  readonly pendingDelegations: (numbers: readonly string[]) => string;
  readonly confirmed: (number: string) => string;
  readonly noReturns: string;
  readonly causes: Readonly<Record<ReturnCause, string>>;
  readonly returned: (mac: string, id: string) => string;
  readonly acknowledged: (id: string) => string;
  readonly noExtensions: string;
  readonly noRotations: string;
  readonly enrolment: (urls: {
    readonly provisioningUrl: string;
    readonly enrolmentUrl: string;
    readonly expiresAt: string;
    readonly encrypted?: true;
    readonly fileKey?: string;
  }) => readonly string[];
  /** The user and the password that enrolling gives too, and where they are typed; null: that is not known. */
  readonly credentials: (
    given: { readonly url: string; readonly user: string; readonly password: string },
    where: string | null,
  ) => readonly string[];
  /** A dialect's phones are not known to take a user and a password. */
  readonly noCredentials: string;
  /** What a dialect's phones want done beside typing the URL. */
  readonly atThePhone: Readonly<Partial<Record<PhoneDialect, string>>>;
  /** How the key of its files is typed into a dialect's phones; `url` as it is typed there. */
  readonly fileKeyAt: Readonly<Partial<Record<PhoneDialect, (key: string, url: string) => readonly string[]>>>;
  /** Comments above what a DHCP server is told of one phone: ASCII, for it may read nothing else. */
  readonly dhcpNotes: Readonly<Record<DhcpFormat, (mac: string, expiresAt: string) => readonly string[]>>;
  readonly verdicts: Readonly<Record<Verdict, string>>;
  readonly verdict: (number: string, verdict: string) => string;
  readonly earlierEnded: (mac: string) => string;
  readonly resynced: (mac: string) => string;
  /** After a put: lines that are not where their place in it is. `slots` as `2: 1002, …`. */
  readonly slotsKept: (slots: string) => string;
  readonly steps: Readonly<Record<RotationStep, string>>;
  readonly ends: Readonly<Record<RotationEnd, string>>;
  readonly rotationStarted: (id: string, numbers: readonly string[]) => string;
  readonly rotationEnded: (id: string, end: string) => string;
  readonly rotationHeld: (id: string, reason: string | null) => string;
  readonly keyWanted: (id: string, numbers: readonly string[]) => readonly string[];
  readonly stepOf: (number: string, step: string) => string;
  readonly askKey: (number: string) => string;
  readonly faults: {
    readonly mac: (mac: string) => string;
    readonly notComodato: string;
    readonly notDelegated: (number: string) => string;
    readonly noDelegateEmail: (number: string) => string;
    readonly establishIncomplete: (lacking: string) => string;
    readonly traceOfWhich: string;
    readonly keyInput: (line: number) => string;
    readonly noKey: string;
    readonly keyFile: (path: string) => string;
    readonly keyNumber: (line: number) => string;
    readonly unknownRegistrar: (registrar: string, known: readonly string[]) => string;
    readonly unknownExtension: (number: string) => string;
    readonly notCarried: (mac: string | null, detail: string) => string;
    readonly softphone: (number: string, mac: string) => string;
    readonly keyInUse: (number: string) => string;
    readonly inUse: (by: string) => string;
    readonly inRotation: (number: string, rotation: string) => string;
    readonly tooLate: (step: string) => string;
    readonly noSipKey: (number: string) => string;
    readonly notServed: (vendor: string, model: string) => string;
  };
}
