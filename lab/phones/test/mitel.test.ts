import { expect, test } from 'vitest';
import { mitel } from '../mitel.ts';
import type { Flash } from '../vendor.ts';

const MAC = '1400e91edb52';

function told(flash: Flash, text: string, file = '1400E91EDB52.cfg'): Flash {
  expect(mitel.apply(file, text, MAC, flash, new Map())).toBe('applied');
  return flash;
}

test('what was set at a Mitel outranks its file, unless the name has a ^ or a !', () => {
  const flash: Flash = new Map();
  mitel.typed?.('http://192.0.2.2:8471/e/once/', flash);
  expect(mitel.provisioningUrl(flash)).toBe('http://192.0.2.2:8471/e/once/');
  told(flash, 'http path: p/token\nhttp port: 1\n');
  expect(mitel.provisioningUrl(flash)).toBe('http://192.0.2.2:8471/e/once/');
  told(flash, '^HTTP path: p/token\n!http port: 80\n');
  expect(mitel.provisioningUrl(flash)).toBe('http://192.0.2.2:80/p/token/');
});

test('a Mitel asks for its own files only after a common one said something', () => {
  const flash: Flash = new Map();
  const asked: string[] = [];
  for (const file of mitel.files(MAC, flash)) asked.push(file);
  expect(asked).toEqual(['startup.cfg', 'aastra.cfg']);
  for (const file of mitel.files(MAC, flash)) {
    asked.push(file);
    if (file === 'aastra.cfg') told(flash, '# nothing\nauto resync mode: 1\n', file);
  }
  expect(asked.slice(2)).toEqual(['startup.cfg', 'aastra.cfg', '6930.cfg', '1400E91EDB52.cfg']);
});

test('a Mitel’s line ends at a comment and at the registrar that nobody is; its transport is that of the phone', () => {
  const account =
    'sip line2 user name: 1001 # the number\nsip line2 password: "k 1"\nsip line2 registrar ip: 192.0.2.9\n';
  const [line] = mitel.lines(told(new Map(), `${account}sip transport protocol: 2\n`));
  expect(line).toMatchObject({ position: 2, user: '1001', authUser: '1001', key: 'k 1', port: null, transport: 'tcp' });
  expect(mitel.lines(told(new Map(), `${account}sip line2 registrar ip: 0.0.0.0\n`))).toEqual([]);
  expect(['check-sync', 'aastra-xml', 'resync'].map((event) => mitel.onEvent(event, new Map()))).toEqual([
    'reboot',
    'ignore',
    null,
  ]);
});
