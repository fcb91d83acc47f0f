import type { Extension, ExtensionDocument } from '../../schemas/extension.ts';
import type { Phone, PhoneDocument } from '../../schemas/phone.ts';
import type { NewKey, PhoneControlStore, PhoneSheetResult, SheetOutcome } from '../../store/phone-ports.ts';
import type { IntentContext, Page } from '../../store/terms.ts';
import type { Allowance, Basis } from '../core/planilla/basis.ts';
import { extensionChanges, phoneChanges } from '../core/planilla/changes.ts';
import { readHeader, type FileFault } from '../core/planilla/columns.ts';
import { exportRows } from '../core/planilla/export.ts';
import { judgePlanilla, type Judgement } from '../core/planilla/judge.ts';
import { refusal, type PlanillaReport, type Refusal, type RefusedLine } from '../core/planilla/report.ts';
import { readRows, type Row } from '../core/planilla/rows.ts';
import { countRows, tellRows } from '../core/planilla/tell.ts';
import { CHECKS } from './checks.ts';
import { readCsv, writeCsv } from './csv.ts';

type PhoneStore = Pick<PhoneControlStore, 'listExtensions' | 'listPhones' | 'acceptPhoneSheet'>;

/** What an import needs beside the file. */
export interface ImportDesk {
  readonly store: PhoneStore;
  readonly registrars: readonly string[];
  /** A SIP key as the store takes it. */
  readonly key: (number: string, text: string) => NewKey;
  readonly context: IntentContext;
}

export interface ImportOptions {
  readonly isDryRun: boolean;
  readonly allowed: ReadonlySet<Allowance>;
}

const PAGE = 500;

/**
 * Imports a planilla: judged whole, then written in one transaction, or not at all when one row is refused. Phones and
 * extensions that it does not name stay as they are. The same file again changes nothing (I5).
 */
export async function importPlanilla(
  bytes: Uint8Array,
  { store, registrars, key, context }: ImportDesk,
  { isDryRun, allowed }: ImportOptions,
): Promise<{ readonly report: PlanillaReport } | { readonly fault: FileFault }> {
  const read = readCsv(bytes);
  if ('fault' in read) return read;
  const { encoding, separator, headings, records } = read.file;
  const headed = readHeader(headings);
  if ('fault' in headed) return headed;
  const rows = readRows(headed.header, records);
  const basis: Basis = { ...(await readSite(store)), registrars, allowed, checks: CHECKS };
  const judged = judgePlanilla(rows, basis);

  const isRefused = judged.refused.length > 0;
  const result = await ask({ store, key, context }, askable(judged, basis), isDryRun || isRefused);
  const refused = [...judged.refused, ...refusedByStore(rows, judged, result)];
  const newKeys = new Set(
    [...result.extensions].flatMap(([number, one]) => (one.outcome === 'accepted' && one.isKeyChanged ? [number] : [])),
  );
  const told = tellRows(rows, judged, refused, newKeys);
  const counts = countRows(told);
  return {
    report: {
      read: { encoding, separator, rows: rows.length, ignoredColumns: headed.header.ignored },
      dryRun: isDryRun,
      written: result.isWritten && counts.new + counts.changed > 0,
      counts,
      rows: told,
    },
  };
}

/** Every phone and extension as the text of a file that imports to the same. */
export async function exportPlanilla(store: Omit<PhoneStore, 'acceptPhoneSheet'>): Promise<string> {
  const { phones, extensions } = await readSite(store);
  return writeCsv(exportRows(phones, extensions));
}

/** Leaves out phones with a line that is told as refused already: the store would only say that it is not there. */
function askable(judged: Judgement, basis: Basis): Judgement {
  const known = new Set([...basis.extensions.keys(), ...judged.extensions.map(({ number }) => number)]);
  const phones = judged.phones.filter(({ phone }) => phone.lines.every(({ extension }) => known.has(extension)));
  return { ...judged, phones };
}

