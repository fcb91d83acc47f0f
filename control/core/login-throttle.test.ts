import { expect, test } from 'vitest';
import { LOGIN_BURST, LoginThrottle, throttleKey } from './login-throttle.ts';

test('a burst is let through, then seconds are named, then it refills', () => {
  const throttle = new LoginThrottle();
  for (let at = 0; at < LOGIN_BURST; at += 1) expect(throttle.refused('192.0.2.1', 0)).toBeNull();
  expect(throttle.refused('192.0.2.1', 0)).toBe(1);
  expect(throttle.refused('192.0.2.2', 0)).toBeNull();
  expect(throttle.refused('192.0.2.1', 1000)).toBeNull();
});

test('an IPv6 /64 is one customer', () => {
  expect(throttleKey('2001:db8:1:2:3:4:5:6')).toBe(throttleKey('2001:db8:1:2::9'));
  expect(throttleKey('2001:db8::1')).toBe('2001:db8:0:0');
  expect(throttleKey('::ffff:192.0.2.1')).toBe('192.0.2.1');
});
