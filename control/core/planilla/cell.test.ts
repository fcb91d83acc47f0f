import { assert, constantFrom, property, string } from 'fast-check';
import { expect, test } from 'vitest';
import { guarded, isMangledMac, isMangledNumber, ownerOf, unguarded, vendorOf, yesOrNo } from './cell.ts';

test.each(['=1+1', '+54911', '-1', '@SUM(A1)', " =cmd|'/C calc'!A0", '＝1', "'=1"])(
  'a cell %s goes out so that no spreadsheet runs it',
  (text) => {
    expect(guarded(text)).toBe(`'${text}`);
  },
);

test('what is no formula goes out as it is', () => {
  for (const text of ['Ana', "O'Brien", "'Ana'", 'a=b', '', '1001']) expect(guarded(text)).toBe(text);
});

test('every cell comes back exactly', () => {
  const cell = string({ unit: constantFrom("'", '=', '+', '-', '@', '＝', ' ', '\t', '"', ';', 'a', 'ñ') });
  assert(
    property(cell, (text) => {
      expect(unguarded(guarded(text))).toBe(text);
    }),
  );
});

test('what a spreadsheet made of a MAC address of digits is recognised', () => {
  for (const text of ['1.00E+11', '1,05566E+11', '4.1374E+9', '4137411767', '413741176,00']) {
    expect([text, isMangledMac(text)]).toEqual([text, true]);
  }
  for (const text of ['zz', '00:04:13:74:11:76', 'E', '']) expect([text, isMangledMac(text)]).toEqual([text, false]);
  // It has no sign, so it is a number that an extension may have.
  expect([isMangledNumber('1.00E+11'), isMangledNumber('1.00E-5'), isMangledNumber('1E5')]).toEqual([
    true,
    false,
    false,
  ]);
});

test('vendors, owners and yes are read as people write them, and what is neither is left for the schema to refuse', () => {
  expect(['Cisco SPA', ' YEALINK ', 'Polycom', 'Aastra', 'Alcatel'].map(vendorOf)).toEqual([
    'cisco-spa',
    'yealink',
    'poly',
    'mitel',
    'Alcatel',
  ]);
  expect(['Comodato', 'CLIENTE', 'proveedor', 'isp', 'tío'].map(ownerOf)).toEqual([
    'comodato',
    'customer',
    'isp',
    'isp',
    'tío',
  ]);
  expect(['Sí', 'si', 'NO', 'quizás'].map(yesOrNo)).toEqual([true, true, false, 'quizás']);
});
