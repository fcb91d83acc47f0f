import { array, assert, property, string } from 'fast-check';
import { expect, test } from 'vitest';
import { MAX_ROWS } from '../../schemas/planilla.ts';
import { MAX_BYTES, readCsv, writeCsv } from './csv.ts';

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function cellsOf(input: Uint8Array): readonly (readonly string[])[] {
  const read = readCsv(input);
  if ('fault' in read) throw new Error(read.fault.kind);
  return [read.file.headings, ...read.file.records.map(({ cells }) => cells)];
}

test.each([
  [';', 'mac;interno;nombre\r\naabb;1001;"Ana; la jefa"\r\n'],
  [',', 'mac,extension,name\naabb,1001,"Ana; la jefa"\n'],
  ['\t', 'mac\tinterno\tnombre\raabb\t1001\tAna; la jefa\r'],
])('the separator %j is found by the headings, whatever ends a line', (separator, text) => {
  const read = readCsv(bytes(text));
  expect(read).toMatchObject({ file: { separator, records: [{ line: 2, cells: ['aabb', '1001', 'Ana; la jefa'] }] } });
});

test('the separator that Excel names itself is taken, and lines are counted as an editor does', () => {
  expect(readCsv(bytes('sep=;\r\nmac;nombre\r\n\r\n"a";"dos\r\nlíneas"\r\nb;c'))).toMatchObject({
    file: {
      separator: ';',
      headings: ['mac', 'nombre'],
      records: [
        { line: 3, cells: [''] },
        { line: 4, cells: ['a', 'dos\nlíneas'] },
        { line: 6, cells: ['b', 'c'] },
      ],
    },
  });
});

test('UTF-8 and UTF-16 with their marks, and what Windows writes, are read and told', () => {
  const text = 'mac;nombre\r\naa;Ñandú €';
  const utf16 = Uint8Array.from(Buffer.from(`\ufeff${text}`, 'utf16le'));
  const windows = Uint8Array.from(Buffer.from(text.replace('€', '\u0080'), 'latin1'));
  for (const [encoding, input] of [
    ['utf-8', bytes(text)],
    ['utf-8', bytes(`\ufeff${text}`)],
    ['utf-16le', utf16],
    ['windows-1252', windows],
  ] as const) {
    expect(readCsv(input)).toMatchObject({ file: { encoding, headings: ['mac', 'nombre'] } });
    expect(cellsOf(input)[1]).toEqual(['aa', 'Ñandú €']);
  }
});

test('what is no CSV is told by its line, and never by what stands there', () => {
  expect(readCsv(bytes('mac;clave sip\r\na;b\r\n"c;geheim'))).toEqual({ fault: { kind: 'malformed', line: 3 } });
  expect(readCsv(bytes('mac;clave sip\r\n"a"x;b'))).toEqual({ fault: { kind: 'malformed', line: 2 } });
  expect(readCsv(bytes(''))).toEqual({ fault: { kind: 'empty' } });
});

test('a file beyond all measure is not read', () => {
  const rows = (count: number): Uint8Array => bytes(`mac\n${'a\n'.repeat(count)}`);
  expect(cellsOf(rows(MAX_ROWS))).toHaveLength(MAX_ROWS + 1);
  expect(readCsv(rows(MAX_ROWS + 1))).toEqual({ fault: { kind: 'too-many-rows', limit: MAX_ROWS } });
  expect(readCsv(new Uint8Array(MAX_BYTES + 1))).toEqual({ fault: { kind: 'too-large', limit: MAX_BYTES } });
});

test('what is written is read back to the character', () => {
  const cell = string({ unit: 'grapheme' });
  assert(
    property(array(array(cell, { minLength: 3, maxLength: 3 }), { minLength: 1, maxLength: 5 }), (rows) => {
      // A heading of ours, as a real file has, decides the separator.
      const whole = [['mac', 'extension', 'model'], ...rows];
      expect(cellsOf(bytes(writeCsv(whole)))).toEqual(whole);
    }),
  );
});
