import { expect, test } from 'vitest';
import { ledEnrolment } from './led-phones.ts';
import { credentials, enrolment, provisioning, servedPhone } from './test/http/phones.ts';

const MAC = '805ec0aabb01';
const SITE = { publicUrl: 'https://phones.example.net' };
const OPEN = [provisioning('new'), enrolment('once', 2_000)];

test('a phone that never came home is given its enrolment by its MAC', () => {
  expect(ledEnrolment(servedPhone(MAC, OPEN), SITE, 1_000)).toMatchObject({ tokenHash: OPEN[1]?.hash });
  expect(ledEnrolment(null, SITE, 1_000)).toBe('not-put');
});

test('I11: one that lives on a URL or a password is not: whoever says its MAC would end that', () => {
  for (const own of [provisioning('old', true), credentials(MAC, 'geheim', true)])
    expect(ledEnrolment(servedPhone(MAC, [own, ...OPEN]), SITE, 1_000)).toBe('not-enrolled');
});
