import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { LeakWatch } from './leak-watch.ts';

const KEY = 'Zk3v&9mT7xB2nR5cW8"L';

test.each([
  ['plain', KEY],
  ['in JSON', JSON.stringify({ key: KEY })],
  ['percent-encoded', `?k=${encodeURIComponent(KEY)}`],
  ['in hex', Buffer.from(`x${KEY}y`).toString('hex')],
  ['in base64', Buffer.from(KEY).toString('base64')],
  ['in base64, one byte in', Buffer.from(`:${KEY}`).toString('base64')],
  ['in base64, two bytes in, of Basic', Buffer.from(`ab${KEY}c`).toString('base64')],
  ['in base64url', Buffer.from(`user:${KEY}`).toString('base64url')],
  ['in JSON within JSON', JSON.stringify({ detail: JSON.stringify({ key: KEY }) })],
  ['percent-encoded in small letters', encodeURIComponent(KEY).replace(/%../g, (code) => code.toLowerCase())],
])('a secret is found %s, and not told', (_how, text) => {
  const watch = new LeakWatch();
  watch.learn('the key', KEY);
  watch.look('log', `before ${text} after`);
  expect(watch.leaks).not.toEqual([]);
  expect(JSON.stringify(watch.leaks)).not.toContain(KEY);
});

test.each([
  ['UTF-8', 'contraseña-ñandú-1', 'utf8'],
  ['UTF-16', KEY, 'utf16le'],
] as const)('in the bytes of a file a secret is found in %s', (_how, secret, encoding) => {
  const folder = mkdtempSync(join(tmpdir(), 'leak-'));
  try {
    const watch = new LeakWatch();
    watch.learn('the key', secret);
    writeFileSync(join(folder, 'database'), Buffer.concat([Buffer.alloc(7), Buffer.from(secret, encoding)]));
    watch.lookAtFiles(folder, () => false);
    expect(watch.leaks).not.toEqual([]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('innocent texts, short words and files that are there for it are left alone', () => {
  const folder = mkdtempSync(join(tmpdir(), 'leak-'));
  try {
    const watch = new LeakWatch();
    watch.learn('the key', KEY);
    watch.learn('a short one', 'edge');
    watch.look('log', 'the edge is ready; key: [secret]');
    writeFileSync(join(folder, 'secret.key'), KEY);
    watch.lookAtFiles(folder, (path) => path.endsWith('.key'));
    expect(watch.leaks).toEqual([]);
    watch.lookAtFiles(folder, () => false);
    expect(watch.leaks).toEqual([{ where: 'file secret.key', what: 'the key (plain)' }]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('a command line and an environment that hold it are found', async () => {
  const watch = new LeakWatch();
  watch.learn('the key', KEY);
  watch.learn('the token', 'tok-0123456789');
  // It waits for a line on its standard input, with the key as an argument nobody asked for.
  const child = spawn('/bin/sh', ['-c', 'echo up; read line', KEY], { env: { TOKEN: 'tok-0123456789' } });
  try {
    await once(child.stdout, 'data');
    watch.lookAtProcessList();
    watch.lookAtEnvironment(child.pid ?? 0);
    expect(watch.leaks).toEqual([
      { where: 'process list', what: 'the key (plain)' },
      { where: 'environment', what: 'the token (plain)' },
    ]);
  } finally {
    child.kill('SIGKILL');
  }
});
