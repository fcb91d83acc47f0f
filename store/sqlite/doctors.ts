import { Compile } from 'typebox/compile';
import { DoctorReport, RedirectForm, SiteDoctor } from '../../schemas/doctor.ts';
import type { Connection } from './connection.ts';
import { canonicalJson, reader, wordReader } from './documents.ts';
import { appendJournal } from './journal.ts';
import { text, textOrNull } from './rows.ts';

const readReport = reader('doctor’s report', Compile(DoctorReport));
const readSite = reader('doctor’s report of the site', Compile(SiteDoctor));
/** In the place of a router's id, and no id can be so. */
const SITE = '*';
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
  const rows = connection.all('SELECT router, report FROM doctors WHERE router <> ?', SITE);
  return new Map(rows.map((row) => [text(row, 'router'), readReport(text(row, 'report'))]));
}

/** Keeps what a doctor found of the site; the journal is told when that is something else than before. */
export function recordSiteDoctor(connection: Connection, doctor: SiteDoctor): void {
  const before = siteDoctor(connection)?.findings ?? [];
  connection.run('INSERT OR REPLACE INTO doctors (router, report) VALUES (?, ?)', SITE, canonicalJson(doctor));
  if (canonicalJson(before) === canonicalJson(doctor.findings)) return;
  const count = (severity: string): number => doctor.findings.filter((one) => one.severity === severity).length;
  appendJournal(connection, {
    at: connection.now(),
    type: 'site.doctor',
    subject: `site/${connection.site}`,
    router: null,
    data: { errors: count('error'), warnings: count('warning') },
  });
}

export function siteDoctor(connection: Connection): SiteDoctor | null {
  const row = connection.get('SELECT report FROM doctors WHERE router = ?', SITE);
  return row === null ? null : readSite(text(row, 'report'));
}

/** What a self-test saw of this router, or null. */
export function redirectOf(connection: Connection, router: string): RedirectForm | null {
  const row = connection.get('SELECT redirect FROM doctors WHERE router = ?', router);
  const form = row === null ? null : textOrNull(row, 'redirect');
  return form === null ? null : readForm(form);
}
