import { expect, test } from 'vitest';
import type { ServedToken } from '../store/phone-ports.ts';
import { CERTIFICATE, renderFile } from './catalogue-file.ts';
import { formatOf } from './core/vendors/table.ts';
import { linesOf } from './phone-lines.ts';
import { credentials, enrolment, IPLAN, provisioning, servedPhone } from './test/http/phones.ts';

const MAC = '0004f2aabb01';
const KEY = '0123456789abcdef0123456789abcdef';
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

test('I11: passwords open what they did: where they must not any more, the store has ended them', () => {
  const [plain, home] = [provisioning('one', true), provisioning('two', false, KEY)];
  const [own, once] = [credentials(MAC, 'geheim'), enrolment('three', 2_000)];
  expect(given([plain, home, own, once])).toEqual({
    [plain.hash]: 'plain',
    [home.hash]: 'encrypted',
    [own.hash]: 'plain',
    [once.hash]: 'plain',
  });
  expect(given([home, own])).toMatchObject({ [own.hash]: 'plain' });
});

test('I9 I11: a certificate opens plain files until the phone has come by a URL of encrypted ones', () => {
  const by = (...tokens: readonly ServedToken[]): unknown => given([...tokens, CERTIFICATE])[CERTIFICATE.hash];
  expect(by(provisioning('one', true), provisioning('two', false, KEY))).toBe('plain');
  expect(by(provisioning('two', false, KEY))).toBe('plain');
  expect(by(provisioning('two', true, KEY))).toBe('nothing');
  expect(by(provisioning('two', true, KEY), provisioning('three'))).toBe('nothing');
});
