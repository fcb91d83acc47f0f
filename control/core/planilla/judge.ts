import { extensionChanges, phoneChanges } from './changes.ts';
import type { Basis } from './basis.ts';
import { EXTENSION_COLUMNS, PHONE_COLUMNS } from './columns.ts';
import { judgeExtension, type Judged, type WantedExtension } from './extensions.ts';
import { gather, type Gathered } from './gather.ts';
import { judgePhone, type WantedPhone } from './phones.ts';
import { refusal, type RefusedLine } from './report.ts';
import type { Row } from './rows.ts';
import { namesOf, webAccessGaps, type WebAccessGap } from './web-access.ts';

/** What a planilla asks for, and what stands against it before the store was asked. */
export interface Judgement {
  readonly phones: readonly WantedPhone[];
  readonly extensions: readonly WantedExtension[];
  readonly refused: readonly RefusedLine[];
}

/**
 * Judges the whole planilla before anything is written: every row's own faults, what rows say against one another, what the
 * schemas, the phones' formats and the owners do not let through. All of it is told at once.
 */
export function judgePlanilla(rows: readonly Row[], basis: Basis): Judgement {
  const refused: RefusedLine[] = rows.flatMap(({ line, refusals }) => refusals.map((one) => ({ line, refusal: one })));
  refused.push(...repeatedRows(rows));
  const ofPhones = gather(rows, 'mac', PHONE_COLUMNS);
  const ofExtensions = gather(rows, 'extension', [...EXTENSION_COLUMNS, 'sipKey']);
  refused.push(...ofPhones.refused, ...ofExtensions.refused);

  const judge = <Wanted>(
    subjects: readonly Gathered[],
    judgeOne: (subject: Gathered, basis: Basis) => Judged<Wanted>,
  ): readonly Wanted[] =>
    subjects.flatMap((subject) => {
      const judged = judgeOne(subject, basis);
      if ('refusals' in judged) {
        for (const { line } of subject.rows) refused.push(...judged.refusals.map((one) => ({ line, refusal: one })));
        return [];
      }
      return judged.wanted === null ? [] : [judged.wanted];
    });
  const phones = judge(ofPhones.subjects, judgePhone);
  const extensions = judge(ofExtensions.subjects, judgeExtension);
  refused.push(
    ...guarded(rows, phones, extensions),
    ...softphoneLines(rows, phones, extensions, basis),
    ...incompleteWebAccess(rows, extensions, basis),
  );
  return { phones, extensions, refused };
}

/** The same extension twice on one phone. */
function repeatedRows(rows: readonly Row[]): readonly RefusedLine[] {
  const first = new Map<string, number>();
  return rows.flatMap(({ line, mac, extension }) => {
    if (mac === null && extension === null) return [];
    const subject = `${mac ?? ''}/${extension ?? ''}`;
    const earlier = first.get(subject);
    first.set(subject, earlier ?? line);
    return earlier === undefined ? [] : [{ line, refusal: refusal('repeated-row', null, String(earlier)) }];
  });
}

/** Changes of what is not the ISP's to change without a word of those it belongs to. */
function guarded(
  rows: readonly Row[],
  phones: readonly WantedPhone[],
  extensions: readonly WantedExtension[],
): readonly RefusedLine[] {
  const ofPhone = new Map(
    phones
      .filter(({ before, phone }) => phoneChanges(before, phone).length > 0)
      .map(({ mac, guard }) => [mac, guard] as const),
  );
  const ofExtension = new Map(
    extensions
      .filter(({ before, extension }) => extensionChanges(before, extension).length > 0)
      .map(({ number, guard }) => [number, guard] as const),
  );
  return rows.flatMap(({ line, mac, extension }) => {
    const guards = [ofPhone.get(mac ?? ''), ofExtension.get(extension ?? '')];
    return [...new Set(guards.flatMap((guard) => guard ?? []))].map((guard) => ({ line, refusal: refusal(guard) }));
  });
}

/** DELEGAR and ESTABLECER, over all extensions as they would be; told at the rows of those that the planilla changes. */
function incompleteWebAccess(
  rows: readonly Row[],
  extensions: readonly WantedExtension[],
  basis: Basis,
): readonly RefusedLine[] {
  const all = new Map([...basis.extensions, ...extensions.map((one) => [one.number, one.extension] as const)]);
  const touched = extensions
    .filter(({ before, extension }) => extensionChanges(before, extension).length > 0)
    .map(({ number }) => number);
  const gaps = new Map<string, WebAccessGap[]>();
  for (const gap of webAccessGaps(all, new Set(touched))) gaps.set(gap.number, [...(gaps.get(gap.number) ?? []), gap]);
  return rows.flatMap(({ line, extension }) =>
    (gaps.get(extension ?? '') ?? []).map((gap) => ({
      line,
      refusal:
        gap.kind === 'delegate-without-email'
          ? refusal(gap.kind, 'email')
          : refusal(gap.kind, 'webAccess', namesOf(gap.lacking)),
    })),
  );
}

/** A softphone logs in with a web key at a portal of its own: its extension is no phone's line. */
function softphoneLines(
  rows: readonly Row[],
  phones: readonly WantedPhone[],
  extensions: readonly WantedExtension[],
  basis: Basis,
): readonly RefusedLine[] {
  const ofExtension = new Map([...basis.extensions, ...extensions.map((one) => [one.number, one.extension] as const)]);
  const ofPhone = new Map([...basis.phones, ...phones.map(({ mac, phone }) => [mac, phone] as const)]);
  const softphones = new Map<string, string>();
  for (const [mac, { lines }] of ofPhone) {
    for (const { extension } of lines) {
      if (ofExtension.get(extension)?.softphone === true) softphones.set(extension, mac);
    }
  }
  return rows.flatMap(({ line, extension }) => {
    const mac = softphones.get(extension ?? '');
    return mac === undefined ? [] : [{ line, refusal: refusal('softphone', 'extension', mac) }];
  });
}
