import type { PhoneVendor } from '../../../schemas/phone.ts';
import type { Secret } from '../../../schemas/secret.ts';
import type { SipTransport } from '../registrar.ts';

/** What a phone needs to come back: the same in the file of its enrolment and in its whole file. */
export interface PhoneHome {
  /** Twelve lower-case hex digits. */
  readonly mac: string;
  /** `{publicUrl}/p/{token}/`: whoever has it has the keys. */
  readonly provisioningUrl: Secret;
  readonly pollMinutes: number;
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
 * What becomes of one line key of the phone. `keep` says nothing of it, so that the phone keeps what it has: a mistake in
 * our configuration must not silence a phone that works (I11).
 */
export type LineSlot =
  { readonly kind: 'line'; readonly line: PhoneLine } | { readonly kind: 'clear' } | { readonly kind: 'keep' };

/** Everything a phone's whole file says, free of any vendor's words. Slots that are not named are cleared. */
export interface PhoneModel extends PhoneHome {
  /** Named in the file, so that its bytes change with it: Yealink skips a file whose MD5 it knows (phones guide 2). */
  readonly revision: number;
  /** First line key first. */
  readonly slots: readonly LineSlot[];
}

/** A vendor's way to be told things. Pure: the same model gives the same text. */
export interface VendorFormat {
  readonly vendor: PhoneVendor;
  readonly contentType: string;
  /** How many lines the format has names for. */
  readonly lines: number;
  /** The file with a phone's own settings as that phone asks for it, the MAC in the vendor's case (phones guide 1A). */
  fileName(mac: string, model: string | null): string;
  /** Is this that phone's own file, however the MAC is written. */
  isOwnFile(name: string, mac: string): boolean;
  /** The file with lines and keys. Throws `value-not-carried` for a value that the format cannot carry exactly. */
  whole(model: PhoneModel): string;
  /** The file of an enrolment: the way home, no line and no key. Throws `value-not-carried`. */
  enrolment(home: PhoneHome): string;
}
