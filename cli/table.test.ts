import { expect, test } from 'vitest';
import { fields, table } from './table.ts';

test('columns are as wide as what stands in them', () => {
  expect(
    table(
      ['número', 'n'],
      [
        ['1001', 'Recepción'],
        ['1', ''],
      ],
    ),
  ).toEqual(['número  n', '1001    Recepción', '1']);
});

test('fields stand under one another', () => {
  expect(
    fields([
      ['línea', '1'],
      ['x', '2'],
    ]),
  ).toEqual(['línea  1', 'x      2']);
});
