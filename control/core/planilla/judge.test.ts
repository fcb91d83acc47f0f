import { expect, test } from 'vitest';
import type { Extension } from '../../../schemas/extension.ts';
import type { Phone } from '../../../schemas/phone.ts';
import { CHECKS } from '../../planilla/checks.ts';
import type { Allowance, Basis } from './basis.ts';
import { readHeader } from './columns.ts';
import { judgePlanilla, type Judgement } from './judge.ts';
import type { RefusedLine } from './report.ts';
import { readRows, type Row } from './rows.ts';

const MAC = '001565aabbcc';
const ANA: Extension = { registrar: 'iplan', displayName: 'Ana', owner: 'isp' };
const PHONE: Phone = { vendor: 'yealink', lines: [{ extension: '1001' }, { extension: '1002' }], label: 'Recepción' };

interface Site {
  readonly phones?: Readonly<Record<string, Phone>>;
  readonly extensions?: Readonly<Record<string, Extension>>;
  readonly allowed?: readonly Allowance[];
}

/** Rows as a file has them: cells by blanks, `.` for a blank one, the first row its headings. */
function rowsOf(text: string): readonly Row[] {
  const [headings = [], ...records] = text
    .trim()
    .split('\n')
    .map((line) =>
      line
        .trim()
        .split(/ +/)
        .map((cell) => (cell === '.' ? '' : cell)),
    );
  const read = readHeader(headings);
  if ('fault' in read) throw new Error(read.fault.kind);
  return readRows(
    read.header,
    records.map((cells, at) => ({ line: at + 2, cells })),
  );
}

function judge(text: string, { phones = {}, extensions = {}, allowed = [] }: Site = {}): Judgement {
  const basis: Basis = {
    phones: new Map(Object.entries(phones)),
    extensions: new Map(Object.entries(extensions)),
    registrars: ['iplan'],
    allowed: new Set(allowed),
    checks: CHECKS,
  };
  return judgePlanilla(rowsOf(text), basis);
}

function told(refused: readonly RefusedLine[]): readonly (readonly [number, string, string | null, string | null])[] {
  return refused.map(({ line, refusal: { code, column, detail } }) => [line, code, column, detail]);
}

const SITE: Site = { phones: { [MAC]: PHONE }, extensions: { '1001': ANA, '1002': { ...ANA, site: 'Piso 2' } } };

test('a row each line: phones and extensions are put together of all their rows', () => {
  const judged = judge(`
    mac               marca   interno nombre registrar dueño
    00:15:65:AA:BB:CC Yealink 1001    Ana    iplan     isp
    0015.65aa.bbcc    .       1002    Luis   iplan     cliente
    .                 .       1003    Eva    iplan     Comodato
  `);
  expect(judged.refused).toEqual([]);
  expect(judged.phones).toMatchObject([
    { mac: MAC, before: null, phone: { vendor: 'yealink', lines: [{ extension: '1001' }, { extension: '1002' }] } },
  ]);
  expect(judged.extensions.map(({ number, extension: { owner } }) => [number, owner])).toEqual([
    ['1001', 'isp'],
    ['1002', 'customer'],
    ['1003', 'comodato'],
  ]);
});

test('every fault of a whole file is told at once, by its line', () => {
  const { refused } = judge(`
    mac          vendor  extension name registrar owner
    1.00E+11     yealink 1001      Ana  iplan     isp
    4137411767   yealink 1002      Ana  iplan     isp
    ffffffffffff yealink 1003      Ana  iplan     isp
    001565000001 alcatel 1004      Ana  iplan     isp
    001565000002 .       1005      Ana  iplan     isp
    001565000003 yealink 1,6E+3    Ana  iplan     isp
    001565000004 yealink 10/7      Ana  iplan     isp
    .            .       1008      Ana  nadie     isp
    .            .       1009      .    .         tío
    .            .       .         Ana  iplan     isp
    .            .       1010      .    .         .
    .            .       1011      Ana  iplan     isp   de_más
  `);
  expect(told(refused)).toEqual([
    [2, 'mangled-number', 'mac', null],
    [3, 'mangled-number', 'mac', null],
    [4, 'invalid-value', 'mac', 'is a multicast address'],
    [7, 'mangled-number', 'extension', null],
    [8, 'invalid-value', 'extension', null],
    [11, 'no-subject', null, null],
    [13, 'cells', null, '7/6'],
    [5, 'invalid-value', 'vendor', expect.stringContaining('"yealink"')],
    [6, 'missing', 'vendor', null],
    [9, 'unknown-registrar', 'registrar', 'iplan'],
    [10, 'missing', 'displayName', null],
    [10, 'missing', 'registrar', null],
    [12, 'unknown-extension', 'extension', null],
  ]);
});

