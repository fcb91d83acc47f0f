import type { PhoneDialect } from '../../../schemas/phone-formats/dialect.ts';
import type { Secret } from '../../../schemas/secret.ts';
import type { SipTransport } from '../registrar.ts';

/** What a phone needs to come back: the same in the file of its enrolment and in its whole file. */
export interface PhoneHome {
  /** Twelve lower-case hex digits. */
  readonly mac: string;
  /** As the vendor writes it; null: nobody said. */
  readonly model: string | null;
  /**
   * `{publicUrl}/p/{token}/`: whoever has it has the keys. Null: the phone comes by settings of its own, with a user and a
   * password or a certificate, and nothing is said of where it fetches from and as whom.
   */
  readonly provisioningUrl: Secret | null;
  readonly pollMinutes: number;
  /** What files under provisioningUrl are encrypted with, which the phone is told with it; null: they are plain. */
  readonly fileKey: Secret | null;
  /** Grows with every change of what is served, an enrolment among them. */
  readonly revision: number;
  /** Grows with every change of what its files say, whatever changed them. */
  readonly version: number;
}

/** One line as the phone is to have it. */
export interface PhoneLine {
  readonly number: string;
  readonly authUser: string;
  readonly displayName: string;
  readonly key: Secret;
  readonly domain: string;
  /** Null: the transport's own port, or what DNS says. */
  readonly port: number | null;
  readonly transport: SipTransport;
  readonly expiresSeconds: number;
}

/**
 * What becomes of one slot of the phone: a line key, an account, a handset. `keep` says nothing of it, so that the phone
 * keeps what it has: a mistake in our configuration must not silence a phone that works (I11), and what a person set up in a
 * slot that was never ours is his. Phones that do not keep it so: `forgetsLeftOut`.
 */
export type LineSlot =
  | {
      readonly kind: 'line';
      readonly line: PhoneLine;
      /** Somebody else may be there, and is to be taken off first: of a handset that is more than to name all settings anew. */
      readonly takesOff?: true;
    }
  | { readonly kind: 'clear' }
  | { readonly kind: 'keep' };

/**
 * Everything a phone's whole file says, free of any vendor's words. Its revision is named in it, so that its bytes change
 * with it: Yealink skips a file whose MD5 it knows (phones guide 2). Slots that are not named are kept.
 */
export interface PhoneModel extends PhoneHome {
  /** The file is under a URL that an enrolment of the same revision leads away from. */
  readonly isLeft: boolean;
  /** The first one first. */
  readonly slots: readonly LineSlot[];
}

/**
 * How sure a statement about a vendor's phones is: `proven` stands in code that provisions them, or was seen on one;
 * `documented` in the vendor's own guide; `inferred` follows from its other models or from one source only.
 */
export type Standing = 'proven' | 'documented' | 'inferred';

/** What is said of a vendor's phones, how sure it is, and by whom. */
export interface Claim {
  readonly is: boolean;
  readonly standing: Standing;
  /** A guide and its page, or whose code. */
  readonly source: string;
}

/** What a person wants to know of a dialect before relying on it. */
export interface Capabilities {
  /** The names that its account settings have here are the phone's. */
  readonly account: Claim;
  /** A line that is cleared here is gone on the phone. */
  readonly clears: Claim;
  /** It can come with a user and a password, of HTTP Digest or Basic. */
  readonly takesCredentials: Claim;
  /** The way home that an enrolment gives outlives a restart of the phone. */
  readonly keepsHome: Claim;
  /** It fetches by itself, at the pace its file says. */
  readonly polls: Claim;
  /** Its event of `resync` makes it fetch without a restart. */
  readonly resyncs: Claim;
  /** It asks who sends it a NOTIFY, as it comes from the factory. */
  readonly challengesNotify: Claim;
  /** A file that it has applied before is left aside when it comes again. */
  readonly skipsKnown: Claim;
  /** Its own settings can outrank those of a file. */
  readonly localOutranks: Claim;
}

/** What is known of how a dialect's phones read encrypted files; which ciphers, FormatRule says. */
export interface EncryptedFiles {
  /** Its phones read files in these ciphers. */
  readonly reads: Claim;
  /** A plain file may tell the key: the one of an enrolment does. */
  readonly learnsKey: Claim;
  /** It reads plain files all the same, so that another enrolment reaches it. */
  readonly readsPlain: Claim;
  /** A file that was changed on its way is refused. */
  readonly notices: Claim;
}

/** One of the files that a phone asks for and that are ours to give. */
export interface PhoneFile {
  readonly contentType: string;
  /** Beside UTF-8 only what its phones read instead. */
  readonly encoding: 'utf8' | 'latin1';
  /** Holds the lines with their keys, so that who has fetched it has them. */
  readonly hasLines: boolean;
  /** Its name as that phone asks for it, the MAC in the vendor's case (phones guide 1A). */
  name(mac: string, model: string | null): string;
  /** Is this that phone's file, however the MAC is written. */
  isNamed(name: string, mac: string): boolean;
  /** With lines and keys, where it has them. Throws `value-not-carried` for a value that it cannot carry exactly. */
  whole(model: PhoneModel): string;
  /** In an enrolment: the way home, no line and no key. Throws `value-not-carried`. */
  enrolment(home: PhoneHome): string;
}

/** A dialect: a vendor's way to be told things. Pure: the same model gives the same text. */
export interface VendorFormat {
  readonly dialect: PhoneDialect;
  /** How many lines it has names for. */
  readonly lines: number;
  /** Its phones have one transport for all of their lines; a model whose lines differ in it is refused. */
  readonly hasOneTransport?: true;
  /**
   * What a file says no longer may be gone on the phone, so that `keep` would lose a line: its file with lines is not
   * served then, and the phone keeps what it fetched last (I11).
   */
  readonly forgetsLeftOut?: true;
  /**
   * A slot is a handset that has joined a base: to clear it takes whichever handset is there off, so it is said until a whole
   * fetch and no longer. Elsewhere a slot of ours that is empty stays cleared in each file: that one was
   * fetched does not prove that it was applied.
   */
  readonly hasHandsets?: true;
  /** What is typed into a handset to join its base as this line: no two lines of a base may have the same. */
  joinCodeOf?(number: string): string;
  /** Its phones take a file only with a higher version than that of the last. */
  readonly goesByVersion?: true;
  /** The way home counts from its next start on: after an enrolment somebody has to restart it, once. */
  readonly goesHomeAtRestart?: true;
  /** In the order in which they are asked for. */
  readonly files: readonly [PhoneFile, ...PhoneFile[]];
  /**
   * What a phone asks for when it starts, in order, what is not ours among it: of that a 404 is a healthy boot. `*` stands
   * for letters and digits that its model has there.
   */
  asksFor(mac: string, model: string | null): readonly string[];
  /** The whole Event of a NOTIFY that makes it fetch, without a restart where it has such an event (phones guide 2). */
  readonly resyncEvent: string;
  /** Where its user and its password are set, in the vendor's own words. */
  readonly credentialsIn?: string;
  readonly capabilities: Capabilities;
  /** Left out: none of its phones is known to read encrypted files in a way that is documented. */
  readonly encryptedFiles?: EncryptedFiles;
}
