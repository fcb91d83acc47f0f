import { expect, test } from 'vitest';
import { Secret } from '../../../schemas/secret.ts';
import type { LineSlot } from './model.ts';
import { FORMATS } from './table.ts';
import { goldenModel, modelOf } from './test/models.ts';
import { READERS } from './test/readers/table.ts';

const N510 = FORMATS['gigaset-n510'].files[0];
const NX70 = FORMATS['gigaset-nx70'].files[0];
const HTTP = { ...modelOf({}), provisioningUrl: new Secret('http://192.0.2.2:8471/fonos/p/0123456789abcdefABCDEF/') };

test('an N510 asks in capitals, an Nx70 in small letters', () => {
  expect(N510.name('7c2f80e0d605', 'N510 IP PRO')).toBe('7C2F80E0D605.xml');
  expect(NX70.name('7c2f80e0d605', 'N870 IP PRO')).toBe('7c2f80e0d605.xml');
  expect(NX70.isNamed('7C2F80E0D605.xml', '7c2f80e0d605')).toBe(true);
  expect(N510.isNamed('provisioning.xml', '7c2f80e0d605')).toBe(false);
});

test('an N510 is told an http server without its scheme, and an https one with it', () => {
  const place = '192.0.2.2:8471/fonos/p/0123456789abcdefABCDEF';
  expect(N510.enrolment(HTTP)).toContain(`'"${place}/805EC0AABBCC.xml"'`);
  expect(N510.enrolment(modelOf({}))).toContain(`'"https://phones.example.net:8471/p/`);
});

test('an Nx70 is told its server whole', () => {
  expect(NX70.enrolment(HTTP)).toContain('value="http://192.0.2.2:8471/fonos/p/0123456789abcdefABCDEF"');
});

test('an N510 is told no transport that its format has no name for', () => {
  const [, second] = modelOf({}).slots;
  if (second?.kind !== 'line') throw new Error('no line');
  const slots: readonly LineSlot[] = [{ kind: 'line', line: { ...second.line, transport: 'tcp' } }];
  expect(() => N510.whole({ ...modelOf({}), slots })).toThrow(/tcp/);
});

test('I11: an Nx70 whose line is left alone keeps its handset, and who is gone leaves first of all', () => {
  const text = NX70.whole(goldenModel('gigaset-nx70'));
  expect(text).not.toMatch(/0003\.|SipProvider\.2\./);
  expect(text).not.toContain('DeleteNotProvisionedHS');
  expect(text.lastIndexOf('ToDeReg')).toBeLessThan(text.indexOf('Provisioning.global'));
});

test('where a handset’s slot goes from one to another at once, the first is taken off before the other is added', () => {
  const [, slot] = modelOf({ number: '1003' }).slots;
  if (slot?.kind !== 'line') throw new Error('no line');
  const text = NX70.whole({ ...modelOf({}), slots: [{ ...slot, takesOff: true }] });
  expect(text.indexOf('hs.00001.RegStatus" value="ToDeReg"')).toBeGreaterThan(0);
  expect(text.indexOf('hs.00001.RegStatus"')).toBeLessThan(text.indexOf('name="add_hs" value="00001"'));
  expect(READERS['gigaset-nx70'](Buffer.from(text))[0]).toMatchObject({ number: '1003', isActive: true });
});

test('handsets of an Nx70 join by the last four digits of their extension', () => {
  const codes = ['10421234', '7', 'ventas-12'].map(
    (number) => /DECT_AC" value="(\d+)"/.exec(NX70.whole(modelOf({ number })))?.[1],
  );
  expect(codes).toEqual(['1234', '0007', '0012']);
});
