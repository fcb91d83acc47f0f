import { AppError } from '../../schemas/app-error.ts';
import type { Extension, ExtensionDocument } from '../../schemas/extension.ts';
import type { Phone, PhoneDocument } from '../../schemas/phone.ts';
import type { PlanillaReport, Refusal } from '../../schemas/planilla.ts';
import type { NewKey, PhoneControlStore, PhoneSheet, PhoneSheetResult, SheetOutcome } from '../../store/phone-ports.ts';
import type { IntentContext, JournalReader, Page } from '../../store/terms.ts';
import type { Allowance, Basis } from '../core/planilla/basis.ts';
import { extensionChanges, phoneChanges } from '../core/planilla/changes.ts';
import type { FileFault } from '../core/planilla/columns.ts';
import { exportRows } from '../core/planilla/export.ts';
import { judgePlanilla, type Judgement } from '../core/planilla/judge.ts';
import { refusal, type RefusedLine } from '../core/planilla/report.ts';
import type { Row } from '../core/planilla/rows.ts';
import { countRows, tellRows } from '../core/planilla/tell.ts';
import { CHECKS } from './checks.ts';
import { writeCsv } from './csv.ts';
import { readSheet, type ReadSheet, type Sheet } from './sheet.ts';

type PhoneStore = Pick<PhoneControlStore, 'listExtensions' | 'listPhones' | 'acceptPhoneSheet' | 'sheetAnswer'> &
  Pick<JournalReader, 'head'>;

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

export type ImportResult =
  | { readonly report: PlanillaReport }
  /** It is no planilla; nothing was judged. */
  | { readonly fault: FileFault }
  /** The idempotency key was used for another request. */
  | { readonly outcome: 'key-reused' };

const PAGE = 500;
/** Where phones are changed all the time it is read and judged anew so often. */
const MAX_READINGS = 5;

/**
 * Imports a planilla: judged whole, then written as one change, or not at all when one row is refused. Phones and
 * extensions that it does not name stay as they are. The same file again changes nothing (I5); under the same idempotency
 * key it is answered as it was, while a dry run uses none up.
 */
export async function importPlanilla(sheet: Sheet, desk: ImportDesk, options: ImportOptions): Promise<ImportResult> {
  const { store, context } = desk;
  const earlier = context.idempotency === undefined ? null : await store.sheetAnswer(context.idempotency);
  if (earlier === 'key-reused') return { outcome: 'key-reused' };
  if (earlier !== null && !options.isDryRun) return earlier;
  const known = readSheet(sheet);
  if ('fault' in known) return known;
  for (let readings = 0; readings < MAX_READINGS; readings += 1) {
    const report = await importOnce(known, desk, options);
    if (report !== null) return { report };
  }
  throw new AppError('store-busy', 'phones and extensions of the planilla are being changed all the time', {
    remedy: 'Send the planilla again.',
  });
}

/** Null: what it was judged by was changed meanwhile, and nothing was written. */
async function importOnce(
  { rows, read }: ReadSheet,
  { store, registrars, key, context }: ImportDesk,
  { isDryRun, allowed }: ImportOptions,
): Promise<PlanillaReport | null> {
  const since = await store.head();
  const basis: Basis = { ...(await readSite(store)), registrars, allowed, checks: CHECKS };
  const judged = judgePlanilla(rows, basis);

  const isRefused = judged.refused.length > 0;
  const reportOf = (result: PhoneSheetResult): PlanillaReport => {
    const refused = [...judged.refused, ...refusedByStore(rows, judged, result)];
    const told = tellRows(rows, judged, refused, changedKeys(result));
    const counts = countRows(told);
    return {
      read,
      dryRun: isDryRun,
      written: result.isWritten && counts.new + counts.changed > 0,
      counts,
      rows: told,
    };
  };
  const asked = sheetOf(askable(judged, basis), key);
  const isForShow = isDryRun || isRefused;
  // Nothing to ask: there is still an answer to keep under the idempotency key.
  const isNothing = asked.extensions.length + asked.phones.length === 0;
  if (isNothing && (isForShow || context.idempotency === undefined)) {
    return reportOf({ isWritten: false, extensions: new Map(), phones: new Map() });
  }
  const result = await store.acceptPhoneSheet({ ...asked, since }, context, isForShow, reportOf);
  return result.isOutdated === true ? null : reportOf(result);
}

/** Every phone and extension as the text of a file that imports to the same. */
export async function exportPlanilla(store: Pick<PhoneStore, 'listExtensions' | 'listPhones'>): Promise<string> {
  const { phones, extensions } = await readSite(store);
  return writeCsv(exportRows(phones, extensions));
}

/** Leaves out phones with a line that is told as refused already: the store would only say that it is not there. */
function askable(judged: Judgement, basis: Basis): Judgement {
  const known = new Set([...basis.extensions.keys(), ...judged.extensions.map(({ number }) => number)]);
  const phones = judged.phones.filter(({ phone }) => phone.lines.every(({ extension }) => known.has(extension)));
  return { ...judged, phones };
}

/** What the store is asked: what differs, and every key, for only the store knows whether it is the one that is set. */
function sheetOf({ phones, extensions }: Judgement, key: ImportDesk['key']): PhoneSheet {
  return {
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
}

function changedKeys({ extensions }: PhoneSheetResult): ReadonlySet<string> {
  return new Set(
    [...extensions].flatMap(([number, one]) => (one.outcome === 'accepted' && one.isKeyChanged ? [number] : [])),
  );
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

/** Every phone and extension as it is wanted. */
export async function readSite(
  store: Pick<PhoneStore, 'listExtensions' | 'listPhones'>,
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

function phoneOf({ vendor, model, lines, label, serial, encryption, fileCipher }: PhoneDocument): Phone {
  return {
    vendor,
    lines,
    ...(model === undefined ? {} : { model }),
    ...(label === undefined ? {} : { label }),
    ...(serial === undefined ? {} : { serial }),
    ...(encryption === undefined ? {} : { encryption }),
    ...(fileCipher === undefined ? {} : { fileCipher }),
  };
}

function extensionOf(document: ExtensionDocument): Extension {
  const { registrar, displayName, owner, authUser, email, site, softphone, webAccess } = document;
  return {
    ...{ registrar, displayName, owner },
    ...(authUser === undefined ? {} : { authUser }),
    ...(email === undefined ? {} : { email }),
    ...(site === undefined ? {} : { site }),
    ...(softphone === undefined ? {} : { softphone }),
    ...(webAccess === undefined ? {} : { webAccess }),
  };
}
