import { hostAndPort, transportOf, type LabLine, type VendorRules } from './vendor.ts';
import { child, parseXml } from './xml.ts';

/** P-values of accounts (FusionPBX uc926, Sangoma s500; Wazo); a profile's have the numbers of its account. */
const ACCOUNTS = [
  { active: 271, user: 35, auth: 36, key: 34, name: 3 },
  { active: 401, user: 735, auth: 736, key: 734, name: 703 },
  { active: 501, user: 504, auth: 505, key: 506, name: 507 },
  { active: 601, user: 604, auth: 605, key: 606, name: 607 },
  { active: 20360, user: 1704, auth: 1705, key: 1706, name: 1707 },
  { active: 20361, user: 1804, auth: 1805, key: 1806, name: 1807 },
];
const PROFILES = [
  { server: 47, transport: 130, registers: 31, expiry: 32 },
  { server: 747, transport: 830, registers: 731, expiry: 732 },
  { server: 502, transport: 930, registers: 510, expiry: 512 },
  { server: 602, transport: 1030, registers: 610, expiry: 612 },
  { server: 20362, transport: 20374, registers: 20384, expiry: 20388 },
  { server: 20363, transport: 20375, registers: 20385, expiry: 20389 },
];
/** Of account 1: which profile it registers with, counted from 0. */
const FIRST_PROFILE_OF = 24082;

/**
 * Htek: the model's common file, then `cfg<mac>.xml`. XML of P-values by their numbers; the server of an account stands in
 * the profile it names. Without `Sipnotify` (P24012) it takes no event.
 */
export const htek: VendorRules = {
  vendor: 'htek',
  model: 'UC926',
  challengesNotify: false,
  userAgent: (mac) => `Htek UC926 2.0.4.6.41 ${mac?.match(/../g)?.join(':') ?? ''}`.trim(),
  files: (mac) => ['cfg0010.xml', `cfg${mac}.xml`],
  apply(_file, text, _mac, flash) {
    const root = parseXml(text);
    const config = child(root, 'config');
    if (root?.name !== 'hl_provision' || config?.attributes.get('version') !== '1') return 'rejected';
    for (const { name, text: value } of config.children) if (/^P\d+$/.test(name)) flash.set(name, value);
    return 'applied';
  },
  provisioningUrl(flash) {
    const place = (flash.get('P237') ?? '').replace(/^[a-z]+:\/\//, '');
    const scheme = { '1': 'http', '3': 'https' }[flash.get('P212') ?? ''];
    return place === '' || scheme === undefined ? null : `${scheme}://${place}`;
  },
  lines: (flash) =>
    ACCOUNTS.flatMap((account, at): LabLine[] => {
      const value = (number: number): string => flash.get(`P${number}`) ?? '';
      const named = value(FIRST_PROFILE_OF + at);
      const profile = PROFILES[named === '' ? at : Number(named)];
      if (profile === undefined || value(account.active) !== '1' || value(profile.registers) === '0') return [];
      const { host, port } = hostAndPort(value(profile.server));
      const user = value(account.user);
      if (user === '' || host === '') return [];
      return [
        {
          position: at + 1,
          user,
          host,
          port,
          key: value(account.key),
          authUser: value(account.auth) === '' ? user : value(account.auth),
          displayName: value(account.name),
          transport: transportOf(value(profile.transport)),
          // Minutes.
          expiresSeconds: 60 * Number(value(profile.expiry) === '' ? '15' : value(profile.expiry)),
        },
      ];
    }),
  onEvent(event, flash) {
    if (!/^(check-sync|resync)(;|$)/i.test(event)) return null;
    if (flash.get('P24012') !== '1') return 'ignore';
    return /;reboot=true/i.test(event) ? 'reboot' : 'fetch';
  },
  fetchesAtStart: () => true,
};
