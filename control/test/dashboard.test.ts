import { readdirSync } from 'node:fs';
import { extname, join } from 'node:path';
import { expect, test } from 'vitest';
import { testSite } from './test-site.ts';

const FOLDER = join(import.meta.dirname, '../dashboard');

test('the dashboard needs no token, and allows nothing inline and nothing from elsewhere', async () => {
  const site = await testSite();
  const { status, headers, text } = await site.call('GET', '/', { as: null });
  expect([status, headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
  expect(headers).toMatchObject({
    'cache-control': 'no-cache',
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'x-frame-options': 'DENY',
    'cross-origin-opener-policy': 'same-origin',
  });
  const policy = headers['content-security-policy'] ?? '';
  expect(policy.split('; ')).toEqual([
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "connect-src 'self'",
    "img-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ]);
  expect(text).not.toMatch(/<script(?![^>]*src=)|<style|\sstyle=|\son\w+=|https?:/);
});

test('every file of the dashboard is served, with its type, and no other file is', async () => {
  const site = await testSite();
  const types: Readonly<Record<string, string>> = { '.css': 'text/css', '.js': 'text/javascript', '.svg': 'image/svg' };
  const names = readdirSync(FOLDER, { encoding: 'utf8', recursive: true }).filter((name) => extname(name) !== '');
  for (const name of names.filter((one) => one !== 'index.html')) {
    const { status, headers } = await site.call('GET', `/dashboard/${name}`, { as: null });
    const type = types[extname(name)];
    expect([name, status]).toEqual([name, type === undefined ? 404 : 200]);
    if (type !== undefined) expect(headers['content-type']).toContain(type);
  }
});

test('the page names every module, so that a slow link does not fetch them one after the other', async () => {
  const site = await testSite();
  const { text } = await site.call('GET', '/', { as: null });
  const named = [...text.matchAll(/<link rel="modulepreload" href="([^"]+)"/g)].map((match) => match[1] ?? '');
  const modules = readdirSync(FOLDER, { encoding: 'utf8', recursive: true })
    .filter((name) => name.endsWith('.js') && name !== 'main.js')
    .map((name) => `/dashboard/${name}`);
  expect(named).toEqual(modules.sort());
});

test('what the browser has already is not sent again', async () => {
  const site = await testSite();
  const { headers } = await site.call('GET', '/dashboard/main.js', { as: null });
  const etag = headers['etag'] ?? '';
  expect(etag).toMatch(/^"[\w-]{22}"$/);
  for (const known of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
    const again = await site.call('GET', '/dashboard/main.js', { as: null, headers: { 'if-none-match': known } });
    expect([again.status, again.text, again.headers['etag']]).toEqual([304, '', etag]);
    expect(again.headers['content-security-policy']).toContain("default-src 'none'");
  }
  const other = await site.call('GET', '/dashboard/main.js', { as: null, headers: { 'if-none-match': '"other"' } });
  expect(other.status).toBe(200);
});

test('HEAD tells what GET would send; other methods are 405', async () => {
  const site = await testSite();
  const get = await site.call('GET', '/', { as: null });
  const head = await site.call('HEAD', '/', { as: null });
  expect([head.status, head.text, head.headers['etag']]).toEqual([200, '', get.headers['etag']]);
  expect(head.headers['content-length']).toBe(get.headers['content-length']);
  for (const [method, path] of [
    ['POST', '/'],
    ['DELETE', '/dashboard/main.js'],
    ['OPTIONS', '/dashboard/icon.svg'],
  ] as const) {
    const refused = await site.call(method, path, { as: null });
    expect([refused.status, refused.headers['allow']]).toEqual([405, 'GET, HEAD']);
  }
});
