import { isSalted, opensslDecrypted } from './encrypted.ts';
import { hostAndPort, transportOf, type LabLine, type VendorRules } from './vendor.ts';
import { child, parseXml } from './xml.ts';

/** P-values of accounts: of the first by hand, of the others under a prefix (SIP Device Provisioning Guide; Wazo). */
const FIRST = { active: 271, server: 47, user: 35, auth: 36, key: 34, name: 3, expiry: 32, transport: 130 };
const ACCOUNTS = [
  FIRST,
  ...[400, 500, 600, 1700, 1800].map((base) => ({
    active: base + 1,
    server: base + 2,
    user: base + 4,
    auth: base + 5,
    key: base + 6,
    name: base + 7,
    expiry: base + 12,
    transport: base + 48,
  })),
];

/**
 * Grandstream: `cfg<mac>`, `cfg<mac>.xml`, the model's file, `cfg.xml`. XML of P-values; a file whose `<mac>` is another
 * phone's is rejected; an empty value clears. It asks who sends a NOTIFY unless P4428 is 1.
 */
export const grandstream: VendorRules = {
  vendor: 'grandstream',
  model: 'GRP2614',
  challengesNotify: true,
  userAgent: (mac) => `Grandstream Model HW GRP2614 SW 1.0.5.15 DevId ${mac ?? ''}`.trim(),
  files: (mac) => [`cfg${mac}`, `cfg${mac}.xml`, 'cfggrp2614.xml', 'cfg.xml'],
  // With P1359 a file may be encrypted; one that is not is read as ever.
  decrypted: ({ body }, _asked, _mac, flash) =>
    isSalted(body) ? opensslDecrypted(body, flash.get('P1359') ?? '') : body,
  apply(_file, text, mac, flash) {
    const root = parseXml(text);
    if (root?.name !== 'gs_provision') return 'rejected';
    const meant = child(root, 'mac')?.text.trim().toLowerCase();
    if (meant !== undefined && meant !== mac) return 'rejected';
    const config = child(root, 'config');
    if (config?.attributes.get('version') !== '1') return 'rejected';
    for (const { name, text: value } of config.children) if (/^P\d+$/.test(name)) flash.set(name, value);
    return 'applied';
  },
  provisioningUrl(flash) {
    const place = flash.get('P237') ?? '';
    // P145 = 1, its default, lets DHCP lead it elsewhere; the lab has no DHCP, so it stays where it is.
    if (place === '') return null;
    return `${flash.get('P212') === '2' ? 'https' : 'http'}://${place}/`;
  },
  lines: (flash) =>
    ACCOUNTS.flatMap((account, at): LabLine[] => {
      const value = (number: number): string => flash.get(`P${number}`) ?? '';
      const { host, port } = hostAndPort(value(account.server));
      const user = value(account.user);
      if (value(account.active) !== '1' || user === '' || host === '') return [];
      return [
        {
          position: at + 1,
          user,
          host,
          port,
          key: value(account.key),
          authUser: value(account.auth) === '' ? user : value(account.auth),
          displayName: value(account.name),
          transport: transportOf(value(account.transport)),
          // Minutes, unlike everybody else.
          expiresSeconds: 60 * Number(value(account.expiry) === '' ? '60' : value(account.expiry)),
        },
      ];
    }),
  onEvent(event) {
    if (/^(check-sync|resync)(;|$)/i.test(event)) return /;reboot=true/i.test(event) ? 'reboot' : 'fetch';
    return null;
  },
  fetchesAtStart: () => true,
};
