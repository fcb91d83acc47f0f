import { expect, test } from 'vitest';
import { Secret } from '../schemas/secret.ts';
import { enrolmentOf, enrolmentTokens } from './enrolment.ts';

test('the URLs stand under the public one, and the enrolment ends after its minutes', () => {
  let made = 0;
  const newToken = (): Secret => new Secret(`t${String((made += 1))}`);
  const settings = { publicUrl: 'https://phones.example.net/edge/', enrolMinutes: 60, registrars: [] };
  const tokens = enrolmentTokens(newToken, settings, Date.parse('2026-03-01T12:00:00Z'));
  expect(enrolmentOf(settings, tokens)).toEqual({
    provisioningUrl: 'https://phones.example.net/edge/p/t1/',
    enrolmentUrl: 'https://phones.example.net/edge/e/t2/',
    expiresAt: '2026-03-01T13:00:00.000Z',
  });
});
