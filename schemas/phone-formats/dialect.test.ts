import { expect, test } from 'vitest';
import { inSpanish } from '../told-es.ts';
import { PhoneVendor } from '../phone.ts';
import { dialectOf, PhoneDialect } from './dialect.ts';
import { formatRefusal } from './refusal.ts';

test.each([
  ['gigaset', 'N510 IP PRO', 'gigaset-n510'],
  ['gigaset', 'Gigaset C430 IP', 'gigaset-n510'],
  ['gigaset', undefined, 'gigaset-nx70'],
  ['gigaset', 'Gigaset N870E IP PRO', 'gigaset-nx70'],
  ['gigaset', 'n670', 'gigaset-nx70'],
  ['gigaset', 'N770 IP PRO', 'gigaset-nx70'],
  ['gigaset', 'N610', 'gigaset-nx70'],
  ['gigaset', 'N720 DM PRO', null],
  ['gigaset', 'Maxwell 3', null],
  ['gigaset', 'P810', null],
  ['poly', 'VVX D230', null],
  ['poly', 'OBi302', null],
  ['poly', 'Poly Edge E350', 'poly'],
  ['panasonic', 'KX-UTG300B', null],
  ['panasonic', 'KX-HDV130', 'panasonic'],
  ['grandstream', undefined, 'grandstream'],
  ['grandstream', 'GRP2614', 'grandstream'],
  ['grandstream', 'GXV3370', 'grandstream'],
  ['grandstream', 'Grandstream GXV-3480', 'grandstream-aliases'],
  ['grandstream', 'gxv3450', 'grandstream-aliases'],
] as const)('a %s %s reads %s', (vendor, model, dialect) => {
  expect(dialectOf(model === undefined ? { vendor } : { vendor, model })).toBe(dialect);
});

test.each([
  ['gigaset-n510', 'displayName', 'Ana "la jefa"', 'a quote or a backslash'],
  ['gigaset-n510', 'displayName', '会議', 'ISO-8859-1'],
  ['gigaset-n510', 'transport', 'tls', 'udp only'],
  ['gigaset-n510', 'provisioningUrl', 'https://phones.example.net/%41/', 'a placeholder'],
  ['gigaset-nx70', 'provisioningUrl', 'https://phones.example.net/%41/', 'a placeholder'],
] as const)('a %s does not carry %s %s, and says why in both languages', (dialect, field, value, reason) => {
  const refusal = formatRefusal(dialect, field, value) ?? '';
  expect(refusal).toContain(reason);
  expect(inSpanish(refusal)).not.toBe(refusal);
});

test('what an N510 carries beside plain ASCII', () => {
  expect(formatRefusal('gigaset-n510', 'displayName', "Ñandú & D'Ávila <ÿ>")).toBeNull();
  expect(formatRefusal('gigaset-n510', 'transport', 'udp')).toBeNull();
});

test('the model says which of its two ways a Fanvil reads; one that nobody named is a new one', () => {
  const dialect = (model?: string): string | null =>
    dialectOf({ vendor: 'fanvil', ...(model === undefined ? {} : { model }) });
  for (const model of ['X3', 'X3S', 'X3SP', 'x3p', 'X3G', 'X4', 'X4G', 'X5', 'Fanvil C58P', 'fanvil-c62', 'X2P', 'H5'])
    expect(`${model} ${dialect(model)}`).toBe(`${model} fanvil-text`);
  for (const model of [
    'X3SG',
    'X3U',
    'X3U Pro',
    'X4U-V2',
    'X4SG',
    'X5S',
    'X5U',
    'X6',
    'X7C',
    'X210',
    'V62',
    'W611W',
    'H2U-V2',
  ])
    expect(`${model} ${dialect(model)}`).toBe(`${model} fanvil-xml`);
  expect(dialect()).toBe('fanvil-xml');
});

test('every vendor has a dialect for a phone whose model nobody named', () => {
  for (const { const: vendor } of PhoneVendor.anyOf) {
    expect(dialectOf({ vendor })).not.toBeNull();
  }
});

const VALUES = [
  '',
  'a\nb',
  ' a',
  'a b"c',
  '%NULL%',
  '$USER',
  '^a',
  '!a',
  '# a',
  'a;b',
  '<<a',
  '会議',
  'ñ'.repeat(300),
  'a\\',
];
const PLACES = ['http://[::1]:8471/p/0/', 'https://phones.example.net/%41/', 'https://phones.example.net/{MAC}/"/'];

test.each(PhoneDialect.anyOf.map((dialect) => dialect.const))('what a %s refuses is told in Spanish too', (dialect) => {
  const refusals = [
    ...VALUES.flatMap((value) => formatRefusal(dialect, 'displayName', value) ?? []),
    ...VALUES.flatMap((value) => formatRefusal(dialect, 'sipKey', value) ?? []),
    ...PLACES.flatMap((place) => formatRefusal(dialect, 'provisioningUrl', place) ?? []),
  ];
  expect(refusals.length).toBeGreaterThan(0);
  expect(refusals.filter((refusal) => inSpanish(refusal) === refusal)).toEqual([]);
});

test('what ends a part of the file, or begins a comment in it, is carried by neither text', () => {
  expect(formatRefusal('fanvil-text', 'displayName', '<<END OF FILE>>')).toMatch(/<< or >>/);
  for (const key of ['abc;def', 'abc#def']) expect(formatRefusal('akuvox', 'sipKey', key)).toMatch(/# or ;/);
});