test('two rows that say different things of one extension or one phone are both told', () => {
  const { refused } = judge(`
    mac          vendor  extension name registrar owner clave_sip
    001565000001 yealink 1001      Ana  iplan     isp   geheim-1
    001565000002 snom    1001      Eva  iplan     isp   geheim-2
    001565000002 yealink 1002      Luz  iplan     isp   .
  `);
  expect(told(refused)).toEqual([
    [3, 'contradiction', 'vendor', '4'],
    [4, 'contradiction', 'vendor', '3'],
    [2, 'contradiction', 'displayName', '3'],
    [3, 'contradiction', 'displayName', '2'],
    [2, 'contradiction', 'sipKey', '3'],
    [3, 'contradiction', 'sipKey', '2'],
  ]);
  expect(JSON.stringify(refused)).not.toContain('geheim');
});

test('the same line of a phone twice, and an extension without a phone twice, are told', () => {
  const { refused } = judge(
    `
    mac          extension
    001565aabbcc 1001
    001565AABBCC 1002
    001565aabbcc 1001
    .            1002
    .            1002
  `,
    SITE,
  );
  expect(told(refused).filter(([, code]) => code === 'repeated-row')).toEqual([
    [4, 'repeated-row', null, '2'],
    [6, 'repeated-row', null, '5'],
  ]);
});

test('a column that the file does not have stays as it is, a blank one takes away, and a row that only names says nothing', () => {
  const without = judge('mac extension\n001565aabbcc 1001\n001565aabbcc 1002', SITE);
  expect(without.refused).toEqual([]);
  expect([without.extensions, without.phones[0]?.phone]).toEqual([[], PHONE]);
  const blank = judge(
    'mac vendor label extension name lugar\n001565aabbcc . . 1001 . .\n001565aabbcc snom . 1002 Eva .',
    SITE,
  );
  expect(blank.refused).toEqual([]);
  expect(blank.phones[0]?.phone).toEqual({ vendor: 'snom', lines: PHONE.lines });
  expect(blank.extensions.map(({ number, extension }) => [number, extension])).toEqual([
    ['1002', { registrar: 'iplan', displayName: 'Eva', owner: 'isp' }],
  ]);
});

test('lines stand in the order of their numbers, else of the rows', () => {
  const inRows = judge('mac extension\n001565aabbcc 1002\n001565aabbcc 1001', SITE);
  expect(inRows.phones[0]?.phone.lines).toEqual([{ extension: '1002' }, { extension: '1001' }]);
  const byNumber = judge('mac line extension\n001565aabbcc 2 1001\n001565aabbcc 1 1002', SITE);
  expect(byNumber.phones[0]?.phone.lines).toEqual([{ extension: '1002' }, { extension: '1001' }]);
  for (const [first, second] of [
    ['1', '3'],
    ['1', '1'],
    ['1', '.'],
    ['0', '1'],
    ['1', 'x'],
  ]) {
    const { refused } = judge(
      `mac line extension\n001565aabbcc ${first ?? ''} 1001\n001565aabbcc ${second ?? ''} 1002`,
      SITE,
    );
    expect(told(refused)).toEqual([
      [2, 'line-order', 'line', null],
      [3, 'line-order', 'line', null],
    ]);
  }
});

test('a planilla that leaves out a line of a phone does not silence it, unless a person says so', () => {
  const one = 'mac extension\n001565aabbcc 1001';
  expect(told(judge(one, SITE).refused)).toEqual([[2, 'fewer-lines', 'extension', '1002']]);
  const allowed = judge(one, { ...SITE, allowed: ['fewer-lines'] });
  expect([allowed.refused, allowed.phones[0]?.phone.lines]).toEqual([[], [{ extension: '1001' }]]);
});