/** Asks the store for what differs, and for every key: only the store knows whether it is the one that is set. */
async function ask(
  { store, key, context }: Omit<ImportDesk, 'registrars'>,
  { phones, extensions }: Judgement,
  isDryRun: boolean,
): Promise<PhoneSheetResult> {
  const sheet = {
    extensions: extensions
      .filter(({ before, extension, sipKey }) => sipKey !== null || extensionChanges(before, extension).length > 0)
      .map(({ number, extension, sipKey, guard }) => ({
        number,
        extension,
        sipKey: sipKey === null ? null : key(number, sipKey.reveal()),
        isKeyKept: guard !== null,
      })),
    phones: phones
      .filter(({ before, phone }) => phoneChanges(before, phone).length > 0)
      .map(({ mac, phone }) => ({ mac, phone })),
  };
  if (sheet.extensions.length + sheet.phones.length === 0) {
    return { isWritten: false, extensions: new Map(), phones: new Map() };
  }
  return store.acceptPhoneSheet(sheet, context, isDryRun);
}

function refusedByStore(
  rows: readonly Row[],
  { extensions }: Judgement,
  result: PhoneSheetResult,
): readonly RefusedLine[] {
  const guards = new Map(extensions.map(({ number, guard }) => [number, guard] as const));
  return rows.flatMap(({ line, mac, extension }) => {
    const outcomes = [result.extensions.get(extension ?? ''), result.phones.get(mac ?? '')];
    return outcomes.flatMap((outcome) => {
      const refused = outcome === undefined ? null : refusalOf(outcome, guards.get(extension ?? '') ?? 'comodato');
      return refused === null ? [] : [{ line, refusal: refused }];
    });
  });
}

function refusalOf(outcome: SheetOutcome, guard: 'comodato' | 'customer'): Refusal | null {
  switch (outcome.outcome) {
    case 'accepted':
      return null;
    case 'key-kept':
      return refusal(guard, 'sipKey');
    case 'unknown-extension':
      return refusal('unknown-extension', 'extension', outcome.number);
    case 'not-carried':
      return refusal('not-carried', null, outcome.detail);
    case 'key-in-use':
      return refusal('key-in-use', null, outcome.number);
    case 'in-rotation':
      return refusal('in-rotation', null, outcome.rotation);
    case 'softphone':
      return refusal('softphone', 'extension', outcome.mac);
  }
}

async function readSite(
  store: Omit<PhoneStore, 'acceptPhoneSheet'>,
): Promise<{ readonly phones: ReadonlyMap<string, Phone>; readonly extensions: ReadonlyMap<string, Extension> }> {
  const phones = new Map<string, Phone>();
  const extensions = new Map<string, Extension>();
  for await (const item of everyItem((after) => store.listPhones(after, PAGE))) phones.set(item.mac, phoneOf(item));
  for await (const item of everyItem((after) => store.listExtensions(after, PAGE))) {
    extensions.set(item.number, extensionOf(item));
  }
  return { phones, extensions };
}

async function* everyItem<Item>(read: (after: string | null) => Promise<Page<Item>>): AsyncGenerator<Item> {
  let after: string | null = null;
  do {
    const page: Page<Item> = await read(after);
    yield* page.items;
    after = page.next;
  } while (after !== null);
}

function phoneOf({ vendor, model, lines, label, encryption, fileCipher }: PhoneDocument): Phone {
  return {
    vendor,
    lines,
    ...(model === undefined ? {} : { model }),
    ...(label === undefined ? {} : { label }),
    ...(encryption === undefined ? {} : { encryption }),
    ...(fileCipher === undefined ? {} : { fileCipher }),
  };
}

function extensionOf(document: ExtensionDocument): Extension {
  const { registrar, displayName, owner, authUser, email, site, softphone } = document;
  return {
    ...{ registrar, displayName, owner },
    ...(authUser === undefined ? {} : { authUser }),
    ...(email === undefined ? {} : { email }),
    ...(site === undefined ? {} : { site }),
    ...(softphone === undefined ? {} : { softphone }),
  };
}
