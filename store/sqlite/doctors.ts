import { Compile } from 'typebox/compile';
import { DoctorReport, RedirectForm } from '../../schemas/doctor.ts';
import type { Connection } from './connection.ts';
import { canonicalJson, reader, wordReader } from './documents.ts';
import { appendJournal } from './journal.ts';
import { text, textOrNull } from './rows.ts';

const readReport = reader('doctor’s report', Compile(DoctorReport));
const readForm = wordReader('form of a redirect', Compile(RedirectForm));

/** Keeps what the last doctor found, and what a self-test saw; one without a self-test leaves that as it was. */
export function recordDoctor(connection: Connection, router: string, report: DoctorReport): void {
  const redirect = report.redirect ?? redirectOf(connection, router);
  connection.run(
    'INSERT OR REPLACE INTO doctors (router, report, redirect) VALUES (?, ?, ?)',
    router,
    canonicalJson({ ...report, redirect }),
    redirect,
  );
  const count = (severity: string): number => report.findings.filter((finding) => finding.severity === severity).length;
  appendJournal(connection, {
    at: connection.now(),
    type: 'router.doctor',
    subject: `router/${router}`,
    router,
    data: { reachable: report.reachable, errors: count('error'), warnings: count('warning') },
  });
}

export function readDoctor(connection: Connection, router: string): DoctorReport | null {
  const row = connection.get('SELECT report FROM doctors WHERE router = ?', router);
  return row === null ? null : readReport(text(row, 'report'));
}

export function doctorReports(connection: Connection): ReadonlyMap<string, DoctorReport> {
  const rows = connection.all('SELECT router, report FROM doctors');
  return new Map(rows.map((row) => [text(row, 'router'), readReport(text(row, 'report'))]));
}

/** What a self-test saw of this router, or null. */
export function redirectOf(connection: Connection, router: string): RedirectForm | null {
  const row = connection.get('SELECT redirect FROM doctors WHERE router = ?', router);
  const form = row === null ? null : textOrNull(row, 'redirect');
  return form === null ? null : readForm(form);
}
