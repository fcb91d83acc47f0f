import { hash } from 'node:crypto';
import { expect, test } from 'vitest';
import type { FileEncryption } from '../schemas/file-encryption.ts';
import { Secret } from '../schemas/secret.ts';
import { enrolIntent, enrolmentOf, enrolmentTokens, newFileKey } from './enrolment.ts';

test('the URLs stand under the public one, and the enrolment ends after its minutes', () => {
  let made = 0;
  const newToken = (): Secret => new Secret(`t${String((made += 1))}`);
  const settings = {
    publicUrl: 'https://phones.example.net/edge/',
    enrolMinutes: 60,
    hasCredentials: false,
    registrars: [],
  };
  const tokens = enrolmentTokens(newToken, settings, Date.parse('2026-03-01T12:00:00Z'));
  expect(enrolmentOf(settings, 'aabbcc001122', tokens)).toEqual({
    provisioningUrl: 'https://phones.example.net/edge/p/t1/',
    enrolmentUrl: 'https://phones.example.net/edge/e/t2/',
    expiresAt: '2026-03-01T13:00:00.000Z',
  });
});

test('preferred: the enrolment alone leads to encrypted files, and their key is told to nobody else', () => {
  const { tokens, answer } = enrolled('preferred');
  expect([tokens.encrypted?.fileKey.reveal(), tokens.encrypted?.token?.reveal()]).toEqual(['t3', 't4']);
  expect(answer).toEqual({ ...PLAIN, encrypted: true });
  expect(JSON.stringify(answer)).not.toMatch(/t3|t4/);
});

test('required: the one URL is that of encrypted files, and the key is shown to who has to type it', () => {
  const { tokens, answer } = enrolled('required');
  expect([tokens.encrypted?.fileKey.reveal(), tokens.encrypted?.token]).toEqual(['t3', null]);
  expect(answer).toEqual({ ...PLAIN, encrypted: true, fileKey: 't3' });
  expect(enrolled('off').answer).toEqual(PLAIN);
  // Who comes with a password was told no key: nothing would be served to him.
  expect(enrolled('required', true).answer).not.toHaveProperty('credentials');
  expect(enrolled('preferred', true).answer).toHaveProperty('credentials');
});

test('a Yealink is given a key of the 16 characters that it takes, the others one of 32', () => {
  const key = (phone: Parameters<typeof newFileKey>[0]): string =>
    newFileKey(phone, () => new Secret('0123456789abcdef0123456789abcdef')).reveal();
  expect(key({ vendor: 'yealink' })).toMatch(/^[A-Za-z0-9_-]{16}$/);
  expect(key({ vendor: 'grandstream' })).toBe('0123456789abcdef0123456789abcdef');
  expect(key({ vendor: 'cisco-mpp', fileCipher: 'aes-256-cbc' })).toHaveLength(32);
});

const PLAIN = {
  provisioningUrl: 'https://phones.example.net/p/t1/',
  enrolmentUrl: 'https://phones.example.net/e/t2/',
  expiresAt: '2026-03-01T13:00:00.000Z',
};

function enrolled(encryption: FileEncryption, hasCredentials = false) {
  let made = 0;
  const newToken = (): Secret => new Secret(`t${String((made += 1))}`);
  const settings = { publicUrl: 'https://phones.example.net', enrolMinutes: 60, hasCredentials };
  const tokens = enrolmentTokens(newToken, settings, Date.parse('2026-03-01T12:00:00Z'), encryption);
  return { tokens, answer: enrolmentOf(settings, 'aabbcc001122', tokens) };
}

test('where phones may come with credentials, a password that any phone takes is shown, and the store is given what checks it', () => {
  const newToken = (): Secret => new Secret('0123456789abcdef0123456789abcdef');
  const settings = { publicUrl: 'https://phones.example.net', enrolMinutes: 60, hasCredentials: true, registrars: [] };
  const tokens = enrolmentTokens(newToken, settings, 0);
  const { credentials } = enrolmentOf(settings, 'aabbcc001122', tokens);
  expect(credentials).toEqual({
    url: 'https://phones.example.net/c/',
    user: 'aabbcc001122',
    password: expect.stringMatching(/^[a-km-np-z2-9]{20}$/) as string,
  });
  const intent = enrolIntent('aabbcc001122', tokens);
  const text = `aabbcc001122:phones:${credentials?.password ?? ''}`;
  if (intent.kind !== 'enrol') throw new Error('no enrol');
  expect(intent.credentials?.reveal()).toBe(`${hash('md5', text)}:${hash('sha256', text)}`);
});
