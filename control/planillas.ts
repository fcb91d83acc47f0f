import type { PlanillaReport } from '../schemas/planilla.ts';
import type { ProblemDetail } from '../schemas/problem.ts';
import type { Api } from './api.ts';
import type { Allowance } from './core/planilla/basis.ts';
import { fileFaultInWords } from './core/planilla/file-fault.ts';
import { json, type Answer, type RequestHead } from './http/exchange.ts';
import { ProblemError } from './http/problems.ts';
import { MAX_FAULTS } from './http/validate.ts';
import { noRevision } from './intents.ts';
import { exportPlanilla, importPlanilla } from './planilla/import.ts';
import type { Sheet } from './planilla/sheet.ts';
import { newKey } from './sip-keys.ts';

export interface ImportQuery {
  readonly isDryRun: boolean;
  readonly allowed: readonly Allowance[];
}

/**
 * POST /v1/phones/import: what the CLI does with a file, by the same code. A dry run is answered as the run would be, and uses
 * up no idempotency key.
 */
export async function importPhones(api: Api, head: RequestHead, sheet: Sheet, query: ImportQuery): Promise<Answer> {
  const { isDryRun, allowed } = query;
  const vouched = [sheet.kind === 'json' ? sheet.rows : Buffer.from(sheet.bytes).toString('latin1'), query];
  const done = await api.intents.during(
    isDryRun ? { ...head, idempotencyKey: null } : head,
    vouched,
    noRevision,
    (context) =>
      importPlanilla(
        sheet,
        {
          store: api.store,
          registrars: api.settings().phones?.registrars ?? [],
          key: (number, text) => newKey(api.fingerprint, number, text),
          context,
        },
        { isDryRun, allowed: new Set(allowed) },
      ),
  );
  if ('outcome' in done) throw new ProblemError('key-reused');
  if ('fault' in done) throw new ProblemError('planilla-unreadable', { detail: fileFaultInWords(done.fault) });
  if (done.report.counts.refused > 0) throw refused(done.report);
  return json(200, done.report);
}

/** GET /v1/phones/export */
export async function exportPhones({ store }: Api): Promise<Answer> {
  return {
    kind: 'text',
    status: 200,
    type: 'text/csv; charset=utf-8; header=present',
    body: await exportPlanilla(store),
    headers: { 'content-disposition': 'attachment; filename="phones.csv"' },
  };
}

/** `errors` has the first of them, each row by its place among the rows, as JSON would have them; `report` has all. */
function refused(report: PlanillaReport): ProblemError {
  const errors = report.rows.flatMap(({ line, refusals }, at): readonly ProblemDetail[] =>
    refusals.map(({ code, column, detail }) => ({
      pointer: `/rows/${String(at)}${column === null ? '' : `/${column}`}`,
      detail: `line ${String(line)}: ${code}${detail === null || detail === '' ? '' : ` (${detail})`}`,
    })),
  );
  const { counts } = report;
  return new ProblemError('planilla-refused', {
    detail: `${String(counts.refused)} of ${String(report.rows.length)} rows are refused; the first: ${errors[0]?.detail ?? ''}`,
    errors: errors.slice(0, MAX_FAULTS),
    report,
  });
}
