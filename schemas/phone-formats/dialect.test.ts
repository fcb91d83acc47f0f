import { expect, test } from 'vitest';
import { inSpanish } from '../told-es.ts';
import { dialectOf } from './dialect.ts';
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
