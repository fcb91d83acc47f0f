import { expect, test } from 'vitest';
import { Secret } from '../schemas/secret.ts';
import type { ServedToken } from '../store/phone-ports.ts';
import { renderFile } from './catalogue-file.ts';
import { formatOf } from './core/vendors/table.ts';
import { linesOf } from './phone-lines.ts';
import { credentials, enrolment, IPLAN, provisioning, servedPhone } from './test/http/phones.ts';

const MAC = '0004f2aabb01';
const KEY = new Secret('0123456789abcdef0123456789abcdef');
const site = { publicUrl: 'https://phones.example.net', registrars: [IPLAN] };

/** What each way of a Cisco MPP gives: bytes that say the key, bytes that do not, or nothing. */
function given(tokens: readonly ServedToken[]): Readonly<Record<string, 'plain' | 'encrypted' | 'nothing'>> {
  const phone = servedPhone(MAC, tokens, { vendor: 'cisco-mpp' });
  const served = { ...phone, version: 1 };
  const [file] = formatOf(served.phone)?.files ?? [];
  if (file === undefined) throw new Error('no file');
  const lines = linesOf(served, site);
  return Object.fromEntries(
    tokens.map((token) => {
      const made = renderFile({ site, served, lines, token, file });
      if (made === null) return [token.hash, 'nothing'];
      if ('refused' in made) throw new Error(made.refused);
      return [token.hash, made.bytes.includes('flat-profile') ? 'plain' : 'encrypted'];
    }),
  );
}

test('I9: where encryption was required nothing goes out plain, by whatever way a phone comes', () => {
  const home = { ...provisioning('one'), fileKey: KEY };
  const own = credentials(MAC, 'geheim');
  expect(given([home, own])).toEqual({ [home.hash]: 'encrypted', [own.hash]: 'nothing' });
});

test('I11: who has an earlier plain URL, or one of both, comes by his password as before', () => {
  const [plain, home] = [provisioning('one', true), { ...provisioning('two'), fileKey: KEY }];
  const [own, once] = [credentials(MAC, 'geheim'), enrolment('three', 2_000)];
  expect(given([plain, home, own, once])).toEqual({
    [plain.hash]: 'plain',
    [home.hash]: 'encrypted',
    [own.hash]: 'plain',
    [once.hash]: 'plain',
  });
});
