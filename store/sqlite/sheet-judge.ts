import type { Phone } from '../../schemas/phone.ts';
import type { PhoneSheet, SheetOutcome } from '../phone-ports.ts';
import { PROVISIONER } from '../terms.ts';
import { endedComodato, type EndedComodato } from './comodato.ts';
import type { Connection } from './connection.ts';
import { delegationMove } from './delegations.ts';
import { credentialOf, servedOfExtension, whyKept, whyNotCarried } from './extension-intents.ts';
import {
  linkedPhones,
  readStoredExtension,
  type LinkedPhone,
  type SealedKey,
  type StoredExtension,
} from './extensions.ts';
import { journalHead } from './journal.ts';
import { comingKeyOf, servedOfPhone, whyPhoneRefused, type LinesView } from './phone-intents.ts';
import { readStoredPhone } from './phones.ts';
import { text } from './rows.ts';
import { isSame } from './subscribers.ts';

type ExtensionPart = PhoneSheet['extensions'][number];
type PhonePart = PhoneSheet['phones'][number];

/** An extension as it is written: without a fresh key the one that is set stays. */
export interface ExtensionWrite {
  readonly number: string;
  /** Null: what phones are served changes, and its revision with it. */
  readonly servedRevision: number | null;
  readonly extension: ExtensionPart['extension'];
  readonly freshKey: SealedKey | null;
  readonly delegation: ReturnType<typeof delegationMove>;
}

export interface PhoneWrite {
  readonly mac: string;
  readonly servedRevision: number | null;
  readonly phone: Phone;
  readonly isNew: boolean;
}

/** What a sheet comes to over the store as it was read, and what of it is to be written. */
export interface JudgedSheet {
  readonly extensions: ReadonlyMap<string, SheetOutcome>;
  readonly phones: ReadonlyMap<string, SheetOutcome>;
  readonly writes: {
    readonly extensions: readonly ExtensionWrite[];
    readonly phones: readonly PhoneWrite[];
    /** Phones in comodato that are in it no longer once the sheet is written. */
    readonly ended: readonly EndedComodato[];
  };
  /** The journal entry up to which the verdict knows the store, and whom it depends on. */
  readonly seen: number;
  readonly numbers: ReadonlySet<string>;
  readonly macs: ReadonlySet<string>;
}

/** An extension of the sheet beside what is known of it. */
interface Found extends ExtensionPart {
  readonly current: StoredExtension | null;
  /** The key given, where it is another than the one that is set. */
  readonly fresh: SealedKey | null;
  readonly linked: readonly LinkedPhone[];
  /** Why its key, user and registrar stay as they are. */
  readonly kept: SheetOutcome | null;
}

/**
 * Judges a sheet over the state it would end in, by the rules of single puts, and writes nothing. It reads in short views:
 * whoever writes by the verdict asks `isOutdated` first, in the transaction.
 */
export async function judgeSheet(
  connection: Connection,
  sheet: PhoneSheet,
  sealed: ReadonlyMap<string, SealedKey | null>,
): Promise<JudgedSheet> {
  const seen = sheet.since ?? (await connection.read(() => journalHead(connection)));
  const found = await connection.readSlices(sheet.extensions, (part) =>
    findExtension(connection, part, sealed.get(part.number) ?? null),
  );
  const wanted = new Map(found.map((one) => [one.number, one] as const));
  const known = new Map<string, StoredExtension | null>();
  const view: LinesView = {
    extensionOf: (number) => {
      const inSheet = wanted.get(number);
      if (inSheet !== undefined) {
        return { extension: inSheet.extension, key: inSheet.fresh ?? inSheet.current?.key ?? null };
      }
      const stored = known.get(number) ?? readStoredExtension(connection, number);
      known.set(number, stored);
      return stored;
    },
    comingKeyOf: (number) => comingKeyOf(connection, number),
  };
  const wantedPhones = new Map(sheet.phones.map(({ mac, phone }) => [mac, phone] as const));
  const inSheet = new Set(wantedPhones.keys());
  const phones = await connection.readSlices(sheet.phones, (part) => judgePhonePart(connection, part, view));
  const extensions = found.map((one) => [one.number, judgeExtensionPart(one, inSheet)] as const);
  const touched = [...new Set([...inSheet, ...found.flatMap(({ linked }) => linked.map(({ mac }) => mac))])];
  const ended = await connection.readSlices(touched, (mac) => {
    const before = readStoredPhone(connection, mac)?.phone;
    if (before === undefined) return null;
    const extensionOf = (number: string): StoredExtension['extension'] | null =>
      readStoredExtension(connection, number)?.extension ?? null;
    const after = {
      phone: wantedPhones.get(mac) ?? before,
      extensionOf: (one: string) => view.extensionOf(one)?.extension ?? null,
    };
    return endedComodato(mac, { phone: before, extensionOf }, after);
  });
  return {
    extensions: new Map(extensions),
    phones: new Map(phones.map(({ mac, outcome }) => [mac, outcome] as const)),
    writes: {
      extensions: found.flatMap(extensionWrite),
      phones: phones.flatMap(({ write }) => write ?? []),
      ended: ended.flatMap((one) => one ?? []),
    },
    seen,
    numbers: new Set([
      ...sheet.extensions.map(({ number }) => number),
      ...sheet.phones.flatMap(({ phone }) => phone.lines.map(({ extension }) => extension)),
    ]),
    macs: new Set(touched),
  };
}

