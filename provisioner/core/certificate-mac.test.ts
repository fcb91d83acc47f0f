import { expect, test } from 'vitest';
import { certificateMac } from './certificate-mac.ts';

const names = (text: string) =>
  text.split(', ').map((part) => {
    const [name = '', value = ''] = part.split('=');
    return { name, value };
  });

test.each([
  ['yealink', 'O=Yealink, CN=805EC0AABB01', '805ec0aabb01'],
  ['yealink', 'CN=80:5e:c0:aa:bb:01', '805ec0aabb01'],
  ['yealink', 'CN=Yealink Generic', null],
  ['poly', 'O=Polycom Inc., CN=0004f2aabb01', '0004f2aabb01'],
  ['poly', 'CN=0004f2aabb01, DNS=0004f2aabb01, URI=http://0004f2aabb01/', '0004f2aabb01'],
  ['poly', 'CN=0004f2aabb01, DNS=0004f2aabb02', null],
  ['snom', 'CN=snom, DNS=000413aabb01', '000413aabb01'],
  // Its L is a serial number, however it looks.
  ['cisco-mpp', 'OU=CP-8841-3PCC, L=88012BA01234, ST=000e08abcdef', '000e08abcdef'],
  ['cisco-spa', 'OU=SPA-962, L=88012BA01234, SN=000e08abcdef', '000e08abcdef'],
  ['cisco-spa', 'OU=SPA-962, L=88012BA01234', null],
  ['cisco-spa', 'OU=cisco.com, L=ciscogeneric, ST=ciscogeneric', null],
  ['yealink', 'OU=805ec0aabb01', null],
  ['yealink', 'CN=000000000000', null],
] as const)('a certificate of %s for %s is that of %s', (vendor, subject, mac) => {
  expect(certificateMac(vendor, names(subject))).toBe(mac);
});
