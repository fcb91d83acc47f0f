import { createHash } from 'node:crypto';
import { ecbDecrypted } from './encrypted.ts';
import { transportOf, type LabLine, type VendorRules } from './vendor.ts';

const ACCOUNTS = 16;

/**
 * Yealink: `<mac>.boot`, the generic boot file, the model's common file, `<mac>.cfg`, `<mac>-local.cfg`. Text of
 * `key = value` under `#!version:1.0.0.1`; an empty value keeps the old one, `%NULL%` clears it; a file with the MD5 of
 * the last one is skipped. Sources: administrator manual; Wazo's v87 plugin.
 */
export const yealink: VendorRules = {
  vendor: 'yealink',
  model: 'T31P',
  challengesNotify: false,
  userAgent(mac) {
    const address = mac === null ? '28.1.0.128.0.0.0' : (mac.match(/../g)?.join(':') ?? '');
    return mac === null ? `Yealink-T46G 28.71.0.81 ${address}` : `Yealink SIP-T31G 124.85.257.55 ${address}`;
  },
  files: (mac) => [
    `${mac}.boot`,
    'y000000000000.boot',
    'y000000000123.cfg',
    `${mac}.cfg`,
    `${mac}-local.cfg`,
    `${mac}-contact.xml`,
  ],
  // As its tool writes it: AES-128-ECB under the key of the phone's own file, filled with blanks. What is no text is taken for that.
  decrypted({ body }, asked, mac, flash) {
    const prefix = 'static.auto_provision';
    if (body.subarray(0, 2).toString('latin1') === '#!')
      return flash.get(`${prefix}.update_file_mode`) === '1' ? null : body;
    const key = flash.get(`${prefix}.aes_key.mac`) ?? flash.get(`${prefix}.aes_key_16.mac`) ?? '';
    return asked === `${mac}.cfg` ? ecbDecrypted(body, key) : null;
  },
  apply(file, text, _mac, flash, known) {
    const lines = text.split(/\r?\n/);
    if (lines[0]?.trim() !== '#!version:1.0.0.1') return 'rejected';
    const md5 = createHash('md5').update(text).digest('hex');
    if (known.get(file) === md5) return 'skipped';
    known.set(file, md5);
    for (const line of lines) {
      const [, name, value = ''] = /^\s*([A-Za-z0-9_.-]+)\s*=(.*)$/.exec(line) ?? [];
      if (name === undefined || value.trim() === '') continue;
      if (value.trim() === '%NULL%') flash.delete(name);
      else flash.set(name, value.trim());
    }
    return 'applied';
  },
  provisioningUrl: (flash) => flash.get('static.auto_provision.server.url') ?? null,
  lines: (flash) =>
    Array.from({ length: ACCOUNTS }, (_, at) => at + 1).flatMap((position): LabLine[] => {
      const value = (name: string): string | undefined => flash.get(`account.${position}.${name}`);
      const [user, host, key] = [value('user_name'), value('sip_server.1.address'), value('password')];
      if (value('enable') !== '1' || user === undefined || host === undefined) return [];
      return [
        {
          position,
          user,
          host,
          key: key ?? '',
          authUser: value('auth_name') ?? user,
          displayName: value('display_name') ?? '',
          port: Number(value('sip_server.1.port') ?? '5060'),
          transport: transportOf(value('sip_server.1.transport_type')),
          expiresSeconds: Number(value('sip_server.1.expires') ?? '3600'),
        },
      ];
    }),
  onEvent(event, flash) {
    if (!/^check-sync(;|$)/i.test(event)) return null;
    const mode = flash.get('sip.notify_reboot_enable') ?? '1';
    if (mode === '2') return 'ignore';
    if (/;reboot=true/i.test(event)) return 'reboot';
    return mode === '1' ? 'reboot' : 'fetch';
  },
  // A reboot is not a fetch: only with power_on in the phone's own memory, or from the factory.
  fetchesAtStart: (flash) => (flash.get('static.auto_provision.power_on') ?? '1') === '1',
};
