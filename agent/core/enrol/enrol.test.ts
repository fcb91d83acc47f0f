import { expect, test } from 'vitest';
import { parseAddress } from '../../../schemas/address.ts';
import { enrolScript, type Enrolment } from './enrol.ts';
import { retireScript } from './retire.ts';
import { quoted } from './script.ts';

const BOX = parseAddress('192.0.2.10');
if (BOX === null) throw new Error('no address');
const ENROLMENT: Enrolment = {
  router: 'rb-norte',
  box: BOX,
  user: 'wisp-edge',
  password: 'aB3"$?\\x~ 9{};#=[]',
  port: 8729,
  routeros: 7,
  openInput: true,
  certificate: false,
};
const RETIREMENT = { router: 'rb-norte', routeros: 7, proxyPort: 999, seenList: 'wisp-edge-seen' } as const;

test.each([6, 7] as const)(
  'the scripts for RouterOS %i are ASCII, and no line is too long for a terminal',
  (routeros) => {
    for (const script of [enrolScript({ ...ENROLMENT, routeros }), retireScript({ ...RETIREMENT, routeros })]) {
      expect(script).toMatch(/^[\n\x20-\x7e]*$/);
      expect(Math.max(...script.split('\n').map((line) => line.length))).toBeLessThan(160);
    }
  },
);

test('I3: every command that makes something asks first whether it is there', () => {
  const lines = enrolScript(ENROLMENT).split('\n');
  lines.forEach((line, at) => {
    if (!/^ *\//.test(line)) return;
    const before = lines.slice(0, at).findLast((earlier) => earlier.startsWith(':if'));
    expect(line).toMatch(/^ +\/.* (add|set|sign) /);
    expect(before).toMatch(/\[:len \[\/.* find where .*\]\]/);
  });
});

test('I3: retirement takes away by our marks and names alone', () => {
  const removals = retireScript(RETIREMENT)
    .split('\n')
    .filter((line) => / remove | disable /.test(line) && !line.startsWith('#'));
  expect(removals.length).toBeGreaterThan(15);
  for (const line of removals)
    expect(line).toMatch(/\[find where (comment[=~]"\^?wisp-edge:|(name|list)="wisp-edge-?)/);
  expect(retireScript({ ...RETIREMENT, seenList: 'vistos' })).not.toContain('vistos');
});

test('on RouterOS 7 the scripts mean the service itself, not its open connections of the same name', () => {
  for (const script of [enrolScript(ENROLMENT), retireScript(RETIREMENT)]) {
    const named = script.split('\n').filter((line) => line.includes('name="api-ssl"'));
    expect(named.length).toBeGreaterThan(1);
    for (const line of named) expect(line).toContain('name="api-ssl" !dynamic');
    expect(script).not.toMatch(/service (?:set|get|enable|disable) api/);
  }
});

test('rest-api is named for RouterOS 7 only, for 6 does not know the word', () => {
  expect(enrolScript({ ...ENROLMENT, routeros: 6 })).not.toContain('rest-api');
  expect(enrolScript(ENROLMENT)).toContain('!rest-api');
});

test('a quoted text means itself: what the console would read as its own is written as \\HH', () => {
  expect(quoted('a"b\\c$d?e')).toBe(String.raw`"a\22b\5Cc\24d\3Fe"`);
  expect(() => quoted('ñ')).toThrow(RangeError);
  expect(() => quoted('a\nb')).toThrow(RangeError);
});
