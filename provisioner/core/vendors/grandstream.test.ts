import { expect, test } from 'vitest';
import type { LineSlot } from './model.ts';
import { FORMATS } from './table.ts';
import { modelOf } from './test/models.ts';

/** The numbers of the passwords in the file of a model with six lines, account 1 first. */
function passwordsOf(model: string | null): readonly string[] {
  const [, slot] = modelOf({}).slots;
  if (slot?.kind !== 'line') throw new Error('no line');
  const [file] = FORMATS.grandstream.files;
  const { lines } = FORMATS.grandstream;
  const text = file.whole({ ...modelOf({}), model, slots: Array.from({ length: lines }, (): LineSlot => slot) });
  return [...text.matchAll(/<(P\d+)>k<\/P\d+>/g)].map(([, name = '']) => name);
}

test.each([[null], ['GXP2170'], ['GRP2614'], ['GRP2616']])('accounts 5 and 6 of a %s have P17 and P18', (model) => {
  expect(passwordsOf(model)).toEqual(['P34', 'P406', 'P506', 'P606', 'P1706', 'P1806']);
});

test.each([['GRP2603'], ['Grandstream GRP-2604P']])('those of a %s have P7 and P8', (model) => {
  expect(passwordsOf(model)).toEqual(['P34', 'P406', 'P506', 'P606', 'P706', 'P806']);
});

test('a GRP2603 is cleared by its own numbers', () => {
  const [file] = FORMATS.grandstream.files;
  const slots = Array.from({ length: 6 }, (): LineSlot => ({ kind: 'clear' }));
  const text = file.whole({ ...modelOf({}), model: 'GRP2603', slots });
  expect(text).toContain('<P701>0</P701>');
  expect(text).toContain('<P806></P806>');
  expect(text).not.toMatch(/<P1[78]\d\d>/);
});
