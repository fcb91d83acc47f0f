import { expect, test } from 'vitest';
import { AppError } from '../../../schemas/app-error.ts';
import { formatRefusal } from '../../../schemas/phone-formats/refusal.ts';
import { Secret } from '../../../schemas/secret.ts';
import { mitel } from './mitel.ts';
import { modelOf } from './test/models.ts';

const MAC = '805ec0aabbcc';
const [common, own] = mitel.files;

function place(url: string): readonly string[] {
  const text = own?.enrolment({ ...modelOf({}), provisioningUrl: new Secret(url) }) ?? '';
  return text.split('\n').filter((line) => /^\^(download|https? )/.test(line));
}

test('a Mitel is led home by a server, a port and a path, whatever was set at it', () => {
  expect(place('https://box.example.net/p/tok_-1/')).toEqual([
    '^download protocol: HTTPS',
    '^https server: box.example.net',
    '^https path: p/tok_-1',
    '^https port: 443',
  ]);
  expect(place('http://192.0.2.2:8471/phones/p/t/')).toEqual([
    '^download protocol: HTTP',
    '^http server: 192.0.2.2',
    '^http path: phones/p/t',
    '^http port: 8471',
  ]);
  for (const url of ['https://[2001:db8::1]/p/t/', 'https://u@box/p/t/', 'https://box/p?x/t/', 'https://box/#/p/t/'])
    expect(() => place(url)).toThrow(AppError);
});

test('every value of a Mitel’s file resets what a person set', () => {
  for (const line of own?.whole(modelOf({})).split('\n') ?? []) expect(line).toMatch(/^(\^[a-z0-9 ]+:|# |$)/);
});

test('the file that all Mitels ask for says something, and nothing of this one', () => {
  expect(common.name(MAC, null)).toBe('aastra.cfg');
  expect(common.whole(modelOf({}))).toBe('# wisp-edge\n^auto resync mode: 1\n');
  expect(own?.name(MAC, '6930')).toBe('805EC0AABBCC.cfg');
  expect(own?.isNamed('805ec0aabbcc.cfg', MAC)).toBe(true);
});

test('lines of two transports are refused: a Mitel has one', () => {
  const model = modelOf({});
  const [, slot] = model.slots;
  if (slot?.kind !== 'line') throw new Error('no line');
  const over = { kind: 'line', line: { ...slot.line, transport: 'tls' } } as const;
  expect(own?.whole({ ...model, slots: [over, over] })).toContain(
    '^sip transport protocol: 4\n^sips persistent tls: 1\n',
  );
  expect(own?.whole({ ...model, slots: [slot] })).toContain('^sip transport protocol: 1\n');
  expect(own?.whole({ ...model, slots: [] })).not.toContain('transport');
  expect(() => own?.whole({ ...model, slots: [slot, over] })).toThrow(/one transport/);
});

test('a Mitel’s names and keys are no longer than its guides allow', () => {
  expect(formatRefusal('mitel', 'sipKey', 'k'.repeat(20))).toBeNull();
  expect(formatRefusal('mitel', 'sipKey', 'k'.repeat(21))).toMatch(/20 bytes/);
  expect(formatRefusal('mitel', 'displayName', 'ñ'.repeat(10))).toBeNull();
  expect(formatRefusal('mitel', 'displayName', 'ñ'.repeat(11))).toMatch(/20 bytes/);
  expect(formatRefusal('mitel', 'domain', `${'a'.repeat(40)}.example.net`)).toBeNull();
});
