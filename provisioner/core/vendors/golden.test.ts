import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Secret } from '../../../schemas/secret.ts';
import type { PhoneLine, PhoneModel } from './model.ts';
import { grandstream } from './grandstream.ts';
import { snom } from './snom.ts';
import { yealink } from './yealink.ts';

const HOSTILE = 'Ñandú <& "x"> $USER';

const first: PhoneLine = {
  number: '1001',
  authUser: "auth'1001]]>",
  displayName: HOSTILE,
  key: new Secret('k<&"\'%$#=;key'),
  domain: 'sip.example.net',
  port: null,
  transport: 'udp',
  expiresSeconds: 600,
};
const fourth: PhoneLine = {
  ...first,
  number: '1004',
  displayName: '# Recepción 会議',
  port: 5071,
  transport: 'tls',
  expiresSeconds: 90,
};

const model: PhoneModel = {
  mac: '805ec0aabbcc',
  provisioningUrl: new Secret('https://phones.example.net:8471/p/0123456789abcdefABCDEF/'),
  pollMinutes: 15,
  revision: 42,
  slots: [{ kind: 'line', line: first }, { kind: 'clear' }, { kind: 'keep' }, { kind: 'line', line: fourth }],
};

test.each([
  { format: yealink, extension: 'cfg' },
  { format: grandstream, extension: 'xml' },
  { format: snom, extension: 'xml' },
])('a $format.vendor is told the golden bytes', ({ format, extension }) => {
  expect(format.whole(model)).toBe(golden(`${format.vendor}.${extension}`));
  expect(format.enrolment(model)).toBe(golden(`${format.vendor}-enrolment.${extension}`));
});

test.each([yealink, grandstream, snom])('an enrolment of a $vendor holds no line and no key', (format) => {
  const text = format.enrolment(model);
  expect(text).not.toContain('1001');
  expect(text).not.toContain('key');
  expect(text).not.toMatch(/account\.|<P3[456]>|user_/);
});

test.each([yealink, grandstream, snom])('another revision of a $vendor’s file has other bytes', (format) => {
  expect(format.whole({ ...model, revision: 43 })).not.toBe(format.whole(model));
});

test('a Grandstream is never asked to poll or to register in less than it takes', () => {
  const text = grandstream.whole({
    ...model,
    pollMinutes: 1,
    slots: [{ kind: 'line', line: { ...first, expiresSeconds: 20 } }],
  });
  expect(text).toContain('<P193>60</P193>');
  expect(text).toContain('<P32>1</P32>');
});

test('files are named as phones ask for them, and found however the MAC is written', () => {
  expect(yealink.fileName('805ec0aabbcc', 'T54W')).toBe('805ec0aabbcc.cfg');
  expect(grandstream.fileName('c074adaabbcc', null)).toBe('cfgc074adaabbcc.xml');
  expect(snom.fileName('000413aabbcc', 'D785')).toBe('snomD785-000413AABBCC.htm');
  expect(snom.fileName('000413aabbcc', 'snomD785')).toBe('snomD785-000413AABBCC.htm');
  expect(yealink.isOwnFile('805EC0AABBCC.cfg', '805ec0aabbcc')).toBe(true);
  expect(grandstream.isOwnFile('cfgC074ADAABBCC.xml', 'c074adaabbcc')).toBe(true);
  expect(snom.isOwnFile('snom710-000413aabbcc.htm', '000413aabbcc')).toBe(true);
  expect(snom.isOwnFile('snom710.htm', '000413aabbcc')).toBe(false);
  expect(yealink.isOwnFile('805ec0aabbcd.cfg', '805ec0aabbcc')).toBe(false);
  expect(grandstream.isOwnFile('cfg.xml', 'c074adaabbcc')).toBe(false);
});

function golden(name: string): string {
  return readFileSync(join(import.meta.dirname, 'golden', name), 'utf8');
}
