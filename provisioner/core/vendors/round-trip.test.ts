import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AppError } from '../../../schemas/app-error.ts';
import { PLAIN_TEXT } from '../../../schemas/extension.ts';
import { formatRefusal, lineLimit } from '../../../schemas/phone-formats/refusal.ts';
import { Secret } from '../../../schemas/secret.ts';
import type { LineSlot, PhoneModel, VendorFormat } from './model.ts';
import { FORMATS } from './table.ts';
import { filled, modelOf } from './test/models.ts';
import type { ReadLine } from './test/readers/reader.ts';
import { READERS } from './test/readers/table.ts';

const ALL = Object.values(FORMATS);

const PLAIN = new RegExp(PLAIN_TEXT, 'u');
const SPECIAL = [
  '<',
  '&',
  '>',
  '"',
  "'",
  ']]>',
  '<!--',
  '-->',
  '%NULL%',
  '%null%',
  '$USER',
  '#',
  '=',
  ' ',
  '\n',
  '\r\n',
];
const SPECIALS = [
  ...SPECIAL,
  '\0',
  '\t',
  '\u0085',
  '\u2028',
  '\ufeff',
  '\ufffe',
  '\ud800',
  'Ñ',
  '会',
  '📞',
  '</P34>',
  'account.1.enable = 0',
];
const nasty = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc
    .array(fc.oneof(fc.constantFrom(...SPECIALS), fc.string({ unit: 'grapheme', maxLength: 3 })), { maxLength: 6 })
    .map((parts) => parts.join('')),
);
const values = fc.record({ number: nasty, authUser: nasty, displayName: nasty, key: nasty });

test.each(ALL)('$dialect: a value is carried exactly or refused, as control would refuse it', (format) => {
  fc.assert(
    fc.property(values, ({ number, authUser, displayName, key }) => {
      const refusals = [
        formatRefusal(format.dialect, 'number', number),
        formatRefusal(format.dialect, 'authUser', authUser),
        formatRefusal(format.dialect, 'displayName', displayName),
        formatRefusal(format.dialect, 'sipKey', key),
      ];
      const model = modelOf({ number, authUser, displayName, key: new Secret(key) });
      const lines = readBack(format, { ...model, slots: filled(model.slots, format.dialect) });
      if (refusals.some((refusal) => refusal !== null)) {
        expect(lines).toBeNull();
        return;
      }
      if (lines === null) throw new Error('refused what control accepts');
      expect(lines[1]).toEqual({ number, authUser, displayName, key, isActive: true });
      expect(lines.filter(({ isActive }) => isActive)).toHaveLength(1);
      expect(lines).toHaveLength(format.lines);
    }),
    { numRuns: 300 },
  );
});

test.each(ALL)('$dialect: what the wire lets in is carried, but for what the format names', (format) => {
  fc.assert(
    fc.property(nasty, (displayName) => {
      fc.pre(displayName !== '' && PLAIN.test(displayName));
      fc.pre(formatRefusal(format.dialect, 'displayName', displayName) === null);
      expect(readBack(format, modelOf({ displayName }))?.[1]?.displayName).toBe(displayName);
    }),
  );
});

test.each(ALL)('$dialect: a refusal is an error with a code and does not repeat the value', (format) => {
  const model = modelOf({ key: new Secret('top-secret\nsip = 1') });
  for (const file of format.files.filter(({ hasLines }) => hasLines)) {
    expect(() => file.whole(model)).toThrow(AppError);
    expect(() => file.whole(model)).not.toThrow(/top-secret/);
  }
});

test.each(ALL)('I11: $dialect: of a slot that was never named nothing is said', (format) => {
  const [file, ...others] = format.files.filter(({ hasLines }) => hasLines);
  if (file === undefined || others.length > 0) throw new Error('not one file with lines');
  const model = modelOf({});
  const kept: readonly LineSlot[] = Array.from({ length: format.lines }, () => ({ kind: 'keep' }));
  expect(file.whole({ ...model, slots: [] })).toBe(file.whole({ ...model, slots: kept }));
  const said = readBack(format, { ...model, slots: [] }) ?? [];
  for (const { isActive, number, key } of said) expect([isActive, number, key]).toEqual([false, undefined, undefined]);
});

test.each(ALL)('$dialect: a line that is gone is cleared by name', (format) => {
  const lines = readBack(format, { ...modelOf({}), slots: filled([], format.dialect) }) ?? [];
  expect(lines).toHaveLength(format.lines);
  for (const { isActive, number, key } of lines) {
    expect(isActive).toBe(false);
    expect(['', '%NULL%']).toContain(number);
    expect(['', '%NULL%']).toContain(key);
  }
});

test.each(ALL)('$dialect: as many lines as control is told', ({ dialect, lines }) => {
  expect(lines).toBe(lineLimit(dialect));
});

/** What a phone reads in the file with the lines; null where a value is refused. */
function readBack({ dialect, files }: VendorFormat, model: PhoneModel): readonly ReadLine[] | null {
  const [file, ...others] = files.filter(({ hasLines }) => hasLines);
  if (file === undefined || others.length > 0) throw new Error('not one file with lines');
  try {
    return READERS[dialect](Buffer.from(file.whole(model), file.encoding));
  } catch (error) {
    if (error instanceof AppError && error.code === 'value-not-carried') return null;
    throw error;
  }
}
