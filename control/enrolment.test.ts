import { hash } from 'node:crypto';
import { expect, test } from 'vitest';
import { Secret } from '../schemas/secret.ts';
import { enrolIntent, enrolmentOf, enrolmentTokens } from './enrolment.ts';

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
