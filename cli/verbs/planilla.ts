import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { ALLOWANCES } from '../../control/core/planilla/basis.ts';
import { exportPlanilla, importPlanilla } from '../../control/planilla/import.ts';
import { AppError } from '../../schemas/app-error.ts';
import type { PlanillaReport, RowReport } from '../../schemas/planilla.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { say, sayJson, type Invocation } from '../invocation.ts';
import { atPhoneDesk } from '../phone-desk.ts';
import { table } from '../table.ts';
import type { Json } from '../verb-host.ts';
import { writeOut } from '../write-out.ts';

export interface PlanillaImport extends Json {
  readonly dryRun: boolean;
  readonly allow: readonly string[];
}

/** Imports a planilla (`-`: standard input) and reports by line; 1 when a line was refused, and then nothing is written. */
export async function importPhones(
  invocation: Invocation,
  path: string,
  { json, dryRun, allow }: PlanillaImport,
): Promise<ExitCode> {
  const { faults } = invocation.messages.phones.planilla;
  const bytes = await readSheet(invocation, path);
  return atPhoneDesk(invocation, async ({ store, settings, key, context }) => {
    const desk = { store, registrars: settings.registrars, key, context: context([]) };
    const allowed = new Set(ALLOWANCES.filter((allowance) => allow.includes(allowance)));
    const done = await importPlanilla({ kind: 'csv', bytes }, desk, { isDryRun: dryRun, allowed });
    if ('fault' in done) throw new AppError('invalid-input', faults.file(done.fault), { retryable: false });
    // No verb names an idempotency key.
    if ('outcome' in done) throw new AppError('internal', `the store answered ${done.outcome}`, { retryable: false });
    if (json) sayJson(invocation, done.report);
    else for (const line of reportLines(invocation, done.report)) say(invocation, line);
    return done.report.counts.refused > 0 ? EXIT.failed : EXIT.ok;
  });
}

/** Writes a planilla to standard output, or to a file that is not there yet. */
export async function exportPhones(invocation: Invocation, path: string | undefined): Promise<ExitCode> {
  return atPhoneDesk(invocation, async ({ store }) => writeOut(invocation, path, await exportPlanilla(store)));
}

async function readSheet({ io, messages }: Invocation, path: string): Promise<Uint8Array> {
  if (path === '-') return buffer(io.stdin);
  try {
    return readFileSync(resolve(io.cwd, path));
  } catch (cause) {
    const { unreadable } = messages.phones.planilla.faults;
    throw new AppError('invalid-input', unreadable(path), { retryable: false, cause });
  }
}

function reportLines({ messages }: Invocation, report: PlanillaReport): readonly string[] {
  const { planilla, columns } = messages.phones;
  const { read, ignored, headings, outcomes, counts, ends } = planilla;
  const { rows, encoding, separator, ignoredColumns } = report.read;
  const told = report.rows.filter(({ outcome }) => outcome !== 'same');
  return [
    read(rows, encoding, separator === '\t' ? 'TAB' : (separator ?? '')),
    ...(ignoredColumns.length === 0 ? [] : [ignored(ignoredColumns)]),
    ...(told.length === 0
      ? []
      : table(
          [headings.line, columns.mac, columns.number, headings.outcome, headings.what],
          told.map((row) => [
            ...[String(row.line), row.mac ?? '', row.extension ?? '', outcomes[row.outcome]],
            whatOf(messages.phones.planilla, row).join('; '),
          ]),
        )),
    counts(report.counts),
    ends[endOf(report)],
  ];
}

function whatOf(
  { change, refusals, inColumn }: Invocation['messages']['phones']['planilla'],
  row: RowReport,
): readonly string[] {
  if (row.outcome !== 'refused') return row.changes.map(change);
  return row.refusals.map(({ code, column, detail }) => {
    const words = refusals[code](detail ?? '');
    return column === null ? words : inColumn(column, words);
  });
}

function endOf({ counts, written, dryRun }: PlanillaReport): 'written' | 'dryRun' | 'refused' | 'nothing' {
  if (counts.refused > 0) return 'refused';
  if (written) return 'written';
  return dryRun && counts.new + counts.changed > 0 ? 'dryRun' : 'nothing';
}