/**
 * True when something was journalled since that the verdict may depend on: an extension or a phone of the sheet, any phone
 * that was put (it may have taken a line), a first fetch, any move of a rotation.
 */
export function isOutdated(connection: Connection, { seen, numbers, macs }: JudgedSheet): boolean {
  return connection
    .all('SELECT type, subject FROM journal WHERE seq > ? AND router = ?', seen, PROVISIONER)
    .some((row) => {
      const [noun = '', id = ''] = text(row, 'subject').split('/');
      if (noun === 'rotation') return true;
      if (noun === 'extension') return numbers.has(id);
      const type = text(row, 'type');
      return type === 'phone.changed' || (type === 'phone.fetched' && macs.has(id));
    });
}

function findExtension(connection: Connection, part: ExtensionPart, given: SealedKey | null): Found {
  const { number, extension, isKeyKept } = part;
  const current = readStoredExtension(connection, number);
  const fresh = given !== null && given.mark !== current?.key?.mark ? given : null;
  const linked = linkedPhones(connection, number);
  const isSameCredential =
    fresh === null && (current === null || credentialOf(current.extension) === credentialOf(extension));
  const kept =
    fresh !== null && isKeyKept
      ? ({ outcome: 'key-kept' } as const)
      : isSameCredential
        ? null
        : whyKept(connection, number, current, linked);
  return { ...part, current, fresh, linked, kept };
}

function judgeExtensionPart(
  { number, extension, fresh, linked, kept }: Found,
  inSheet: ReadonlySet<string>,
): SheetOutcome {
  if (kept !== null) return kept;
  // Phones of the sheet answer for their lines themselves, as they will be.
  const others = linked.filter(({ mac }) => !inSheet.has(mac));
  const [phone] = others;
  if (extension.softphone === true && phone !== undefined) return { outcome: 'softphone', number, mac: phone.mac };
  return whyNotCarried(others, number, extension, fresh) ?? { outcome: 'accepted', isKeyChanged: fresh !== null };
}

function judgePhonePart(
  connection: Connection,
  { mac, phone }: PhonePart,
  view: LinesView,
): { readonly mac: string; readonly outcome: SheetOutcome; readonly write: PhoneWrite | null } {
  const current = readStoredPhone(connection, mac);
  const refused = whyPhoneRefused(mac, phone, current?.phone ?? null, view);
  if (refused !== null) return { mac, outcome: refused, write: null };
  const outcome = { outcome: 'accepted', isKeyChanged: false } as const;
  if (current !== null && isSame(current.phone, phone)) return { mac, outcome, write: null };
  const isServedSame = current !== null && isSame(servedOfPhone(current.phone), servedOfPhone(phone));
  const servedRevision = isServedSame ? current.servedRevision : null;
  return { mac, outcome, write: { mac, phone, servedRevision, isNew: current === null } };
}

function extensionWrite({ number, extension, current, fresh }: Found): readonly ExtensionWrite[] {
  if (current !== null && fresh === null && isSame(current.extension, extension)) return [];
  const isServedSame =
    current !== null && fresh === null && servedOfExtension(current.extension) === servedOfExtension(extension);
  const delegation = delegationMove(current?.extension ?? null, extension);
  return [
    { number, extension, freshKey: fresh, delegation, servedRevision: isServedSame ? current.servedRevision : null },
  ];
}