test('more lines than the format has, and a model that reads no format, are told', () => {
  const extensions = Object.fromEntries(Array.from({ length: 7 }, (_, at) => [`100${at}`, ANA]));
  const rows = Object.keys(extensions).map((number) => `001565aabbcc panasonic ${number}`);
  const { refused } = judge(`mac vendor extension\n${rows.join('\n')}`, { extensions });
  expect(told(refused)[0]).toEqual([2, 'too-many-lines', 'extension', '6']);
  const small = Object.keys(extensions).slice(0, 3);
  const of = (model: string): readonly unknown[] =>
    told(
      judge(
        `mac vendor model extension\n${small.map((number) => `001565aabbcc yealink ${model} ${number}`).join('\n')}`,
        { extensions },
      ).refused,
    );
  expect(of('T31P')[0]).toEqual([2, 'too-many-lines', 'extension', '2']);
  expect(of('T99')).toEqual([]);
  expect(told(judge('mac marca modelo\n001565aabbcc gigaset N720').refused)).toEqual([
    [2, 'not-served', 'model', 'gigaset N720'],
  ]);
});

test('what stays as it is is not judged anew: its registrar may be gone, its model served no more', () => {
  const site: Site = {
    phones: { [MAC]: { vendor: 'gigaset', model: 'N720', lines: [] } },
    extensions: { '1001': { ...ANA, registrar: 'gone' } },
  };
  const rows = 'mac marca modelo interno nombre registrar\n001565aabbcc gigaset N720 . . .\n. . . 1001 Ana gone';
  expect(judge(rows, site).refused).toEqual([]);
});

test('what is in comodato or a customer’s own changes only by leave, its owner too', () => {
  const extensions = { '1001': { ...ANA, owner: 'comodato' as const }, '1002': { ...ANA, owner: 'customer' as const } };
  const site: Site = { phones: { [MAC]: PHONE }, extensions };
  const owners = 'extension name registrar owner\n1001 Ana iplan isp\n1002 Eva iplan customer';
  expect(told(judge(owners, site).refused)).toEqual([
    [2, 'comodato', null, null],
    [3, 'customer', null, null],
  ]);
  expect(told(judge(owners, { ...site, allowed: ['comodato'] }).refused)).toEqual([[3, 'customer', null, null]]);
  expect(judge(owners, { ...site, allowed: ['comodato', 'customer'] }).refused).toEqual([]);
  // A phone is whose lines it has; what stays as it is needs nobody's leave.
  expect(told(judge('mac label\n001565aabbcc Caja', site).refused)).toEqual([[2, 'comodato', null, null]]);
  expect(judge('mac label\n001565aabbcc Recepción', site).refused).toEqual([]);
});

test('an extension of a softphone is no line of a phone, whichever of them the planilla brings', () => {
  const softphone: Extension = { ...ANA, softphone: true };
  const marked = judge('extension name registrar owner softphone\n1001 Ana iplan isp sí', SITE);
  expect(told(marked.refused)).toEqual([[2, 'softphone', 'extension', MAC]]);
  const line = judge('mac vendor extension\n001565000001 snom 1009', { extensions: { '1009': softphone } });
  expect(told(line.refused)).toEqual([[2, 'softphone', 'extension', '001565000001']]);
  expect(judge('extension name registrar owner softphone\n1001 Ana iplan isp sí').refused).toEqual([]);
});

test('a key that is none is told without it', () => {
  const { refused } = judge('extension name registrar owner sipKey\n1001 Ana iplan isp gehéim');
  expect(told(refused)).toEqual([[2, 'invalid-value', 'sipKey', null]]);
});

test('a planilla, which has no column for it, leaves the encryption of a phone as it is', () => {
  const before: Phone = { vendor: 'cisco-mpp', lines: [], encryption: 'required', fileCipher: 'aes-256-cbc' };
  const { phones } = judge('mac vendor label\n001565aabbcc . Caja', { phones: { [MAC]: before } });
  expect(phones).toMatchObject([{ phone: { ...before, label: 'Caja' } }]);
});
