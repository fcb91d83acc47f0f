import { expect, test } from 'vitest';
import { trapError } from './traps.ts';

test.each([
  ['failure: already have such entry', 'router-duplicate', true],
  ['already have such entry', 'router-duplicate', true],
  ['no such item (4)', 'router-no-such-item', true],
  ['no such item', 'router-no-such-item', true],
  ['no such command', 'router-no-such-command', true],
  ['no such command prefix', 'router-no-such-command', true],
  ['unknown parameter', 'router-unknown-parameter', true],
  ['input does not match any value of action', 'router-trap', true],
  ['not enough permissions (9)', 'router-not-permitted', false],
  ['std failure: not allowed (9)', 'router-not-permitted', false],
  ['invalid user name or password (6)', 'router-login-refused', false],
  ['cannot log in', 'router-login-refused', false],
  ['failure: not allowed by device-mode', 'router-device-mode', false],
  ['failure: configuration flagged, check all router configuration for unauthorized changes', 'router-flagged', false],
  ['failure: contents too long', 'router-trap', true],
  ['interrupted', 'router-interrupted', true],
  ['', 'router-trap', true],
])('"%s" is %s', (message, code, retryable) => {
  const error = trapError('/x/add', message, undefined);
  expect([error.code, error.retryable]).toEqual([code, retryable]);
  if (!retryable) expect(error.remedy).not.toBeNull();
});

test('the category is kept and decides only where the text says nothing', () => {
  expect(trapError('/x/print', 'stopped', '2')).toMatchObject({ code: 'router-interrupted', category: 2 });
  expect(trapError('/x/print', 'no such item', '4')).toMatchObject({ code: 'router-no-such-item', category: 4 });
  expect(trapError('/x/print', 'no such item', 'x').category).toBeNull();
});

test('sent values go out of the text, short words stay', () => {
  const error = trapError('/x/add', 'value https://p/?t=abc of action redirect bad: deny', '1', [
    'https://p/?t=abc',
    'deny',
  ]);
  expect(error.message).toBe('/x/add: value … of action redirect bad: deny');
  expect(error.trapMessage).not.toContain('abc');
});
