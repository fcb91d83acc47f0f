import { Type } from 'typebox';
import { PlanillaReport, PlanillaRows } from '../../schemas/planilla.ts';
import { ALLOWANCES } from '../core/planilla/basis.ts';
import { NoParams, NoQuery } from '../http/query.ts';
import { NO_BODY, route } from '../http/route.ts';
import { MAX_BYTES } from '../planilla/csv.ts';
import { exportPhones, importPhones, type ImportQuery } from '../planillas.ts';

const allowance = `(${ALLOWANCES.join('|')})`;

const ImportParameters = Type.Object(
  {
    dryRun: Type.Optional(
      Type.Union([Type.Literal('true'), Type.Literal('false')], { description: 'true: nothing is written' }),
    ),
    allow: Type.Optional(
      Type.String({
        pattern: `^${allowance}(,${allowance})*$`,
        description: `what the import may change beside the ISP’s own: ${ALLOWANCES.join(', ')}, separated by commas`,
      }),
    ),
  },
  { additionalProperties: false },
);

function queryOf({ dryRun, allow = '' }: { readonly dryRun?: string; readonly allow?: string }): ImportQuery {
  return {
    isDryRun: dryRun === 'true',
    allowed: ALLOWANCES.filter((one) => allow.split(',').includes(one)),
  };
}

export const planillaRoutes = [
  route({
    method: 'POST',
    path: '/v1/phones/import',
    scope: 'platform',
    tag: 'phones',
    id: 'importPhones',
    summary: 'Many phones and extensions at once: a planilla, whole or not at all',
    description:
      'Text/csv as GET /v1/phones/export gives it and a spreadsheet saves it, or the same rows as JSON. What it does not name stays as it is; the same again changes nothing. It is judged whole before anything is written: 409 `planilla-refused` has a report of every row. A dry run is answered as the run would be. SIP keys may come in, web keys never.',
    headers: ['Idempotency-Key'],
    answers: { 200: { description: 'Taken, or would be: what became of each row', schema: PlanillaReport } },
    problems: ['planilla-unreadable', 'planilla-refused', 'key-in-progress', 'key-reused'],
    bodyLimit: MAX_BYTES,
    params: NoParams,
    query: ImportParameters,
    body: {
      schema: PlanillaRows,
      example: {
        rows: [
          {
            ...{ mac: 'AA:BB:CC:00:11:22', vendor: 'yealink', model: 'T31P', label: 'Recepción', line: '1' },
            ...{ extension: '1001', displayName: 'Recepción', registrar: 'iplan', owner: 'isp' },
          },
        ],
      },
    },
    handle: ({ body, query, ...head }, api) =>
      importPhones(api, head, { kind: 'json', rows: body.rows }, queryOf(query)),
    handleCsv: ({ body, query, ...head }, api) => importPhones(api, head, { kind: 'csv', bytes: body }, queryOf(query)),
  }),
  route({
    method: 'GET',
    path: '/v1/phones/export',
    scope: 'platform',
    tag: 'phones',
    id: 'exportPhones',
    summary: 'Every phone and extension as a planilla, which imports to the same',
    description: "Without keys. A value that a spreadsheet would run as a formula stands behind a `'`.",
    answers: { 200: { description: 'The planilla, in UTF-8 with its mark', type: 'text/csv' } },
    params: NoParams,
    query: NoQuery,
    body: NO_BODY,
    handle: (_call, api) => exportPhones(api),
  }),
];
