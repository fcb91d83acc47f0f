import { expect, test } from 'vitest';
import { parseServerAddress } from './server-address.ts';

test.each([
  ['192.0.2.53', '192.0.2.53', 53, 4],
  ['192.0.2.53:5353', '192.0.2.53', 5353, 4],
  ['2001:db8::53', '2001:db8::53', 53, 6],
  ['[2001:db8::53]', '2001:db8::53', 53, 6],
  ['[2001:db8::53]:5353', '2001:db8::53', 5353, 6],
] as const)('%s is a resolver', (text, host, port, family) => {
  expect(parseServerAddress(text)).toEqual({ text, host, port, family });
});

test.each(['dns.example.net', '192.0.2.53:0', '192.0.2.53:65536', '[192.0.2.53]:53', '', '192.0.2', '[2001:db8::53'])(
  '"%s" is none',
  (text) => {
    expect(() => parseServerAddress(text)).toThrow(/no resolver address/);
  },
);
